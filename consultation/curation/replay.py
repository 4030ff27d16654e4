"""Replays the event log over the results of a run.

``replay`` is a pure function without access to the database: the same log over the same run always
gives the same state. An event that no longer applies (its theme was merged meanwhile, its
statements were erased) is reported as lapsed with the reason, and the replay continues.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from consultation.curation import operations as ops
from consultation.curation.actions import ActionBoard
from consultation.curation.state import (
    LIVE,
    CuratedTheme,
    CurationState,
    Event,
    FacilitatorNote,
    InapplicableEvent,
    Machine,
    Membership,
    Outcome,
    PreviousValue,
    Settlement,
    Suggestion,
    ThemeReply,
    ThemeStatus,
    versions,
)
from consultation.database.models import proposed_action_id as proposed_action_id
from consultation.theme_code import ThemeCode


def operation_of(proposal: Suggestion, new_theme: str) -> ops.Operation:
    """The operation that accepting a suggestion performs; ``new_theme`` is the id for a split."""
    statements = list(proposal.statements)
    if proposal.kind == "merge":
        return ops.Merge(themes=list(proposal.themes[1:]), into=proposal.themes[0])
    if proposal.kind == "move":
        source, target = proposal.themes
        return ops.Move.model_validate({"statements": statements, "from": source, "to": target})
    return ops.Split(
        theme=proposal.themes[0], statements=statements, label=proposal.label, id=new_theme
    )


def revoked(log: Sequence[Event]) -> dict[int, int]:
    """Maps the id of a revoked event to the id of the event that revoked it.

    A revocation is itself an event and can be revoked.
    """
    undone: dict[int, int] = {}
    for event in reversed(log):
        if isinstance(event.operation, ops.Revoke) and event.id not in undone:
            undone.setdefault(event.operation.event, event.id)
    return undone


def replay(machine: Machine, events: Iterable[Event]) -> CurationState:
    """The state after applying all events in force to ``machine``, in order of event id.

    Undo is an event too: one that was revoked is left out, as if it had never been. Neither
    argument is changed.
    """
    log = sorted(events, key=lambda each: each.id)
    undone = revoked(log)
    stand = Replay(machine, log)
    outcomes = []
    for event in log:
        before = stand.before(event)
        if event.id in undone:
            outcomes.append(Outcome(event, "revoked", revoked_by=undone[event.id], before=before))
            continue
        try:
            missing = stand.apply(event)
        except InapplicableEvent as reason:
            outcomes.append(Outcome(event, "lapsed", reason.code, before=before))
        else:
            outcomes.append(Outcome(event, "applied", missing=missing, before=before))
    return stand.frozen(outcomes, versions(log))


@dataclass
class _Theme:
    id: str
    opdracht: int
    number: int
    label: str = ""
    description: str = ""
    status: ThemeStatus = "kandidaat"
    merged_into: str | None = None
    parents: tuple[str, ...] = ()
    order: int | None = None
    notes: list[FacilitatorNote] = field(default_factory=list)
    named_by: str = ""
    decided: bool = False
    in_run: bool = True
    by_hand: bool = False
    excludes: str = ""
    examples: tuple[str, ...] = ()
    example_statements: tuple[str, ...] = ()
    reply: ThemeReply | None = None


class Replay:
    """The mutable state during replay: ``apply`` adds one event, ``frozen`` gives the result."""

    def __init__(self, machine: Machine, log: Sequence[Event]) -> None:
        """Starts from the results of the run; ``log`` shows which themes people created."""
        made = {each for event in log for each in _made(event)}
        self.place: dict[str, int | None] = dict(machine.statements)
        self.off: dict[str, str] = {}
        self.settled: dict[str, Settlement] = {}
        self.stances: dict[str, ops.Stance] = {}
        self.proposals = {each.id: each for each in machine.proposals}
        self.answered: dict[str, Literal["accepted", "declined"]] = {}
        self.themes: dict[str, _Theme] = {}
        self.unborn: dict[str, _Theme] = {}
        self.members: dict[str, dict[str, Membership]] = {}
        self.rank: dict[tuple[str, str], int] = {}
        self.board = ActionBoard()
        self._waiting: dict[str, list[Membership]] = {}
        for seen in machine.themes:
            theme = _Theme(
                id=seen.id,
                opdracht=seen.opdracht,
                number=seen.number,
                label=seen.label,
                status=seen.status,
                parents=seen.parents,
                in_run=seen.in_run,
                decided=seen.status in ("goedgekeurd", "verworpen"),
                by_hand=seen.id in made,
            )
            (self.unborn if theme.by_hand else self.themes)[theme.id] = theme
            if seen.action is not None:
                self.board.propose(proposed_action_id(seen.id), seen.opdracht, seen.id, seen.action)
        for seen in machine.themes:
            for rank, member in enumerate(seen.members):
                self.rank[seen.id, member.statement] = rank
                if member.statement not in self.place:
                    continue
                if seen.id in self.unborn:
                    self._waiting.setdefault(seen.id, []).append(member)
                self._put(member, self._born(seen.id))

    def apply(self, event: Event) -> int:
        """Applies one event; returns how many of the statements it names are not available.

        Raises:
            Lapsed: the event does not apply to the current state.
        """
        operation = event.operation
        if isinstance(operation, ops.Accept):
            does = event.recorded.get("does")
            if does is None:
                raise InapplicableEvent("proposal_gone")
            missing = self._apply(replace(event, operation=ops.parse(does)))
            self.answered[operation.proposal] = "accepted"
            return missing
        return self._apply(event)

    def before(self, event: Event) -> PreviousValue | None:
        """The label or wording that an event replaces; None for events of other kinds."""
        operation = event.operation
        if isinstance(operation, ops.Rename) and operation.theme in self.themes:
            return PreviousValue(self.themes[operation.theme].label)
        if isinstance(operation, ops.ActionText | ops.ActionAmend):
            return self.board.words(operation.action, event)
        return None

    def expect(self, id_: str, opdracht: int, number: int, parents: tuple[str, ...]) -> None:
        """Registers a theme that the next event creates."""
        self.unborn[id_] = _Theme(
            id_, opdracht, number, parents=parents, in_run=False, by_hand=True
        )

    def theme(self, ref: str, merged: bool = False) -> _Theme:
        """The theme with id ``ref``; with ``merged=True``, merges are followed to the final theme.

        Raises:
            Lapsed: there is no such theme, or it was merged and ``merged`` is false.
        """
        found = self.themes.get(ref)
        if found is None:
            raise InapplicableEvent("theme_gone", theme=ref)
        while found.merged_into is not None:
            into = self.themes[found.merged_into]
            if not merged:
                raise InapplicableEvent(
                    "theme_merged", theme=ref, which=_code(found), into=_code(into)
                )
            found = into
        return found

    def frozen(self, outcomes: Sequence[Outcome], version: dict[str, int]) -> CurationState:
        """An immutable copy of the current state; ``version`` is the result of ``versions``."""
        per_theme: dict[str, list[Membership]] = {each: [] for each in self.themes}
        for statement, own in self.members.items():
            here = {
                theme: member
                for theme, member in own.items()
                if self.themes[theme].opdracht == self.place[statement]
            }
            first = min(here, key=lambda theme: self._first(here[theme], theme), default=None)
            for theme, member in here.items():
                per_theme[theme].append(replace(member, primary=theme == first))
        themes = {
            theme.id: CuratedTheme(
                id=theme.id,
                opdracht=theme.opdracht,
                number=theme.number,
                label=theme.label,
                description=theme.description,
                status=theme.status,
                members=self._seated(theme, per_theme[theme.id]),
                merged_into=theme.merged_into,
                parents=theme.parents,
                order=theme.order,
                notes=tuple(theme.notes),
                named_by=theme.named_by,
                decided=theme.decided or any(each.decided_by for each in per_theme[theme.id]),
                in_run=theme.in_run,
                version=version.get(theme.id, 0),
                excludes=theme.excludes,
                examples=theme.examples,
                example_statements=theme.example_statements,
                reply=theme.reply,
            )
            for theme in self.themes.values()
        }
        return CurationState(
            themes=themes,
            actions=self.board.frozen(themes, version),
            opdracht_of=dict(self.place),
            off_topic=dict(self.off),
            proposals=tuple(
                each
                for each in self.proposals.values()
                if each.id not in self.answered and self._still(each)
            ),
            answered=dict(self.answered),
            log=tuple(outcomes),
            settled=dict(self.settled),
            stances=dict(self.stances),
        )

    def _apply(self, event: Event) -> int:
        operation = event.operation
        match operation:
            case ops.Rename():
                theme = self.theme(operation.theme)
                theme.label, theme.named_by, theme.decided = operation.label, event.account, True
            case ops.Describe():
                theme = self.theme(operation.theme)
                theme.description, theme.decided = operation.text, True
                if operation.excludes is not None:
                    theme.excludes = operation.excludes
                if operation.examples is not None:
                    theme.examples = tuple(operation.examples)
                if operation.example_statements is not None:
                    theme.example_statements = tuple(operation.example_statements)
            case ops.Merge():
                self._merge(operation)
            case ops.Split():
                return self._split(operation, event)
            case ops.Create():
                return self._create(operation, event)
            case ops.Move():
                return self._move(operation.statements, operation.to, operation.from_, event)
            case ops.Copy():
                target = self.theme(operation.to, merged=True)
                there, missing = self._there(operation.statements, target.opdracht)
                for statement in there:
                    self.off.pop(statement, None)
                    self._settle(statement, event)
                    primary = not self.members.get(statement)
                    self._put(Membership(statement, 1.0, primary, event.account), target.id)
                target.decided = True
                return missing
            case ops.Remove():
                theme = self.theme(operation.theme, merged=True)
                there, missing = self._there(operation.statements, theme.opdracht)
                for statement in there:
                    self._settle(statement, event)
                    self.members.get(statement, {}).pop(theme.id, None)
                return missing
            case ops.OffTopic():
                there, missing = self._there(operation.statements)
                for statement in there:
                    self._settle(statement, event)
                    self.members.pop(statement, None)
                    self.off[statement] = event.account
                return missing
            case ops.Place():
                there, missing = self._there(operation.statements)
                for statement in there:
                    if self.place[statement] != operation.opdracht:
                        self.off.pop(statement, None)
                        self.settled.pop(statement, None)
                        self.place[statement] = operation.opdracht
                return missing
            case ops.SetStance():
                there, missing = self._there(operation.statements)
                self.stances.update(dict.fromkeys(there, operation.stance))
                return missing
            case ops.PlaceExactly():
                self._place_exactly(operation, event)
            case ops.Reply():
                theme = self.theme(operation.theme, merged=True)
                reply = ThemeReply(operation.text, event.account, event.at)
                theme.reply = reply if operation.text else None
            case ops.Approve():
                theme = self.theme(operation.theme)
                theme.status, theme.decided = "goedgekeurd", True
            case ops.Reject():
                theme = self.theme(operation.theme)
                theme.status, theme.decided = "verworpen", True
            case ops.Reorder():
                self._reorder(operation)
            case ops.Note():
                self._note(operation, event)
            case ops.Decline():
                self.answered[operation.proposal] = "declined"
            case ops.Revoke() | ops.Accept() | ops.CountAsOne() | ops.CountApart():
                pass
            case _:
                self.board.apply(operation, event)
        return 0

    def _merge(self, operation: ops.Merge) -> None:
        into = self.theme(operation.into)
        if into.status == "verworpen":
            raise InapplicableEvent("theme_rejected", theme=into.id, which=_code(into))
        known = [self.themes[each] for each in operation.themes if each in self.themes]
        merged = [each for each in known if each.merged_into is None and each.id != into.id]
        if not merged:
            self.theme(operation.themes[0])
            raise InapplicableEvent("same_theme", theme=into.id, which=_code(into))
        for theme in merged:
            if theme.opdracht != into.opdracht:
                raise InapplicableEvent("other_opdracht", which=_code(theme))
        for theme in merged:
            if theme.status == "goedgekeurd":
                into.status = "goedgekeurd"
            theme.status, theme.merged_into = "samengevoegd", into.id
            for own in self.members.values():
                if (member := own.pop(theme.id, None)) is not None:
                    self.rank.setdefault(
                        (into.id, member.statement), self.rank.get((theme.id, member.statement), 0)
                    )
                    self._put(member, into.id)
        into.decided = True

    def _split(self, operation: ops.Split, event: Event) -> int:
        source = self.theme(operation.theme, merged=True)
        there, missing = self._there(operation.statements, source.opdracht)
        new = self._birth(operation.id, source.opdracht, operation.label, event)
        new.parents = (source.id,)
        for statement in there:
            self._settle(statement, event)
            self._take(statement, source.id)
            self._put(Membership(statement, 1.0, True, event.account), new.id)
        return missing

    def _create(self, operation: ops.Create, event: Event) -> int:
        there, missing = (
            self._there(operation.statements, operation.opdracht)
            if operation.statements
            else ([], 0)
        )
        new = self._birth(operation.id, operation.opdracht, operation.label, event)
        for statement in there:
            self._settle(statement, event)
            self._take(statement, None)
            self._put(Membership(statement, 1.0, True, event.account), new.id)
        return missing

    def _move(self, statements: Sequence[str], to: str, from_: str | None, event: Event) -> int:
        target = self.theme(to, merged=True)
        there, missing = self._there(statements, target.opdracht)
        source = self.themes.get(from_) if from_ else None
        while source is not None and source.merged_into is not None:
            source = self.themes[source.merged_into]
        for statement in there:
            self._settle(statement, event)
            self._take(statement, source.id if source else None)
            self._put(Membership(statement, 1.0, True, event.account), target.id)
        target.decided = True
        return missing

    def _place_exactly(self, operation: ops.PlaceExactly, event: Event) -> None:
        statement = operation.statement
        self._there([statement])
        themes = [self.theme(each, merged=True) for each in operation.themes]
        for theme in themes:
            if theme.status == "verworpen":
                raise InapplicableEvent("theme_rejected", theme=theme.id, which=_code(theme))
            if theme.opdracht != self.place[statement]:
                raise InapplicableEvent("other_opdracht", which=_code(theme))
        before = self.settled.get(statement)
        if event.actor == "participant" and before and before.actor == "facilitator":
            raise InapplicableEvent("facilitator_decided")
        self._settle(statement, event, exact=True)
        self.off.pop(statement, None)
        self.members[statement] = {}
        for theme in themes:
            primary = not self.members[statement]
            self.members[statement].setdefault(
                theme.id, Membership(statement, 1.0, primary, event.account)
            )
            theme.decided = True

    def _settle(self, statement: str, event: Event, exact: bool = False) -> None:
        self.settled[statement] = Settlement(event.account, event.actor, exact)

    def _reorder(self, operation: ops.Reorder) -> None:
        known = [each for each in operation.themes if each in self.themes]
        if not known:
            raise InapplicableEvent("theme_gone", theme=operation.themes[0])
        for theme in self.themes.values():
            if theme.opdracht == operation.opdracht:
                theme.order = None
        for place, each in enumerate(known, 1):
            self.themes[each].order = place

    def _note(self, operation: ops.Note, event: Event) -> None:
        note = FacilitatorNote(operation.text, event.account, event.at, event.id)
        if operation.theme is not None:
            self.theme(operation.theme, merged=True).notes.append(note)
        else:
            self.board.note(str(operation.action), note, event)

    def _birth(self, id_: str | None, opdracht: int, label: str, event: Event) -> _Theme:
        theme = self.unborn.pop(str(id_), None)
        if theme is None:
            raise InapplicableEvent("theme_gone", theme=str(id_))
        theme.label, theme.named_by, theme.decided = label, event.account, True
        theme.opdracht = opdracht
        self.themes[theme.id] = theme
        for member in self._waiting.pop(theme.id, ()):
            here = self.members.get(member.statement, {})
            source = self._born(theme.parents[0]) if theme.parents else None
            # Until now the parent held the members that the run assigned to this theme. They leave
            # the parent, unless the run put them there too or a person decided on them.
            if source is not None and (source, member.statement) not in self.rank:
                parent = here.get(source)
                if parent is not None and not parent.decided_by:
                    here.pop(source)
            settled = self.settled.get(member.statement)
            exact = settled is not None and settled.exact
            if not any(each.decided_by for each in here.values()) and not (
                exact or member.statement in self.off
            ):
                self._put(member, theme.id)
        return theme

    def _born(self, theme: str) -> str | None:
        """The id of the theme, or of its nearest existing ancestor, with merges followed.

        Ancestors are sought through the first parent. None if no ancestor exists.
        """
        seen: set[str] = set()
        while theme not in self.themes:
            parents = self.unborn[theme].parents if theme in self.unborn else ()
            if not parents or theme in seen:
                return None
            seen.add(theme)
            theme = parents[0]
        while (into := self.themes[theme].merged_into) is not None:
            theme = into
        return theme

    def _there(
        self, statements: Iterable[str], opdracht: int | None = None
    ) -> tuple[list[str], int]:
        wanted = list(dict.fromkeys(statements))
        known = [each for each in wanted if each in self.place]
        if not known:
            raise InapplicableEvent("statements_gone")
        there = [each for each in known if opdracht is None or self.place[each] == opdracht]
        if not there:
            raise InapplicableEvent("other_opdracht")
        return there, len(wanted) - len(there)

    def _take(self, statement: str, source: str | None) -> None:
        """Removes a statement from theme ``source``, or from all themes if that is None.

        If the statement is not in ``source``, it leaves its primary theme, if the run placed it
        there. Either way it is no longer off topic.
        """
        own = self.members.get(statement, {})
        if source is None:
            own.clear()
        elif source in own:
            own.pop(source)
        else:
            placed = [theme for theme, each in own.items() if each.primary and not each.decided_by]
            for theme in placed:
                own.pop(theme)
        self.off.pop(statement, None)

    def _put(self, member: Membership, theme: str | None) -> None:
        if theme is None:
            return
        own = self.members.setdefault(member.statement, {})
        if member.primary:
            for other, each in own.items():
                own[other] = replace(each, primary=False)
        before = own.get(theme)
        if before is not None and before.decided_by and not member.decided_by:
            own[theme] = replace(before, primary=before.primary or member.primary)
        elif before is not None and not member.decided_by:
            best = max(before.score, member.score)
            own[theme] = replace(before, score=best, primary=before.primary or member.primary)
        else:
            own[theme] = member

    def _first(self, member: Membership, theme: str) -> tuple[Any, ...]:
        live = self.themes[theme].status in LIVE
        return (not live, not member.primary, not member.decided_by, -member.score, theme)

    def _seated(self, theme: _Theme, members: list[Membership]) -> tuple[Membership, ...]:
        """The members, most central first: primary, then by score, then by rank in the run."""

        def seat(member: Membership) -> tuple[Any, ...]:
            rank = self.rank.get((theme.id, member.statement), len(self.rank))
            return (not member.primary, -member.score, rank, member.statement)

        return tuple(sorted(members, key=seat))

    def _still(self, proposal: Suggestion) -> bool:
        known = [self.themes[each] for each in proposal.themes if each in self.themes]
        if [each.status in LIVE for each in known] != [True] * len(proposal.themes):
            return False
        if proposal.kind == "merge":
            return True
        return any(
            proposal.themes[0] in self.members.get(statement, {})
            for statement in proposal.statements
        )


def _made(event: Event) -> Collection[str]:
    operation = event.operation
    if isinstance(operation, ops.Accept) and event.recorded.get("does"):
        operation = ops.parse(event.recorded["does"])
    if isinstance(operation, ops.Split | ops.Create) and operation.id:
        return (operation.id,)
    return ()


def _code(theme: _Theme) -> str:
    return str(ThemeCode(theme.opdracht, theme.number))
