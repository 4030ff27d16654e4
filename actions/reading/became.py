"""Tells a participant in the talk what became of their words."""

from __future__ import annotations

from actions.reading.proposed import snapshots
from actions.talk import Talk, storage
from consultation import rounds
from consultation.database.models import Conversation
from consultation.reactions.outcome import WordsOutcome, outcomes

_MOST_TOLD = 4
_MOST_WORDS = 100


def tell(talk: Talk) -> None:
    """Tells what became of the last statements; all of them stand on a page."""
    found = _outcomes(talk)
    if not found:
        talk.utter("nog_geen_antwoord")
        return
    lines = [_line(each) for each in found[-_MOST_TOLD:]]
    talk.utter("geworden", punten="\n".join(lines), custom={"quotes": True})
    talk.utter("geworden_alles" if len(found) > _MOST_TOLD else "geworden_pagina")


def _line(outcome: WordsOutcome) -> str:
    words = " ".join(outcome.words.split())
    if len(words) > _MOST_WORDS:
        words = f"{words[:_MOST_WORDS].rsplit(' ', 1)[0]} …"
    return f"• “{words}” {outcome.told}"


def _outcomes(talk: Talk) -> list[WordsOutcome]:
    with storage().reading() as session:
        place = rounds.find_consultation(session, talk.catalogue)
        known = session.get(Conversation, talk.slot("gesprek") or "")
        if place is None or known is None:
            return []
        return outcomes(
            session,
            known.participant_id,
            talk.catalogue,
            lambda number: snapshots().of(session, place.id, number),
        )
