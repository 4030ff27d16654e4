"""A consultation with a published round, as the public pages show it."""

from __future__ import annotations

from consultation import rounds
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import AnalysisRun, Statement, Theme
from reporting.publication import publish
from tests.review_stage import agree_to_quotes
from tests.web_stage import Site, analysed

BAD = '<script>alert(1)</script> & "co"'
LABEL = f"Lessen op een ander uur {BAD}"
ACTION = f"Begin de lessen later. {BAD}"


def published_round(site: Site, catalogue: Catalogue, people: int = 24) -> dict[str, str]:
    """Round 1 closed and published: one theme of two approved, one action of two."""
    analysed(site.storage, people)
    agree_to_quotes(site.storage)
    with site.storage.writing() as session:
        rounds.close(session, 1, 1)
        run = session.query(AnalysisRun).one()
        figures = {"opdracht": 4, "statements": 48, "themes": 2, "coverage": 0.9}
        run.metrics = {"opdrachten": [{**figures, "stability": 0.71, "label_persistence": None}]}
        ids = {each.number: each.id for each in session.query(Theme)}
        quote = session.query(Statement).filter_by(kind="voorstel").first()
        assert quote
        made = {"op": "action", "do": "create", "opdracht": 4, "themes": [ids[1]]}
        for operation in (
            {"op": "rename", "theme": ids[1], "label": LABEL},
            {"op": "approve", "theme": ids[1]},
            {**made, "id": "a" * 32, "text": ACTION, "trekker": f"CVO {BAD}"},
            {**made, "id": "b" * 32, "text": "Nog niet beslist"},
            {"op": "action", "do": "status", "action": "a" * 32, "status": "goedgekeurd"},
        ):
            append(session, 1, "els", operation)
        publish(session, 1, catalogue, 1, "els")
    return {"first": ids[1], "second": ids[2]}


def second_round(site: Site, catalogue: Catalogue, themes: dict[str, str]) -> None:
    """Round 2 published, with the other theme approved as well."""
    with site.storage.writing() as session:
        rounds.open_(session, 1, 2)
        rounds.close(session, 1, 2)
        append(session, 1, "els", {"op": "approve", "theme": themes["second"]})
        publish(session, 1, catalogue, 2, "els")
