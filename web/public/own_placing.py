"""What a participant says that their answers are about, on pages that work without JavaScript.

The questions stand under the form that was sent, and with one's own answers; see
``dialogue.own_placing`` for the talk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consultation import rounds
from consultation.participation import own_placings, participants
from consultation.participation.own_placings import PlacedSentence
from dialogue.messages import say
from dialogue.threads import in_writing_thread
from web.dependencies import Services

NONE = "geen"
PATIENCE = 2.0
_FIELD = "waarover_"


@dataclass(frozen=True)
class PlacingChoice:
    """A sentence with the themes to choose from, by id; ``chosen`` is one of these or ``NONE``."""

    id: str
    words: str
    likely: Mapping[str, str]
    others: Mapping[str, str]
    chosen: str | None

    @property
    def field(self) -> str:
        """The name of the form's field."""
        return _FIELD + self.id

    @property
    def told(self) -> str:
        """The name of what was chosen; empty without a choice."""
        if self.chosen == NONE:
            return say("knop_waarover_geen")
        return {**self.likely, **self.others}.get(self.chosen or "", "")


async def choices_after_form(here: Services, receipt: str, opdracht: int) -> list[PlacingChoice]:
    """The questions about the answers of a form that was just stored."""
    who = await in_writing_thread(_who, here, receipt)
    if who is None:
        return []
    await here.own.prepared(who, opdracht, PATIENCE)
    return await in_writing_thread(_asked_now, here, who, opdracht)


def choices_of(here: Services, participant_id: str) -> list[PlacingChoice]:
    """The questions that a participant was asked before, answered or not."""
    with here.storage.reading() as session:
        known = own_placings.placed_sentences(session, participant_id)
    return _choices(here, [each for each in known if each.asked])


def store_choices(here: Services, participant_id: str, sent: Mapping[str, object]) -> None:
    """Stores the answers in the fields of a form; what was not offered is left out."""
    offered = choices_of(here, participant_id)
    with here.storage.writing() as session:
        for each in offered:
            value = sent.get(each.field)
            if value == NONE:
                own_placings.answer(session, each.id, [])
            elif isinstance(value, str) and (value in each.likely or value in each.others):
                own_placings.answer(session, each.id, [value])


def _who(here: Services, receipt: str) -> tuple[str, int] | None:
    with here.storage.reading() as session:
        person = participants.find_by_receipt(session, here.consultation_id, receipt, here.key)
        round_ = rounds.open_round(session, here.consultation_id)
        return (person.id, round_.id) if round_ is not None else None


def _asked_now(here: Services, who: tuple[str, int], opdracht: int) -> list[PlacingChoice]:
    with here.storage.reading() as session:
        found = _choices(here, own_placings.placed_sentences(session, *who, opdracht))
    if found:
        with here.storage.writing() as session:
            for each in found:
                own_placings.put(session, each.id)
    return found


def _choices(here: Services, known: list[PlacedSentence]) -> list[PlacingChoice]:
    names = {number: here.guesses.names(number) for number in {each.opdracht for each in known}}
    found = []
    for each in known:
        own = names[each.opdracht]
        likely = {theme: own[theme] for theme in each.likely if theme in own}
        others = {theme: name for theme, name in own.items() if theme not in likely}
        chosen = None if each.themes is None else next(iter(each.themes), NONE)
        if own:
            found.append(PlacingChoice(each.id, each.words, likely, others, chosen))
    return found
