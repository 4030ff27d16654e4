"""What a turn changes, as data.

The assistant never writes. Each turn it answers with bubbles and effects, and the gateway applies
the effects in the same transaction that completes the message: a process that dies in between has
changed nothing, and the turn is simply done again. See ``docs/decisions/0002-turns.md``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from consultation.catalogue import Doel, GroepSlug


class _Effect(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsentGiven(_Effect):
    """The participant said yes or no to one purpose."""

    kind: Literal["consent"] = "consent"
    purpose: Doel
    granted: bool


class GroupChosen(_Effect):
    """The participant said which stakeholder group they belong to."""

    kind: Literal["group"] = "group"
    group: GroepSlug


class OpdrachtChosen(_Effect):
    """The participant starts on an opdracht."""

    kind: Literal["opdracht"] = "opdracht"
    opdracht: int


class Measure(_Effect):
    """How much an answer says, all of it as it stands; see ``docs/decisions/0004-probing.md``.

    ``information`` is in bits, ``specificity`` counts 0 to 5 cues, ``relevance`` is 0 to 1 where it
    was measured. ``language`` is set where it is not Dutch. ``marks``: ``onzin`` (letters at
    random), ``herhaling`` (the same words as another answer).
    """

    information: float
    specificity: int
    relevance: float | None = None
    non_answer: bool
    thin: bool
    language: str | None = None
    marks: tuple[str, ...] = ()


class AnswerGiven(_Effect):
    """The message at hand is the answer to a question.

    Its words are taken from the recorded message, never from the assistant. ``value`` is the number
    chosen where the question has one. With ``probe`` (the wording of the follow-up question it
    answers) the words are added to the answer already there.
    """

    kind: Literal["answer"] = "answer"
    opdracht: int
    question: str
    value: int | None = Field(default=None, ge=1, le=5)
    probe: str | None = None
    measure: Measure | None = None


class AnswerWithdrawn(_Effect):
    """The participant takes one answer back."""

    kind: Literal["withdrawn"] = "withdrawn"
    opdracht: int
    question: str


class ParticipantErased(_Effect):
    """The participant takes everything back, and is forgotten."""

    kind: Literal["erased"] = "erased"


class SubmissionConfirmed(_Effect):
    """The participant confirmed the summary of an opdracht."""

    kind: Literal["confirmed"] = "confirmed"
    opdracht: int


class ConversationEnded(_Effect):
    """The talk came to its end."""

    kind: Literal["ended"] = "ended"


Effect = Annotated[
    ConsentGiven
    | GroupChosen
    | OpdrachtChosen
    | AnswerGiven
    | AnswerWithdrawn
    | ParticipantErased
    | SubmissionConfirmed
    | ConversationEnded,
    Field(discriminator="kind"),
]
_EFFECTS: TypeAdapter[list[Effect]] = TypeAdapter(list[Effect])


def takes_words_away(effect: Effect) -> bool:
    """Whether words of the participant are erased, which the assistant has to forget as well."""
    if isinstance(effect, ConsentGiven):
        return effect.purpose == "analyse" and not effect.granted
    return isinstance(effect, AnswerWithdrawn | ParticipantErased)


def parse_effects(raw: list[Any]) -> list[Effect]:
    """Effects from their JSON form.

    Raises:
        pydantic.ValidationError: a kind or a key is unknown.
    """
    return _EFFECTS.validate_python(raw)
