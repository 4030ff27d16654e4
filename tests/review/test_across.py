"""Actions over opdrachten: weighed, held against the note's goal, and alike ones side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from analysis.action_support import urgencies, weight
from analysis.overlap import ComparedAction, overlaps
from consultation import checklist
from consultation.catalogue import Catalogue
from consultation.curation.log import append
from consultation.database.models import Consent, Contribution, Participant, Submission
from consultation.database.storage import Storage
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from tests.review_stage import as_role, field_of, post
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

LATER = "Laat de avondlessen een uur later beginnen."
ALSO_LATER = "Begin avondlessen een uur later."
OTHERS = [
    "Geef werkgevers een premie voor elke opleiding.",
    "Maak van elke bibliotheek een leerhuis.",
    "Schrap het inschrijvingsgeld voor werkzoekenden.",
]


@pytest.fixture
def actions(site: Site) -> dict[str, Any]:
    """Two actions that ask the same at opdrachten 4 and 7, and three others."""
    made = analysed(site.storage)
    site.settings.embedding = "use"
    with site.storage.writing() as session:
        theme = opdracht_snapshot(session, 1, 4).themes[0]
        texts = [(4, LATER), (7, ALSO_LATER), *((n, text) for n, text in enumerate(OTHERS, 1))]
        for number, (opdracht, text) in enumerate(texts):
            create: dict[str, Any] = {"op": "action", "do": "create", "opdracht": opdracht}
            themes = [theme.id] if number == 0 else []
            id_ = f"{number:032x}"
            append(session, 1, "els", {**create, "text": text, "themes": themes, "id": id_})
        behind = [each.id for each in theme.said]
        support = {"op": "action", "do": "support", "action": f"{0:032x}", "statements": behind}
        append(session, 1, "els", support)
    return made


@pytest.fixture
def els(site: Site, actions: dict[str, Any]) -> Iterator[httpx.Client]:  # noqa: ARG001
    """A facilitator, logged in."""
    with as_role(site, "els", "facilitator") as http:
        yield http


def give_priorities(storage: Storage, values: list[int]) -> None:
    """The first people of opdracht 4 say how urgent it is."""
    with storage.writing() as session:
        said = session.query(Submission).filter_by(opdracht=4).order_by(Submission.id)
        for submission, value in zip(said, values, strict=False):
            session.add(
                Contribution(
                    submission_id=submission.id, question="prioriteit", channel="form", value=value
                )
            )


def test_the_nearest_actions_of_two_opdrachten_come_first(storage: Storage) -> None:
    worded = [
        ComparedAction(str(number), opdracht, text)
        for number, (opdracht, text) in enumerate(
            [(4, LATER), (7, ALSO_LATER), (4, ALSO_LATER), *((1, text) for text in OTHERS)]
        )
    ]
    found = overlaps(storage, "use", worded)
    assert [{each.one.text, each.other.text} for each in found[:2]] == [
        {ALSO_LATER},
        {LATER, ALSO_LATER},
    ]
    assert all(each.one.opdracht != each.other.opdracht for each in found)
    assert found[1].near > 0.6
    assert overlaps(storage, "use", worded[:2]) == []
    assert overlaps(storage, "use", [*worded[:2], ComparedAction("9", 3, " ")]) == []


@pytest.mark.usefixtures("actions")
def test_an_action_weighs_by_its_people_groups_and_how_urgent_they_find_it(
    site: Site,
) -> None:
    give_priorities(site.storage, [5, 4, 3])
    with site.storage.writing() as session:
        seen = opdracht_snapshot(session, 1, 4)
        action = seen.state.actions[f"{0:032x}"]
        found = weight(action, {4: seen}, urgencies(session, 1))
        assert (found.people, found.groups, found.statements) == (24, 3, 24)
        assert (found.urgency, found.answers) == (4.0, 3)
        other = opdracht_snapshot(session, 1, 7)
        without = weight(other.state.actions[f"{1:032x}"], {7: other}, urgencies(session, 1))
        assert (without.people, without.urgency) == (0, None)
        first = session.query(Submission).filter_by(opdracht=4).order_by(Submission.id).first()
        assert first
        person = session.get_one(Participant, first.participant_id)
        person.consents.append(Consent(purpose="analyse", granted=False, version="1"))
        session.flush()
        assert len(urgencies(session, 1)) == 2


def test_the_table_is_sorted_as_asked_and_shows_the_checklist(
    els: httpx.Client, site: Site, catalogue: Catalogue
) -> None:
    give_priorities(site.storage, [5] * 10)
    page = els.get("/beheer/acties?sorteer=groepen").text
    rows = re.findall(r"<tr><th scope=\"row\"><a[^>]*>([^<]+)", page)
    assert rows[0] == LATER
    assert len(rows) == 5
    assert "5,0" in page
    criteria = [each.sleutel for each in catalogue.consultatie.criteria]
    address = f"/beheer/opdrachten/7/acties/{1:032x}"
    answers = {f"toets_{criteria[0]}": "ja", f"toets_{criteria[1]}": "deels"}
    done = post(els, f"{address}/toets", **answers)
    assert "De toets is bewaard." in els.get(done.headers["location"]).text
    page = els.get("/beheer/acties?sorteer=toets").text
    assert f"1.5 van {len(criteria)}".replace(".", ",") in page
    assert re.findall(r"<tr><th scope=\"row\"><a[^>]*>([^<]+)", page)[0] == ALSO_LATER
    post(els, f"{address}/toets", **{f"toets_{criteria[0]}": "misschien"})
    with site.storage.reading() as session:
        own = checklist.checked(session, 1)[f"{1:032x}"]
    assert {key: each.answer for key, each in own.items()} == {
        criteria[0]: "ja",
        criteria[1]: "deels",
    }
    assert post(els, f"/beheer/opdrachten/4/acties/{1:032x}/toets").status_code == 409
    for sort in ("prioriteit", "dringend", "deelnemers", "opdracht", "onzin"):
        assert els.get(f"/beheer/acties?sorteer={sort}&ook=voorstellen").status_code == 200


def test_alike_actions_are_joined_handed_over_or_kept_apart(els: httpx.Client, site: Site) -> None:
    page = els.get("/beheer/acties/overlap").text
    assert page.index(LATER) < page.index("Hou apart")
    pair = {"een": f"{0:032x}", "ander": f"{1:032x}", "opdracht": "4"}
    post(els, "/beheer/acties/overlap", doe="hou_apart", **pair)
    assert "Apart gehouden (1)" in els.get("/beheer/acties/overlap").text
    post(els, "/beheer/acties/overlap", doe="toch_niet", **pair)
    assert "Apart gehouden" not in els.get("/beheer/acties/overlap").text
    done = post(els, "/beheer/acties/overlap", doe="geef_door", **pair)
    assert done.status_code == 303
    with site.storage.reading() as session:
        assert opdracht_snapshot(session, 1, 4).state.actions[pair["ander"]].opdracht == 4
    joined = post(els, "/beheer/acties/overlap", doe="voeg_samen", **pair)
    assert joined.status_code == 303
    with site.storage.reading() as session:
        now = opdracht_snapshot(session, 1, 4).state.actions[pair["ander"]]
    assert now.joined_into == pair["een"]
    again = post(els, "/beheer/acties/overlap", doe="voeg_samen", **pair)
    assert again.status_code == 409
    assert 'role="alert"' in again.text
    assert post(els, "/beheer/acties/overlap", doe="iets", **pair).status_code == 404


@pytest.mark.usefixtures("actions")
def test_a_trekker_and_an_analyst_join_nothing_over_opdrachten(site: Site) -> None:
    for name, role, limit in (("ann", "analist", None), ("tine", "facilitator", 4)):
        with as_role(site, name, role, limit) as http:
            data = {"formulier": field_of(http), "doe": "voeg_samen", "een": "a", "ander": "b"}
            assert http.post("/beheer/acties/overlap", data=data).status_code == 403
            shown = http.get("/beheer/acties").status_code
            assert shown == (200 if limit is None else 403)
