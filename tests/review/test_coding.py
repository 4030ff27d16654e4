"""Blind coding: agreement as the literature defines it, and nobody sees the machine's choice."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from consultation.curation.log import append
from consultation.database.models import Participant
from consultation.participation.participants import erase
from consultation.queries.agreement import agreement
from consultation.queries.coding import MACHINE, CodingError, choices, draw, items, pairs, tasks
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from tests.review_stage import as_role, field_of
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

THEMES = ["a", "b", "c"]
CODED = st.dictionaries(
    st.sampled_from([f"s{number}" for number in range(12)]),
    st.frozensets(st.sampled_from(THEMES)),
    min_size=1,
)


@settings(deadline=None, max_examples=60)
@given(CODED, CODED)
def test_agreement_is_what_the_library_says_and_symmetric(
    one: dict[str, frozenset[str]], other: dict[str, frozenset[str]]
) -> None:
    found = agreement(one, other, THEMES)
    both = sorted(one.keys() & other.keys())
    assert found.statements == len(both)
    assert agreement(other, one, THEMES) == found
    if not both:
        assert found.f1.value is None
        return
    labels = [*THEMES, ""]
    first, second = (
        [int(label in (coded[each] or {""})) for each in both for label in labels]
        for coded in (one, other)
    )
    assert found.f1.value == pytest.approx(f1_score(first, second), abs=1e-4)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-4)
    for interval in (found.f1, found.kappa):
        assert interval.low is not None
        assert interval.high is not None
        assert interval.low - 1e-4 <= interval.high


def test_the_interval_narrows_with_more_statements() -> None:
    def width(statements: int) -> float:
        one = {f"{n}": frozenset({"a" if n % 2 else "b"}) for n in range(statements)}
        other = {f"{n}": frozenset({"a" if n % 3 else "b"}) for n in range(statements)}
        f1 = agreement(one, other, THEMES).f1
        assert f1.low is not None
        assert f1.high is not None
        return f1.high - f1.low

    assert width(30) > 1.8 * width(300) > 0


def approve_both(site: Site) -> list[str]:
    with site.storage.writing() as session:
        themes = [each.id for each in opdracht_snapshot(session, 1, 4).themes]
        for each in themes:
            append(session, 1, "els", {"op": "approve", "theme": each})
    return themes


def test_a_sample_leaves_out_what_people_moved(site: Site) -> None:
    analysed(site.storage)
    with site.storage.writing() as session:
        seen = opdracht_snapshot(session, 1, 4)
        with pytest.raises(CodingError, match="approve at least 2"):
            draw(session, 1, seen, "els")
    first, second = approve_both(site)
    with site.storage.writing() as session:
        seen = opdracht_snapshot(session, 1, 4)
        moved = [each.id for each in seen.themes[0].said[:10]]
        move = {"op": "move", "statements": moved, "from": first, "to": second}
        append(session, 1, "els", move)
        task = draw(session, 1, opdracht_snapshot(session, 1, 4), "els", size=100, seed=1)
        drawn = items(session, task)
        assert len(drawn) == 38
        assert not {each.statement_id for each in drawn} & set(moved)
        again = draw(session, 1, opdracht_snapshot(session, 1, 4), "els", size=100, seed=1)
        assert [each.statement_id for each in items(session, again)] == [
            each.statement_id for each in drawn
        ]


def test_two_reviewers_code_blindly_and_then_see_how_they_agree(site: Site) -> None:
    analysed(site.storage)
    themes = approve_both(site)

    def next_one(page: str) -> str | None:
        found = re.search(r'name="uitspraak" value="(\w+)"', page)
        return found[1] if found else None

    with as_role(site, "els", "facilitator") as els, as_role(site, "ann", "analist") as ann:
        field = field_of(els)
        made = els.post("/beheer/opdrachten/4/coderen", data={"formulier": field, "aantal": "8"})
        address = made.headers["location"]
        with site.storage.reading() as session:
            (known,) = tasks(session, 1, 4)
            machine = choices(session, known.task)[MACHINE]
        assert known.items == 8
        page = els.get(address).text
        while statement := next_one(page):
            for code in ("O04-T001", "O04-T002"):
                assert code not in page
            assert page.count(" checked") == 0
            data = {"formulier": field, "uitspraak": statement, "thema": sorted(machine[statement])}
            page = els.post(address, data=data, follow_redirects=True).text
        assert "els" in page
        assert "1,00" in page
        assert ann.get(f"{address}/uitvoer.csv").status_code == 303
        field, page = field_of(ann), ann.get(address).text
        while statement := next_one(page):
            data = {"formulier": field, "uitspraak": statement, "thema": themes[0]}
            page = ann.post(address, data=data, follow_redirects=True).text
        assert "ann en els" in page
        assert "computer en els" in page
        with site.storage.reading() as session:
            found = {(each.one, each.other): each.agreement for each in pairs(session, known.task)}
        assert found[MACHINE, "els"].f1.value == 1
        assert found["ann", "els"].f1.value == found[MACHINE, "ann"].f1.value
        raw = ann.get(f"{address}/uitvoer.csv").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(raw)))
        assert {each["Codeur"] for each in rows} == {MACHINE, "els", "ann"}
        assert len(rows) == 24
        for format_ in ("xlsx", "docx", "json", "md"):
            assert ann.get(f"{address}/uitvoer.{format_}").status_code == 200
        with site.storage.writing() as session:
            erase(session, session.query(Participant).limit(1).one().id)
        assert els.get(address).status_code == 200


def test_a_trekker_codes_only_their_own_opdracht(site: Site) -> None:
    analysed(site.storage)
    approve_both(site)
    with as_role(site, "tine", "facilitator", 5) as tine:
        data = {"formulier": field_of(tine), "aantal": "8"}
        assert tine.post("/beheer/opdrachten/4/coderen", data=data).status_code == 403
        assert tine.post("/beheer/opdrachten/5/coderen", data=data).status_code == 422
        assert tine.get("/beheer/coderen/nergens").status_code == 404
