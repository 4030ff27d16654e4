"""How often people put their own answers where the mapping had put them, in words."""

from __future__ import annotations

import math

from sqlalchemy.orm import Session

from consultation.database.models import ContributionVersion, OwnPlacing, Submission
from consultation.queries.statements import active_answer, answers
from consultation.reactions.intervals import share_interval
from reporting.pair_figures import ENOUGH


def own_placing_sentence(
    session: Session, consultation_id: int, opdracht: int, until_round: int | None = None
) -> str:
    """How many of ten answers the mapping put where their participants did, with 95 % limits.

    Counts what a run took over. Empty with fewer than ``ENOUGH`` answers.
    """
    query = (
        answers(OwnPlacing.machine, OwnPlacing.themes, Submission.participant_id)
        .join(OwnPlacing, OwnPlacing.contribution_version_id == ContributionVersion.id)
        .where(
            *active_answer(consultation_id, until_round),
            Submission.opdracht == opdracht,
            OwnPlacing.decided_on.is_not(None),
            OwnPlacing.themes.is_not(None),
        )
    )
    rows = session.execute(query).all()
    if len(rows) < ENOUGH:
        return ""
    same = sum(themes == ([machine] if machine else []) for machine, themes, _ in rows)
    least, most = share_interval(same, len(rows))
    low, high = math.floor(10 * least + 1e-9), math.ceil(10 * most - 1e-9)
    of_ten = str(low) if low == high else f"{low} tot {high}"
    people = len({participant for _, _, participant in rows})
    return (
        f"Van 10 antwoorden die mensen zelf een plaats gaven, zette de computer er {of_ten} op "
        f"dezelfde plaats. {people} mensen deden dat voor {len(rows)} antwoorden. Zij zagen eerst "
        "wat de computer dacht."
    )
