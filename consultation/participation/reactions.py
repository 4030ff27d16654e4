"""What participants say of proposed actions in a reaction round: stored in versions.

A stance and a rank stand in ``reaction``. All words are answers, so that consent, personal data,
versions, erasure and the analysis hold for them as for any other answer: a condition, another
wording and a reason belong to one action, what is missing to the opdracht.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Literal

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from consultation.database.models import (
    Action,
    Contribution,
    ContributionVersion,
    Participant,
    Reaction,
    Statement,
    Submission,
    now,
)

Stance = Literal["steun", "tegen", "voorwaarde", "weet_niet"]
STANCES: tuple[Stance, ...] = ("steun", "voorwaarde", "tegen", "weet_niet")
IN_FAVOUR = ("steun", "voorwaarde")
MISSING = "ontbreekt"
"""The key of the answer to the question what is missing."""
CONDITION, AMENDMENT, REASON = "voorwaarde", "wijziging", "toelichting"
"""What an answer about one action is; with the action's id after a colon they are its key."""


def key_of(what: str, action: str) -> str:
    """The question key of an answer about an action."""
    return f"{what}:{action}"


def read_key(key: str | None) -> tuple[str, str] | None:
    """What an answer about an action is, and the id of the action; None for other keys."""
    what, colon, action = (key or "").partition(":")
    return (what, action) if colon and what in (CONDITION, AMENDMENT, REASON) else None


def wording_hash(words: str) -> str:
    """The hash of an action's wording, by which a reaction tells which wording it is about."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def current_version() -> ColumnElement[bool]:
    """The condition that a row of ``Reaction`` is the last version of that reaction."""
    later = aliased(Reaction)
    return ~(
        select(later.id)
        .where(
            later.participant_id == Reaction.participant_id,
            later.action_id == Reaction.action_id,
            later.round_id == Reaction.round_id,
            later.version > Reaction.version,
        )
        .exists()
    )


def current(
    session: Session, participant_id: str, round_id: int
) -> dict[str, tuple[str, int | None]]:
    """A participant's reactions in a round: stance and rank by action, oldest action first."""
    query = (
        select(Reaction.action_id, Reaction.stance, Reaction.rank)
        .where(
            Reaction.participant_id == participant_id,
            Reaction.round_id == round_id,
            current_version(),
        )
        .order_by(Reaction.at, Reaction.id)
    )
    return {action: (stance, rank) for action, stance, rank in session.execute(query)}


def react(
    session: Session,
    participant_id: str,
    round_id: int,
    action: str,
    stance: str,
    wording: str,
    channel: str,
) -> bool:
    """Stores a reaction as a new version; False if it is what stands, or there is no such action.

    An action that is no longer supported loses its rank.
    """
    last = _last(session, participant_id, round_id, action)
    if last is None and session.get(Action, action) is None:
        return False
    if last is not None and (last.stance, last.wording) == (stance, wording):
        return False
    kept = last.rank if last is not None and stance in IN_FAVOUR else None
    _add(session, participant_id, round_id, action, last, stance, kept, wording, channel)
    return True


def rank(
    session: Session,
    participant_id: str,
    round_id: int,
    actions: Sequence[str],
    among: Collection[str],
    channel: str,
) -> bool:
    """Gives the actions their ranks, in this order; the others of ``among`` lose theirs.

    Only actions that the participant supports, also on a condition, have a rank. Returns False if
    nothing changed.
    """
    standing = {
        action: found
        for action, found in current(session, participant_id, round_id).items()
        if action in among
    }
    wanted = [each for each in dict.fromkeys(actions) if _supported(standing, each)]
    places = {each: place for place, each in enumerate(wanted, 1)}
    changed = False
    for action, (stance, before) in standing.items():
        if before == places.get(action):
            continue
        last = _last(session, participant_id, round_id, action)
        assert last is not None
        place = places.get(action)
        _add(session, participant_id, round_id, action, last, stance, place, last.wording, channel)
        changed = True
    return changed


def amendment_statement(session: Session, contribution: str) -> Statement | None:
    """The statement that holds a whole amendment, made here if no run has cut it yet.

    None if the answer is gone, or is no amendment.
    """
    query = (
        select(ContributionVersion, Contribution.question, Submission.opdracht)
        .join(Contribution, Contribution.id == ContributionVersion.contribution_id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(Contribution.id == contribution, ContributionVersion.version == Contribution.version)
    )
    row = session.execute(query.with_for_update()).first()
    told = read_key(row[1]) if row is not None else None
    if row is None or told is None or told[0] != AMENDMENT:
        return None
    version, _, opdracht = row
    found = session.scalar(
        select(Statement)
        .where(Statement.contribution_version_id == version.id)
        .order_by(Statement.start)
        .limit(1)
    )
    if found is not None:
        return found
    text = version.text
    made = Statement(
        contribution_version_id=version.id,
        start=len(text) - len(text.lstrip()),
        end=len(text.rstrip()),
        kind="voorstel",
        opdracht=opdracht,
        placed_by="vraag",
    )
    version.cut_at = now()
    session.add(made)
    session.flush()
    return made


def _supported(standing: dict[str, tuple[str, int | None]], action: str) -> bool:
    return action in standing and standing[action][0] in IN_FAVOUR


def _last(session: Session, participant_id: str, round_id: int, action: str) -> Reaction | None:
    query = select(Reaction).where(
        and_(
            Reaction.participant_id == participant_id,
            Reaction.round_id == round_id,
            Reaction.action_id == action,
        )
    )
    return session.scalar(query.order_by(Reaction.version.desc()).limit(1))


def _add(
    session: Session,
    participant_id: str,
    round_id: int,
    action: str,
    last: Reaction | None,
    stance: str,
    place: int | None,
    wording: str,
    channel: str,
) -> None:
    session.add(
        Reaction(
            participant_id=participant_id,
            round_id=round_id,
            action_id=action,
            version=last.version + 1 if last is not None else 1,
            stance=stance,
            rank=place,
            wording=wording,
            channel=channel,
        )
    )
    session.flush()


def reacted(session: Session, round_id: int) -> int:
    """The number of participants who reacted in a round; who count as one are one."""
    counted = func.coalesce(Participant.joint_id, Participant.id)
    query = (
        select(func.count(counted.distinct()))
        .join(Reaction, Reaction.participant_id == Participant.id)
        .where(Reaction.round_id == round_id)
    )
    return session.scalar(query) or 0
