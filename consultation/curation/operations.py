"""The operations of the review as a closed schema: what a person may decide, and on which ids.

An operation holds ids and the reviewer's own words, never those of a participant: a quote is a
reference to its statement, so that erasing the statement erases the quote. ``docs/curation.md``
has an example of every operation.
"""

from __future__ import annotations

import difflib
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from consultation.errors import SamenspraakError

MAX_LABEL = 200
MAX_TEXT = 5_000
MAX_IDS = 20_000
MAX_EXAMPLES = 50
MAX_SOURCES = 50

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
ThemeRef = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{32}|[Oo]\d{2,4}-[Tt]\d{3,6})$")]
ProposalRef = Annotated[str, StringConstraints(pattern=r"^[0-9a-z:]{3,200}$")]
Label = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_LABEL, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
Text = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=MAX_TEXT, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
SomeText = Annotated[Text, StringConstraints(min_length=1)]
Statements = Annotated[list[Id], Field(min_length=1, max_length=MAX_IDS)]
Members = Annotated[list[Id], Field(max_length=MAX_IDS)]
OpdrachtNumber = Annotated[int, Field(ge=1, le=9_999)]
Priority = Annotated[int, Field(ge=1, le=5)]
Regelgeving = Literal["nieuw", "hervormen", "stopzetten", "geen"]
Stance = Literal["voor", "tegen", "voorwaardelijk", "geen"]
ActionStatus = Literal["ontwerp", "goedgekeurd", "verworpen", "gepubliceerd"]


class CurationError(SamenspraakError):
    """An operation is invalid or does not apply.

    ``code`` is a stable key that pages translate to Dutch. ``place`` is the field, preceded by the
    line if the operation comes from a file. ``facts`` holds the values for the message: codes,
    labels, numbers.
    """

    def __init__(self, code: str, message: str, place: str = "", **facts: Any) -> None:
        """Builds the English message, which names the field and the remedy."""
        super().__init__(f"{place}: {message}" if place else message)
        self.code = code
        self.message = message
        self.place = place
        self.facts = facts

    def at(self, where: str) -> CurationError:
        """A copy of the error with ``where``, such as a file and line, in front of its place."""
        place = f"{where}: {self.place}" if self.place else where
        return type(self)(self.code, self.message, place, **self.facts)


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    theme_fields: ClassVar[tuple[str, ...]] = ()
    """The fields that hold a theme or a list of themes."""

    @property
    def themes_named(self) -> tuple[str, ...]:
        """The themes that the operation names, in the order of its fields."""
        return _listed(self, self.theme_fields)

    @property
    def statements_named(self) -> tuple[str, ...]:
        """The statements that the operation names."""
        return _listed(self, ("statements", "statement"))

    @property
    def actions_named(self) -> tuple[str, ...]:
        """The actions that the operation names."""
        return _listed(self, ("action",))

    def as_payload(self) -> dict[str, Any]:
        """The operation as stored: JSON values with ``op`` and ``do``, without unset fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True) | {
            name: getattr(self, name) for name in ("op", "do") if hasattr(self, name)
        }


class Rename(_Operation):
    """Gives a theme another label."""

    theme_fields = ("theme",)
    op: Literal["rename"] = "rename"
    theme: ThemeRef
    label: Label


class Describe(_Operation):
    """Sets the description of a theme, in the reviewer's words; an empty text removes it.

    ``excludes`` says what does not belong to the theme, ``examples`` are texts that do. A field
    that is not given stays as it was. An example that equals a statement is kept as a reference to
    it, in ``example_statements``.
    """

    theme_fields = ("theme",)
    op: Literal["describe"] = "describe"
    theme: ThemeRef
    text: Text
    excludes: Text | None = None
    examples: Annotated[list[SomeText], Field(max_length=MAX_EXAMPLES)] | None = None
    example_statements: Annotated[list[Id], Field(max_length=MAX_EXAMPLES)] | None = None

    @property
    def statements_named(self) -> tuple[str, ...]:
        """The statements that are examples."""
        return _listed(self, ("example_statements",))


class Merge(_Operation):
    """Merges themes: ``into`` gets the members and actions of ``themes``."""

    theme_fields = ("themes", "into")
    op: Literal["merge"] = "merge"
    themes: Annotated[list[ThemeRef], Field(min_length=1, max_length=500)]
    into: ThemeRef


class Split(_Operation):
    """Moves statements of a theme into a new theme.

    ``id`` sets the id of the new theme, so that later operations in a file can refer to it.
    """

    theme_fields = ("theme", "id")
    op: Literal["split"] = "split"
    theme: ThemeRef
    statements: Statements
    label: Label
    id: Id | None = None


class Create(_Operation):
    """Creates a theme, with any statements of its opdracht or with none."""

    theme_fields = ("id",)
    op: Literal["create"] = "create"
    opdracht: OpdrachtNumber
    label: Label
    statements: Annotated[list[Id], Field(max_length=MAX_IDS)] = []
    id: Id | None = None


class Move(_Operation):
    """Moves statements from theme ``from`` (by default from all their themes) into ``to``."""

    theme_fields = ("from_", "to")
    op: Literal["move"] = "move"
    statements: Statements
    to: ThemeRef
    from_: Annotated[ThemeRef | None, Field(alias="from")] = None


class Copy(_Operation):
    """Adds statements to a theme; they stay in their other themes."""

    theme_fields = ("to",)
    op: Literal["copy"] = "copy"
    statements: Statements
    to: ThemeRef


class Remove(_Operation):
    """Removes statements from one theme."""

    theme_fields = ("theme",)
    op: Literal["remove"] = "remove"
    statements: Statements
    theme: ThemeRef


class OffTopic(_Operation):
    """Marks statements as not about the opdracht and removes them from every theme.

    Moving a statement into a theme clears the mark.
    """

    op: Literal["off_topic"] = "off_topic"
    statements: Statements


class Place(_Operation):
    """Places statements under another opdracht, or under none; they leave their themes."""

    op: Literal["place"] = "place"
    statements: Statements
    opdracht: OpdrachtNumber | None


class PlaceExactly(_Operation):
    """Puts a statement into exactly these themes, the first one primary; empty: into none.

    No run and no other placing of a participant undoes it; a later decision of a facilitator does.
    It shares its ``op`` with ``Place``: the fields tell which one is meant.
    """

    theme_fields = ("themes",)
    op: Literal["place"] = "place"
    statement: Id
    themes: Annotated[list[ThemeRef], Field(max_length=500)]


class SetStance(_Operation):
    """Sets the stance of statements towards the measure they are about; ``geen`` is none.

    No run undoes it, and later runs learn from it.
    """

    op: Literal["stance"] = "stance"
    statements: Statements
    stance: Stance


class Reply(_Operation):
    """Sets the reply to all who said what is in a theme, on their own page; empty removes it."""

    theme_fields = ("theme",)
    op: Literal["reply"] = "reply"
    theme: ThemeRef
    text: Text


class Approve(_Operation):
    """Approves a theme: new statements are mapped to it, and no later run removes it."""

    theme_fields = ("theme",)
    op: Literal["approve"] = "approve"
    theme: ThemeRef


class Reject(_Operation):
    """Rejects a theme: its statements are listed without theme; it is not suggested again."""

    theme_fields = ("theme",)
    op: Literal["reject"] = "reject"
    theme: ThemeRef


class Reorder(_Operation):
    """Sets the display order of an opdracht's themes; themes that are not listed come last."""

    theme_fields = ("themes",)
    op: Literal["reorder"] = "reorder"
    opdracht: OpdrachtNumber
    themes: Annotated[list[ThemeRef], Field(min_length=1, max_length=2_000)]


class Note(_Operation):
    """Adds a note for colleagues to a theme or an action; notes are never published."""

    theme_fields = ("theme",)
    op: Literal["note"] = "note"
    theme: ThemeRef | None = None
    action: Id | None = None
    text: SomeText

    @model_validator(mode="after")
    def _one_place(self) -> Note:
        if (self.theme is None) == (self.action is None):
            raise ValueError("name either a theme or an action")
        return self


class CountAsOne(_Operation):
    """Counts ``participants`` (of one organisation) or ``answers`` (a letter campaign) as one.

    Operations that share a member make one joint participant together. ``id`` is that of the joint
    participant.
    """

    op: Literal["count_as_one"] = "count_as_one"
    participants: Members = []
    answers: Members = []
    id: Id | None = None

    @model_validator(mode="after")
    def _one_sort(self) -> CountAsOne:
        return _one_sort(self)


class CountApart(_Operation):
    """Says that ``participants`` or ``answers`` are of different people: no suggestion any more."""

    op: Literal["count_apart"] = "count_apart"
    participants: Members = []
    answers: Members = []

    @model_validator(mode="after")
    def _one_sort(self) -> CountApart:
        return _one_sort(self)


class Accept(_Operation):
    """Accepts a suggestion of the run; the event records the operation that this performed."""

    op: Literal["accept"] = "accept"
    proposal: ProposalRef


class Decline(_Operation):
    """Declines a suggestion of the run: it is not made again."""

    op: Literal["decline"] = "decline"
    proposal: ProposalRef


class Revoke(_Operation):
    """Undoes one event; revoking a revocation brings that event back."""

    op: Literal["revoke"] = "revoke"
    event: Annotated[int, Field(ge=1)]


class _ActionOperation(_Operation):
    op: Literal["action"] = "action"


class ActionCreate(_ActionOperation):
    """Creates an action, with or without themes: in own words, or as a quote of a statement.

    ``sources`` are the statements that it is composed of; they count as its support.
    """

    theme_fields = ("themes",)
    do: Literal["create"] = "create"
    opdracht: OpdrachtNumber
    text: SomeText | None = None
    statement: Id | None = None
    sources: Annotated[list[Id], Field(max_length=MAX_SOURCES)] = []
    themes: Annotated[list[ThemeRef], Field(max_length=500)] = []
    trekker: Label | None = None
    partners: Annotated[list[Label], Field(max_length=50)] = []
    priority: Priority | None = None
    deadline: date | None = None
    regelgeving: Regelgeving = "geen"
    id: Id | None = None

    @model_validator(mode="after")
    def _one_wording(self) -> ActionCreate:
        return _one_wording(self)

    @property
    def statements_named(self) -> tuple[str, ...]:
        """The statement that it quotes and those that it is composed of."""
        return _listed(self, ("statement", "sources"))

    @property
    def actions_named(self) -> tuple[str, ...]:
        """The id of the new action, if it is set."""
        return _listed(self, ("id",))


class ActionText(_ActionOperation):
    """Rewords an action: in own words, or as a quote of a statement."""

    do: Literal["text"] = "text"
    action: Id
    text: SomeText | None = None
    statement: Id | None = None

    @model_validator(mode="after")
    def _one_wording(self) -> ActionText:
        return _one_wording(self)


class ActionSet(_ActionOperation):
    """Sets the given fields of an action and leaves the others; null clears a field."""

    do: Literal["set"] = "set"
    action: Id
    trekker: Label | None = None
    partners: Annotated[list[Label], Field(max_length=50)] = []
    priority: Priority | None = None
    deadline: date | None = None
    regelgeving: Regelgeving = "geen"

    @model_validator(mode="after")
    def _something(self) -> ActionSet:
        if not self.given:
            raise ValueError("set at least one of trekker, partners, priority, deadline, ...")
        return self

    @property
    def given(self) -> dict[str, Any]:
        """The values to set, by field name."""
        names = ("trekker", "partners", "priority", "deadline", "regelgeving")
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


class ActionThemes(_ActionOperation):
    """Sets the themes that an action answers; the list may be empty."""

    theme_fields = ("themes",)
    do: Literal["themes"] = "themes"
    action: Id
    themes: Annotated[list[ThemeRef], Field(max_length=500)]


class ActionSupport(_ActionOperation):
    """Sets all statements that propose an action; the list may be empty."""

    do: Literal["support"] = "support"
    action: Id
    statements: Annotated[list[Id], Field(max_length=MAX_IDS)]


class ActionAmend(_ActionOperation):
    """Answers an amendment, the statement of who proposed another wording of an action.

    Accepted, the action quotes that statement. ``reason`` is told to its author.
    """

    do: Literal["amend"] = "amend"
    action: Id
    statement: Id
    accepted: bool
    reason: Text = ""


class ActionStatusSet(_ActionOperation):
    """Sets the status of an action; ``reason`` is told to who proposed it."""

    do: Literal["status"] = "status"
    action: Id
    status: ActionStatus
    reason: Text = ""


class ActionJoin(_ActionOperation):
    """Joins ``actions`` into the action ``into``, which gets their themes and partners."""

    do: Literal["join"] = "join"
    actions: Annotated[list[Id], Field(min_length=1, max_length=100)]
    into: Id

    @property
    def actions_named(self) -> tuple[str, ...]:
        """The joined actions, followed by the action they are joined into."""
        return (*self.actions, self.into)


class ActionHandOver(_ActionOperation):
    """Hands an action over to another opdracht."""

    do: Literal["hand_over"] = "hand_over"
    action: Id
    opdracht: OpdrachtNumber


Operation = (
    Rename
    | Describe
    | Merge
    | Split
    | Create
    | Move
    | Copy
    | Remove
    | OffTopic
    | Place
    | PlaceExactly
    | SetStance
    | Reply
    | Approve
    | Reject
    | Reorder
    | Note
    | CountAsOne
    | CountApart
    | Accept
    | Decline
    | Revoke
    | ActionCreate
    | ActionText
    | ActionAmend
    | ActionSet
    | ActionThemes
    | ActionSupport
    | ActionStatusSet
    | ActionJoin
    | ActionHandOver
)
_SIMPLE = {
    "rename": Rename,
    "describe": Describe,
    "merge": Merge,
    "split": Split,
    "create": Create,
    "move": Move,
    "copy": Copy,
    "remove": Remove,
    "off_topic": OffTopic,
    "place": Place,
    "stance": SetStance,
    "reply": Reply,
    "approve": Approve,
    "reject": Reject,
    "reorder": Reorder,
    "note": Note,
    "count_as_one": CountAsOne,
    "count_apart": CountApart,
    "accept": Accept,
    "decline": Decline,
    "revoke": Revoke,
}
_ACTIONS = {
    "create": ActionCreate,
    "text": ActionText,
    "amend": ActionAmend,
    "set": ActionSet,
    "themes": ActionThemes,
    "support": ActionSupport,
    "status": ActionStatusSet,
    "join": ActionJoin,
    "hand_over": ActionHandOver,
}
_Wording = TypeVar("_Wording", "ActionCreate", "ActionText")
_Counting = TypeVar("_Counting", "CountAsOne", "CountApart")
OPS = (*_SIMPLE, "action")
DOS = tuple(_ACTIONS)


def parse(raw: object) -> Operation:
    """Parses a JSON object into an operation.

    Raises:
        CurationError: it is not a valid operation; the message names the field and the remedy.
    """
    if not isinstance(raw, dict):
        raise CurationError("not_an_object", 'write a JSON object such as {"op": "approve", ...}.')
    model = _chosen(raw, "op", OPS, _SIMPLE)
    if model is Place and ("statement" in raw or "themes" in raw):
        model = PlaceExactly
    if model is None:
        model = _chosen(raw, "do", DOS, _ACTIONS)
    try:
        operation: Operation = TypeAdapter(model).validate_python(raw)
    except ValidationError as error:
        raise _explained(error, raw, model) from error
    return operation


def _chosen(
    raw: dict[str, Any], key: str, known: tuple[str, ...], models: dict[str, Any]
) -> Any | None:
    name = raw.get(key)
    if name is None:
        raise CurationError("missing", f"is missing; choose from {', '.join(known)}.", key)
    if not isinstance(name, str) or name not in known:
        near = difflib.get_close_matches(str(name), known, 1)
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(known)}."
        raise CurationError("unknown_op", f"'{str(name)[:40]}' is no operation; {hint}", key)
    return models.get(name)


def _explained(error: ValidationError, raw: dict[str, Any], model: Any) -> CurationError:
    first = error.errors(include_url=False)[0]
    place = _path(first["loc"])
    kind, context = first["type"], first.get("ctx", {})
    name = f"{raw.get('op')}{'.' + str(raw['do']) if raw.get('op') == 'action' else ''}"
    where = f"{name}.{place}" if place else name
    known = [field.alias or key for key, field in model.model_fields.items()]
    if kind == "extra_forbidden":
        return CurationError(
            "unknown_field", f"is no field of {name}; it has {', '.join(known)}.", where
        )
    if kind == "missing":
        return CurationError("missing", "is missing.", where)
    if kind in ("string_too_long", "too_long"):
        most = context.get("max_length")
        return CurationError("too_long", f"is too long; at most {most}.", where, most=most)
    if kind in ("string_too_short", "too_short"):
        return CurationError("empty", "is empty; give at least one.", where)
    if kind == "string_pattern_mismatch":
        shown = _shown(first.get("input"))
        return CurationError("wrong_form", f"{shown} does not have the right form.", where)
    return CurationError("wrong_value", f"{_shown(first.get('input'))}: {first['msg']}.", where)


def _path(loc: tuple[int | str, ...]) -> str:
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _listed(operation: BaseModel, fields: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in fields:
        value = getattr(operation, name, None)
        values = value if isinstance(value, list) else [value]
        found.update({each: None for each in values if each is not None})
    return tuple(found)


def _one_wording(operation: _Wording) -> _Wording:
    if (operation.text is None) == (operation.statement is None):
        raise ValueError("give either text (own words) or statement (a quote)")
    return operation


def _one_sort(operation: _Counting) -> _Counting:
    members = operation.participants or operation.answers
    if bool(operation.participants) == bool(operation.answers) or len(set(members)) < 2:
        raise ValueError("name either participants or answers, two or more")
    return operation
