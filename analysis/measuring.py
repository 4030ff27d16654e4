"""How much an answer says, for answers that did not come by the chat."""

from __future__ import annotations

from consultation.catalogue import Vraag
from consultation.effects import Measure


def measured(vraag: Vraag, text: str) -> Measure:
    """The measure as the chat keeps it with an answer; see ``docs/decisions/0004-probing.md``."""
    # Its word list is loaded only by who measures.
    from language.informativeness import judge_answer

    judgement = judge_answer(text, vraag.soort, vraag.tekst, strictness=vraag.strengheid)
    return Measure(**judgement.record())
