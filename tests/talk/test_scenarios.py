"""Whole conversations over HTTP with the real servers, from a table; each asserts what is stored.

``data/gesprekken.yml`` holds them. A step is a text to type, or one of: ``open`` (consent and
group), ``antwoord`` (type, and decline to say more), ``tik`` (tap the button whose title or
payload holds this), ``of_tik`` (the same where it is offered), ``bij`` (step, opdracht and
question that are open), ``zegt``/``niet`` (what the assistant's last turn holds or not),
``hervat`` (come back with the receipt code), ``dood`` (kill a process), ``vergeet`` (Rasa loses
its memory of the talk), ``opnieuw`` (send the last typed message again, with its client_id),
``stuur`` (one request and its status), ``tegelijk`` (two tabs at once), ``lang`` (an answer of so
many characters), ``eerst`` (the first buttons), ``antwoordt`` (decline more if asked), ``weg``
(the talk is gone). After them stands what is stored.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Participant,
    Submission,
)
from consultation.participation import participants
from consultation.settings import ROOT
from tests.servers import Servers, Talk

pytestmark = pytest.mark.servers

SCENARIOS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "data" / "gesprekken.yml").read_text(encoding="utf-8")
)


def test_there_are_fifty_conversations_each_with_what_it_leaves_behind() -> None:
    assert len(SCENARIOS) >= 50
    assert len({each["naam"] for each in SCENARIOS}) == len(SCENARIOS)
    checks = set(CHECKS)
    assert [each["naam"] for each in SCENARIOS if not checks & set(each)] == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each["naam"])
def test_a_conversation_leaves_behind_what_it_should(
    servers: Servers, scenario: dict[str, Any]
) -> None:
    walker = Walker(servers, scenario)
    for step in scenario["stappen"]:
        walker.take(step)
    left = Left(servers, walker.talk.session)
    for name, check in CHECKS.items():
        if name in scenario:
            check(left, scenario[name])


class Walker:
    """Somebody who takes the steps of one scenario."""

    def __init__(self, servers: Servers, scenario: dict[str, Any]) -> None:
        self.servers = servers
        body = {"opdracht": scenario["opdracht"]} if "opdracht" in scenario else {}
        if "uitnodiging" in scenario:
            body["invitation"] = self._invited(scenario["uitnodiging"])
        self.talk = Talk(servers.url, **body)
        self.last: dict[str, str] = {}

    def take(self, step: str | dict[str, Any]) -> None:
        """Takes one step; a step that asserts fails the test."""
        if isinstance(step, str):
            self._type(step)
            return
        for name, value in step.items():
            getattr(self, f"_{name}")(value)

    def _type(self, text: str) -> None:
        self.last = {"message": text, "client_id": uuid.uuid4().hex}
        self.talk.send(self.last)

    def _open(self, group: str) -> None:
        self.talk.open(group)

    def _antwoord(self, text: str) -> None:
        self._type(text)
        self._antwoordt(True)

    def _antwoordt(self, _: bool) -> None:
        if self.talk.custom.get("probe"):
            self.talk.tap("/overslaan")

    def _tik(self, wanted: str) -> None:
        self.talk.tap(wanted)

    def _of_tik(self, wanted: str) -> None:
        if wanted in str(self.talk.bubbles):
            self.talk.tap(wanted)

    def _bij(self, place: list[Any]) -> None:
        assert list(self.talk.at) == place, self.talk.said

    def _zegt(self, part: str) -> None:
        assert part.casefold() in self.talk.said.casefold(), self.talk.said

    def _niet(self, part: str) -> None:
        assert part not in self.talk.said

    def _eerst(self, payloads: list[str]) -> None:
        buttons = [
            button["payload"] for each in self.talk.bubbles for button in each.get("buttons") or []
        ]
        assert all(part in offered for part, offered in zip(payloads, buttons, strict=False)), (
            buttons
        )

    def _hervat(self, _: str) -> None:
        self.servers.wait_until_ready()
        before = max(each["seq"] for each in self.talk.transcript())
        back = Talk(self.servers.url, receipt=self.talk.receipt)
        back.wait_for_step(before)
        assert back.session == self.talk.session
        self.talk = back

    def _dood(self, process: str) -> None:
        self.servers.kill(process)

    def _vergeet(self, _: str) -> None:
        """As after a restart of Rasa, in less time."""
        self.servers.forget(self.talk.session)
        assert self.servers.remembers(self.talk.session) == 0

    def _lang(self, length: int) -> None:
        self._type("lange zin over leren in Gent. " * (length // 30) + "x" * (length % 30))

    def _opnieuw(self, wanted: dict[str, Any]) -> None:
        body = {**self.last, "message": wanted.get("bericht", self.last["message"])}
        assert self.talk.post(**body).status_code == wanted["status"]

    def _stuur(self, wanted: dict[str, Any]) -> None:
        text = wanted.get("bericht", "x" * wanted.get("lengte", 1))
        body = {"message": text, "client_id": uuid.uuid4().hex}
        if "payload" in wanted:
            body["payload"] = wanted["payload"]
        answer = self.talk.post(**body)
        assert answer.status_code == wanted["status"]
        assert isinstance(answer.json()["detail"], str)

    def _tegelijk(self, texts: list[str]) -> None:
        tabs = [self.talk, self.talk.tab()]
        sending = [
            threading.Thread(target=tab.answer, args=[text])
            for tab, text in zip(tabs, texts, strict=True)
        ]
        for each in sending:
            each.start()
        for each in sending:
            each.join()
        self.talk.wait_for_step(0)

    def _weg(self, _: bool) -> None:
        assert self.talk.http.get("/api/chat/messages?after=0").status_code == 401

    def _invited(self, row: dict[str, str]) -> str:
        path = self.servers.folder / "uitnodiging.csv"
        path.write_text(
            "name,organisation,group,opdrachten,email\n"
            f"Els,{row['organisation']},{row['group']},{row['opdrachten']},els@stad.example\n",
            encoding="utf-8",
        )
        done = self.servers.verb("invite", str(path))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().rsplit("=", 1)[1]


class Left:
    """What a conversation left in the database."""

    def __init__(self, servers: Servers, session_id: str) -> None:
        self.servers = servers
        self.session = session_id
        storage = servers.storage()
        with storage.reading() as session:
            talk = session.get(Conversation, session_id)
            self.person = session.get(Participant, talk.participant_id) if talk else None
            key = self.person.id if self.person else ""
            self.consents = participants.consents(session, key)
            self.submissions = list(
                session.scalars(select(Submission).where(Submission.participant_id == key))
            )
            self.rows = list(
                session.execute(
                    select(Contribution, ContributionVersion)
                    .join(Submission, Submission.id == Contribution.submission_id)
                    .join(
                        ContributionVersion, ContributionVersion.contribution_id == Contribution.id
                    )
                    .where(Submission.participant_id == key)
                    .order_by(Submission.created_at, ContributionVersion.version)
                )
            )
        storage.close()

    def texts(self) -> dict[str, list[str]]:
        """All versions of all answers in words, by question; taps on a number are left out."""
        found: dict[str, list[str]] = {}
        for contribution, version in self.rows:
            tapped = contribution.value is not None and version.measure is None
            if not tapped and contribution.question:
                found.setdefault(contribution.question, []).append(version.text)
        return found

    def last(self, what: str) -> dict[str | None, Any]:
        """One part of the measure of each answer's last version."""
        return {
            contribution.question: version.measure[what]
            for contribution, version in self.rows
            if version.measure
        }


def _check_stored(left: Left, wanted: dict[str, list[str]]) -> None:
    assert left.texts() == wanted


def _check_values(left: Left, wanted: dict[str, int]) -> None:
    assert {row[0].question: row[0].value for row in left.rows if row[0].value} == wanted


def _check_confirmed(left: Left, wanted: list[int]) -> None:
    done = [each.opdracht for each in left.submissions if each.status == "bevestigd"]
    assert sorted(number for number in done if number) == wanted


def _check_consents(left: Left, wanted: dict[str, bool]) -> None:
    assert left.consents == wanted


def _check_group(left: Left, wanted: str) -> None:
    assert left.person is not None
    assert left.person.group == wanted


def _check_nowhere(left: Left, words: list[str]) -> None:
    """In no table, not in the free pages of the file, in no log."""
    folder = left.servers.folder
    with closing(sqlite3.connect(folder / "samenspraak.db")) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
        dump = "\n".join(connection.iterdump())
    files = [folder / "samenspraak.db", *(folder / "log").glob("*.log"), folder / "serve.log"]
    for each in words:
        assert each not in dump
        assert [path.name for path in files if each.encode() in path.read_bytes()] == []


def _check_languages(left: Left, wanted: dict[str, str]) -> None:
    assert left.last("language") == wanted


def _check_marks(left: Left, wanted: dict[str, list[str]]) -> None:
    assert {key: marks for key, marks in left.last("marks").items() if marks} == wanted


def _check_lengths(left: Left, wanted: dict[str, int]) -> None:
    assert {key: len(texts[-1]) for key, texts in left.texts().items()} == wanted


def _check_each_once(left: Left, wanted: list[str]) -> None:
    stored = [version.text for _, version in left.rows]
    assert sorted(stored) == sorted(wanted)


CHECKS: dict[str, Callable[..., None]] = {
    "bewaard": _check_stored,
    "waarden": _check_values,
    "bevestigd": _check_confirmed,
    "toestemming": _check_consents,
    "groep": _check_group,
    "nergens": _check_nowhere,
    "talen": _check_languages,
    "merken": _check_marks,
    "lengtes": _check_lengths,
    "elk_een_keer": _check_each_once,
}
