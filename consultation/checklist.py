"""Checklist of an action against the goal of the note, and pairs of actions kept apart."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consultation.database.records import ActionCheck, KeptApart

ANSWERS = ("ja", "deels", "nee", "")
"""Possible answers to a criterion; the empty one withdraws an earlier answer."""


def check(
    session: Session,
    consultation_id: int,
    action: str,
    criterion: str,
    answer: str,
    account: str,
) -> None:
    """Adds an answer; earlier ones stay stored, the last one counts.

    Raises:
        ValueError: the answer is not one of ``ANSWERS``.
    """
    if answer not in ANSWERS:
        raise ValueError(f"{answer!r} is no answer; choose from {', '.join(ANSWERS[:3])}")
    session.add(
        ActionCheck(
            consultation_id=consultation_id,
            action_id=action,
            criterion=criterion,
            answer=answer,
            account=account,
        )
    )


def checked(session: Session, consultation_id: int) -> dict[str, dict[str, ActionCheck]]:
    """The last answers that were not withdrawn, by action and criterion."""
    query = (
        select(ActionCheck)
        .where(ActionCheck.consultation_id == consultation_id)
        .order_by(ActionCheck.id)
    )
    found: dict[str, dict[str, ActionCheck]] = {}
    for each in session.scalars(query):
        own = found.setdefault(each.action_id, {})
        if each.answer:
            own[each.criterion] = each
        else:
            own.pop(each.criterion, None)
    return found


def keep_apart(
    session: Session, consultation_id: int, one: str, other: str, account: str, apart: bool = True
) -> None:
    """Keeps two similar actions apart, or withdraws that decision if ``apart`` is False."""
    first, second = sorted((one, other))
    session.execute(
        delete(KeptApart).where(
            KeptApart.consultation_id == consultation_id,
            KeptApart.first == first,
            KeptApart.second == second,
        )
    )
    if apart:
        session.add(
            KeptApart(consultation_id=consultation_id, first=first, second=second, account=account)
        )


def kept_apart(session: Session, consultation_id: int) -> dict[tuple[str, str], KeptApart]:
    """The pairs of actions kept apart, by their two ids in ascending order."""
    query = select(KeptApart).where(KeptApart.consultation_id == consultation_id)
    return {(each.first, each.second): each for each in session.scalars(query)}
