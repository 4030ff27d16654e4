"""Names of what a text does at an open question instead of answering it.

``bot.nlu.acts`` reads it; it goes to the actions in an entity of the message.
"""

from __future__ import annotations

ENTITY = "handeling"
ANSWER = "antwoord"
WAIT, REMARK, ASK, PASS = "wacht", "opmerking", "vraagt", "pas"
MEND, MOVE, LEAVE, STOP = "verbetert", "wisselt", "laat", "stopt"
DOUBT = "twijfel"
"""The entity's value where a text may be the answer: the participant is asked."""
