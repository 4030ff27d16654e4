"""The stored pair check of an opdracht: pairs are drawn, people answer, and the answers are read.

A check is drawn from the themes as they stand, once per run: decisions that follow do not change
the pairs. An answer belongs to its check, since each half is drawn from the themes of that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from analysis.asking.live_mapping import asked_of
from analysis.codebook.pairs import (
    Check,
    StatementPair,
    drawn_pairs,
    population,
    precision_and_recall,
)
from consultation.curation.operations import CurationError
from consultation.database.models import now
from consultation.database.records import PairCheck
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.statements import StatementView

PAIRS = 30
"""The number of pairs of a check."""


@dataclass(frozen=True)
class AskedPair:
    """Two statements of different people: do they say the same?"""

    pair: str
    a: StatementView
    b: StatementView


@dataclass(frozen=True)
class PairResult:
    """What the answers of the last check say of the themes; ``check`` is None without answers.

    ``run`` is the run that was checked, and ``current`` whether it is the last one. ``open_``
    counts the pairs of the check that still have no answer.
    """

    opdracht: int
    run: int | None
    check: Check | None
    current: bool = False
    open_: int = 0


def draw(session: Session, consultation_id: int, seen: OpdrachtSnapshot, limit: int) -> None:
    """Stores the pairs of the check of the last run, where there are fewer than ``limit`` yet."""
    if seen.run is None:
        return
    run = seen.run.id
    known = set(session.scalars(select(PairCheck.pair).where(*_of(seen.opdracht, run))))
    if len(known) >= limit:
        return
    said = asked_of(seen)
    themes: dict[str, set[str]] = {}
    for theme in seen.state.themes.values():
        for member in theme.members if theme.live else ():
            themes.setdefault(member.statement, set()).add(theme.id)
    kinds = [frozenset(themes.get(each.id, ())) for each in said]
    people = [each.participant for each in said]
    joined, apart = population(kinds, people)
    for pair in drawn_pairs(kinds, people, [each.id for each in said], limit, seed=run):
        if pair.id not in known and len(known) < limit:
            known.add(pair.id)
            session.add(
                PairCheck(
                    consultation_id=consultation_id,
                    opdracht=seen.opdracht,
                    run_id=run,
                    pair=pair.id,
                    statement_a=said[pair.one].id,
                    statement_b=said[pair.other].id,
                    joined=pair.joined,
                    among=joined if pair.joined else apart,
                )
            )


def open_pairs(session: Session, seen: OpdrachtSnapshot, limit: int) -> tuple[AskedPair, ...]:
    """Returns the pairs of the check of the last run that have no answer yet, at most ``limit``."""
    if seen.run is None:
        return ()
    rows = session.scalars(_pairs(seen.opdracht, seen.run.id).where(PairCheck.same.is_(None)))
    found = [
        AskedPair(row.pair, seen.by_id[row.statement_a], seen.by_id[row.statement_b])
        for row in rows
        if row.statement_a in seen.by_id and row.statement_b in seen.by_id
    ]
    return tuple(found[:limit])


def answer(
    session: Session, consultation_id: int, account: str, answers: Mapping[str, bool]
) -> tuple[int, ...]:
    """Stores answers by pair, and returns the opdrachten they are of; a later answer counts.

    Raises:
        CurationError: there is no such pair in this consultation.
    """
    numbers: dict[int, None] = {}
    for pair, same in answers.items():
        query = select(PairCheck).where(
            PairCheck.consultation_id == consultation_id, PairCheck.pair == pair
        )
        row = session.scalar(query.order_by(PairCheck.run_id.desc()).limit(1))
        if row is None:
            raise CurationError(
                "pair_unknown",
                f"there is no pair {pair[:40]}; take one that samenspraak pairs lists.",
                "pair",
            )
        numbers[row.opdracht] = None
        row.same, row.account, row.at = same, account, now()
    session.flush()
    return tuple(numbers)


def undo(session: Session, seen: OpdrachtSnapshot, account: str) -> str | None:
    """Takes back the last answer of an account to the check of the last run; returns its pair."""
    if seen.run is None:
        return None
    own = _pairs(seen.opdracht, seen.run.id).where(
        PairCheck.account == account, PairCheck.same.is_not(None)
    )
    rows = sorted(session.scalars(own), key=lambda row: (row.at or row.drawn_at, row.id))
    if not rows:
        return None
    rows[-1].same = rows[-1].account = rows[-1].at = None
    return rows[-1].pair


def result(session: Session, consultation_id: int, opdracht: int, run: int | None) -> PairResult:
    """Returns what the answers say of ``run``, or else of the last run before it that was checked.

    ``run`` is the last run on the opdracht, or on a round of it; None stands for any run.
    """
    query = select(PairCheck.run_id).where(
        PairCheck.consultation_id == consultation_id,
        PairCheck.opdracht == opdracht,
        PairCheck.same.is_not(None),
    )
    if run is not None:
        query = query.where(PairCheck.run_id <= run)
    last = session.scalar(query.order_by(PairCheck.run_id.desc()).limit(1))
    if last is None:
        return PairResult(opdracht, None, None)
    rows = list(session.scalars(_pairs(opdracht, last)))
    pairs = [StatementPair(row.pair, 0, 0, row.joined) for row in rows]
    answers = {row.pair: row.same for row in rows if row.same is not None}
    halves = {row.joined: row.among for row in rows}
    counts = (halves.get(True, 0), halves.get(False, 0))
    found = precision_and_recall(pairs, answers, counts)
    return PairResult(opdracht, last, found, last == run, len(rows) - len(answers))


def _of(opdracht: int, run: int) -> tuple[ColumnElement[bool], ...]:
    return (PairCheck.opdracht == opdracht, PairCheck.run_id == run)


def _pairs(opdracht: int, run: int) -> Select[PairCheck]:
    return select(PairCheck).where(*_of(opdracht, run)).order_by(PairCheck.id)
