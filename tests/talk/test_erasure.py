"""What is erased is gone from the assistant as well: its memory, its files and its log."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from consultation.settings import ROOT
from tests.servers import Servers, Talk
from tests.talk.test_servers import stored
from tests.web.test_form import fields

pytestmark = pytest.mark.servers

WORDS = "De lift van het leercentrum in Zomergem is al een jaar stuk."


def delete(_: Servers, talk: Talk) -> None:
    """Erases by the contract."""
    assert talk.http.delete("/api/chat").status_code == 204


def forget(servers: Servers, talk: Talk) -> None:
    """Erases from the command line."""
    done = servers.verb("forget", talk.receipt)
    assert done.returncode == 0, done.stderr


def ask(_: Servers, talk: Talk) -> None:
    """Erases by asking for it in the talk."""
    talk.say("wis alles wat ik gezegd heb")
    talk.say("ja")
    assert "is gewist" in talk.said


def take_consent_back(_: Servers, talk: Talk) -> None:
    """Erases by taking the first consent back."""
    talk.say("ik wil mijn toestemming intrekken")
    talk.tap("analyse=nee")
    talk.tap('"waarde":"ja"')
    assert "is gewist" in talk.said


@pytest.mark.parametrize("erase", [delete, forget, ask, take_consent_back])
def test_after_erasure_the_assistant_keeps_nothing_of_the_talk(
    servers: Servers, erase: Callable[[Servers, Talk], None]
) -> None:
    talk = Talk(servers.url, opdracht=9)
    talk.open()
    talk.say(WORDS)
    # So that there are trackers under more than one name.
    servers.kill("actions")
    talk.say("Zet er een nieuwe in, betaald door de stad Gent.")
    assert servers.remembers(talk.session) > 0
    erase(servers, talk)
    assert servers.remembers(talk.session) == 0
    nowhere(servers, WORDS)


def test_after_an_answer_is_taken_back_no_tracker_is_left_that_heard_it(servers: Servers) -> None:
    talk = Talk(servers.url, opdracht=9)
    talk.open()
    talk.say(WORDS)
    talk.say("Een nieuwe lift, betaald door de stad Gent.")
    talk.say("wis mijn antwoord over de drempel")
    assert servers.remembers(talk.session) > 0
    talk.tap('"waarde":"ja"')
    assert servers.remembers(talk.session) == 0
    assert set(stored(servers, talk)) == {"voorstel"}
    talk.say("De stad Gent.")
    assert servers.remembers(talk.session) == 1
    talk.tap('"waarde":"4"')
    assert "Zomergem" not in talk.said
    nowhere(servers, WORDS)


def test_an_answer_taken_back_or_changed_in_the_form_is_not_told_in_the_talk(
    servers: Servers,
) -> None:
    talk = Talk(servers.url, opdracht=9)
    talk.open()
    talk.say(WORDS)
    talk.say("Een nieuwe lift, betaald door de stad Gent.")
    with httpx.Client(base_url=servers.url, timeout=60) as http:
        page = http.post("/formulier/9/verder", data={"code": talk.receipt}).text
        changed = {"antwoord_drempel": "", "antwoord_voorstel": "Een trap met een leuning."}
        sent = {**fields(page), **changed, "toestemming_analyse": "ja", "toestemming_citaat": "ja"}
        answer = http.post("/formulier/9", data=sent)
        assert answer.status_code == 200, answer.text
    assert servers.remembers(talk.session) == 0
    talk.say("De stad Gent.")
    talk.tap('"waarde":"4"')
    assert "Een trap met een leuning." in talk.said
    assert "lift" not in talk.said
    nowhere(servers, WORDS)


def test_a_turn_that_is_worked_on_while_all_is_erased_leaves_no_tracker(servers: Servers) -> None:
    for hundredths in range(8):
        talk = Talk(servers.url, opdracht=9)
        talk.open()
        late = threading.Thread(
            target=talk.tab().post, kwargs={"message": WORDS, "client_id": f"c{hundredths}"}
        )
        late.start()
        time.sleep(hundredths / 100)
        assert talk.http.delete("/api/chat").status_code == 204
        late.join()
        # The assistant may still be at it, after the gateway hung up.
        deadline = time.monotonic() + 5
        while servers.remembers(talk.session) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert servers.remembers(talk.session) == 0, hundredths
    nowhere(servers, WORDS)


def test_a_turn_that_fails_or_is_hung_up_on_puts_no_words_in_the_log(servers: Servers) -> None:
    url = f"http://127.0.0.1:{servers.environment['SAMENSPRAAK_RASA_PORT']}/webhooks/rest/webhook"
    log = servers.folder / "log" / "rasa.log"
    before = _hung_up_on(log)
    # How long a turn takes differs by machine and moment: it must be hung up on while it is read.
    until = time.monotonic() + 120
    for number in itertools.count(1):
        with suppress(httpx.TimeoutException):
            httpx.post(
                url,
                json={"sender": f"opgehangen.{number}", "message": WORDS},
                headers=servers.secret,
                timeout=httpx.Timeout(10, read=(1 + number % 60) / 1000),
            )
        if number % 12 == 0:
            servers.wait_until_ready()
            if _hung_up_on(log) > before:
                break
        assert time.monotonic() < until, "no turn was hung up on while it was read"
    servers.forget("opgehangen")
    nowhere(servers, WORDS)


def _hung_up_on(log: Path) -> int:
    return log.read_text("utf-8").count("a turn ended with CancelledError")


def nowhere(servers: Servers, words: str) -> None:
    """At once in no file of the product's data, its write-ahead log included, and in none that Rasa
    could make."""
    places = [each for each in servers.folder.rglob("*") if each.is_file()]
    places += [each for each in ROOT.iterdir() if each.suffix in (".db", ".log", ".sqlite")]
    assert {"samenspraak.db", "rasa.log"} <= {each.name for each in places}
    assert [each.name for each in places if words.encode() in each.read_bytes()] == []
