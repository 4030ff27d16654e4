"""How much an answer says, for answers that did not come by the chat."""

from __future__ import annotations

from consultation.catalogue import Vraag
from consultation.effects import Measure


def measured(vraag: Vraag, text: str) -> Measure:
    """How much an answer says, as the chat measures it: see ``docs/decisions/0004-probing.md``.

    What else the chat keeps with it, the language and the marks, is not told.
    """
    # Its word list is loaded only by who measures.
    from language.informativeness import judge_answer

    judgement = judge_answer(text, vraag.soort, vraag.tekst, strictness=vraag.strengheid)
    return Measure(**judgement.record())
