"""Names of what a text does at a step, where it is not plainly what the step asks for.

``bot.nlu.acts`` reads them at an open question, ``bot.nlu.closing`` after the questions. They go to
the actions in an entity of the message.
"""

from __future__ import annotations

ENTITY = "handeling"
ANSWER = "antwoord"
WAIT, REMARK, ASK, PASS = "wacht", "opmerking", "vraagt", "pas"
MEND, MOVE, LEAVE, STOP = "verbetert", "wisselt", "laat", "stopt"
AGREE, WRONG, ADD, DROP = "akkoord", "klopt_niet", "vult_aan", "schrapt"
SHOW, ON = "toont", "gaat_verder"
QUOTE, NO_QUOTE = "wel_citeren", "niet_citeren"
QUOTING = {QUOTE: True, NO_QUOTE: False}
"""What a text wants with the consent to be quoted; it is asked about before anything changes."""
_PERHAPS = "?"
DOUBT = "twijfel"
"""The entity's value where a text may be the answer: the participant is asked."""

CONSENT_ENTITY = "instemming"
CONDITION, WAVERS, UNCLEAR = "voorwaarde", "aarzelt", "onduidelijk"
"""The entity's values where a text on a question for consent is neither a yes nor a no."""


def doubtful(act: str) -> str:
    """The entity's value for an act that is likely, after the questions."""
    return act + _PERHAPS


def likely(value: str | None) -> str | None:
    """The act of an entity's value, whether it is sure or not."""
    return value.removesuffix(_PERHAPS) if value else None
