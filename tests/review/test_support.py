"""An action counts who proposes it, the same everywhere; not everybody in its themes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select

from analysis import dataframes
from analysis.supporters import asks_for, proposers, subjects
from consultation import rounds
from consultation.catalogue import load_catalogue
from consultation.curation.log import append
from consultation.database.records import Publication, PublishedSupport
from consultation.participation.participants import erase
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot, opdracht_snapshot
from consultation.settings import ROOT
from reporting import export, report
from reporting.export_formats import ExportSubject, Format
from reporting.publication import approved, publish, published
from tests.review_stage import as_role, field_of
from tests.web_stage import PROPOSALS, Site, analysed

pytest_plugins = ["tests.web_fixtures"]

CATALOGUE = load_catalogue(ROOT / "data" / "opdrachten.yml")


@pytest.fixture
def made(site: Site) -> dict[str, Any]:
    """Opdracht 4 analysed: 24 people in one theme, of whom eight propose its action."""
    found = analysed(site.storage)
    with site.storage.writing() as session:
        action = proposal_of(opdracht_snapshot(session, 1, 4))
        themes = opdracht_snapshot(session, 1, 4).themes
        for each in themes:
            append(session, 1, "els", {"op": "approve", "theme": each.id})
        status = {"op": "action", "do": "status", "action": action, "status": "goedgekeurd"}
        append(session, 1, "els", status)
        own = {"op": "action", "do": "text", "action": action, "text": "Geef tijd om te leren."}
        append(session, 1, "els", own)
    return {**found, "action": action}


@pytest.fixture
def els(site: Site, made: dict[str, Any]) -> Iterator[httpx.Client]:  # noqa: ARG001
    """A facilitator, logged in."""
    with as_role(site, "els", "facilitator") as http:
        yield http


def proposal_of(seen: OpdrachtSnapshot) -> str:
    """The action that the machine proposes in the theme of proposals."""
    return next(each.id for each in seen.actions if seen.words(each) == PROPOSALS[0])


def everywhere(site: Site, http: httpx.Client, action: str) -> dict[str, int]:
    """How many people propose an action, by each place that tells it."""
    page = http.get(f"/beheer/opdrachten/4/acties/{action}").text
    actions = http.get("/beheer/opdrachten/4/acties").text.partition(f'id="actie-{action}"')[2]
    table = http.get("/beheer/acties").text.partition(action)[2].partition("</tr>")[0]
    round_ = http.get("/beheer/rondes/1").text
    with site.storage.writing() as session:
        plan = approved(session, 1, CATALOGUE)
        sheet = export.plan_sheet(plan, CATALOGUE)
        raw = json.loads(export.export(session, 1, CATALOGUE, ExportSubject.actieplan, Format.json))
        rows = dataframes.actions(session, 1, [4]).set_index("id")
        if rounds.require_round(session, 1).status == "open":
            rounds.close(session, 1, 1)
        publish(session, 1, CATALOGUE, 1, "els")
    with site.storage.reading() as session:
        released = published(session, 1)
    assert released is not None
    row = dict(zip([each.key for each in sheet.columns], sheet.rows[0], strict=True))
    public = http.get("/opdrachten/4").text
    numbers: dict[str, Any] = {
        "action": re.search(r"<p>(\d+) deelnemers? stel", page),
        "actions": re.search(r'fine">(\d+) deelnemers? stel', actions),
        "all actions": re.findall(r'class="number">(\d+)<', table)[-1],
        "round": re.search(r"(\d+) deelnemers stellen dit voor", round_),
        "workbook": row["proposed_by"],
        "json": raw["opdrachten"][0]["actions"][0]["people"]["people"],
        "statements": rows.loc[action, "statements"],
        "published": released.plan.opdrachten[0].actions[0].people.people,
        "public page": re.search(r"Voorgesteld door (\d+) mensen", public),
        "open data": http.get("/open-data/ronde-1/alles.json").json()["acties"][0]["mensen"],
    }
    return {
        place: int(found[1] if isinstance(found, re.Match) else found)
        for place, found in numbers.items()
    }


def test_an_action_counts_who_proposes_it_everywhere_the_same(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    found = everywhere(site, els, made["action"])
    assert set(found.values()) == {8}, found


def test_people_say_who_proposes_an_action_and_it_can_be_undone(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    action = made["action"]
    page = els.get(f"/beheer/opdrachten/4/acties/{action}").text
    part = page.partition('id="wie-stelt-voor"')[2].partition("</details>")[0]
    ticked = re.findall(r'name="uitspraak" value="(\w+)" checked', part)
    others = re.findall(r'name="uitspraak" value="(\w+)">', part)
    assert (len(ticked), len(others)) == (8, 16)
    chosen = [*ticked, *others[:3]]
    done = decide(els, doe="wie_stelt_voor", actie=action, uitspraak=chosen)
    assert "koos wie de actie" in done.text
    assert set(everywhere(site, els, action).values()) == {11}
    told = done.text.partition('id="gedaan"')[2]
    event = re.search(r'name="beslissing" value="(\d+)"', told)
    assert event
    decide(els, doe="herroep", beslissing=event[1])
    assert set(everywhere(site, els, action).values()) == {8}


def test_nobody_may_be_chosen_and_an_erased_person_no_longer_counts(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    action = made["action"]
    with site.storage.writing() as session:
        seen = opdracht_snapshot(session, 1, 4)
        erase(session, proposers(seen.state.actions[action], [seen])[-1].participant)
    assert set(everywhere(site, els, action).values()) == {7}
    decide(els, doe="wie_stelt_voor", actie=action)
    page = els.get(f"/beheer/opdrachten/4/acties/{action}").text
    assert "vindt niemand" in page


def test_support_follows_the_others_when_the_first_speaker_is_erased(site: Site) -> None:
    analysed(site.storage)
    action = proposal_of(seen_of(site))
    words = {"tekst": "Leren hoort bij de week.", "tekst_was": PROPOSALS[0]}
    fields: dict[str, Any] = {"regelgeving": "geen", "regelgeving_was": "geen", **words}
    with as_role(site, "els", "facilitator") as els:
        decide(els, doe="bewaar_actie", actie=action, **fields)
        for left in (8, 7, 6):
            seen = seen_of(site)
            found = proposers(seen.state.actions[action], [seen])
            assert len({each.participant for each in found}) == left
            quoted = seen.state.actions[action].reworded
            first = next((each for each in found if each.id == quoted), found[0])
            with site.storage.writing() as session:
                erase(session, first.participant)
        while found := proposers(seen_of(site).state.actions[action], [seen_of(site)]):
            with site.storage.writing() as session:
                erase(session, found[0].participant)
        assert "vindt niemand" in els.get(f"/beheer/opdrachten/4/acties/{action}").text


def test_a_publication_that_kept_no_support_says_so(
    els: httpx.Client, site: Site, made: dict[str, Any]
) -> None:
    everywhere(site, els, made["action"])
    sentence = "niet bijgehouden hoeveel mensen dit voorstellen"
    assert sentence not in els.get("/opdrachten/4").text
    with site.storage.writing() as session:
        for each in session.scalars(select(Publication)):
            each.content = {"opdrachten": each.content["opdrachten"]}
        session.execute(delete(PublishedSupport))
    page = els.get("/opdrachten/4").text
    assert sentence in page
    assert "Voorgesteld door" not in page
    with site.storage.writing() as session:
        publish(session, 1, CATALOGUE, 1, "els")
    assert sentence not in els.get("/opdrachten/4").text


def test_who_is_limited_to_another_opdracht_decides_nothing_here(
    site: Site, made: dict[str, Any]
) -> None:
    with as_role(site, "tine", "facilitator", 5) as tine:
        for number in (4, 5):
            answer = decide(
                tine,
                opdracht=number,
                doe="wie_stelt_voor",
                actie=made["action"],
                uitspraak=[said.id for said in seen_of(site).said[:1]],
            )
            assert answer.status_code == 403
    assert seen_of(site).state.actions[made["action"]].support is None


def test_the_report_counts_who_proposes_the_action_of_a_theme(site: Site) -> None:
    analysed(site.storage)
    page = report.render(site.storage, 1, CATALOGUE, "use")
    assert "8 mensen stellen dit voor." in page


def test_joined_actions_keep_who_people_chose(site: Site, made: dict[str, Any]) -> None:
    first, second = "1" * 32, "2" * 32
    said = seen_of(site).said
    with site.storage.writing() as session:
        for id_, own in ((first, said[:2]), (second, said[1:3])):
            create = {"op": "action", "do": "create", "opdracht": 4, "text": f"Iets {id_[0]}."}
            append(session, 1, "els", {**create, "id": id_})
            chosen = [each.id for each in own]
            support = {"op": "action", "do": "support", "action": id_, "statements": chosen}
            append(session, 1, "els", support)
        append(
            session, 1, "els", {"op": "action", "do": "join", "actions": [second], "into": first}
        )
    seen = seen_of(site)
    found = proposers(seen.state.actions[first], [seen])
    assert [each.id for each in found] == [each.id for each in said[:3]]
    assert made["action"] != first


@pytest.mark.parametrize(
    ("action", "said", "same"),
    [
        ("Organiseer kinderopvang tijdens de lessen.", "Zorg voor opvang bij elke les", True),
        ("Maak alle cursussen gratis.", "De cursus moet voor iedereen gratis zijn", True),
        ("Eén loket voor alle opleidingen.", "Laat één loket alles over opleiding zeggen.", True),
        ("Maak alle cursussen gratis.", "Laat de bus later rijden naar de cursus.", False),
        ("Geef elke werknemer een leerrekening.", "Geef elke werknemer een dag vrij.", False),
    ],
)
def test_a_proposal_is_the_same_by_most_of_its_subject_words(
    action: str, said: str, same: bool
) -> None:
    assert asks_for(subjects(action), subjects(said)) is same


def seen_of(site: Site) -> OpdrachtSnapshot:
    """Opdracht 4 as it stands."""
    with site.storage.reading() as session:
        return opdracht_snapshot(session, 1, 4)


def decide(http: httpx.Client, opdracht: int = 4, **fields: Any) -> httpx.Response:
    """Sends a form of the page of an action."""
    back = f"/beheer/opdrachten/4/acties/{fields.get('actie', '')}".rstrip("/")
    return http.post(
        f"/beheer/opdrachten/{opdracht}/beslis",
        data={"formulier": field_of(http), "terug": back, **fields},
        follow_redirects=True,
    )
