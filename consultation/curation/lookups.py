"""Look-ups of the ledger in the database, cached for one batch of decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from consultation.curation import operations as ops
from consultation.curation.operations import CurationError, Operation
from consultation.curation.replay import Replay, replay, revoked
from consultation.curation.state import (
    CurationState,
    Event,
    InapplicableEvent,
    Machine,
    MachineTheme,
)
from consultation.curation.store import (
    last_decision_and_run,
    load_events,
    load_machine,
)
from consultation.database.models import (
    Action,
    Contribution,
    ContributionVersion,
    CurationEvent,
    Round,
    Statement,
    Submission,
    Theme,
)
from consultation.database.storage import in_chunks
from consultation.theme_code import ThemeCode
from language.segmentation.plain_text import readable

_LOOKED_UP = 200
_MARKS = ("<", "&", "/", "@", "www.")
"""Characters of tags, entities and addresses; ``readable`` leaves a text without them unchanged."""
Placement = tuple[int | None, str, float | None]
"""A statement's opdracht, the account (or method) that placed it there, and the score of that."""


class LedgerLookups:
    """What a batch of decisions reads: themes, actions, statements and events, cached."""

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

    def state(self) -> CurationState:
        """The state of the opdrachten loaded so far, with the appended events applied."""
        return replay(self._machine, self._log)

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

    def _load(self, scope: set[int | None]) -> None:
        if scope <= self._scope and self._scope:
            return
        self._scope |= scope
        # All appended events belong to this scope: each ``append`` extended it first.
        self._log = load_events(self._session, self._consultation, self._scope) + self._made
        self._machine = load_machine(self._session, self._consultation, self._scope, self._log)
        for each in self._themes.values():
            self._machine = with_theme(self._machine, each)
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


def with_theme(machine: Machine, theme: Theme) -> Machine:
    """``machine`` plus a theme made by a person: in no run and without assigned members."""
    made = MachineTheme(
        id=theme.id,
        opdracht=theme.opdracht,
        number=theme.number,
        parents=tuple(theme.parents),
        in_run=False,
    )
    return replace(machine, themes=(*machine.themes, made))
