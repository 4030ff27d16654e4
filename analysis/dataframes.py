"""What the last runs found, as tables."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from sqlalchemy.orm import Session

from analysis.preprocessing.statements import statements_frame
from analysis.supporters import proposers
from consultation.curation.state import LIVE
from consultation.curation.store import curated
from consultation.queries.opdracht_snapshot import picture
from consultation.queries.statements import standing
from consultation.queries.themes import (
    FIXED_TEXT,
    NO_ANSWER,
    OTHER_LANGUAGE,
    latest_run,
    marks_of,
    theme_views,
)

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


def set_aside(
    session: Session, consultation_id: int, numbers: list[int], round_number: int | None = None
) -> dict[int, Counter[str]]:
    """How many statements the last runs set aside, by opdracht and mark (``RunMark``).

    Copies are not among them: they are in the theme of what they repeat.
    """
    found: dict[int, Counter[str]] = {}
    for number in numbers:
        run = latest_run(session, consultation_id, number, round_number)
        if run is None:
            continue
        marks = marks_of(session, run.id, number)
        here = {each.id for each in standing(session, consultation_id, number)}
        found[number] = Counter[str](
            {
                FIXED_TEXT: len(marks.fixed & here),
                NO_ANSWER: len(marks.no_answer & here),
                OTHER_LANGUAGE: len(marks.languages.keys() & here),
            }
        )
    return found


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
    (mean cosine of its statements with its centre), ``coherence`` (of its keywords, -1 to 1: see
    ``analysis.clustering.coherence``), ``voices`` (how many different texts its
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
    """Theme ids per statement id, the primary one first, as they stand after the last runs."""
    found: dict[str, list[str]] = {}
    for number in numbers:
        run = latest_run(session, consultation_id, number, round_number)
        state = curated(session, consultation_id, number, run)
        for theme in state.themes_of(number):
            for member in theme.members if theme.live else ():
                own = found.setdefault(member.statement, [])
                own.insert(0 if member.primary else len(own), theme.id)
    return found


def subthemes(session: Session, consultation_id: int, numbers: list[int]) -> dict[str, str]:
    """The name of its sub-theme per statement id, where its theme has them."""
    return {
        statement: name
        for number in numbers
        for view in theme_views(session, consultation_id, number)
        if view.status in LIVE
        for statement, name in view.subtheme_of.items()
    }


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


def actions(session: Session, consultation_id: int, numbers: list[int]) -> pd.DataFrame:
    """The proposed and decided actions, with the columns ``ACTION_COLUMNS``.

    ``text`` is the reviewer's wording, or the exact quote of a statement that still stands;
    ``statements`` counts those that propose it (``analysis.supporters``).
    """
    said = {each.id: each for each in standing(session, consultation_id)}
    placed = {each.opdracht for each in said.values() if each.opdracht is not None}
    # An action that was handed over keeps its themes and its quote in the opdracht it came from.
    pictures = {
        number: picture(session, consultation_id, number) for number in sorted({*numbers, *placed})
    }
    rows = []
    for action in (each for number in numbers for each in pictures[number].actions):
        quoted = said.get(action.statement or "")
        rows.append(
            {
                "id": action.id,
                "opdracht": action.opdracht,
                "text": action.text or (quoted.text if quoted else ""),
                "themes": list(action.themes),
                "trekker": action.trekker,
                "partners": list(action.partners),
                "priority": action.priority,
                "regelgeving": action.regelgeving,
                "status": action.status,
                "statements": len(proposers(action, pictures.values())),
            }
        )
    return pd.DataFrame(rows, columns=list(ACTION_COLUMNS))
