"""Checks decisions of the review, appends them to the event log and reads their history.

The log is append-only: a decision adds one row to ``curation_event``, and undoing it adds another;
no row is changed or deleted. ``curated`` (in ``curation.store``) reads the current state; this
module writes. ``decide`` works a decision out without a lock, while others may write, and then
writes it in a short transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from consultation.curation import operations as ops
from consultation.curation.operations import CurationError, Operation, parse
from consultation.curation.replay import Replay, operation_of, replay, revoked
from consultation.curation.state import (
    CurationState,
    Event,
    InapplicableEvent,
    Machine,
    MachineTheme,
    Outcome,
    concerned,
    versions,
)
from consultation.curation.store import (
    curated,
    last_decision_and_run,
    load_events,
    load_machine,
    subjects,
)
from consultation.database.models import (
    Action,
    AnalysisRun,
    Contribution,
    ContributionVersion,
    CurationEvent,
    EventSubject,
    Round,
    RunProposal,
    Statement,
    Submission,
    Theme,
    new_id,
    now,
)
from consultation.database.storage import Storage, in_chunks
from consultation.rounds import lock_consultation
from consultation.theme_code import ThemeCode
from language.segmentation.plain_text import readable

__all__ = [
    "ConflictError",
    "CurationError",
    "Ledger",
    "NewerEvent",
    "OutOfScopeError",
    "append",
    "curated",
    "decide",
    "history",
    "theme_id",
]

_TRIES = 5
_LOOKED_UP = 200
_MARKS = ("<", "&", "/", "@", "www.")
"""Characters of tags, entities and addresses; ``readable`` leaves a text without them unchanged."""

Placement = tuple[int | None, str, float | None]
"""A statement's opdracht, the account (or method) that placed it there, and the score of that."""

_MENDS = {
    "theme_gone": "this theme does not stand (any more); choose one that samenspraak themes lists.",
    "theme_merged": "{which} was merged into {into}; name that one, or revoke the merge.",
    "theme_rejected": "{which} was rejected; approve it first, or choose another.",
    "same_theme": "this would merge {which} with itself; name another theme.",
    "other_opdracht": "they belong to another opdracht; place the statements there first.",
    "statements_gone": "there are no such statements; they may have been erased.",
    "action_gone": "there is no such action.",
    "action_joined": "this action went up in {into}; name that one, or revoke the join.",
    "proposal_gone": "there is no such proposal in the last run (any more).",
}


@dataclass(frozen=True)
class NewerEvent:
    """One event on a theme or action that is newer than the version the caller expected."""

    event: int
    account: str
    op: str
    at: datetime


class ConflictError(CurationError):
    """The theme or action has newer events than the caller expected; ``changes`` lists them.

    Nothing was written: the caller still has the user's input and can show it beside the changes.
    """

    def __init__(self, target: str, changes: Sequence[NewerEvent]) -> None:
        """Builds the message; ``target`` is the id of the theme or action."""
        told = "; ".join(f"{each.account}: {each.op} (event {each.event})" for each in changes)
        super().__init__(
            "conflict", f"{target} was changed meanwhile: {told}. Look at it again, then decide."
        )
        self.target = target
        self.changes = tuple(changes)


class OutOfScopeError(CurationError):
    """The decision affects an opdracht outside the account's rights. Nothing was written."""

    def __init__(self, limit: int) -> None:
        """``limit`` is the only opdracht that the account may decide on."""
        super().__init__("outside", f"this account decides on opdracht {limit} only.")


class _Overtaken(Exception):
    """A decision, a run or an erasure was stored after the ledger was opened."""


class Ledger:
    """A batch of decisions: ``append`` applies one after the earlier ones, ``write`` stores all.

    Only ``write`` changes the database. It raises ``_Overtaken`` if the data that the decisions
    were based on has changed since the ledger was opened.
    """

    def __init__(
        self,
        session: Session,
        consultation_id: int,
        opdrachten: Collection[int] | None = None,
        limit: int | None = None,
    ) -> None:
        """Opens a ledger that reads through ``session``.

        ``opdrachten`` are the numbers in the catalogue, if known. ``limit`` is the only opdracht
        that the decisions may affect; None sets no limit.
        """
        self._limit = limit
        self._session = session
        self._consultation = consultation_id
        self._opdrachten = opdrachten
        self._base = last_decision_and_run(session, consultation_id)
        self._last = session.scalar(select(func.max(CurationEvent.id))) or 0
        self._scope: set[int | None] = set()
        self._machine = Machine({})
        self._log: list[Event] = []
        self._stand: Replay | None = None
        self._made: list[Event] = []
        self._themes: dict[str, Theme] = {}
        self._actions: dict[str, Action] = {}
        self._placed: dict[str, Placement] = {}
        # Caches of database look-ups; None marks an id that does not exist.
        self._met: dict[str, Theme | None] = {}
        self._met_actions: dict[str, Action | None] = {}
        self._proposed: dict[str, int] = {}
        self._quotable: tuple[dict[str, str], dict[str, str]] | None = None

    def append(
        self,
        account: str,
        operation: Operation,
        expected: Mapping[str, int] | None = None,
        proposers: Sequence[str] = (),
    ) -> Event:
        """Checks one operation against the current state and adds it to the batch.

        Returns the event. Its id is provisional: the row gets that id if nobody else writes first.
        Later operations in this ledger may use it to revoke the event.

        ``expected`` gives, by theme or action id, the version that the decision was made on
        (``CuratedTheme.version``). ``proposers`` are the statements that propose an action that
        this operation rewords: they stay its support, even if the first of them is erased.

        Raises:
            OutsideError: the operation affects an opdracht outside the ledger's limit; checked
                before the state and the versions.
            CurationError: it names an unknown id, or does not apply to the current state.
            ConflictError: a version differs from the expected one.
        """
        operation = self._settled(operation)
        self._meet_actions(operation.actions_named)
        if self._limit is not None and not self._reach(account, operation) <= {self._limit}:
            raise OutOfScopeError(self._limit)
        self._load(self._concerns(operation))
        self._expect(expected or {})
        stand = self._standing()
        self._check(stand, operation)
        recorded, born = self._recorded(stand, operation)
        if proposers:
            recorded["proposers"] = list(proposers)
        event = Event(self._last + len(self._made) + 1, account, now(), operation, recorded)
        try:
            missing = stand.apply(event)
        except InapplicableEvent as reason:
            self._stand = None
            raise _refused(reason) from reason
        if missing:
            self._stand = None
            raise CurationError(
                "statements_gone",
                f"{missing} of these statements are not (or no longer) in this opdracht.",
                f"{operation.op}.statements",
                missing=missing,
            )
        self._take_up(event, born)
        return event

    def write(self, session: Session) -> list[Event]:
        """Stores all appended events and returns them with their final ids.

        The caller's transaction must hold the lock of the consultation.

        Raises:
            _Overtaken: the events are based on outdated data; nothing was written.
        """
        named = {each for event in self._made for each in event.operation.statements_named}
        if last_decision_and_run(session, self._consultation) != self._base or not _all_there(
            session, named
        ):
            raise _Overtaken
        written: dict[int, Event] = {}
        for each in self._made:
            if isinstance(each.operation, ops.Revoke) and each.operation.event in written:
                event = written[each.operation.event].id
                each = replace(each, operation=ops.Revoke(event=event))
            row = _row(self._consultation, each)
            session.add(row)
            session.flush()
            refs = subjects(each.recorded["opdrachten"], each.operation.actions_named)
            if row.revokes_id is not None:
                undone = select(EventSubject.ref).where(EventSubject.event_id == row.revokes_id)
                refs |= set(session.scalars(undone))
            session.add_all(EventSubject(ref=ref, event_id=row.id) for ref in refs)
            written[each.id] = replace(each, id=row.id)
        session.add_all([*self._themes.values(), *self._actions.values()])
        for (statement,) in in_chunks(session, select(Statement), Statement.id, self._placed):
            placed = self._placed[statement.id]
            statement.opdracht, statement.placed_by, statement.opdracht_score = placed
        session.flush()
        return list(written.values())

    def state(self) -> CurationState:
        """The state of the opdrachten loaded so far, with the appended events applied."""
        return replay(self._machine, self._log)

    def _settled(self, operation: Operation) -> Operation:
        """The operation with theme codes resolved, new ids filled in and quotes made references.

        A text that equals the words of a statement becomes a reference to that statement.

        Raises:
            CurationError: a theme or the opdracht is unknown, or a new id is already in use.
        """
        changes: dict[str, Any] = {}
        fields = [name for name in operation.theme_fields if name != "id"]
        values = [getattr(operation, name) for name in fields]
        self._meet_themes(
            ref for each in values for ref in (each if isinstance(each, list) else [each]) if ref
        )
        for name, value in zip(fields, values, strict=True):
            if value is None:
                continue
            place = f"{operation.op}.{name.rstrip('_')}"
            if isinstance(value, list):
                changes[name] = [self._theme(each, place) for each in value]
            else:
                changes[name] = self._theme(value, place)
        if isinstance(operation, ops.Split | ops.Create | ops.ActionCreate):
            changes["id"] = operation.id or new_id()
            if operation.id and (self._theme_row(operation.id) or self._action_row(operation.id)):
                raise CurationError("id_taken", "this id is in use; leave it out.", "id")
        if isinstance(operation, ops.ActionCreate | ops.ActionText) and operation.text:
            quoted = self._quoted(operation.text)
            if quoted is not None:
                changes |= {"statement": quoted, "text": None}
        number = getattr(operation, "opdracht", None)
        if number is not None and self._opdrachten is not None and number not in self._opdrachten:
            raise CurationError(
                "opdracht_unknown",
                f"there is no opdracht {number}; choose from "
                f"{', '.join(str(each) for each in sorted(self._opdrachten))}.",
                f"{operation.op}.opdracht",
            )
        return operation.model_copy(update=changes) if changes else operation

    def _theme(self, ref: str, place: str) -> str:
        row = self._met.get(ref)
        found = row.id if row else None
        if found is None:
            made = (each for each in self._themes.values() if each.code == ref.upper())
            found = ref if ref in self._themes else next((each.id for each in made), None)
        if found is None:
            raise CurationError("theme_unknown", f"there is no theme {ref}.", place, theme=ref)
        return found

    def _quoted(self, text: str) -> str | None:
        """The id of the statement with exactly this text; stored as an id so erasure covers it."""
        if self._quotable is None:
            self._quotable = self._all_said()
        stored, shown = self._quotable
        return stored.get(text) or shown.get(text)

    def _all_said(self) -> tuple[dict[str, str], dict[str, str]]:
        """Statement ids by stored text, and by displayed text for texts that may differ on display.

        Of statements with an equal text, the one with the lowest id is taken.
        """
        query = (
            select(
                Statement.id,
                func.substr(
                    ContributionVersion.text, Statement.start + 1, Statement.end - Statement.start
                ),
            )
            .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
            .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
            .join(Submission, Submission.id == Contribution.submission_id)
            .join(Round, Round.id == Submission.round_id)
            .where(Round.consultation_id == self._consultation)
            .order_by(Statement.id)
        )
        stored: dict[str, str] = {}
        shown: dict[str, str] = {}
        for statement, words in self._session.execute(query):
            stored.setdefault(words, statement)
            if any(sign in words for sign in _MARKS):
                shown.setdefault(readable(words), statement)
        return stored, shown

    def _reach(self, account: str, operation: Operation) -> set[int | None]:
        """The opdrachten that an account must be allowed to decide on for this operation.

        These are the opdrachten it affects, except the target of a ``Place`` or ``ActionHandOver``.
        An account may revoke its own transfer, without rights on the target, as long as no other
        account has decided on the same statements or action since.
        """
        if isinstance(operation, ops.Revoke):
            touched = self._touched_by(operation)
            sent = self._sent_on(account, operation, touched)
            return touched if sent is None else sent
        self._load(self._concerns(operation))
        stand = self._standing()
        if isinstance(operation, ops.Accept | ops.Decline):
            proposal = stand.proposals.get(operation.proposal)
            return {proposal.opdracht} if proposal else set()
        if isinstance(operation, ops.Place):
            return self._places_of(operation)
        if isinstance(operation, ops.ActionHandOver):
            return {self._opdracht_of_action(operation.action, operation, stand)}
        return self._concerns(operation, stand)

    def _sent_on(
        self, account: str, operation: ops.Revoke, touched: set[int | None]
    ) -> set[int | None] | None:
        """The source opdrachten of a transfer that this account made and now revokes.

        None if the event is no transfer (``Place`` or ``ActionHandOver``), if another account made
        or revoked it, or if another account has decided on the same statements or action since.
        """
        self._load(touched)
        events = {each.id: each for each in self._log}
        revoked_ = events.get(operation.event)
        if revoked_ is None or revoked_.account != account:
            return None
        sent = revoked_
        while isinstance(sent.operation, ops.Revoke):
            before = events.get(sent.operation.event)
            if before is None or before.account != account:
                return None
            sent = before
        done = sent.operation
        if isinstance(done, ops.Place):
            found: set[int | None] = {each[0] for each in sent.recorded["was"].values()}
        elif isinstance(done, ops.ActionHandOver):
            found = set(sent.recorded["opdrachten"]) - {done.opdracht}
        else:
            return None
        ids = {*done.statements_named, *done.actions_named}
        undone = revoked(self._log)
        for later in self._log:
            named = {*later.operation.statements_named, *later.operation.actions_named}
            if (
                later.id > sent.id
                and later.account != account
                and later.id not in undone
                and not ids.isdisjoint(named)
            ):
                return None
        return found

    def _concerns(self, operation: Operation, stand: Replay | None = None) -> set[int | None]:
        """The opdrachten that an operation affects.

        An action counts for its current opdracht if ``stand`` is given, else for its first one.

        Raises:
            CurationError: it names an unknown statement, action or event.
        """
        found: set[int | None] = set()
        if isinstance(operation, ops.Revoke):
            return self._revocable(operation)
        if isinstance(operation, ops.Accept | ops.Decline):
            # A suggestion keeps its id from run to run, so several runs may hold it.
            query = (
                select(RunProposal.opdracht)
                .join(AnalysisRun, AnalysisRun.id == RunProposal.run_id)
                .join(Round, Round.id == AnalysisRun.round_id)
                .where(
                    Round.consultation_id == self._consultation,
                    RunProposal.id == operation.proposal,
                )
            )
            return set(self._session.scalars(query.distinct()))
        if "opdracht" in type(operation).model_fields:
            found.add(getattr(operation, "opdracht"))  # noqa: B009
        for theme in operation.themes_named:
            row = self._theme_row(theme)
            if row is not None:
                found.add(row.opdracht)
        found |= self._places_of(operation)
        for action in operation.actions_named:
            found.add(self._opdracht_of_action(action, operation, stand))
        return found

    def _places_of(self, operation: Operation) -> set[int | None]:
        wanted = list(operation.statements_named)
        if not wanted:
            return set()
        query = (
            select(Statement.id, Statement.opdracht)
            .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
            .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
            .join(Submission, Submission.id == Contribution.submission_id)
            .join(Round, Round.id == Submission.round_id)
            .where(Round.consultation_id == self._consultation)
        )
        known: dict[str, int | None] = {
            row[0]: self._placed[row[0]][0] if row[0] in self._placed else row[1]
            for row in in_chunks(self._session, query, Statement.id, wanted)
        }
        for index, statement in enumerate(wanted):
            if statement not in known:
                place = f"{operation.op}.statements[{index}]"
                raise CurationError("statement_unknown", f"there is no {statement}.", place)
        return set(known.values())

    def _meet_themes(self, refs: Iterable[str]) -> None:
        """Caches themes by id and code; fetches those not cached yet, ``_LOOKED_UP`` per query."""
        new = [each for each in dict.fromkeys(refs) if each not in self._met]
        self._met |= dict.fromkeys(new)
        by_code = {place: each for each in new if (place := ThemeCode.read(each)) is not None}
        of_consultation = select(Theme).where(Theme.consultation_id == self._consultation)
        for start in range(0, len(new), _LOOKED_UP):
            part = new[start : start + _LOOKED_UP]
            places = [place for place, each in by_code.items() if each in part]
            code = tuple_(Theme.opdracht, Theme.number)
            query = of_consultation.where(or_(Theme.id.in_(part), code.in_(places)))
            for row in self._session.scalars(query):
                self._met[row.id] = row
        codes = {(row.opdracht, row.number): row for row in self._met.values() if row}
        self._met |= {each: codes.get(place) for place, each in by_code.items()}

    def _meet_actions(self, actions: Iterable[str]) -> None:
        """Caches actions by id, and the opdracht of actions that are only suggested by a run."""
        new = [each for each in dict.fromkeys(actions) if each not in self._met_actions]
        self._met_actions |= dict.fromkeys(new)
        for (row,) in in_chunks(self._session, select(Action), Action.id, new):
            self._met_actions[row.id] = row
        proposed = select(Theme.action_id, Theme.opdracht).where(
            Theme.consultation_id == self._consultation
        )
        missing = [each for each in new if self._met_actions[each] is None]
        for action, opdracht in in_chunks(self._session, proposed, Theme.action_id, missing):
            self._proposed[action] = opdracht

    def _theme_row(self, theme: str) -> Theme | None:
        if theme not in self._met and theme not in self._themes:
            self._met[theme] = self._session.get(Theme, theme)
        return self._themes.get(theme) or self._met[theme]

    def _action_row(self, action: str) -> Action | None:
        if action not in self._actions:
            self._meet_actions([action])
        return self._actions.get(action) or self._met_actions[action]

    def _opdracht_of_action(
        self, action: str, operation: Operation, stand: Replay | None = None
    ) -> int:
        if isinstance(operation, ops.ActionCreate):
            return operation.opdracht
        standing = stand.board.opdracht(action) if stand else None
        if standing is not None:
            return standing
        row = self._action_row(action)
        if row is not None and row.consultation_id == self._consultation:
            return row.opdracht
        if action in self._proposed:
            return self._proposed[action]
        raise CurationError("action_unknown", f"there is no action {action}.", operation.op)

    def _touched_by(self, operation: ops.Revoke) -> set[int | None]:
        """The opdrachten of the event that the operation revokes.

        Raises:
            CurationError: there is no such event in this consultation.
        """
        made = next((each for each in self._made if each.id == operation.event), None)
        row = self._session.get(CurationEvent, operation.event)
        if made is None and (row is None or row.consultation_id != self._consultation):
            raise CurationError(
                "event_unknown", f"there is no event {operation.event}.", "revoke.event"
            )
        recorded = made.recorded if made else row.payload.get("recorded", {}) if row else {}
        return set(recorded.get("opdrachten", ()))

    def _revocable(self, operation: ops.Revoke) -> set[int | None]:
        touched = self._touched_by(operation)
        by = self._undone_by(operation.event)
        if by is not None:
            raise CurationError(
                "already_revoked",
                f"event {operation.event} was revoked by event {by}; revoke that one to bring "
                "it back.",
                "revoke.event",
                by=by,
            )
        return touched

    def _undone_by(self, event: int) -> int | None:
        """The id of the effective revocation of an event; None if the event is in force."""
        later = (
            select(CurationEvent.id, CurationEvent.revokes_id)
            .where(CurationEvent.revokes_id == event)
            .cte("later", recursive=True)
        )
        more = aliased(CurationEvent)
        later = later.union_all(
            select(more.id, more.revokes_id).join(later, more.revokes_id == later.c.id)
        )
        found = {row.id: row.revokes_id for row in self._session.execute(select(later))}
        for each in self._made:
            if isinstance(each.operation, ops.Revoke):
                found[each.id] = each.operation.event
        undone: dict[int, int] = {}
        for revocation in sorted(found, reverse=True):
            if revocation not in undone:
                undone.setdefault(found[revocation], revocation)
        return undone.get(event)

    def _load(self, scope: set[int | None]) -> None:
        if scope <= self._scope and self._scope:
            return
        self._scope |= scope
        # All appended events belong to this scope: each ``append`` extended it first.
        self._log = load_events(self._session, self._consultation, self._scope) + self._made
        self._machine = load_machine(self._session, self._consultation, self._scope, self._log)
        for each in self._themes.values():
            self._machine = _with_theme(self._machine, each)
        self._stand = None

    def _standing(self) -> Replay:
        if self._stand is None:
            undone = revoked(self._log)
            self._stand = Replay(self._machine, self._log)
            for event in self._log:
                if event.id not in undone:
                    try:
                        self._stand.apply(event)
                    except InapplicableEvent:
                        continue
        return self._stand

    def _expect(self, expected: Mapping[str, int]) -> None:
        current = versions(self._log)
        about = {each.id: each for each in self._log}
        for target, version in expected.items():
            if current.get(target, 0) != version:
                changes = [
                    NewerEvent(each.id, each.account, each.operation.op, each.at)
                    for each in self._log
                    if each.id > version and target in concerned(each, about)
                ]
                raise ConflictError(target, changes)

    def _check(self, stand: Replay, operation: Operation) -> None:
        if isinstance(operation, ops.Rename | ops.Split | ops.Create):
            own = operation.theme if isinstance(operation, ops.Rename) else None
            near = operation.themes_named[0]
            here = stand.themes.get(near)
            number = operation.opdracht if isinstance(operation, ops.Create) else None
            opdracht = number or (here.opdracht if here else None)
            for theme in stand.themes.values():
                taken = (
                    theme.id != own
                    and theme.opdracht == opdracht
                    and theme.status in ("kandidaat", "goedgekeurd")
                    and (theme.in_run or theme.decided)
                    and theme.label.casefold() == operation.label.casefold()
                )
                if taken:
                    code = str(ThemeCode(theme.opdracht, theme.number))
                    raise CurationError(
                        "label_taken",
                        f"{code} bears this label already; choose another, or merge the two.",
                        f"{operation.op}.label",
                        which=code,
                    )
        if isinstance(operation, ops.Split | ops.Remove) or (
            isinstance(operation, ops.Move) and operation.from_
        ):
            source = operation.from_ if isinstance(operation, ops.Move) else operation.theme
            self._check_members(stand, operation, str(source))
        if isinstance(operation, ops.Accept | ops.Decline):
            if operation.proposal in stand.answered:
                raise CurationError(
                    "already_answered",
                    f"this proposal was {stand.answered[operation.proposal]}; revoke that event "
                    "to decide anew.",
                    f"{operation.op}.proposal",
                )
            if operation.proposal not in stand.proposals:
                raise _refused(InapplicableEvent("proposal_gone"))

    def _check_members(self, stand: Replay, operation: Operation, source: str) -> None:
        try:
            theme = stand.theme(source, merged=True)
        except InapplicableEvent as reason:
            raise _refused(reason) from reason
        for index, statement in enumerate(operation.statements_named):
            if theme.id not in stand.members.get(statement, {}):
                raise CurationError(
                    "not_in_theme",
                    f"{statement} is not in this theme (any more).",
                    f"{operation.op}.statements[{index}]",
                )

    def _recorded(
        self, stand: Replay, operation: Operation
    ) -> tuple[dict[str, Any], ops.Split | ops.Create | None]:
        """The data to store with the event, and the operation that creates a theme, if any.

        Replaying the log must not depend on later data, so the event records what an accepted
        suggestion does, the earlier places of statements, and the themes and opdrachten involved.
        """
        recorded: dict[str, Any] = {}
        done = operation
        if isinstance(operation, ops.Accept):
            done = operation_of(stand.proposals[operation.proposal], new_id())
            self._check(stand, done)
            recorded["does"] = done.as_payload()
        if isinstance(operation, ops.Decline):
            recorded["themes"] = list(stand.proposals[operation.proposal].themes)
        if isinstance(operation, ops.Place):
            recorded["was"] = self._was(operation)
        themes = set(done.themes_named) | set(recorded.get("themes", ()))
        # The support of an action does not affect the themes of the supporting statements.
        for statement in () if isinstance(done, ops.ActionSupport) else done.statements_named:
            themes |= stand.members.get(statement, {}).keys()
        seeds = {each: seed for each in done.actions_named if (seed := self._seed(stand, each))}
        if seeds:
            recorded["seeds"] = seeds
        recorded["themes"] = sorted(themes)
        if isinstance(operation, ops.Accept | ops.Decline):
            scope: set[int | None] = {stand.proposals[operation.proposal].opdracht}
        else:
            scope = self._concerns(operation, stand)
        recorded["opdrachten"] = sorted(scope, key=lambda each: each or 0)
        born = done if isinstance(done, ops.Split | ops.Create) else None
        if born is not None:
            opdracht = (
                born.opdracht
                if isinstance(born, ops.Create)
                else stand.theme(born.theme, merged=True).opdracht
            )
            parents = (born.theme,) if isinstance(born, ops.Split) else ()
            stand.expect(str(born.id), opdracht, self._next_number(opdracht), parents)
        return recorded, born

    def _seed(self, stand: Replay, action: str) -> dict[str, Any] | None:
        """The suggested action as the run made it, so that decisions on it survive later runs."""
        seen = stand.board.proposed(action)
        if seen is not None:
            return {
                "opdracht": seen.opdracht,
                "theme": seen.themes[0],
                "statement": seen.statement,
            }
        earlier = (each.recorded.get("seeds", {}).get(action) for each in self._log)
        return next((each for each in earlier if each), None)

    def _was(self, operation: ops.Place) -> dict[str, list[Any]]:
        query = select(
            Statement.id, Statement.opdracht, Statement.placed_by, Statement.opdracht_score
        )
        rows = in_chunks(self._session, query, Statement.id, operation.statements)
        found = {statement: list(was) for statement, *was in rows}
        found |= {each: list(self._placed[each]) for each in found if each in self._placed}
        return found

    def _next_number(self, opdracht: int) -> int:
        highest = self._session.scalar(
            select(func.max(Theme.number)).where(
                Theme.consultation_id == self._consultation, Theme.opdracht == opdracht
            )
        )
        made = [each.number for each in self._themes.values() if each.opdracht == opdracht]
        return max((highest or 0, *made)) + 1

    def _take_up(self, event: Event, born: ops.Split | ops.Create | None) -> None:
        operation = event.operation
        self._made.append(event)
        self._log.append(event)
        if born is not None and self._stand is not None:
            made = self._stand.themes[str(born.id)]
            theme = self._themes[made.id] = Theme(
                id=made.id,
                consultation_id=self._consultation,
                opdracht=made.opdracht,
                number=made.number,
                parents=list(made.parents),
            )
            self._machine = _with_theme(self._machine, theme)
        for each in operation.actions_named:
            if self._action_row(each) is None:
                opdracht = self._opdracht_of_action(each, operation)
                self._actions[each] = Action(
                    id=each, consultation_id=self._consultation, opdracht=opdracht
                )
        self._place(operation)
        if born is not None or isinstance(operation, ops.Revoke | ops.Place):
            self._stand = None

    def _place(self, operation: Operation) -> None:
        """Updates the pending statement rows to match the placements in force."""
        target = operation
        by_id = {each.id: each for each in self._log}
        while isinstance(target, ops.Revoke) and target.event in by_id:
            target = by_id[target.event].operation
        if not isinstance(target, ops.Place):
            return
        undone = revoked(self._log)
        first: dict[str, Event] = {}
        last: dict[str, Event] = {}
        for each in self._log:
            if isinstance(each.operation, ops.Place):
                for statement in each.operation.statements:
                    first.setdefault(statement, each)
                    if each.id not in undone:
                        last[statement] = each
        for statement in target.statements:
            if statement in last:
                placed = last[statement]
                assert isinstance(placed.operation, ops.Place)
                self._placed[statement] = (placed.operation.opdracht, placed.account, None)
            else:
                self._placed[statement] = tuple(first[statement].recorded["was"][statement])


def _row(consultation_id: int, event: Event) -> CurationEvent:
    operation = event.operation
    return CurationEvent(
        consultation_id=consultation_id,
        account=event.account,
        op=operation.op,
        payload={**operation.as_payload(), "recorded": dict(event.recorded)},
        revokes_id=operation.event if isinstance(operation, ops.Revoke) else None,
        at=event.at,
    )


def _all_there(session: Session, statements: Collection[str]) -> bool:
    found = list(in_chunks(session, select(Statement.id), Statement.id, statements))
    return len(found) == len(statements)


def _with_theme(machine: Machine, theme: Theme) -> Machine:
    """``machine`` plus a theme made by a person: in no run and without assigned members."""
    made = MachineTheme(
        id=theme.id,
        opdracht=theme.opdracht,
        number=theme.number,
        parents=tuple(theme.parents),
        in_run=False,
    )
    return replace(machine, themes=(*machine.themes, made))


def decide(
    storage: Storage,
    consultation_id: int,
    opdrachten: Collection[int] | None,
    make: Callable[[Ledger], object],
    limit: int | None = None,
) -> list[Event]:
    """Writes the decisions that ``make`` appends to a ledger, all or none; returns the events.

    ``limit`` is the only opdracht that they may affect.

    ``make`` runs without the lock, and again if somebody else wrote meanwhile, so it must be
    repeatable. After ``_TRIES`` failed attempts it runs while holding the lock.

    Raises:
        OutsideError: a decision affects an opdracht outside the limit.
        CurationError: a decision does not apply to the current state, or ``make`` raised this.
        ConflictError: a version differs from the expected one.
    """
    for _ in range(_TRIES):
        with storage.reading() as session:
            ledger = Ledger(session, consultation_id, opdrachten, limit)
            make(ledger)
        try:
            with storage.writing() as session:
                lock_consultation(session, consultation_id)
                return ledger.write(session)
        except _Overtaken:
            continue
    with storage.writing() as session:
        lock_consultation(session, consultation_id)
        ledger = Ledger(session, consultation_id, opdrachten, limit)
        make(ledger)
        return ledger.write(session)


def append(
    session: Session,
    consultation_id: int,
    account: str,
    operation: Operation | dict[str, Any],
    expected: Mapping[str, int] | None = None,
    opdrachten: Collection[int] | None = None,
) -> Event:
    """Checks and writes one decision, inside the caller's transaction (``Storage.writing``).

    ``operation`` is one of ``curation.operations``, or its JSON object; ``Ledger.append`` describes
    the other arguments. Returns the written event.

    Raises:
        CurationError: it is not a valid operation, or does not apply to the current state.
        ConflictError: a version differs from the expected one; nothing was written.
    """
    known = parse(operation) if isinstance(operation, dict) else operation
    lock_consultation(session, consultation_id)
    ledger = Ledger(session, consultation_id, opdrachten)
    ledger.append(account, known, expected)
    (event,) = ledger.write(session)
    return event


def append_all(
    storage: Storage,
    consultation_id: int,
    account: str,
    operations: Sequence[tuple[str, object]],
    opdrachten: Collection[int] | None = None,
) -> list[Event]:
    """Writes several operations in order, all or none; each applies on top of the earlier ones.

    ``operations`` pairs the location of an operation ("events.jsonl, line 3") with its JSON object.

    Raises:
        CurationError: an operation is invalid; the message starts with its location. Nothing was
            written.
    """

    def make(ledger: Ledger) -> None:
        for where, raw in operations:
            try:
                ledger.append(account, parse(raw))
            except CurationError as error:
                raise error.at(where) from error

    return decide(storage, consultation_id, opdrachten, make)


def theme_id(session: Session, consultation_id: int, ref: str) -> str | None:
    """The id of a theme, given its id or code (``O04-T012``); None if there is no such theme."""
    query = select(Theme.id).where(Theme.consultation_id == consultation_id)
    code = ThemeCode.read(ref)
    if code is not None:
        query = query.where(Theme.opdracht == code.opdracht, Theme.number == code.number)
    else:
        query = query.where(Theme.id == ref)
    return session.scalar(query)


def history(session: Session, consultation_id: int, ref: str) -> list[Outcome]:
    """All events about a theme with their outcomes, oldest first.

    Raises:
        CurationError: there is no such theme.
    """
    found = theme_id(session, consultation_id, ref)
    row = session.get(Theme, found) if found else None
    if row is None:
        raise CurationError("theme_unknown", f"there is no theme {ref}.", "THEME", theme=ref)
    return curated(session, consultation_id, row.opdracht).about(row.id)


def _refused(reason: InapplicableEvent) -> CurationError:
    facts = {"which": "", "into": "", **reason.facts}
    return CurationError(reason.code, _MENDS[reason.code].format(**facts), **reason.facts)
