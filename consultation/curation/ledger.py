"""Checks a batch of decisions and appends it to the event log."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation import joint_participants as joint
from consultation.curation import operations as ops
from consultation.curation.chain import append_link, last_link
from consultation.curation.lookups import LedgerLookups, with_theme
from consultation.curation.operations import CurationError, Operation
from consultation.curation.refusals import ConflictError, NewerEvent, OutOfScopeError, refused
from consultation.curation.replay import Replay, operation_of, revoked
from consultation.curation.state import (
    Actor,
    CurationState,
    Event,
    InapplicableEvent,
    concerned,
    versions,
)
from consultation.curation.store import (
    last_decision_and_run,
    subjects,
    words_of,
)
from consultation.database.models import (
    Action,
    AnalysisRun,
    Contribution,
    ContributionVersion,
    CurationEvent,
    EventSubject,
    JointParticipant,
    Round,
    RunProposal,
    Statement,
    Theme,
    new_id,
    now,
)
from consultation.database.storage import in_chunks
from consultation.theme_code import ThemeCode


class LedgerOutdated(Exception):
    """A decision, a run or an erasure was stored after the ledger was opened."""


class Ledger(LedgerLookups):
    """A batch of decisions: ``append`` applies one after the earlier ones, ``write`` stores all.

    Only ``write`` changes the database. It raises ``LedgerOutdated`` if the data that the
    decisions were based on has changed since the ledger was opened.
    """

    def append(
        self,
        account: str,
        operation: Operation,
        expected: Mapping[str, int] | None = None,
        proposers: Sequence[str] = (),
        actor: Actor = "facilitator",
    ) -> Event:
        """Checks one operation against the current state and adds it to the batch.

        Returns the event. Its id is provisional: the row gets that id if nobody else writes first.
        Later operations in this ledger may use it to revoke the event.

        ``expected`` gives, by theme or action id, the version that the decision was made on
        (``CuratedTheme.version``). ``proposers`` are the statements that propose an action that
        this operation rewords: they stay its support, even if the first of them is erased.
        ``actor`` is the capacity in which the person decides.

        Raises:
            OutOfScopeError: the operation affects an opdracht outside the ledger's limit; checked
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
        event = Event(self._last + len(self._made) + 1, account, now(), operation, recorded, actor)
        try:
            missing = stand.apply(event)
        except InapplicableEvent as reason:
            self._stand = None
            raise refused(reason) from reason
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

    def look(self, opdracht: int) -> CurationState:
        """The state of an opdracht, with the appended events applied."""
        self._load({opdracht})
        return self._standing().frozen((), versions(self._log))

    def words(self, statement: str) -> str:
        """The text of a statement; empty if the statement does not exist (any more)."""
        return words_of(self._session, statement)

    def write(self, session: Session) -> list[Event]:
        """Stores all appended events and returns them with their final ids.

        The caller's transaction must hold the lock of the consultation.

        Raises:
            LedgerOutdated: the events are based on outdated data; nothing was written.
        """
        named = {each for event in self._made for each in event.operation.statements_named}
        made = [event.operation for event in self._made]
        if (
            last_decision_and_run(session, self._consultation) != self._base
            or not _all_there(session, named)
            or not joint.all_there(session, made)
        ):
            raise LedgerOutdated
        written: dict[int, Event] = {}
        link = last_link(session, self._consultation) if self._made else ""
        for each in self._made:
            if isinstance(each.operation, ops.Revoke) and each.operation.event in written:
                event = written[each.operation.event].id
                each = replace(each, operation=ops.Revoke(event=event))
            row = _row(self._consultation, each)
            undone_link = None
            if row.revokes_id is not None:
                of_undone = select(CurationEvent.link).where(CurationEvent.id == row.revokes_id)
                undone_link = session.scalar(of_undone)
            link = append_link(row, link, undone_link)
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
        if any(isinstance(each, ops.CountAsOne | ops.Revoke) for each in made):
            joint.refresh(session, self._consultation)
        return list(written.values())

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
        if isinstance(operation, ops.CountAsOne):
            changes["id"] = operation.id or new_id()
            if self._session.get(JointParticipant, changes["id"]) is not None:
                raise CurationError("id_taken", "this id is in use; leave it out.", "id")
        if isinstance(operation, ops.Split | ops.Create | ops.ActionCreate):
            changes["id"] = operation.id or new_id()
            if operation.id and (self._theme_row(operation.id) or self._action_row(operation.id)):
                raise CurationError("id_taken", "this id is in use; leave it out.", "id")
        if isinstance(operation, ops.ActionCreate | ops.ActionText) and operation.text:
            quoted = self._quoted(operation.text)
            if quoted is not None:
                changes |= {"statement": quoted, "text": None}
        if isinstance(operation, ops.Describe) and operation.examples:
            quotes = {each: self._quoted(each) for each in operation.examples}
            said = dict.fromkeys([*(operation.example_statements or ()), *quotes.values()])
            changes["examples"] = [each for each, quoted in quotes.items() if not quoted]
            changes["example_statements"] = [each for each in said if each]
        number = getattr(operation, "opdracht", None)
        if number is not None and self._opdrachten is not None and number not in self._opdrachten:
            raise CurationError(
                "opdracht_unknown",
                f"there is no opdracht {number}; choose from "
                f"{', '.join(str(each) for each in sorted(self._opdrachten))}.",
                f"{operation.op}.opdracht",
            )
        return operation.model_copy(update=changes) if changes else operation

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
        if isinstance(operation, ops.CountAsOne | ops.CountApart):
            return joint.opdrachten_of(self._session, self._consultation, operation)
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

    def _expect(self, expected: Mapping[str, int]) -> None:
        if not expected:  # else each of many decisions would read the whole log
            return
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
        if isinstance(operation, ops.ActionCreate) and operation.text:
            self._check_own_words(operation.text, operation.sources)
        if isinstance(operation, ops.ActionAmend) and not self._amends(operation):
            raise CurationError(
                "no_amendment",
                f"{operation.statement} is no amendment of this action.",
                "action.amend.statement",
            )
        if isinstance(operation, ops.Accept | ops.Decline):
            if operation.proposal in stand.answered:
                raise CurationError(
                    "already_answered",
                    f"this proposal was {stand.answered[operation.proposal]}; revoke that event "
                    "to decide anew.",
                    f"{operation.op}.proposal",
                )
            if operation.proposal not in stand.proposals:
                raise refused(InapplicableEvent("proposal_gone"))

    def _amends(self, operation: ops.ActionAmend) -> bool:
        """Whether the statement is what a participant proposed for the action."""
        query = (
            select(Contribution.question)
            .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
            .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
            .where(Statement.id == operation.statement)
        )
        return self._session.scalar(query) == f"wijziging:{operation.action}"

    def _check_own_words(self, text: str, sources: Sequence[str]) -> None:
        """Refuses a text with the words of a source: an erasure would not find them in the log."""
        own = _letters(text)
        for index, source in enumerate(sources):
            if (words := _letters(self.words(source))) and words in own:
                raise CurationError(
                    "not_own_words",
                    "the text holds this statement word for word; write the action in own words.",
                    f"action.create.sources[{index}]",
                )

    def _check_members(self, stand: Replay, operation: Operation, source: str) -> None:
        try:
            theme = stand.theme(source, merged=True)
        except InapplicableEvent as reason:
            raise refused(reason) from reason
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
        # Support and amendments of an action and examples of a theme do not affect the themes of
        # the statements.
        beside = isinstance(done, ops.ActionSupport | ops.ActionAmend | ops.Describe)
        for statement in () if beside else done.statements_named:
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
            self._machine = with_theme(self._machine, theme)
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


def _letters(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _row(consultation_id: int, event: Event) -> CurationEvent:
    operation = event.operation
    return CurationEvent(
        consultation_id=consultation_id,
        account=event.account,
        actor=event.actor,
        op=operation.op,
        payload={**operation.as_payload(), "recorded": dict(event.recorded)},
        revokes_id=operation.event if isinstance(operation, ops.Revoke) else None,
        at=event.at,
    )


def _all_there(session: Session, statements: Collection[str]) -> bool:
    found = list(in_chunks(session, select(Statement.id), Statement.id, statements))
    return len(found) == len(statements)
