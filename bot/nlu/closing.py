"""What a text does after the questions: at the summary, and where the talk may go on or end.

Rules know the plain wordings (``language.reading``, ``bot.nlu.phrases``). People also agree, mend,
add, drop, ask and say goodbye in words that no rule knows. As ``bot.nlu.acts`` does at an open
question, a small regression on the same features tells these apart. Acts that are close to one
another are first weighed together: whether a text changes an answer is clearer than how.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from bot.nlu.acts import Act, ActModel
from bot.nlu.example_model import DATA, ExampleModel, Share
from bot.nlu.judgement import CONTENT
from language.reading import acts

STEPS = frozenset({"bevestigen", "verder", "einde"})
"""The steps after the questions."""

READ_AT = STEPS | {"opdracht"}
"""The steps at which it reads; where a subject is chosen it tells a choice from an answer."""

MOST_WORDS = 40
"""A longer text is content, or a change that names its words."""

SURE, DOUBT = 0.7, 0.45
"""The chance of a group of acts above which it is done, or above which it is likeliest."""

_NEARLY = 0.6
_ALSO_AT_QUESTION = (
    acts.WAIT,
    acts.REMARK,
    acts.ASK,
    acts.MEND,
    acts.MOVE,
    acts.LEAVE,
    acts.STOP,
    acts.QUOTE,
    acts.NO_QUOTE,
)
_QUESTIONS = ["privacy", "anoniem", "doel", "duur", "resultaat", "wie"]
_SHARE: Share = {
    "bijdrage": (acts.ANSWER, 800),
    "bevestigen": (acts.AGREE, 150),
    "herhalen": (acts.SHOW, 60),
    "overzicht_tonen": (acts.SHOW, 200),
    "bedanken": (acts.REMARK, 100),
    "begroeten": (acts.REMARK, 60),
    "bot_uitdagen": (acts.REMARK, 100),
    "klacht": (acts.REMARK, 60),
    "ander_opdracht": (acts.ON, 100),
    "opdracht_kiezen": (acts.MOVE, 200),
    "antwoord_wijzigen": (acts.WRONG, 150),
    "stoppen": (acts.STOP, 250),
    "afscheid": (acts.STOP, 150),
    "contact_mens": (acts.ASK, 60),
    "uitleg_opdracht": (acts.ASK, 50),
    **{f"vraag_{each}": (acts.ASK, 50) for each in _QUESTIONS},
}
CHANGES = (acts.MEND, acts.WRONG, acts.DROP, acts.ADD)
_GROUPS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "bevestigen": (
        (acts.AGREE, acts.LEAVE, acts.ON),
        CHANGES,
        (acts.SHOW, acts.ASK),
        (acts.REMARK, acts.WAIT),
        (acts.MOVE,),
        (acts.STOP,),
        (acts.QUOTE,),
        (acts.NO_QUOTE,),
        (acts.ANSWER,),
    ),
    "verder": (
        (acts.STOP, acts.LEAVE, acts.REMARK, acts.WAIT),
        (acts.ON, acts.MOVE, acts.AGREE),
        CHANGES,
        (acts.ASK, acts.SHOW),
        (acts.QUOTE,),
        (acts.NO_QUOTE,),
        (acts.ANSWER,),
    ),
}
"""Per step the acts that come to nearly the same there; other steps are as ``verder``."""


class ClosingModel(ExampleModel):
    """The regression over what is done after the questions."""

    def __init__(self) -> None:
        """An untrained model."""
        super().__init__(DATA / "handelingen_na_de_vragen.yml", _SHARE)

    def told(self) -> Mapping[str, list[str]]:
        """The examples of this file, and of the acts that are done at an open question too."""
        told = {name: list(those) for name, those in super().told().items()}
        at_question = ActModel().told()
        for name in _ALSO_AT_QUESTION:
            told[name] = list(dict.fromkeys([*told.get(name, ()), *at_question[name]]))
        return told

    def read_at(self, text: str, vector: npt.NDArray[Any], step: str) -> Act | None:
        """The act of a text at a step, or None for content and for what is not clear."""
        by_name = self.chances(text, vector)
        groups = _GROUPS.get(step, _GROUPS["verder"])
        best = max(groups, key=lambda group: sum(by_name[name] for name in group))
        likely = sum(by_name[name] for name in best)
        if likely < DOUBT or acts.ANSWER in best:
            return None
        likeliest = max(by_name[name] for name in best)
        # Where two come to nearly the same, the one that the step is about.
        name = next(name for name in best if by_name[name] >= _NEARLY * likeliest)
        return Act(name, likely >= SURE, by_name[name])


ALIKE: Mapping[str, tuple[str, ...]] = {
    "bedanken": (acts.REMARK, acts.WAIT),
    "begroeten": (acts.REMARK, acts.WAIT),
    "afscheid": (acts.STOP, acts.LEAVE),
    "ontkennen": (acts.WRONG,),
    "ander_opdracht": (acts.ON,),
}
"""Acts that say no more than an intent that was taken; the intent stands."""

_AT_SUMMARY = {
    acts.AGREE: "bevestigen",
    acts.ON: "bevestigen",
    acts.WRONG: "antwoord_wijzigen",
    acts.MOVE: "ander_opdracht",
    acts.STOP: "stoppen",
    acts.SHOW: "overzicht_tonen",
    acts.REMARK: "hulp",
    acts.WAIT: "hulp",
    acts.LEAVE: "hulp",
}
_AFTERWARDS = {
    acts.AGREE: "bevestigen",
    acts.ON: "bevestigen",
    acts.MOVE: "opdracht_kiezen",
    acts.STOP: "stoppen",
    acts.LEAVE: "stoppen",
    acts.SHOW: "overzicht_tonen",
    acts.REMARK: "hulp",
    acts.WAIT: "hulp",
}


def intent_of(act: Act, step: str) -> str | None:
    """The intent that does what an act asks; None for a question, which has several.

    What changes an answer is content: the actions look for the answer that it is about.
    """
    if act.name == acts.ASK:
        return None
    if step == "einde" and act.name in (acts.REMARK, acts.WAIT):
        return "bedanken"
    found = _AT_SUMMARY if step == "bevestigen" else _AFTERWARDS
    return found.get(act.name, CONTENT)
