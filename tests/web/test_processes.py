"""Several web processes on one PostgreSQL: a turn is worked on by one, and stored once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from consultation import rounds
from consultation.database.models import ContributionVersion, Message
from consultation.database.presence import Presence, living
from consultation.database.storage import Storage
from consultation.settings import Settings
from tests.databases import open_storage
from tests.web_stage import Site, StandIn, Talk, begin, small_talk

pytest_plugins = ["tests.web_fixtures"]
pytestmark = pytest.mark.postgres


@contextmanager
def website(url: str, folder: Path, rasa: StandIn) -> Iterator[Site]:
    """One web process's worth of website."""
    values = Settings(
        data_dir=folder,
        database_url=url,
        secret_key="only for tests",
        rasa_port=rasa.port,
        actions_port=rasa.port,
    )
    running = Site(values, Storage(url), rasa)
    running.start()
    yield running
    running.stop()
    running.storage.close()


@pytest.fixture
def both(postgres_url: str, tmp_path: Path, stand_in: StandIn) -> Iterator[tuple[Site, Site]]:
    """Two web processes on one database, with round 1 open."""
    with (
        website(postgres_url, tmp_path, stand_in) as one,
        website(postgres_url, tmp_path, stand_in) as two,
    ):
        with one.storage.writing() as session:
            rounds.open_(session, 1, 1)
        yield one, two


_clients = ExitStack()


@pytest.fixture(autouse=True)
def clients_closed() -> Iterator[None]:
    yield
    _clients.close()


def at(site: Site, talk: Talk) -> Talk:
    """The same talk, at another web process."""
    http = _clients.enter_context(site.client())
    return Talk(http, talk.session, talk.token, talk.receipt)


class Slow:
    """A Rasa that answers a message only when it is allowed to, and others at once."""

    def __init__(self, rasa: StandIn, words: str) -> None:
        self.rasa, self.words = rasa, words
        self.go, self.heard = threading.Event(), threading.Event()
        rasa.answer = self.answer

    def answer(self, body: dict[str, Any]) -> Any:
        if body["message"] == self.words and not self.heard.is_set():
            self.heard.set()
            self.go.wait(30)
        return small_talk(body)

    @property
    def times(self) -> int:
        return sum(body["message"] == self.words for body in self.rasa.heard)


def elsewhere(work: Callable[[], httpx.Response]) -> tuple[threading.Thread, list[httpx.Response]]:
    found: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    return thread, found


def stored(site: Site) -> list[tuple[str, str]]:
    """Each answer with its question."""
    with site.storage.reading() as session:
        return sorted(
            (each.contribution.question or "", each.text)
            for each in session.scalars(select(ContributionVersion))
        )


def test_a_turn_that_one_process_works_on_is_left_alone_by_the_other(
    both: tuple[Site, Site], stand_in: StandIn
) -> None:
    one, two = both
    with one.client() as http:
        talk = begin(http)
        assert talk.send("Ja", "c1", payload="/bevestigen").status_code == 200
        slow = Slow(stand_in, "De les is te laat.")
        first, said = elsewhere(lambda: talk.send(slow.words, "c2"))
        assert slow.heard.wait(10)
        again = at(two, talk)
        second, said_again = elsewhere(lambda: again.send(slow.words, "c2"))
        third, next_said = elsewhere(lambda: at(two, talk).send("Zet de les vroeger.", "c3"))
        # The worker of the second process looks once a second.
        time.sleep(2.5)
        assert slow.times == 1
        slow.go.set()
        for thread in (first, second, third):
            thread.join()
        assert said[0].json() == said_again[0].json()
        assert [each.status_code for each in (*said, *said_again, *next_said)] == [200] * 3
        assert slow.times == 1
    assert stored(one) == [("drempel", slow.words), ("voorstel", "Zet de les vroeger.")]


def test_talks_that_alternate_between_processes_put_each_answer_under_its_question(
    both: tuple[Site, Site],
) -> None:
    answers = {"drempel": "Te ver weg.", "voorstel": "Een bus.", "trekker": "De stad."}
    with both[0].client() as http:
        for number in range(5):
            talk = begin(http)
            tabs = [talk, at(both[1], talk)]
            assert talk.send("Ja", "c0", payload="/bevestigen").status_code == 200
            for place, (question, words) in enumerate(answers.items(), number):
                said = tabs[place % 2].send(f"{words} {number}", question)
                assert said.status_code == 200
    assert stored(both[0]) == sorted(
        (question, f"{words} {number}")
        for number in range(5)
        for question, words in answers.items()
    )


def test_a_process_that_dies_leaves_its_turn_to_the_other(
    both: tuple[Site, Site], stand_in: StandIn
) -> None:
    one, two = both
    with one.client() as http:
        talk = begin(http)
        talk.send("Ja", "c1", payload="/bevestigen")
        slow = Slow(stand_in, "De les is te laat.")
        thread, _ = elsewhere(lambda: talk.send(slow.words, "c2"))
        assert slow.heard.wait(10)
        before = talk.read()[-1]["seq"]
        # As PostgreSQL sees a process that is gone: its connection ends. It is not dead, though,
        # so its own reply comes late, when the talk is one question further.
        turns = one.app.state.services.turns
        turns._presence.keep = lambda: None
        turns._presence.close()
        reply = at(two, talk).wait_for_reply(before)
        assert reply[-1]["custom"]["question"] == "voorstel"
        assert at(two, talk).send("Zet de les vroeger.", "c3").status_code == 200
        slow.go.set()
        thread.join()
        assert stored(two) == [("drempel", slow.words), ("voorstel", "Zet de les vroeger.")]
        said = [each["seq"] for each in at(two, talk).read()]
        assert said == sorted(set(said))


def test_a_reply_that_comes_late_is_stored_nowhere(
    both: tuple[Site, Site], stand_in: StandIn
) -> None:
    """The first reply, of a process that lost its lock, comes before the second one."""
    one, two = both
    with one.client() as http:
        talk = begin(http)
        talk.send("Ja", "c1", payload="/bevestigen")
        words = "De les is te laat."
        doors = [threading.Event(), threading.Event()]
        came: list[threading.Event] = [threading.Event(), threading.Event()]

        def answer(body: dict[str, Any]) -> Any:
            if body["message"] != words:
                return small_talk(body)
            number = sum(each.is_set() for each in came)
            came[number].set()
            doors[number].wait(30)
            said = small_talk(body)
            said.insert(1, {"recipient_id": "x", "text": f"poging {number}"})
            return said

        stand_in.answer = answer
        thread, said = elsewhere(lambda: talk.send(words, "c2"))
        assert came[0].wait(10)
        turns = one.app.state.services.turns
        turns._presence.keep = lambda: None
        turns._presence.close()
        assert came[1].wait(10)
        doors[0].set()
        time.sleep(0.5)
        assert stored(two) == []
        doors[1].set()
        thread.join()
        texts = [each.get("text") for each in said[0].json()]
        assert "poging 1" in texts
        assert "poging 0" not in texts
        assert stored(two) == [("drempel", words)]


def test_a_restart_of_postgresql_is_lived_through(postgres_url: str) -> None:
    """The lock is lost with its connection, and taken again."""
    storage = open_storage(postgres_url)
    other = open_storage(postgres_url)
    presence = Presence(storage.engine)
    presence.keep()
    with other.reading() as session:
        assert living(session) == {presence.number}
    with other.engine.connect() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(Exception, match=r"terminat|closed"):
        presence.keep()
    with other.reading() as session:
        assert living(session) == frozenset()
    presence.keep()
    with other.reading() as session:
        assert living(session) == {presence.number}
    presence.close()
    with other.reading() as session:
        assert living(session) == frozenset()


def test_no_process_owns_what_is_done(both: tuple[Site, Site]) -> None:
    """A message names the process that answered it; without several, nobody."""
    with both[0].client() as http:
        talk = begin(http)
        assert talk.send("Ja", "c1", payload="/bevestigen").status_code == 200
    with both[0].storage.reading() as session:
        owners = set(session.scalars(select(Message.owner).where(Message.sender != "assistent")))
    assert owners == {both[0].app.state.services.turns._presence.number}
