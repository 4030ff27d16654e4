"""Names of what a text does at an open question, or where consent is asked, instead of answering.

``bot.nlu.acts`` reads it; it goes to the actions in an entity of the message.
"""

from __future__ import annotations

ENTITY = "handeling"
ANSWER = "antwoord"
WAIT, REMARK, ASK, PASS = "wacht", "opmerking", "vraagt", "pas"
MEND, MOVE, LEAVE, STOP = "verbetert", "wisselt", "laat", "stopt"
DOUBT = "twijfel"
"""The entity's value where a text may be the answer: the participant is asked."""

CONSENT_ENTITY = "instemming"
CONDITION, WAVERS = "voorwaarde", "aarzelt"
"""The entity's values where a text is neither a yes nor a no to a question for consent."""
