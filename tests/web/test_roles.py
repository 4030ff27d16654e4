"""Every route of the real application, and who may use it: a route without a row here fails.

``ACCESS`` has a row per route, with a letter for each role that is let in. Everybody else must be
refused, and no answer to somebody who is refused holds a word of what was said.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from consultation import accounts, rounds
from consultation.curation.log import append
from consultation.database.models import (
    Conversation,
    Message,
    Objection,
    Participant,
    ParticipantQuestion,
    Statement,
    Theme,
)
from consultation.database.records import CodingTask
from consultation.database.storage import Storage
from consultation.settings import Settings
from tests.review_stage import PASSWORD, agree_to_quotes, field_of, log_in
from tests.web_stage import BARRIERS, PROPOSALS, Site, StandIn, analysed, begin, free_port
from web.dependencies import Limits
from web.server.limits import RateLimiter

ROLES: dict[str, tuple[str, int | None]] = {
    "A": ("analist", None),
    "F": ("facilitator", None),
    "B": ("beheerder", None),
    "a": ("analist", 4),
    "f": ("facilitator", 4),
    "b": ("beheerder", 4),
    "x": ("facilitator", 5),
}
"""The accounts: their role, and the only opdracht they may work on; all that is said is on 4."""

VISITOR, PARTICIPANT = "V", "P"
"""Who is not logged in, and who holds the token of a talk."""

ALL = "VPAFBafbx"
REVIEW = "AFBafbx"
READS_4, DECIDES_4 = "AFBafb", "FBfb"

ACCESS: dict[str, str] = {
    # Public pages and the front doors.
    "GET /openapi.json": ALL,
    "GET /static": ALL,
    "GET /healthz": ALL,
    "GET /readyz": ALL,
    # With the token of the settings only.
    "GET /metrics": "",
    "GET /": ALL,
    "GET /opdrachten/{number:int}": ALL,
    "GET /gesprek": ALL,
    "GET /hoe-werkt-het": ALL,
    "GET /privacy": ALL,
    "GET /toegankelijkheid": ALL,
    "GET /methode": ALL,
    "GET /widget/samenspraak-chat.js": ALL,
    "GET /grafieken/opdracht-{number:int}-{subject}.svg": ALL,
    "GET /open-data": ALL,
    "GET /open-data/ronde-{number:int}/alles.json": ALL,
    "GET /open-data/ronde-{number:int}/{table}.csv": ALL,
    "GET /sitemap.xml": ALL,
    "GET /robots.txt": ALL,
    "GET /formulier/{number:int}": ALL,
    "GET /formulier/{number:int}/verder": ALL,
    "POST /formulier/{number:int}/verder": ALL,
    "POST /formulier/{number:int}": ALL,
    "POST /api/chat/sessions": ALL,
    # With a receipt code in the form; without it nothing is shown.
    "GET /mijn-antwoorden": ALL,
    "GET /mijn-antwoorden/{rest:path}": ALL,
    "POST /mijn-antwoorden": ALL,
    "POST /mijn-antwoorden/bewaar": ALL,
    "POST /mijn-antwoorden/gegevens": ALL,
    "POST /mijn-antwoorden/wis": ALL,
    "POST /mijn-antwoorden/waarover": ALL,
    "POST /mijn-antwoorden/geworden": ALL,
    "POST /mijn-antwoorden/bezwaar": ALL,
    "POST /mijn-antwoorden/bericht": ALL,
    # With the token of a mail; without it nothing is told, and nothing stops.
    "GET /afmelden/{token}": ALL,
    "POST /afmelden/{token}": ALL,
    # With the token of a talk.
    "POST /api/chat/messages": PARTICIPANT,
    "GET /api/chat/messages": PARTICIPANT,
    "GET /api/chat/answers": PARTICIPANT,
    "GET /api/chat/data": PARTICIPANT,
    "DELETE /api/chat": PARTICIPANT,
    # The review.
    "GET /beheer/login": ALL,
    "POST /beheer/login": ALL,
    "POST /beheer/logout": ALL,
    "GET /beheer/login/code": ALL,
    "POST /beheer/login/code": ALL,
    "GET /beheer/login/aanbieder": ALL,
    "GET /beheer/login/terug": ALL,
    "GET /beheer/tweede-stap": REVIEW,
    "POST /beheer/tweede-stap": REVIEW,
    "GET /beheer": REVIEW,
    "GET /beheer/wachtwoord": REVIEW,
    "POST /beheer/wachtwoord": REVIEW,
    "GET /beheer/accounts": "B",
    "POST /beheer/accounts": "B",
    "GET /beheer/logboek": "B",
    "GET /beheer/rondes/{number:int}/open": "B",
    "POST /beheer/rondes/{number:int}/open": "B",
    "GET /beheer/rondes/{number:int}": "AFB",
    "POST /beheer/rondes/{number:int}": "FB",
    "GET /beheer/analyse": REVIEW,
    "POST /beheer/analyse": READS_4,
    "GET /beheer/uitvoer": REVIEW,
    "GET /beheer/uitvoer/bewijs.zip": "AFB",
    "GET /beheer/uitvoer/{what}.{format_}": READS_4,
    "GET /beheer/indicatoren": REVIEW,
    "GET /beheer/indicatoren.csv": REVIEW,
    "GET /beheer/vragen": REVIEW,
    "POST /beheer/vragen/{number:int}": DECIDES_4,
    "GET /beheer/bezwaren": REVIEW,
    "POST /beheer/bezwaren/{number:int}": DECIDES_4,
    "GET /beheer/beslissingen": "AFB",
    "GET /beheer/acties": "AFB",
    "GET /beheer/acties/overlap": "AFB",
    "POST /beheer/acties/overlap": "FB",
    "GET /beheer/zonder-opdracht": "AFB",
    "POST /beheer/zonder-opdracht": "FB",
    "GET /beheer/antwoorden/{contribution}": READS_4,
    "GET /beheer/themas/{code}": READS_4,
    "GET /beheer/themas/{code}/splitsing": DECIDES_4,
    "GET /beheer/coderen/{task_id}": READS_4,
    "POST /beheer/coderen/{task_id}": READS_4,
    "GET /beheer/coderen/{task_id}/uitvoer.{format_}": READS_4,
    "GET /beheer/opdrachten/{number:int}": READS_4,
    "GET /beheer/opdrachten/{number:int}/beslissingen": READS_4,
    "POST /beheer/opdrachten/{number:int}/beslis": DECIDES_4,
    "GET /beheer/opdrachten/{number:int}/regels": READS_4,
    "GET /beheer/opdrachten/{number:int}/trekkers": READS_4,
    "GET /beheer/opdrachten/{number:int}/acties": READS_4,
    "GET /beheer/opdrachten/{number:int}/acties/{action}": READS_4,
    "POST /beheer/opdrachten/{number:int}/acties/{action}/toets": DECIDES_4,
    "GET /beheer/opdrachten/{number:int}/reacties": READS_4,
    "POST /beheer/opdrachten/{number:int}/reacties/wijziging": DECIDES_4,
    "GET /beheer/opdrachten/{number:int}/apart": READS_4,
    "GET /beheer/opdrachten/{number:int}/voorstellen": READS_4,
    "GET /beheer/opdrachten/{number:int}/nieuw": READS_4,
    "GET /beheer/opdrachten/{number:int}/coderen": READS_4,
    "POST /beheer/opdrachten/{number:int}/coderen": READS_4,
    "GET /beheer/opdrachten/{number:int}/codeboek": READS_4,
    "POST /beheer/opdrachten/{number:int}/codeboek": DECIDES_4,
    "GET /beheer/opdrachten/{number:int}/codeboek.csv": READS_4,
    "POST /beheer/opdrachten/{number:int}/codeboek/voorstel": DECIDES_4,
    "GET /beheer/opdrachten/{number:int}/wachtrij": READS_4,
    "POST /beheer/opdrachten/{number:int}/wachtrij": DECIDES_4,
    "GET /beheer/opdrachten/{number:int}/paren": READS_4,
    "POST /beheer/opdrachten/{number:int}/paren": READS_4,
    "GET /beheer/invoer": "FB",
    "GET /beheer/vloed": "FB",
    "POST /beheer/vloed": "FB",
    "GET /beheer/telt-als-een": "FB",
    "POST /beheer/telt-als-een": "FB",
    "POST /beheer/invoer": "FB",
    "GET /beheer/invoer/document/{draft}": "FB",
    "POST /beheer/invoer/document/{draft}": "FB",
    "GET /beheer/invoer/enquete/{draft}": "FB",
    "POST /beheer/invoer/enquete/{draft}": "FB",
    "POST /beheer/invoer/{draft}/weg": "FB",
}

FORMS: dict[str, dict[str, str]] = {
    "POST /beheer/analyse": {"opdracht": "4", "ronde": "1"},
    "POST /beheer/rondes/{number:int}": {"doe": "onbekend"},
    "POST /beheer/vragen/{number:int}": {"doe": "beantwoord"},
    "POST /beheer/bezwaren/{number:int}": {"doe": "bekeken"},
    "POST /beheer/acties/overlap": {"doe": "hou_apart", "een": "a", "ander": "b"},
}
"""What a form needs to come as far as the question who may. None of them changes what is said."""

QUERIES = {"GET /beheer/uitvoer/{what}.{format_}": "?opdracht=4"}
"""Without it, an account of one opdracht gets the file of its own."""

EMPTY = {
    # No provider is set.
    "GET /beheer/login/aanbieder",
    "GET /beheer/login/terug",
    "GET /open-data/ronde-{number:int}/alles.json",
    "GET /open-data/ronde-{number:int}/{table}.csv",
    "GET /grafieken/opdracht-{number:int}-{subject}.svg",
    "GET /beheer/invoer/document/{draft}",
    "GET /beheer/invoer/enquete/{draft}",
    "GET /beheer/themas/{code}/splitsing",
}
"""Pages of what there is not in this consultation: whoever is let in reads 404 there."""

SAID = [*BARRIERS, *PROPOSALS]
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass
class Stage:
    """The running site, something of each kind on opdracht 4, and a client for each role."""

    site: Site
    values: dict[str, str]
    clients: dict[str, httpx.Client]

    def url(self, path: str) -> str:
        """The address of a route, with what there is filled in."""
        if path == "/static":
            return "/static/htmx.min.js"
        number = "1" if re.search(r"/(rondes|ronde-|vragen|bezwaren)", path) else "4"
        return _PARAMETER.sub(
            lambda found: number if found[1] == "number" else self.values[found[1]], path
        )


def routes(site: Site) -> set[str]:
    """Every route of the application, as ``METHOD /path``."""
    found = set()
    for each in iter_route_contexts(site.app.routes):
        route = each.original_route
        methods = getattr(route, "methods", None) or {"GET"}
        path = getattr(route, "path", "")
        found |= {f"{method} {path}" for method in methods - {"HEAD", "OPTIONS"}}
        assert isinstance(route, APIRoute) or path in ("/static", "/openapi.json"), route
    return found


def _rows(storage: Storage, made: dict[str, Any]) -> dict[str, str]:
    """One thing of each kind on opdracht 4, by the name of its parameter in a route."""
    with storage.writing() as session:
        for letter, (role, limit) in ROLES.items():
            accounts.add_account(session, f"naam{ord(letter)}", role, PASSWORD, limit)
        action = {"op": "action", "do": "create", "opdracht": 4, "id": "c" * 32, "text": "Doe het."}
        themes = [each.id for each in session.query(Theme).order_by(Theme.number)]
        append(session, 1, "els", {**action, "themes": themes[:1]})
        append(session, 1, "els", {"op": "approve", "theme": themes[0]})
        statement = session.query(Statement).filter_by(opdracht=4).first()
        person = session.query(Participant).first()
        assert statement
        assert person
        talk = Conversation(participant_id=person.id, round_id=1, opdracht=4)
        session.add_all([talk, Objection(participant_id=person.id, statement_id=statement.id)])
        session.flush()
        message = Message(
            conversation_id=talk.id, seq=1, sender="deelnemer", text=SAID[0], state="verwerkt"
        )
        session.add(message)
        session.flush()
        session.add(
            ParticipantQuestion(
                participant_id=person.id,
                message_id=message.id,
                round_id=1,
                opdracht=4,
                text=SAID[0],
            )
        )
        task = CodingTask(consultation_id=1, opdracht=4, themes=themes, seed=1, account="els")
        session.add(task)
        session.flush()
        return {
            "code": made["codes"][0],
            "action": "c" * 32,
            "contribution": made["answers"][0],
            "task_id": task.id,
            "draft": "d" * 32,
            "what": "statements",
            "format_": "csv",
            "subject": "thema",
            "table": "citaten",
            "rest": "bewaar",
            "token": "x",
        }


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    rasa = StandIn(free_port())
    rasa.start()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("roles"),
        database_url="",
        secret_key="only for tests",
        rasa_port=rasa.port,
        actions_port=rasa.port,
        embedding="use",
        metrics_token="only for tests",
    )
    storage = Storage(settings.resolved_database_url)
    site = Site(settings, storage, rasa)
    site.start()
    with storage.writing() as session:
        rounds.open_(session, 1, 1)
    values = _rows(storage, analysed(storage))
    agree_to_quotes(storage)
    services = site.app.state.services
    wide = Limits(messages=RateLimiter(1e6, 10**6), sessions=RateLimiter(1e6, 10**6))
    site.app.state.services = replace(services, limits=wide)
    # An analysis that seems to run, so that no form starts a real one.
    services.reruns._launch = lambda *_: None
    assert services.reruns.start("els", 1, None)
    clients = {each: site.client() for each in (VISITOR, PARTICIPANT, *ROLES)}
    for letter in ROLES:
        assert log_in(clients[letter], f"naam{ord(letter)}").status_code == 303
    yield Stage(site, values, clients)
    for each in clients.values():
        each.close()
    site.stop()
    storage.close()
    rasa.stop()


def ask(stage: Stage, route: str, who: str) -> httpx.Response:
    """One request of somebody, with all that they can show."""
    http = stage.clients[who]
    method, path = route.split(" ", 1)
    more: dict[str, Any] = {}
    if who == PARTICIPANT:
        more["headers"] = begin(http).headers
    if route == "POST /api/chat/messages":
        more["json"] = {"message": "Dag", "client_id": "c1"}
    elif route == "POST /api/chat/sessions":
        more["json"] = {}
    elif method == "POST":
        more["data"] = {"formulier": field_of(http), **FORMS.get(route, {})}
        if route == "POST /beheer/logout":
            # With the right proof it would log this client out.
            more["data"] = {}
    return http.request(method, stage.url(path) + QUERIES.get(route, ""), **more)


def refused(answer: httpx.Response) -> bool:
    """Whether somebody was not let in: 401, 403, or sent to the login."""
    login = answer.status_code == 303 and answer.headers["location"].startswith("/beheer/login?")
    return login or answer.status_code in (401, 403)


def test_every_route_has_a_row_and_every_row_a_route(stage: Stage) -> None:
    assert routes(stage.site) == set(ACCESS)


@pytest.mark.parametrize("route", ACCESS)
def test_a_route_lets_in_whom_the_table_says_and_nobody_else(stage: Stage, route: str) -> None:
    let_in, wrong = "", {}
    for who in ALL:
        answer = ask(stage, route, who)
        told = html.unescape(answer.text)
        # The forms of the login answer 401 and 403 to what is wrong, which is their work.
        if not refused(answer) or route.startswith("POST /beheer/login"):
            let_in += who
            empty = route in EMPTY and answer.status_code == 404
            if answer.status_code >= 500 or (
                route.startswith("GET ") and answer.status_code not in (200, 303) and not empty
            ):
                wrong[who] = f"{answer.status_code}"
        # All that was said is on opdracht 4, and is not published.
        elif any(each in told for each in SAID):
            wrong[who] = "refused, and told all the same"
        if who in (VISITOR, PARTICIPANT, "x") and any(each in told for each in SAID):
            wrong[who] = "reads what is not theirs"
    assert (let_in, wrong) == (ACCESS[route], {})


def test_the_words_are_where_they_may_be_read(stage: Stage) -> None:
    """Else the look for them above would find nothing anywhere."""
    for path in ("/beheer/antwoorden/{contribution}", "/beheer/vragen", "/beheer/themas/{code}"):
        told = html.unescape(ask(stage, f"GET {path}", "A").text)
        assert any(each in told for each in SAID), path


def test_without_a_number_an_export_is_of_one_s_own_opdracht(stage: Stage) -> None:
    for who, own in (("f", True), ("x", False)):
        answer = stage.clients[who].get("/beheer/uitvoer/statements.csv")
        assert answer.status_code == 200
        assert any(each in answer.text for each in SAID) == own


def test_a_token_reads_its_own_talk_only(stage: Stage) -> None:
    """What one participant says, the token of another does not show."""
    http = stage.clients[PARTICIPANT]
    mine, theirs = begin(http), begin(http)
    mine.send("Ja", "c1", payload="/bevestigen")
    assert mine.send("De bus naar Zomergem rijdt niet.", "c2").status_code == 200
    for path in ("/api/chat/messages", "/api/chat/answers", "/api/chat/data"):
        assert "Zomergem" in http.get(path, headers=mine.headers).text
        assert "Zomergem" not in http.get(path, headers=theirs.headers).text
    # Two tokens glued together, or one that is cut, are no token.
    for token in (mine.token + theirs.token, mine.token[:-1], "x"):
        headers = {"Authorization": f"Bearer {token}"}
        assert http.get("/api/chat/messages", headers=headers).status_code == 401
