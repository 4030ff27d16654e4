"""The checklist of an action against the note's goal, and pairs of actions kept apart."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consultation.database.records import ActionCheck, KeptApart

ANSWERS = ("ja", "deels", "nee", "")
"""What can be answered to a criterion; empty takes an answer back."""


def check(
    session: Session,
    consultation_id: int,
    action: str,
    criterion: str,
    answer: str,
    account: str,
) -> None:
    """Adds an answer; earlier ones are kept, the last counts.

    Raises:
        ValueError: that cannot be answered.
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
    """The answers that count, by action and criterion."""
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
    """Decides that two actions that look alike stay two; or takes that back."""
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
    """The pairs that stay two, each pair in the order of its ids."""
    query = select(KeptApart).where(KeptApart.consultation_id == consultation_id)
    return {(each.first, each.second): each for each in session.scalars(query)}
