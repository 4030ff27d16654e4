"""Names that the gateway sends to the assistant in place of an intent, which it decided itself."""

from __future__ import annotations

OPEN_QUESTION = "open_vraag"
"""Stands for an intent: a question that the assistant has no answer to."""
READERS = "lezers"
"""Stands for an intent: who reads this. The catalogue answers a part; the question is passed on."""
REPLY = "reactie"
"""Stands for an intent: when or whether an answer follows. Told as far as the catalogue goes."""
GIVEN = "al_geantwoord"
"""Stands for an intent: the participant says that the open question has been answered."""
KEPT = "antwoorden_bewaard"
"""Stands for an intent: whether what was said is still there."""
BECAME = "geworden"
"""Stands for an intent: what became of what the participant said."""
INSULT = "belediging"
JOKE = "grap"

STAND_INS = frozenset({OPEN_QUESTION, READERS, REPLY, GIVEN, KEPT, BECAME, INSULT, JOKE})
