"""An action or a statement that was sent on to another opdracht keeps all that belongs to it."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from consultation.database.models import Participant
from consultation.participation.participants import erase
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from tests.review_stage import as_role, post
from tests.web.test_decisions import decide, seen, undo
from tests.web_stage import Site, analysed

pytest_plugins = ["tests.web_fixtures"]

NO_WORDS = "zonder tekst"


@pytest.fixture
def tom(site: Site) -> Iterator[httpx.Client]:
    """A facilitator with rights on opdracht 4 only, on an analysed consultation."""
    analysed(site.storage)
    with as_role(site, "tom", "facilitator", 4) as http:
        yield http


def hand_over(http: httpx.Client, action: str, to: int, here: int = 4) -> httpx.Response:
    """Gives an action to another opdracht, as the page of the action does."""
    base = f"/beheer/opdrachten/{here}"
    fields: dict[str, Any] = {"doe": "draag_over", "actie": action, "opdracht": to}
    made = post(http, f"{base}/beslis", terug=f"{base}/acties", **fields)
    return http.get(made.headers["location"]) if made.status_code == 303 else made


def quoting(snapshot: OpdrachtSnapshot) -> str:
    """An action whose words are a statement's."""
    return next(each.id for each in snapshot.actions if each.proposed and each.statement)


def test_all_of_an_action_goes_along_to_the_other_opdracht(tom: httpx.Client, site: Site) -> None:
    action = quoting(seen(site))
    words = seen(site).words(seen(site).state.actions[action])
    theme = seen(site).state.themes[seen(site).state.actions[action].themes[0]]
    decide(tom, "notitie", actie=action, notitie="Vraag dit na bij de steden.")
    decide(tom, "actie_status", actie=action, status="goedgekeurd")
    assert hand_over(tom, action, 5).status_code == 200
    with as_role(site, "tine", "facilitator", 5) as tine:
        for path in (f"/acties/{action}", "/acties", "/beslissingen"):
            page = html.unescape(tine.get(f"/beheer/opdrachten/5{path}").text)
            assert NO_WORDS not in page.lower(), path
            assert words in page, path
        page = html.unescape(tine.get(f"/beheer/opdrachten/5/acties/{action}").text)
        assert "Vraag dit na bij de steden." in page
        assert f"{theme.code} ‘{theme.label}’" in page
        # Saving something else keeps the theme: it is among the choices, ticked.
        assert f'name="thema" value="{theme.id}" checked' in page
    with as_role(site, "baas", "beheerder") as baas:
        for path in ("/beheer/acties", "/beheer/beslissingen", "/beheer/rondes/1"):
            assert NO_WORDS not in baas.get(path).text.lower(), path


def test_words_that_were_erased_are_told_as_gone(tom: httpx.Client, site: Site) -> None:
    action = quoting(seen(site))
    statement = seen(site).state.actions[action].statement
    hand_over(tom, action, 5)
    with site.storage.writing() as session:
        erase(
            session, session.get_one(Participant, seen(site).by_id[str(statement)].participant).id
        )
    with as_role(site, "tine", "facilitator", 5) as tine:
        page = tine.get(f"/beheer/opdrachten/5/acties/{action}").text
        assert "Zonder tekst: de woorden zijn gewist" in page


def test_who_handed_over_takes_it_back_and_does_it_again(tom: httpx.Client, site: Site) -> None:
    action = quoting(seen(site))
    page = hand_over(tom, action, 5)
    assert seen(site, 5).state.actions[action].opdracht == 5
    page = undo(tom, page.text)
    assert page.status_code == 200
    assert seen(site).state.actions[action].opdracht == 4
    assert undo(tom, page.text).status_code == 200
    assert seen(site, 5).state.actions[action].opdracht == 5


def test_who_placed_a_statement_elsewhere_takes_it_back(tom: httpx.Client, site: Site) -> None:
    said = seen(site).said[0]
    place: dict[str, Any] = {"doe": "plaats", "uitspraak": said.id, "opdracht": 5}
    made = post(tom, "/beheer/opdrachten/4/beslis", terug="/beheer/opdrachten/4", **place)
    assert said.id in seen(site, 5).by_id
    assert undo(tom, tom.get(made.headers["location"]).text).status_code == 200
    assert said.id in seen(site).by_id


def test_what_others_decided_on_since_or_did_is_not_taken_back(
    tom: httpx.Client, site: Site
) -> None:
    action = quoting(seen(site))
    said = seen(site).said[0]
    page = hand_over(tom, action, 5)
    with as_role(site, "tine", "facilitator", 5) as tine:
        fields = {"doe": "actie_status", "actie": action, "status": "goedgekeurd"}
        assert post(tine, "/beheer/opdrachten/5/beslis", **fields).status_code == 303
    assert undo(tom, page.text).status_code == 403
    assert seen(site, 5).state.actions[action].opdracht == 5
    with as_role(site, "baas", "beheerder") as baas:
        place: dict[str, Any] = {"doe": "plaats", "uitspraak": said.id, "opdracht": 5}
        made = post(baas, "/beheer/opdrachten/4/beslis", terug="/beheer/opdrachten/4", **place)
        page = baas.get(made.headers["location"])
    assert undo(tom, page.text).status_code == 403
    assert said.id in seen(site, 5).by_id
