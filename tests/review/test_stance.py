"""The stance in the review: for and against side by side, set by a facilitator, undone, kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from analysis import dataframes
from consultation.database.models import AnalysisRun, ContributionVersion, RunStance, Statement
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from tests.review_stage import as_role, field_of
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]
PAGE = "/beheer/themas/O04-T002"


@pytest.fixture
def els(site: Site) -> Iterator[httpx.Client]:
    """A facilitator; of the 24 people in a theme six are against and one is for on a condition."""
    analysed(site.storage)
    with site.storage.writing() as session:
        run = session.scalars(select(AnalysisRun)).one()
        theme = opdracht_snapshot(session, 1, 4).theme("O04-T002")
        assert theme
        members = [each.statement for each in theme.members]
        session.add_all(
            RunStance(
                run_id=run.id,
                statement_id=each,
                stance="tegen" if row < 6 else "voorwaardelijk" if row == 6 else "voor",
                score=0.8,
            )
            for row, each in enumerate(members[:20])
        )
    with as_role(site, "els", "facilitator") as http:
        yield http


def decide(http: httpx.Client, **fields: Any) -> httpx.Response:
    """Sends a form of the theme page."""
    data = {"formulier": field_of(http), "terug": PAGE, **fields}
    return http.post("/beheer/opdrachten/4/beslis", data=data, follow_redirects=True)


def against(site: Site) -> set[str]:
    """The statements that are against, by the table of statements."""
    with site.storage.reading() as session:
        rows = dataframes.statements(session, 1, [4])
        assert set(rows["about"].dropna()) <= {"leren op het werk"}
        assert rows.loc[rows["stance"] == "geen", "about"].isna().all()
        return set(rows.loc[rows["stance"] == "tegen", "id"])


def test_a_theme_shows_both_sides_and_a_stance_is_set_undone_and_kept(
    els: httpx.Client, site: Site
) -> None:
    page = els.get(PAGE).text
    shown = page.partition('id="houding"')[2].partition("</section>")[0]
    assert "verdeeld: 13 voor, 6 tegen, 1 voor op een voorwaarde" in shown
    assert "minderheid" in shown
    assert "Voorwaarden: 1 uitspraak" in shown
    assert "80 % zeker" in shown
    assert 'id="houding"' not in els.get("/beheer/themas/O04-T001").text
    six = against(site)
    assert len(six) == 6
    two = sorted(six)[:2]
    done = decide(els, doe="houding", uitspraak=two, houding="voor")
    assert "zette de houding van 2 uitspraken op ‘voor’" in done.text
    assert "15 voor, 4 tegen" in done.text
    assert "minderheid" not in done.text.partition('id="houding"')[2].partition("</section>")[0]
    assert against(site) == six - set(two)

    event = re.search(r'name="beslissing" value="(\d+)"', done.text.partition('id="gedaan"')[2])
    assert event
    decide(els, doe="herroep", beslissing=event[1])
    assert against(site) == six
    decide(els, doe="houding", uitspraak=sorted(six), houding="geen")
    assert "13</strong> voor, <strong>0</strong> tegen" in els.get(PAGE).text
    wrong = decide(els, doe="houding", uitspraak=two, houding="misschien")
    assert wrong.status_code == 422
    assert not against(site)


def test_the_rules_of_an_opdracht_show_with_their_evidence_and_lead_to_an_action(
    els: httpx.Client, site: Site
) -> None:
    assert "Niemand noemt hier een regel" in els.get("/beheer/opdrachten/4/regels").text
    with site.storage.writing() as session:
        statement = opdracht_snapshot(session, 1, 4).said[0]
        version = session.scalars(
            select(ContributionVersion).where(
                ContributionVersion.contribution_id == statement.contribution
            )
        ).one()
        row = session.get_one(Statement, statement.id)
        version.text = "Het decreet laat korte lessen niet toe."
        row.start, row.end = 0, len(version.text)
    page = els.get("/beheer/opdrachten/4/regels").text
    assert "<blockquote>Het decreet laat korte lessen niet toe." in page
    assert "hindert: 1" in page
    form = els.get(f"/beheer/opdrachten/4/acties?bron={statement.id}").text
    assert f'name="bron" value="{statement.id}" checked' in form
    with site.storage.reading() as session:
        rows = dataframes.statements(session, 1, [4]).set_index("id")
    assert tuple(rows.loc[statement.id, ["rule", "rule_effect"]]) == ("decreet", "hindert")
