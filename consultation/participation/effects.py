"""Effects: the database changes of a turn, as data.

The assistant never writes to the database. It answers a turn with bubbles and effects, and the
gateway applies the effects in the transaction that completes the message. A process that dies
before that has changed nothing, and the turn is repeated. See ``docs/decisions/0002-turns.md``.
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
    """Measured content of the whole current answer; see ``docs/decisions/0004-probing.md``.

    ``information`` is in bits, ``specificity`` counts 0 to 5 cues, ``relevance`` is 0 to 1, or None
    if it was not measured. ``language`` is set if it is not Dutch. ``marks``: ``onzin`` (random
    letters), ``herhaling`` (the same words as another answer).
    """

    information: float
    specificity: int
    relevance: float | None = None
    non_answer: bool
    thin: bool
    language: str | None = None
    marks: tuple[str, ...] = ()


class Source(_Effect):
    """A part of a recorded message: characters ``start`` to ``end`` of its stripped text."""

    message: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class AnswerGiven(_Effect):
    """A message, the current one unless ``source`` names a part of one, answers a question.

    The text comes from the recorded message, never from the assistant. ``value`` is the chosen
    number if the question has one. With ``probe`` (the wording of the follow-up question it
    answers) or with ``added`` the text is added to the existing answer. ``corrects``: words of the
    existing answer that the text takes the place of; the rest of that answer stays.
    """

    kind: Literal["answer"] = "answer"
    opdracht: int
    question: str
    value: int | None = Field(default=None, ge=1, le=5)
    probe: str | None = None
    measure: Measure | None = None
    source: Source | None = None
    added: bool = False
    corrects: str | None = None


class AnswerWithdrawn(_Effect):
    """The participant withdraws one answer."""

    kind: Literal["withdrawn"] = "withdrawn"
    opdracht: int
    question: str


class AnswerRestored(_Effect):
    """The participant takes back the last change of an answer; all versions stay."""

    kind: Literal["restored"] = "restored"
    opdracht: int
    question: str


class ParticipantErased(_Effect):
    """The participant withdraws everything and is erased."""

    kind: Literal["erased"] = "erased"


class SubmissionConfirmed(_Effect):
    """The participant confirmed the summary of an opdracht."""

    kind: Literal["confirmed"] = "confirmed"
    opdracht: int


class ReactionGiven(_Effect):
    """The participant reacts to a proposed action; ``wording`` is the hash of what was shown."""

    kind: Literal["reaction"] = "reaction"
    action: str = Field(pattern=r"^[0-9a-f]{32}$")
    stance: Literal["steun", "tegen", "voorwaarde", "weet_niet"]
    wording: str = Field(pattern=r"^[0-9a-f]{64}$")


class ReactionsRanked(_Effect):
    """The participant ranks actions that they support, the most important first.

    The other actions of ``among`` have no rank.
    """

    kind: Literal["ranked"] = "ranked"
    actions: tuple[str, ...]
    among: tuple[str, ...]


class QuestionAsked(_Effect):
    """The current message asks the organiser something that the assistant cannot answer.

    The text comes from the recorded message, without its personal data. ``contact``: the
    participant wants to speak to a person, and agreed that this is passed on.
    """

    kind: Literal["question"] = "question"
    opdracht: int | None = None
    contact: bool = False


class ConversationEnded(_Effect):
    """The conversation ended."""

    kind: Literal["ended"] = "ended"


Effect = Annotated[
    ConsentGiven
    | GroupChosen
    | OpdrachtChosen
    | AnswerGiven
    | AnswerWithdrawn
    | AnswerRestored
    | ParticipantErased
    | SubmissionConfirmed
    | ReactionGiven
    | ReactionsRanked
    | QuestionAsked
    | ConversationEnded,
    Field(discriminator="kind"),
]
_EFFECTS: TypeAdapter[list[Effect]] = TypeAdapter(list[Effect])


def takes_words_away(effect: Effect) -> bool:
    """Whether an effect erases the participant's words, so that the assistant must forget them."""
    if isinstance(effect, ConsentGiven):
        return effect.purpose == "analyse" and not effect.granted
    return isinstance(effect, AnswerWithdrawn | ParticipantErased)


def parse_effects(raw: list[Any]) -> list[Effect]:
    """Parses effects from their JSON form.

    Raises:
        pydantic.ValidationError: a kind or a key is unknown.
    """
    return _EFFECTS.validate_python(raw)
