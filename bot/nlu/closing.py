"""What a text does after the questions: at the summary, and where the talk may go on or end.

Rules know the plain wordings (``language.reading``, ``bot.nlu.phrases``). People also agree, mend,
add, drop, ask and say goodbye in words that no rule knows: ``step_model`` tells these apart. Acts
that are close to one another are first weighed together: whether a text changes an answer is
clearer than how.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.nlu.acts import Act
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
CHANGES = (acts.MEND, acts.WRONG, acts.DROP, acts.ADD, acts.URGENT, acts.BACK)
ASKS = (acts.SHOW, acts.ASK, acts.EXPLAIN, acts.HUMAN)
_ALONE = ((acts.QUOTE,), (acts.NO_QUOTE,), (acts.OTHER_GROUP,), (acts.WITHDRAW,), (acts.ERASE,))
_GROUPS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "bevestigen": (
        (acts.AGREE, acts.LEAVE, acts.ON),
        (*CHANGES, acts.NO, acts.NO_BUT, acts.BUT),
        ASKS,
        (acts.REMARK, acts.WAIT, acts.HESITATE, acts.PASS),
        (acts.MOVE,),
        (acts.STOP,),
        (acts.ANSWER,),
        *_ALONE,
    ),
    "verder": (
        (acts.STOP, acts.NO, acts.LEAVE, acts.REMARK, acts.WAIT, acts.HESITATE, acts.PASS),
        (acts.ON, acts.MOVE, acts.AGREE, acts.BUT),
        (*CHANGES, acts.NO_BUT),
        ASKS,
        (acts.ANSWER,),
        *_ALONE,
    ),
    "aanbod": (
        (acts.AGREE, acts.ON),
        (acts.NO, acts.LEAVE),
        ASKS,
        (acts.REMARK, acts.WAIT, acts.HESITATE, acts.PASS),
        CHANGES,
        (acts.BUT, acts.NO_BUT, acts.ANSWER),
        (acts.MOVE,),
        (acts.STOP,),
        *_ALONE,
    ),
}
"""Per step the acts that come to nearly the same there; other steps are as ``verder``."""


def read_at(chances: Mapping[str, float], step: str) -> Act | None:
    """The act of a text at a step, or None for content and for what is not clear.

    Args:
        chances: the probability of every act, 0 to 1, see ``StepModel.chances``.
        step: one of ``READ_AT``, or ``aanbod`` while a text is offered.
    """
    groups = _GROUPS.get(step, _GROUPS["verder"])
    best = max(groups, key=lambda group: sum(chances.get(name, 0.0) for name in group))
    likely = sum(chances.get(name, 0.0) for name in best)
    if likely < DOUBT or acts.ANSWER in best:
        return None
    likeliest = max(chances.get(name, 0.0) for name in best)
    # Where two come to nearly the same, the one that the step is about.
    name = next(name for name in best if chances.get(name, 0.0) >= _NEARLY * likeliest)
    return Act(name, likely >= SURE, chances[name])


ALIKE: Mapping[str, tuple[str, ...]] = {
    "bedanken": (acts.REMARK, acts.WAIT),
    "begroeten": (acts.REMARK, acts.WAIT),
    "afscheid": (acts.STOP, acts.LEAVE, acts.NO),
    "stoppen": (acts.NO,),
    "ontkennen": (acts.WRONG, acts.NO, acts.NO_BUT),
    "ander_opdracht": (acts.ON,),
    "contact_mens": (acts.HUMAN,),
    "uitleg_opdracht": (acts.EXPLAIN,),
    "herhalen": (acts.EXPLAIN,),
}
"""Acts that say no more than an intent that was taken; the intent stands."""

_AT_SUMMARY = {
    acts.AGREE: "bevestigen",
    acts.ON: "bevestigen",
    acts.WRONG: "antwoord_wijzigen",
    acts.BACK: "antwoord_wijzigen",
    acts.NO: "ontkennen",
    acts.HUMAN: "contact_mens",
    acts.EXPLAIN: "herhalen",
    acts.HESITATE: "hulp",
    acts.PASS: "hulp",
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
    acts.NO: "ontkennen",
    acts.BACK: "antwoord_wijzigen",
    acts.HUMAN: "contact_mens",
    acts.EXPLAIN: "herhalen",
    acts.HESITATE: "hulp",
    acts.PASS: "hulp",
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
