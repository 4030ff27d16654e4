"""A name of a person in the name of a theme is not shown to everybody, and the review warns."""

from __future__ import annotations

import io

import docx
import pytest
from sqlalchemy import select

from consultation import rounds
from consultation.curation.log import append
from consultation.database.models import ContributionVersion, RunTheme
from consultation.queries.public_labels import public_label
from reporting import export, report
from reporting.export_formats import ExportSubject, Format
from reporting.publication import publish
from tests.review_stage import agree_to_quotes, as_role
from tests.web.test_decisions import seen
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

LABELS = {
    "Jan Peeters en de opvang": "[naam] en de opvang",
    "opvang bij Van Damme": "opvang bij [naam]",
    "Uitval en opvang": "Uitval en opvang",
}
"""What the machine calls a theme, and what everybody sees."""


def staged(site: Site, label: str) -> str:
    """Opdracht 4 published with a theme of this label; in its answers stands a name."""
    analysed(site.storage)
    agree_to_quotes(site.storage)
    theme = seen(site).themes[0]
    with site.storage.writing() as session:
        for row in session.scalars(select(RunTheme).where(RunTheme.theme_id == theme.id)):
            row.label = label
        for version in session.scalars(select(ContributionVersion)):
            version.text += " Uitval en Opvang: vraag het aan mevrouw Van Damme."
        append(session, 1, "els", {"op": "approve", "theme": theme.id})
        rounds.close(session, 1, 1)
    with site.storage.writing() as session:
        publish(session, 1, site.app.state.services.catalogue, 1, "els")
    return theme.code


@pytest.mark.parametrize("label", LABELS)
def test_everybody_sees_the_masked_label_everywhere(site: Site, label: str) -> None:
    code = staged(site, label)
    with site.client() as http:
        shown = [http.get("/opdrachten/4").text, http.get("/open-data/ronde-1/alles.json").text]
    catalogue = site.app.state.services.catalogue
    with site.storage.reading() as session:
        for what, formats in (
            (ExportSubject.actieplan, (Format.md, Format.json)),
            (ExportSubject.themes, (Format.md, Format.json, Format.csv)),
        ):
            for format_ in formats:
                content = export.export(session, 1, catalogue, what, format_).decode()
                shown.append(content.replace("\\", ""))
        word = export.export(session, 1, catalogue, ExportSubject.themes, Format.docx)
        lines = [each.text for each in docx.Document(io.BytesIO(word)).paragraphs]
        shown.append("\n".join(lines))
    for each in shown:
        assert LABELS[label] in each
        assert (label in each) == (LABELS[label] == label)
    with as_role(site, "baas", "beheerder") as baas:
        page = baas.get(f"/beheer/themas/{code}").text
        assert label in page
        assert ('id="naam-gezien"' in page) == (LABELS[label] != label)


def test_a_label_that_was_published_before_is_masked_when_it_is_read() -> None:
    assert public_label("Jan Peeters en de opvang") == "[naam] en de opvang"
    assert public_label("Uitval") == "Uitval"


def test_the_report_says_that_it_is_for_inside_use(site: Site) -> None:
    analysed(site.storage)
    page = report.render(site.storage, 1, site.app.state.services.catalogue, "use")
    assert "Geef dit bestand niet door" in page.partition("</h1>")[2][:900]
