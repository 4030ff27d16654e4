"""Statements of a changed answer that say the same as before: decisions go along with them.

A statement never changes, so a new version of an answer gets new ones. Where a sentence stayed as
it was, the new statement names the old one in ``succeeds``, and every decision on the old one is
read as a decision on the new one (``consultation.curation.store.load_events``). The log itself does
not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.database.models import ContributionVersion, Statement
from consultation.database.storage import in_chunks

_BY_MACHINE = ("vraag", "machine")


def with_predecessors(session: Session, rows: list[dict[str, Any]]) -> None:
    """Sets ``succeeds`` of statements to insert, given as rows; in place.

    A statement succeeds the one of the last earlier version that has the same words, white space
    apart, and that none succeeds yet. It keeps the opdracht that a person gave that one.
    """
    for row in rows:
        row["succeeds"] = None
    later = select(ContributionVersion).where(ContributionVersion.version > 1)
    ids = {row["contribution_version_id"] for row in rows}
    versions = {each.id: each for (each,) in in_chunks(session, later, ContributionVersion.id, ids)}
    earlier = _unsucceeded(session, {each.contribution_id for each in versions.values()})
    for row in rows:
        version = versions.get(row["contribution_version_id"])
        if version is None:
            continue
        words = _plain(version.text[row["start"] : row["end"]])
        known = earlier.get((version.contribution_id, words), [])
        found = next((each for each in known if each.version < version.version), None)
        if found is None:
            continue
        known.remove(found)
        row["succeeds"] = found.id
        if row["placed_by"] in _BY_MACHINE and found.placed_by not in _BY_MACHINE:
            row["opdracht"], row["placed_by"] = found.opdracht, found.placed_by
            row["opdracht_score"] = found.opdracht_score


def successors(session: Session) -> dict[str, str]:
    """The statement that each succeeded statement is read as: the last one, by the earlier id."""
    query = select(Statement.succeeds, Statement.id).where(Statement.succeeds.is_not(None))
    next_of = {str(old): new for old, new in session.execute(query)}
    found = {}
    for old, new in next_of.items():
        while new in next_of:
            new = next_of[new]
        found[old] = new
    return found


def with_successors(payload: Any, now: Mapping[str, str]) -> Any:
    """JSON values with each id of a succeeded statement replaced, in keys and in values."""
    if isinstance(payload, dict):
        return {now.get(key, key): with_successors(each, now) for key, each in payload.items()}
    if isinstance(payload, list):
        return [with_successors(each, now) for each in payload]
    return now.get(payload, payload) if isinstance(payload, str) else payload


def _unsucceeded(session: Session, answers: set[str]) -> dict[tuple[str, str], list[Any]]:
    """Statements that none succeeds, by answer and words; those of the last version first."""
    succeeded = select(Statement.succeeds).where(Statement.succeeds.is_not(None))
    words = func.substr(
        ContributionVersion.text, Statement.start + 1, Statement.end - Statement.start
    )
    query = (
        select(
            Statement.id,
            Statement.opdracht,
            Statement.opdracht_score,
            Statement.placed_by,
            ContributionVersion.contribution_id,
            ContributionVersion.version,
            words.label("words"),
        )
        .join(ContributionVersion, ContributionVersion.id == Statement.contribution_version_id)
        .where(Statement.id.not_in(succeeded))
        .order_by(ContributionVersion.version.desc(), Statement.start)
    )
    found: dict[tuple[str, str], list[Any]] = {}
    for row in in_chunks(session, query, ContributionVersion.contribution_id, answers):
        found.setdefault((row.contribution_id, _plain(row.words)), []).append(row)
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())
