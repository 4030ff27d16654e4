"""What stands: the machine's run with every decision that was not revoked laid over it.

The picture's parts, and how they hang together; ``curation_replay`` makes the one from the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from consultation.curation.operations import Note, Operation, Reorder, Revoke

ThemeStatus = Literal["kandidaat", "goedgekeurd", "verworpen", "samengevoegd"]
LIVE = ("kandidaat", "goedgekeurd")


@dataclass(frozen=True)
class Membership:
    """A statement in a theme: how sure (0 to 1), and who decided (empty: the machine)."""

    statement: str
    score: float = 1.0
    primary: bool = True
    decided_by: str = ""


@dataclass(frozen=True)
class MachineTheme:
    """A theme as the machine sees it. ``in_run`` is false for one that its last run lacks."""

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
class Proposal:
    """Something the machine would change in decided themes: a person accepts or declines it.

    ``kind`` is ``split`` (``statements`` would leave ``themes[0]``), ``merge`` (``themes`` would be
    one) or ``move`` (``statements`` would go from ``themes[0]`` to ``themes[1]``).
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
    """All that the machine says of the opdrachten that are looked at.

    ``statements`` gives each statement's opdracht as the question or the machine placed it.
    """

    statements: Mapping[str, int | None]
    themes: tuple[MachineTheme, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    run: int | None = None


@dataclass(frozen=True)
class Event:
    """One line of the log; ``recorded`` is what was settled when it was appended."""

    id: int
    account: str
    at: datetime
    operation: Operation
    recorded: Mapping[str, Any] = field(default_factory=dict)

    @property
    def themes(self) -> frozenset[str]:
        """The themes it is about."""
        return frozenset([*self.operation.themes_named, *self.recorded.get("themes", ())])

    @property
    def actions(self) -> frozenset[str]:
        """The actions it is about."""
        return frozenset([*self.operation.actions_named, *self.recorded.get("actions", ())])


@dataclass(frozen=True)
class Outcome:
    """What became of an event: ``applied``, ``revoked`` (by event ``revoked_by``) or ``lapsed``.

    ``reason`` is a code for a lapsed event; ``missing`` counts the statements it names that are
    no longer there. ``before`` is the theme that the event renamed, or the action that it reworded,
    as it stood until then.
    """

    event: Event
    status: Literal["applied", "revoked", "lapsed"]
    reason: str = ""
    missing: int = 0
    revoked_by: int | None = None
    before: Before | None = None


@dataclass(frozen=True)
class Before:
    """A theme's label, or an action's words: own ``text``, or those of ``statement``, quoted."""

    text: str | None = None
    statement: str | None = None


@dataclass(frozen=True)
class NoteTaken:
    """A note at a theme or an action."""

    text: str
    account: str
    at: datetime
    event: int


@dataclass(frozen=True)
class CuratedTheme:
    """A theme as it stands. ``version`` is the id of the last event about it, 0 for none."""

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
    notes: tuple[NoteTaken, ...]
    named_by: str
    decided: bool
    in_run: bool
    version: int

    @property
    def code(self) -> str:
        """The code shown to people: opdracht and number."""
        return f"O{self.opdracht:02d}-T{self.number:03d}"

    @property
    def live(self) -> bool:
        """Whether its statements count as having a theme: neither rejected nor merged away."""
        return self.status in LIVE

    @property
    def shown(self) -> bool:
        """Whether it belongs on a page: not merged away, and found by the run or by a person."""
        return self.status != "samengevoegd" and (self.in_run or self.decided)


@dataclass(frozen=True)
class CuratedAction:
    """An action as it stands. Its words are ``text``, or those of ``statement``, quoted.

    ``proposed`` is true for a machine's proposal that nobody touched; ``joined_into`` names the
    action it went up in. ``support`` are the statements that propose it, None where no person said
    which: then the machine looks for them (``analysis.supporters``). ``reworded`` is the statement
    that it quoted before somebody put it in own words, ``seconds`` are those that proposed it then.
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
    notes: tuple[NoteTaken, ...] = ()
    proposed: bool = False
    decided_by: str = ""
    version: int = 0
    support: tuple[str, ...] | None = None
    reworded: str | None = None
    seconds: tuple[str, ...] = ()


@dataclass(frozen=True)
class CurationState:
    """The whole picture, the same for review, tables, report and the next run."""

    themes: Mapping[str, CuratedTheme]
    actions: Mapping[str, CuratedAction]
    opdracht_of: Mapping[str, int | None]
    off_topic: Mapping[str, str]
    proposals: tuple[Proposal, ...]
    answered: Mapping[str, Literal["accepted", "declined"]]
    log: tuple[Outcome, ...]

    @cached_property
    def outcomes(self) -> dict[int, Outcome]:
        """What became of each event, by its id."""
        return {each.event.id: each for each in self.log}

    def about(self, target: str) -> list[Outcome]:
        """Every decision about a theme or an action, oldest first."""
        events = {id_: each.event for id_, each in self.outcomes.items()}
        return [each for each in self.log if target in concerned(each.event, events)]

    def themes_of(self, opdracht: int) -> list[CuratedTheme]:
        """The themes shown for an opdracht: as people ordered them, then the largest first."""
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
        """The actions of an opdracht that did not go up in another one."""
        found = [
            each
            for each in self.actions.values()
            if each.opdracht == opdracht and each.joined_into is None
        ]
        return sorted(found, key=lambda each: (each.priority is None, -(each.priority or 0)))

    def standing_theme(self, theme: str) -> str:
        """The theme itself, or the one it was merged into."""
        while (known := self.themes.get(theme)) is not None and known.merged_into is not None:
            theme = known.merged_into
        return theme

    def without_theme(self, opdracht: int | None) -> tuple[str, ...]:
        """The statements of an opdracht in no live theme and not off topic: listed, never lost."""
        placed = {
            each.statement for theme in self.themes.values() if theme.live for each in theme.members
        }
        return tuple(
            statement
            for statement, number in self.opdracht_of.items()
            if number == opdracht and statement not in placed and statement not in self.off_topic
        )


class Lapsed(Exception):
    """An event cannot be applied to what stands; ``code`` tells why, ``facts`` say it in full."""

    def __init__(self, code: str, **facts: Any) -> None:
        """Makes the reason."""
        super().__init__(code)
        self.code = code
        self.facts = facts


def until(state_log: Iterable[Event], last: int) -> list[Event]:
    """The log as it stood right after event ``last``."""
    return [each for each in state_log if each.id <= last]


def versions(log: Sequence[Event]) -> dict[str, int]:
    """The id of the last event about each theme and action, revocations included.

    A note or another order changes nothing that somebody else could overwrite: they do not count.
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
    """The themes and actions an event is about; for a revocation, those of what it undoes."""
    named = event.themes | event.actions
    if isinstance(event.operation, Revoke) and event.operation.event in about:
        return named | concerned(about[event.operation.event], about)
    return named
