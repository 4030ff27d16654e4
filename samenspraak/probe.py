"""``samenspraak probe``: one marked talk through every part of a running product, then erased.

For a monitor: it tells whether people can talk, are stored, analysed and shown, not only whether
processes live. A receipt of a probe that was cut off is kept in the data directory, so that the
next probe erases what that one left.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from consultation import rounds
from consultation.access.probe_mark import PROBE, probe_mark
from consultation.errors import ReceiptUnknown, SamenspraakError
from consultation.participation import participants
from consultation.private_files import make_private_file
from consultation.queries.answer_view import answer, texts_of
from samenspraak.organiser import erase_participant
from samenspraak.workplace import Workplace

PARTS = ("web", "ready", "talk", "storage", "analysis", "review", "erasure")
_WORDS = "Dit is een proef, met kenmerk {mark}. Op zondag rijdt er geen bus naar school."
_BEFORE_QUESTIONS = ("toestemming", "groep", "opdracht")
_MOST_TURNS = 12
_PATIENCE = 30.0
_TIMEOUT = 60.0
_PAUSE = 0.25


class PartFailed(Exception):
    """A part of the product did not do its work; the message says what it did instead."""


@dataclass
class Finding:
    """What became of one part: ``ok``, ``failed`` or ``not tried``, with milliseconds and why."""

    part: str
    state: str = "not tried"
    milliseconds: int = 0
    why: str = ""

    def line(self) -> str:
        """The finding as a line for people."""
        took = f"{self.milliseconds} ms" if self.state != "not tried" else ""
        return " ".join(f"{self.part:9} {self.state:9} {took:>8}  {self.why}".rstrip().split("\n"))


@dataclass
class Probe:
    """One marked talk with a running product.

    Args:
        place: settings, catalogue and database of the product.
        url: where its website listens.
    """

    place: Workplace
    url: str
    text: str = field(default_factory=lambda: _WORDS.format(mark=uuid.uuid4().hex[:12]))
    receipt: str = ""
    answered: bool = False
    contribution: str = ""
    findings: dict[str, Finding] = field(default_factory=lambda: {p: Finding(p) for p in PARTS})

    @property
    def healthy(self) -> bool:
        """Whether no part failed."""
        return not any(each.state == "failed" for each in self.findings.values())

    def run(self) -> list[Finding]:
        """Tries all parts and returns the findings, in the order of ``PARTS``.

        A part that stands on one that failed is not tried. What was stored is erased, whatever
        happened.
        """
        self._erase_leftovers()
        with httpx.Client(base_url=self.url, timeout=_TIMEOUT, trust_env=False) as http:
            if self._try("web", lambda: _ok(http.get("/healthz"))):
                ready = self._try("ready", lambda: _all_ready(http.get("/readyz")))
                if ready and self._round_is_open():
                    self._talk_and_erase(http)
                self._try("review", lambda: self._is_shown(http))
        self._try("analysis", self._is_analysed)
        return list(self.findings.values())

    def _talk_and_erase(self, http: httpx.Client) -> None:
        try:
            if self._try("talk", lambda: self._talk(http)):
                self._try("storage", self._is_stored)
                self._try("review", lambda: self._is_shown(http))
        finally:
            if self.receipt:
                self._try("erasure", lambda: self._erase(http))

    def _try(self, part: str, work: Callable[[], None]) -> bool:
        found = self.findings[part]
        if found.state != "not tried":
            return found.state == "ok"
        began = time.monotonic()
        try:
            work()
            found.state = "ok"
        except (PartFailed, SamenspraakError, httpx.HTTPError, OSError) as error:
            found.state, found.why = "failed", str(error) or type(error).__name__
        found.milliseconds = round(1000 * (time.monotonic() - began))
        return found.state == "ok"

    def _round_is_open(self) -> bool:
        with self.place.storage.reading() as session:
            open_now = rounds.open_round(session, self.place.consultation_id) is not None
        if not open_now:
            for part in ("talk", "storage", "erasure"):
                self.findings[part].why = "no round is open; samenspraak round open N"
        return open_now

    def _talk(self, http: httpx.Client) -> None:
        opened = http.post(
            "/api/chat/sessions", json={"opdracht": self.place.catalogue.opdrachten[0].nummer}
        )
        if opened.status_code != 201:
            raise PartFailed(f"no session: {opened.status_code} {opened.text[:200]}")
        session = opened.json()
        self.receipt = session["receipt"]
        self._keep_receipt()
        http.headers["Authorization"] = f"Bearer {session['token']}"
        bubbles = _bubbles(http, 0)
        for _ in range(_MOST_TURNS):
            bubble = next(each for each in reversed(bubbles) if _step(each))
            buttons = bubble.get("buttons") or []
            if _step(bubble) == "vraag" and not buttons:
                _send(http, {"title": self.text})
                self.answered = True
                return
            if _step(bubble) not in _BEFORE_QUESTIONS and _step(bubble) != "vraag":
                return
            if not buttons:
                raise PartFailed(f"at step {_step(bubble)} nothing could be chosen")
            bubbles = _send(http, buttons[0])
        raise PartFailed(f"no question was asked in {_MOST_TURNS} turns")

    def _is_stored(self) -> None:
        key = self.place.settings.signing_key
        with self.place.storage.reading() as session:
            person = participants.find_by_receipt(
                session, self.place.consultation_id, self.receipt, key
            )
            stored = texts_of(session, participants.contributions(session, person.id))
        found = [each for each, text in stored.items() if text == self.text]
        if self.answered and not found:
            raise PartFailed("the answer that was accepted is not in the database word for word")
        self.contribution = next(iter(found), "")

    def _is_analysed(self) -> None:
        from language.embedding import load_encoder
        from language.segmentation.statements import statement_spans

        pieces = [self.text[each.start : each.end] for each in statement_spans(self.text)]
        vectors = load_encoder(self.place.settings.embedding).encode(pieces)
        if len(pieces) < 2 or len(vectors) != len(pieces) or not np.isfinite(vectors).all():
            raise PartFailed(f"{len(pieces)} statements and {len(vectors)} vectors of one answer")

    def _is_shown(self, http: httpx.Client) -> None:
        _ok(http.get("/beheer/login"))
        if self.contribution:
            with self.place.storage.reading() as session:
                shown = answer(session, self.place.consultation_id, self.contribution)
            if shown is None or shown.text != self.text:
                raise PartFailed("the review does not show the answer that is stored")

    def _erase(self, http: httpx.Client) -> None:
        key = self.place.settings.signing_key
        answered = http.delete("/api/chat", headers={PROBE: probe_mark(key)})
        with self.place.storage.reading() as session, suppress(ReceiptUnknown):
            participants.find_by_receipt(session, self.place.consultation_id, self.receipt, key)
            raise PartFailed(f"the participant is still there: {answered.status_code}")
        self._receipt_file.unlink(missing_ok=True)

    @property
    def _receipt_file(self) -> Path:
        return self.place.settings.data_dir / "probe_receipt"

    def _keep_receipt(self) -> None:
        make_private_file(self._receipt_file)
        self._receipt_file.write_text(self.receipt, encoding="utf-8")

    def _erase_leftovers(self) -> None:
        with suppress(OSError):
            left = self._receipt_file.read_text(encoding="utf-8")
            with suppress(ReceiptUnknown):
                erase_participant(self.place, left, None)
            self._receipt_file.unlink()


def _ok(answered: httpx.Response) -> None:
    if answered.status_code != 200:
        raise PartFailed(f"{answered.request.url.path}: {answered.status_code}")


def _all_ready(answered: httpx.Response) -> None:
    away = [part for part, there in answered.json().items() if there is False and part != "ready"]
    if answered.status_code != 200:
        raise PartFailed(f"/readyz: {answered.status_code}, away: {', '.join(away)}")


def _step(bubble: dict[str, Any]) -> str:
    return str((bubble.get("custom") or {}).get("step") or "")


def _send(http: httpx.Client, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    """Sends a text or presses a button; the bubbles that answer it.

    Raises:
        PartFailed: it was refused, or not answered in time.
    """
    body = {"message": chosen["title"], "client_id": str(uuid.uuid4())}
    if "payload" in chosen:
        body["payload"] = chosen["payload"]
    for _ in _until_late():
        answered = http.post("/api/chat/messages", json=body)
        if answered.status_code == 200:
            return list(answered.json())
        if answered.status_code not in (202, 429):
            raise PartFailed(f"a message was refused: {answered.status_code}")
    raise PartFailed(f"no answer to a message in {_PATIENCE:.0f} s")


def _bubbles(http: httpx.Client, after: int) -> list[dict[str, Any]]:
    for _ in _until_late():
        said = http.get(f"/api/chat/messages?after={after}").json()
        if any(_step(each) for each in said):
            return list(said)
    raise PartFailed(f"the assistant did not begin in {_PATIENCE:.0f} s")


def _until_late() -> Iterator[None]:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        yield
        time.sleep(_PAUSE)
