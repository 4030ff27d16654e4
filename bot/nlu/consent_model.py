"""What a text says where consent is asked, learned from examples: for texts that no rule reads."""

from __future__ import annotations

from bot.nlu.example_model import DATA, ExampleModel, Share

MOST_WORDS = 40
"""A longer text is no answer to a question for consent."""

AGREES, DECLINES, CONDITION, DOUBTS, ASKS, OTHER = (
    "ja",
    "nee",
    "voorwaarde",
    "twijfel",
    "vraag",
    "anders",
)

_SHARE: Share = {
    "bevestigen": (AGREES, 120),
    "ontkennen": (DECLINES, 150),
    "weet_niet": (DOUBTS, 60),
    "vraag_privacy": (ASKS, 60),
    "vraag_anoniem": (ASKS, 60),
    "vraag_doel": (ASKS, 40),
    "vraag_duur": (ASKS, 40),
    "vraag_resultaat": (ASKS, 40),
    "vraag_wie": (ASKS, 40),
    "uitleg_opdracht": (OTHER, 30),
    "bijdrage": (OTHER, 200),
    "begroeten": (OTHER, 30),
    "bedanken": (OTHER, 30),
    "hulp": (OTHER, 30),
    "herhalen": (OTHER, 40),
    "bot_uitdagen": (OTHER, 60),
    "contact_mens": (OTHER, 30),
    "klacht": (OTHER, 60),
    "stoppen": (OTHER, 50),
    "opdracht_kiezen": (OTHER, 40),
    "ander_opdracht": (OTHER, 30),
    "buiten_onderwerp": (OTHER, 40),
    "overslaan": (OTHER, 30),
}


class ConsentModel(ExampleModel):
    """The regression over what a text says to a question for consent."""

    def __init__(self) -> None:
        """An untrained model."""
        super().__init__(DATA / "instemming.yml", _SHARE)
