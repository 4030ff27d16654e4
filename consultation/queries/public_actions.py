"""The public actions: the status ``gepubliceerd`` is derived from the publications.

It is not an event in the log. Revoking an approval, withdrawing a publication or withdrawing a
consent therefore needs no second step to keep log, tables and public pages consistent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.curation.state import CurationState
from consultation.database.models import Round
from consultation.database.records import Publication
from consultation.queries.disclosure import releasable


def public_actions(session: Session, consultation_id: int) -> frozenset[str]:
    """The ids of the actions in currently published rounds.

    An action that quotes a statement counts only while that statement may be quoted.
    """
    query = (
        select(Publication.content)
        .join(Round, Round.id == Publication.round_id)
        .where(Round.consultation_id == consultation_id, Publication.withdrawn_at.is_(None))
    )
    released = [
        action
        for content in session.scalars(query)
        for part in content["opdrachten"]
        for action in part["actions"]
    ]
    quoted = [each["statement"] for each in released if each["statement"]]
    allowed = releasable(session, quoted) if quoted else set()
    return frozenset(
        each["id"]
        for each in released
        if (each["statement"] in allowed if each["statement"] else each["text"])
    )


def as_published(state: CurationState, public: Collection[str]) -> CurationState:
    """The state with status ``gepubliceerd`` for the approved actions whose id is in ``public``."""
    return replace(
        state,
        actions={
            action.id: replace(action, status="gepubliceerd")
            if action.id in public and action.status == "goedgekeurd"
            else action
            for action in state.actions.values()
        },
    )
