"""What the last runs found, as tables."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.standing import standing
from analysis.statements import statements_frame
from analysis.themes import latest_run, theme_views
from consultation.models import Action, Assignment, Theme

THEME_COLUMNS = (
    "id",
    "code",
    "opdracht",
    "label",
    "status",
    "keywords",
    "statements",
    "people",
    "groups",
    "quotes",
    "action",
    "parents",
    "trust",
)
ACTION_COLUMNS = (
    "id",
    "opdracht",
    "text",
    "themes",
    "trekker",
    "partners",
    "priority",
    "regelgeving",
    "status",
    "statements",
)


def themes(
    session: Session,
    consultation_id: int,
    numbers: list[int],
    round_number: int | None = None,
) -> pd.DataFrame:
    """The themes of some opdrachten, with the columns ``THEME_COLUMNS``.

    ``statements`` and ``people`` count; ``groups`` is people per group; ``quotes`` lists
    ``{statement, text}``, texts being exact slices of answers; ``action`` is the proposed action
    ``{statement, text}`` or None; ``parents`` are ids of the themes it came from; ``trust`` holds
    ``stability`` (0 to 1, mean overlap when a tenth of the statements is absent), ``closeness``
    (mean cosine of its statements with its centre), ``voices`` (how many different texts its
    statements are: a campaign counts once) and ``campaigns`` (how many statements share each text
    that was sent more than once, the largest first).
    """
    rows = [
        {
            "id": view.id,
            "code": view.code,
            "opdracht": view.opdracht,
            "label": view.label,
            "status": view.status,
            "keywords": list(view.keywords),
            "statements": len(view.said),
            "people": view.people,
            "groups": view.groups,
            "quotes": [{"statement": each.id, "text": each.text} for each in view.quotes],
            "action": {"statement": view.action.id, "text": view.action.text}
            if view.action
            else None,
            "parents": list(view.parents),
            "trust": {
                **view.trust,
                "voices": view.voices,
                "campaigns": list(view.campaigns),
            },
        }
        for number in numbers
        for view in theme_views(session, consultation_id, number, round_number)
    ]
    return pd.DataFrame(rows, columns=list(THEME_COLUMNS))


def statement_themes(
    session: Session, consultation_id: int, numbers: list[int], round_number: int | None = None
) -> dict[str, list[str]]:
    """Theme ids per statement id, the primary one first, according to the last runs."""
    found: dict[str, list[str]] = {}
    for number in numbers:
        run = latest_run(session, consultation_id, number, round_number)
        if run is None:
            continue
        rows = session.execute(
            select(Assignment.statement_id, Assignment.theme_id)
            .join(Theme, Theme.id == Assignment.theme_id)
            .where(Assignment.run_id == run.id, Theme.opdracht == number)
            .order_by(Assignment.is_primary.desc(), Assignment.score.desc())
        )
        for statement_id, theme_id in rows:
            found.setdefault(statement_id, []).append(theme_id)
    return found


def statements(
    session: Session,
    consultation_id: int,
    numbers: list[int],
    round_number: int | None = None,
    opdracht: int | None = None,
) -> pd.DataFrame:
    """The statements that stand, of one round and opdracht or of all; see ``statements_frame``."""
    said = standing(session, consultation_id, opdracht, round_number)
    return statements_frame(said, statement_themes(session, consultation_id, numbers))


def actions(session: Session, consultation_id: int, opdracht: int | None = None) -> pd.DataFrame:
    """The proposed and decided actions, with the columns ``ACTION_COLUMNS``."""
    query = select(Action).where(Action.consultation_id == consultation_id)
    if opdracht is not None:
        query = query.where(Action.opdracht == opdracht)
    rows = []
    for action in session.scalars(query.order_by(Action.opdracht, Action.created_at, Action.id)):
        members = session.scalars(
            select(Assignment.statement_id)
            .where(Assignment.theme_id.in_([str(each) for each in action.themes]))
            .distinct()
        )
        row = {name: getattr(action, name) for name in ACTION_COLUMNS if name != "statements"}
        rows.append({**row, "statements": len(list(members))})
    return pd.DataFrame(rows, columns=list(ACTION_COLUMNS))
