"""The blind coding task: reviewers code a sample of statements without seeing the run's choice."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consultation.database.models import Statement
from consultation.database.records import CodingChoice, CodingItem, CodingTask
from consultation.database.storage import in_chunks
from consultation.errors import SamenspraakError
from consultation.queries.agreement import Agreement, agreement
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot

MACHINE = "computer"
"""The name of the analysis among the coders; no account with this name can code."""

FEWEST_THEMES = 2
SIZE = 50


class CodingError(SamenspraakError):
    """A task cannot be drawn; ``code`` is the reason, which pages translate."""

    def __init__(self, code: str, message: str) -> None:
        """Sets the stable reason code and the English message."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Progress:
    """A task, its number of statements, and how many of them are coded, by account."""

    task: CodingTask
    items: int
    coded: dict[str, int]

    def finished_by(self, account: str) -> bool:
        """Whether a reviewer coded all statements of the task."""
        return self.items > 0 and self.coded.get(account, 0) >= self.items


@dataclass(frozen=True)
class Pair:
    """The agreement of two coders; one of them may be the analysis (``MACHINE``)."""

    one: str
    other: str
    agreement: Agreement


def draw(
    session: Session,
    consultation_id: int,
    seen: OpdrachtSnapshot,
    account: str,
    size: int = SIZE,
    seed: int | None = None,
) -> CodingTask:
    """Draws and stores a task: a random sample of the statements that no person decided on.

    Statements that people moved are left out, because there the analysis's choice is overwritten.

    Raises:
        CodingError: fewer than two themes are approved, or there are no statements to code.
    """
    approved = [
        each for each in seen.state.themes_of(seen.opdracht) if each.status == "goedgekeurd"
    ]
    if len(approved) < FEWEST_THEMES:
        raise CodingError("te_weinig_themas", f"approve at least {FEWEST_THEMES} themes first.")
    by_machine: dict[str, list[str]] = {each.id: [] for each in seen.said}
    by_people: set[str] = set(seen.state.off_topic)
    for theme in seen.state.themes.values():
        for member in theme.members:
            if member.decided_by:
                by_people.add(member.statement)
            elif theme.status == "goedgekeurd" and member.statement in by_machine:
                by_machine[member.statement].append(theme.id)
    pool = sorted(by_machine.keys() - by_people)
    if not pool:
        raise CodingError("geen_uitspraken", "there are no statements to code.")
    number = secrets.randbelow(2**31) if seed is None else seed
    # The draw is made again from the stored seed; no secret hangs on it.
    chosen = random.Random(number).sample(pool, min(size, len(pool)))  # noqa: S311
    task = CodingTask(
        consultation_id=consultation_id,
        opdracht=seen.opdracht,
        themes=[each.id for each in approved],
        seed=number,
        account=account,
    )
    session.add(task)
    session.flush()
    # Statements may have been erased since the snapshot was read.
    there = {each for (each,) in in_chunks(session, select(Statement.id), Statement.id, chosen)}
    still = [each for each in chosen if each in there]
    session.add_all(
        CodingItem(task_id=task.id, statement_id=each, position=position, machine=by_machine[each])
        for position, each in enumerate(still, start=1)
    )
    session.flush()
    return task


def choose(
    session: Session, task: CodingTask, statement: str, account: str, themes: Iterable[str]
) -> bool:
    """Stores a reviewer's choice for one statement, replacing their earlier one.

    Returns False if the statement is not in the task (any more).
    """
    if session.get(CodingItem, (task.id, statement)) is None:
        return False
    known = {str(each) for each in task.themes}
    chosen = [each for each in dict.fromkeys(themes) if each in known]
    session.execute(
        delete(CodingChoice).where(
            CodingChoice.task_id == task.id,
            CodingChoice.statement_id == statement,
            CodingChoice.account == account,
        )
    )
    session.add(
        CodingChoice(task_id=task.id, statement_id=statement, account=account, themes=chosen)
    )
    session.flush()
    return True


def tasks(session: Session, consultation_id: int, opdracht: int) -> list[Progress]:
    """The tasks of an opdracht, the newest first."""
    query = (
        select(CodingTask)
        .where(CodingTask.consultation_id == consultation_id, CodingTask.opdracht == opdracht)
        .order_by(CodingTask.created_at.desc(), CodingTask.id)
    )
    return _progress(session, list(session.scalars(query)))


def progress(session: Session, task: CodingTask) -> Progress:
    """The progress of one task."""
    (found,) = _progress(session, [task])
    return found


def _progress(session: Session, tasks: Sequence[CodingTask]) -> list[Progress]:
    ids = [each.id for each in tasks]
    items = (
        select(CodingItem.task_id, func.count())
        .where(CodingItem.task_id.in_(ids))
        .group_by(CodingItem.task_id)
    )
    size = {row[0]: row[1] for row in session.execute(items)}
    choices = (
        select(CodingChoice.task_id, CodingChoice.account, func.count())
        .where(CodingChoice.task_id.in_(ids))
        .group_by(CodingChoice.task_id, CodingChoice.account)
    )
    coded: dict[str, dict[str, int]] = {}
    for task, account, count in session.execute(choices):
        coded.setdefault(task, {})[account] = count
    return [Progress(each, size.get(each.id, 0), coded.get(each.id, {})) for each in tasks]


def items(session: Session, task: CodingTask) -> list[CodingItem]:
    """The statements of a task, in the order in which they were drawn."""
    query = (
        select(CodingItem)
        .join(Statement, Statement.id == CodingItem.statement_id)
        .where(CodingItem.task_id == task.id)
        .order_by(CodingItem.position)
    )
    return list(session.scalars(query))


def choices(session: Session, task: CodingTask) -> dict[str, dict[str, frozenset[str]]]:
    """The chosen theme ids, by coder and statement id; ``MACHINE`` is one of the coders."""
    found: dict[str, dict[str, frozenset[str]]] = {
        MACHINE: {each.statement_id: frozenset(each.machine) for each in items(session, task)}
    }
    query = select(CodingChoice).where(CodingChoice.task_id == task.id)
    for each in session.scalars(query):
        found.setdefault(each.account, {})[each.statement_id] = frozenset(each.themes)
    return found


def pairs(session: Session, task: CodingTask) -> list[Pair]:
    """The agreement of all pairs among ``MACHINE`` and the reviewers who finished the task."""
    done = progress(session, task)
    coded = choices(session, task)
    names = [MACHINE, *sorted(each for each in done.coded if done.finished_by(each))]
    themes = [str(each) for each in task.themes]
    return [
        Pair(one, other, agreement(coded[one], coded[other], themes))
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    ]
