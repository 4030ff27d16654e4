"""Data classes of curation: the result of a run, the event log, and the state after both.

``curation.replay`` computes ``CurationState`` from ``Machine`` and the events that are in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from consultation.curation.operations import Note, Operation, Reorder, Revoke, Stance
from consultation.theme_code import ThemeCode

ThemeStatus = Literal["kandidaat", "goedgekeurd", "verworpen", "samengevoegd"]
Actor = Literal["facilitator", "participant"]
PARTICIPANT = "deelnemer"
"""The account of the events of participants; which one follows from the statement they placed."""
LIVE = ("kandidaat", "goedgekeurd")


@dataclass(frozen=True)
class Membership:
    """A statement's membership of a theme: score (0 to 1) and deciding account (empty: the run)."""

    statement: str
    score: float = 1.0
    primary: bool = True
    decided_by: str = ""


@dataclass(frozen=True)
class MachineTheme:
    """A theme as the run produced it; ``in_run`` is false if this run does not contain it."""

    id: str
    opdracht: int
    number: int
    label: str = ""
    members: tuple[Membership, ...] = ()
    action: str | None = None
    parents: tuple[str, ...] = ()
    in_run: bool = True
    status: ThemeStatus = "kandidaat"


@dataclass(frozen=True)
class Suggestion:
    """A suggestion of a run to change decided themes, for a person to accept or decline.

    ``kind`` is ``split`` (``statements`` leave ``themes[0]``), ``merge`` (``themes`` become one) or
    ``move`` (``statements`` go from ``themes[0]`` to ``themes[1]``).
    """

    id: str
    kind: Literal["split", "merge", "move"]
    opdracht: int
    themes: tuple[str, ...]
    statements: tuple[str, ...] = ()
    label: str = ""
    score: float = 0.0


@dataclass(frozen=True)
class Machine:
    """The results of the analysis for the opdrachten in scope.

    ``statements`` maps a statement to its opdracht as set by the question or the classifier,
    before any decision of a person.
    """

    statements: Mapping[str, int | None]
    themes: tuple[MachineTheme, ...] = ()
    proposals: tuple[Suggestion, ...] = ()
    run: int | None = None


@dataclass(frozen=True)
class Event:
    """One event of the log; ``recorded`` holds data that was fixed when it was appended."""

    id: int
    account: str
    at: datetime
    operation: Operation
    recorded: Mapping[str, Any] = field(default_factory=dict)
    actor: Actor = "facilitator"

    @property
    def themes(self) -> frozenset[str]:
        """The ids of the themes that the event is about."""
        return frozenset([*self.operation.themes_named, *self.recorded.get("themes", ())])

    @property
    def actions(self) -> frozenset[str]:
        """The ids of the actions that the event is about."""
        return frozenset([*self.operation.actions_named, *self.recorded.get("actions", ())])


@dataclass(frozen=True)
class Outcome:
    """The outcome of an event: ``applied``, ``revoked`` (by event ``revoked_by``) or ``lapsed``.

    ``reason`` is the code of why an event lapsed. ``missing`` counts the statements that the event
    names but that are no longer available. ``before`` holds the earlier label or wording if the
    event renamed a theme or reworded an action.
    """

    event: Event
    status: Literal["applied", "revoked", "lapsed"]
    reason: str = ""
    missing: int = 0
    revoked_by: int | None = None
    before: PreviousValue | None = None


@dataclass(frozen=True)
class PreviousValue:
    """An earlier theme label or action wording: ``text``, or the id of a quoted ``statement``."""

    text: str | None = None
    statement: str | None = None


@dataclass(frozen=True)
class FacilitatorNote:
    """A note on a theme or an action; ``event`` is the id of the event that added it."""

    text: str
    account: str
    at: datetime
    event: int


@dataclass(frozen=True)
class ThemeReply:
    """The reply of a facilitator to all who said what is in a theme."""

    text: str
    account: str
    at: datetime


@dataclass(frozen=True)
class AmendmentAnswer:
    """The answer to an amendment of an action, with its reason, by an account."""

    accepted: bool
    account: str
    at: datetime
    event: int
    reason: str = ""


@dataclass(frozen=True)
class Settlement:
    """A person's last decision on the themes of a statement: who decided, in which capacity.

    ``exact`` is true when it set all themes of the statement at once (``PlaceExactly``).
    """

    account: str
    actor: Actor = "facilitator"
    exact: bool = False


@dataclass(frozen=True)
class CuratedTheme:
    """The current state of a theme; ``version`` is the id of its last event, 0 if it has none.

    ``excludes`` says what does not belong to it. ``examples`` are texts that do, in a reviewer's
    words, and ``example_statements`` the ids of statements that do; they may be erased meanwhile.
    """

    id: str
    opdracht: int
    number: int
    label: str
    description: str
    status: ThemeStatus
    members: tuple[Membership, ...]
    merged_into: str | None
    parents: tuple[str, ...]
    order: int | None
    notes: tuple[FacilitatorNote, ...]
    named_by: str
    decided: bool
    in_run: bool
    version: int
    excludes: str = ""
    examples: tuple[str, ...] = ()
    example_statements: tuple[str, ...] = ()
    reply: ThemeReply | None = None

    @property
    def code(self) -> str:
        """The code shown to users, such as ``O04-T012``: opdracht and number."""
        return str(ThemeCode(self.opdracht, self.number))

    @property
    def live(self) -> bool:
        """Whether its statements count as having a theme: it is not rejected and not merged."""
        return self.status in LIVE

    @property
    def shown(self) -> bool:
        """Whether pages list it: not merged into another, and in the run or decided by a person."""
        return self.status != "samengevoegd" and (self.in_run or self.decided)


@dataclass(frozen=True)
class CuratedAction:
    """The current state of an action; its wording is ``text``, or a quote of ``statement``.

    ``proposed`` is true for a suggestion of the run that nobody has changed. ``joined_into`` is the
    id of the action it was joined into. ``support`` holds the statements that propose it; None if
    no person chose them: then the analysis looks for them (``analysis.supporters``). ``reworded``
    is the statement that it quoted before a person reworded it, and ``seconds`` are the statements
    that proposed it at that moment. ``sources`` are the statements that it was composed of.
    ``amendments`` are the answers to amendments, by statement. ``reason`` is that of its status.
    """

    id: str
    opdracht: int
    text: str | None = None
    statement: str | None = None
    themes: tuple[str, ...] = ()
    trekker: str = ""
    partners: tuple[str, ...] = ()
    priority: int | None = None
    deadline: date | None = None
    regelgeving: str = "geen"
    status: str = "ontwerp"
    joined_into: str | None = None
    notes: tuple[FacilitatorNote, ...] = ()
    proposed: bool = False
    decided_by: str = ""
    version: int = 0
    support: tuple[str, ...] | None = None
    reworded: str | None = None
    seconds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    amendments: Mapping[str, AmendmentAnswer] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class CurationState:
    """Themes, actions and log after replay; review, tables, report and the next run all use it."""

    themes: Mapping[str, CuratedTheme]
    actions: Mapping[str, CuratedAction]
    opdracht_of: Mapping[str, int | None]
    off_topic: Mapping[str, str]
    proposals: tuple[Suggestion, ...]
    answered: Mapping[str, Literal["accepted", "declined"]]
    log: tuple[Outcome, ...]
    settled: Mapping[str, Settlement] = field(default_factory=dict)
    """The statements of which a person decided on the themes."""
    stances: Mapping[str, Stance] = field(default_factory=dict)
    """The stances that people set, by statement."""

    @cached_property
    def outcomes(self) -> dict[int, Outcome]:
        """The outcomes of all events, by event id."""
        return {each.event.id: each for each in self.log}

    def about(self, target: str) -> list[Outcome]:
        """The outcomes of all events about a theme or an action, oldest first."""
        events = {id_: each.event for id_, each in self.outcomes.items()}
        return [each for each in self.log if target in concerned(each.event, events)]

    def themes_of(self, opdracht: int) -> list[CuratedTheme]:
        """The themes shown for an opdracht: in the order set by people, then the largest first."""
        found = [each for each in self.themes.values() if each.opdracht == opdracht and each.shown]
        return sorted(
            found,
            key=lambda each: (
                each.order is None,
                each.order or 0,
                -len(each.members),
                each.number,
            ),
        )

    def actions_of(self, opdracht: int) -> list[CuratedAction]:
        """The actions of an opdracht, without joined ones, by descending priority (None last)."""
        found = [
            each
            for each in self.actions.values()
            if each.opdracht == opdracht and each.joined_into is None
        ]
        return sorted(found, key=lambda each: (each.priority is None, -(each.priority or 0)))

    def standing_theme(self, theme: str) -> str:
        """The id of the theme, or of the theme it was finally merged into."""
        while (known := self.themes.get(theme)) is not None and known.merged_into is not None:
            theme = known.merged_into
        return theme

    def without_theme(self, opdracht: int | None) -> tuple[str, ...]:
        """The statements of an opdracht that are in no live theme and not off topic."""
        placed = {
            each.statement for theme in self.themes.values() if theme.live for each in theme.members
        }
        return tuple(
            statement
            for statement, number in self.opdracht_of.items()
            if number == opdracht and statement not in placed and statement not in self.off_topic
        )


class InapplicableEvent(Exception):
    """An event does not apply to the current state; ``code`` is the reason, ``facts`` details."""

    def __init__(self, code: str, **facts: Any) -> None:
        """Sets the reason code and its details."""
        super().__init__(code)
        self.code = code
        self.facts = facts


def versions(log: Sequence[Event]) -> dict[str, int]:
    """The id of the last event by theme and action id; revocations count.

    ``Note`` and ``Reorder`` do not count: they change nothing that another user could overwrite.
    """
    about = {each.id: each for each in log}
    found: dict[str, int] = {}
    for event in log:
        if isinstance(event.operation, Note | Reorder):
            continue
        for target in concerned(event, about):
            found[target] = event.id
    return found


def concerned(event: Event, about: Mapping[int, Event]) -> frozenset[str]:
    """The ids of the themes and actions of an event; a revocation adds those of the undone event.

    ``about`` maps event ids to events.
    """
    named = event.themes | event.actions
    if isinstance(event.operation, Revoke) and event.operation.event in about:
        return named | concerned(about[event.operation.event], about)
    return named
