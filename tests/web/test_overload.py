"""Much at once: nobody's message is given up for it, and what cannot wait does not."""

from __future__ import annotations

import threading
import time
from typing import Any

import aiohttp
import httpx
import pytest

from dialogue import assistant, turns
from dialogue.messages import say
from tests.web_stage import Site, StandIn, Talk, begin, small_talk
from web.chat import gateway

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker comes back soon."""
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(turns, "WORKER_PAUSE", 0.05)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn may take 0.2 seconds; asked for before the website starts."""
    monkeypatch.setattr(assistant, "_TURN_TIMEOUT", aiohttp.ClientTimeout(total=0.2))


def hang(_: Any) -> Any:
    time.sleep(0.5)
    return []


def hang_up(_: Any) -> Any:
    raise ConnectionResetError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "busy",
    [lambda _: 429, lambda _: 503, hang, hang_up],
    ids=["too many", "overloaded", "slow", "hangs up"],
)
def test_who_is_busy_slow_or_away_gives_no_strike(
    talk: Talk, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, busy: Any
) -> None:
    monkeypatch.setattr(gateway, "TURN_PATIENCE", 0.1)
    after = talk.read()[-1]["seq"]
    tries = 3 * turns.HOPELESS_ATTEMPTS
    stand_in.answer = lambda body: busy(body) if len(stand_in.heard) < tries else small_talk(body)
    assert talk.send("Ja", "c1", payload="/bevestigen").status_code == 202
    reply = talk.wait_for_reply(after, 60)
    assert reply[0]["custom"]["step"] == "vraag"
    assert say("mislukt") not in [each["text"] for each in reply]


def test_only_so_many_turns_are_worked_on_at_once_and_the_others_stand_in_a_queue(
    site: Site, http: httpx.Client, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "TURN_PATIENCE", 0.3)
    talks = [begin(http) for _ in range(4 * turns.AT_ONCE)]
    opened = talks[0].read()[-1]["seq"]
    counting, at_work, most = threading.Lock(), 0, 0
    go = threading.Event()

    def slow(body: dict[str, Any]) -> Any:
        nonlocal at_work, most
        with counting:
            at_work += 1
            most = max(most, at_work)
        go.wait(20)
        with counting:
            at_work -= 1
        return small_talk(body)

    stand_in.answer = slow
    answers: list[httpx.Response] = []

    def send(talk: Talk) -> None:
        with site.client() as own:
            other = Talk(own, talk.session, talk.token, talk.receipt)
            answers.append(other.send("Ja", "c1", payload="/bevestigen"))

    threads = [threading.Thread(target=send, args=(each,)) for each in talks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.status_code for each in answers} == {202}
    told = [each.json()["detail"] for each in answers]
    assert told.count(say("druk")) == len(talks) - turns.AT_ONCE
    assert most == turns.AT_ONCE
    go.set()
    for each in talks:
        assert each.wait_for_reply(opened, 60)[-1]["custom"]["step"] == "vraag"
    assert most == turns.AT_ONCE
    once = [body for body in stand_in.heard if body["message"] == "/bevestigen"]
    assert len(once) == len(talks), "who waits is not tried over and over"
