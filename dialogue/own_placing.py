"""Asks participants at the summary what a sentence of their answers is about, and notes the answer.

It lies beside the summary, which stays open: the assistant does not know of it. A turn that shows
the summary gets one question more, about one sentence of one answer, with the likeliest themes of
the codebook as buttons. A button of it is answered here. Who goes on without it is not asked about
that sentence again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy.orm import Session

from consultation.database.models import Conversation
from consultation.database.storage import Storage
from consultation.participation import conversation, own_placings
from consultation.participation.conversation import MORE, Bubble, TranscriptBubble, Turn
from consultation.participation.own_placings import PlacedSentence
from dialogue.buttons import AT_ONCE, SHOW_ALL
from dialogue.messages import say
from dialogue.threads import in_writing_thread

PREFIX = "/waarover"
PATIENCE = 0.8
"""Seconds that a summary waits for the question; without it the summary is shown alone."""
_CONFIRM = "/bevestigen"
_OTHER, _NONE = "ander", "geen"
_THEMES = "themes"
"""Key in ``custom`` of a question: ids and names of all themes, the likeliest first."""
_SHOWN = 200

_log = logging.getLogger("samenspraak.dialogue.own_placing")


class Guesses(Protocol):
    """What the sentences of a participant are likely about."""

    def prepare(self, participant_id: str, round_id: int, opdracht: int) -> Mapping[str, str]:
        """Chooses and stores sentences to ask about; returns the names of the themes by id.

        Empty where there is nothing to ask.
        """

    def warm(self, opdracht: int) -> None:
        """Reads what ``prepare`` needs for an opdracht, so that nobody waits for it."""

    def described(self) -> Sequence[int]:
        """The opdrachten with a codebook."""


class OwnPlacing:
    """The questions to participants about their own answers."""

    def __init__(self, storage: Storage, guesses: Guesses) -> None:
        """Nothing is read before ``read_codebooks``, or a participant who comes to an opdracht."""
        self._storage = storage
        self._guesses = guesses
        # One thread: reading a large opdracht the first time takes seconds, and helps all.
        self._guessing = ThreadPoolExecutor(1, "samenspraak-waarover")
        self._warm: set[int] = set()
        self._stopped = threading.Event()

    def read_codebooks(self) -> None:
        """Reads every opdracht with a codebook, one after the other; ``stop`` ends it.

        For a thread of its own when the website starts: who then resumes a talk at its summary, or
        sends a form, is asked too. A talk that comes in between gets no question, and waits for
        nothing.
        """
        if self._stopped.is_set():
            return
        try:
            numbers = self._guesses.described()
        except Exception:
            # The database is closed while the website stops.
            if not self._stopped.is_set():
                _log.exception("the codebooks could not be read")
            return
        for number in numbers:
            if self._stopped.is_set():
                return
            if number not in self._warm:
                self._warm.add(number)
                self._warmed(number)

    def stop(self) -> None:
        """Drops the guesses that wait."""
        self._stopped.set()
        self._guessing.shutdown(wait=False, cancel_futures=True)

    async def beside(self, turn: Turn, said: list[TranscriptBubble]) -> list[TranscriptBubble]:
        """Returns the bubbles of a completed turn, with a question where they show the summary."""
        step = next((each.bubble for each in reversed(said) if _names_step(each.bubble)), None)
        number = (step.custom or {}).get("opdracht") if step else None
        if step is None or number is None:
            return said
        try:
            if not _is_summary(step):
                self._expect(number, step.custom or {})
                return said
            who = await in_writing_thread(self._who, turn.conversation_id)
            names = await self._in_time(who, number) if who else {}
            if not who or not names:
                return said
            return [*said, *await in_writing_thread(self._put, turn, said, who, number, names)]
        except Exception:
            # The summary was shown, and is what counts.
            _log.exception("talk %s: no question about the themes", turn.conversation_id)
            return said

    async def prepared(self, who: tuple[str, int], opdracht: int, patience: float) -> None:
        """Chooses the sentences to ask about outside a talk, within some seconds."""
        await self._in_time(who, opdracht, patience)

    def tapped(self, session: Session, turn: Turn) -> list[Bubble] | None:
        """Notes the answer of a button of these questions; returns the bubbles that follow.

        None if the payload is not one of them.
        """
        if not (turn.payload or "").startswith(PREFIX):
            return None
        chosen = json.loads((turn.payload or "")[len(PREFIX) :])
        said = conversation.last_said(session, turn.conversation_id)
        names = _names(said)
        talk = session.get_one(Conversation, turn.conversation_id)
        number = turn.position.opdracht
        known = own_placings.placed_sentences(session, talk.participant_id, talk.round_id, number)
        asked = next((each for each in known if each.id == chosen["vraag"]), None)
        if asked is None:
            return [_step(said, say("waarover_weg"))]
        if chosen.get("waarde") == _OTHER:
            shown = _themes_in(said) if asked.themes is None else {*asked.themes}
            return [_all_others(said, asked, names, shown)]
        theme = chosen.get("thema")
        own_placings.answer(session, asked.id, [theme] if theme else [])
        thanks = (
            say("waarover_dank", thema=names.get(theme, "")) if theme else say("waarover_geen_dank")
        )
        after = _step(said, f"{thanks} {say('waarover_klopt')}")
        following = next((each for each in known if not each.asked and each.id != asked.id), None)
        question = _question(following, names, AT_ONCE - len(after.buttons)) if following else None
        if following is not None and question is not None:
            own_placings.put(session, following.id)
            return [after, question]
        change = {"title": say("knop_waarover_toch"), "payload": _payload(asked.id, waarde=_OTHER)}
        custom = {**(after.custom or {}), _THEMES: list(names.items())}
        return [replace(after, buttons=(*after.buttons, change), custom=custom)]

    def _expect(self, opdracht: int, custom: Mapping[str, Any]) -> None:
        """Has an opdracht read in time, when somebody gets its first question."""
        if (custom.get("progress") or {}).get("nr") == 1 and opdracht not in self._warm:
            self._warm.add(opdracht)
            self._guessing.submit(self._warmed, opdracht)

    def _warmed(self, opdracht: int) -> None:
        try:
            self._guesses.warm(opdracht)
        except Exception:
            # The database is closed while the website stops.
            if not self._stopped.is_set():
                _log.exception("opdracht %d: the themes could not be read", opdracht)

    async def _in_time(
        self, who: tuple[str, int], opdracht: int, patience: float = PATIENCE
    ) -> Mapping[str, str]:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._guessing, self._guesses.prepare, *who, opdracht)
        done, _ = await asyncio.wait({work}, timeout=patience)
        return work.result() if done else {}

    def _who(self, conversation_id: str) -> tuple[str, int] | None:
        with self._storage.reading() as session:
            talk = session.get(Conversation, conversation_id)
            return (talk.participant_id, talk.round_id) if talk else None

    def _put(
        self,
        turn: Turn,
        said: Sequence[TranscriptBubble],
        who: tuple[str, int],
        opdracht: int,
        names: Mapping[str, str],
    ) -> list[TranscriptBubble]:
        room = AT_ONCE - sum(len(each.bubble.buttons) for each in said)
        with self._storage.writing() as session:
            known = own_placings.placed_sentences(session, *who, opdracht)
            asked = next((each for each in known if not each.asked), None)
            question = _question(asked, names, room) if asked else None
            if asked is None or question is None:
                return []
            added = conversation.say_more(session, turn.message_id, said[-1].seq, [question])
            if added:
                own_placings.put(session, asked.id)
            return added


def _names_step(bubble: Bubble) -> bool:
    return bool(bubble.custom and bubble.custom.get("step"))


def _is_summary(bubble: Bubble) -> bool:
    custom = bubble.custom or {}
    confirms = any(each["payload"] == _CONFIRM for each in bubble.buttons)
    return custom.get("step") == "bevestigen" and not custom.get("offer") and confirms


def _question(asked: PlacedSentence, names: Mapping[str, str], room: int) -> Bubble | None:
    """The question about a sentence, with at most ``room`` buttons; None if these do not fit."""
    likely = [each for each in asked.likely if each in names]
    shown = likely[: max(room - 2, 0)]
    if not shown:
        return None
    # The themes of this question come first for whoever wants another one.
    order = {each: names[each] for each in (*likely, *names)}
    buttons = _theme_buttons(asked, {each: names[each] for each in shown})
    if len(names) > len(shown):
        title = say("knop_waarover_ander")
        buttons.append({"title": title, "payload": _payload(asked.id, waarde=_OTHER)})
    buttons.append(_none(asked))
    text = say("waarover", tekst=_shortened(asked.words))
    return Bubble(text, tuple(buttons), {"quotes": True, _THEMES: list(order.items())})


def _all_others(
    said: Sequence[Bubble], asked: PlacedSentence, names: Mapping[str, str], shown: Collection[str]
) -> Bubble:
    """The themes that were not shown; the summary's own buttons stay beside the first of them."""
    others = {theme: name for theme, name in names.items() if theme not in shown}
    first = _theme_buttons(asked, others)
    after = _step(said, say("waarover_ander"))
    confirm = [each for each in after.buttons if each["payload"] == _CONFIRM]
    beside = [each for each in after.buttons if each not in confirm]
    buttons = (*first[:3], _none(asked), *confirm, *beside, *first[3:])
    custom = {**(after.custom or {}), _THEMES: list(names.items())}
    return replace(after, buttons=buttons, custom=custom)


def _step(said: Sequence[Bubble], text: str) -> Bubble:
    """A text with the buttons of the summary and its step."""
    buttons = [
        each
        for bubble in said
        for each in (*bubble.buttons, *(bubble.custom or {}).get(MORE, ()))
        if not each["payload"].startswith(PREFIX) and each["payload"] != SHOW_ALL
    ]
    steps = [each.custom for each in said if each.custom and _names_step(each)]
    kept = {k: v for k, v in (steps[-1] if steps else {}).items() if k not in (MORE, _THEMES)}
    return Bubble(text, tuple(buttons), kept or None)


def _theme_buttons(asked: PlacedSentence, names: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"title": name, "payload": _payload(asked.id, thema=theme)} for theme, name in names.items()
    ]


def _none(asked: PlacedSentence) -> dict[str, str]:
    return {"title": say("knop_waarover_geen"), "payload": _payload(asked.id, waarde=_NONE)}


def _payload(placing: str, **chosen: str) -> str:
    return PREFIX + json.dumps({"vraag": placing, **chosen}, separators=(",", ":"))


def _names(said: Sequence[Bubble]) -> dict[str, str]:
    found = [(each.custom or {}).get(_THEMES) for each in said]
    return dict(next((each for each in reversed(found) if each), []))


def _themes_in(said: Sequence[Bubble]) -> set[str]:
    payloads = [each["payload"] for bubble in said for each in bubble.buttons]
    chosen = [json.loads(each[len(PREFIX) :]) for each in payloads if each.startswith(PREFIX)]
    return {each["thema"] for each in chosen if "thema" in each}


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rsplit(' ', 1)[0]} …"
