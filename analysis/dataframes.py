"""pandas tables of the results of the last runs."""

from __future__ import annotations

import pandas as pd
from sqlalchemy.orm import Session

from analysis.preprocessing.statements import statements_frame
from analysis.stance.rules import named_rule
from analysis.supporters import proposers
from consultation.catalogue import Catalogue
from consultation.curation.state import LIVE
from consultation.curation.store import curated
from consultation.queries.opdracht_snapshot import opdracht_snapshot
from consultation.queries.stances import stances_of
from consultation.queries.statements import active_statements
from consultation.queries.themes import (
    Marks,
    latest_run,
    marks_of,
    theme_views,
)
from consultation.reactions.results import RoundReactions, round_reactions

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
    "reactions",
    "carried",
)


def themes(
    session: Session,
    consultation_id: int,
    numbers: list[int],
    round_number: int | None = None,
) -> pd.DataFrame:
    """Returns the themes of some opdrachten, with the columns ``THEME_COLUMNS``.

    ``statements`` and ``people`` are counts; ``groups`` holds participants per stakeholder group;
    ``quotes`` lists ``{statement, text}``, where a text is an exact slice of an answer; ``action``
    is the proposed action ``{statement, text}`` or None; ``parents`` are ids of the themes it came
    from. ``trust`` holds:

    - ``stability``: 0 to 1, the mean overlap when a tenth of the statements is left out;
    - ``closeness``: the mean cosine of its statements with its centre;
    - ``coherence``: of its keywords, -1 to 1 (see ``analysis.clustering.coherence``);
    - ``joint``: the number of senders of each participant that people decided to count as one, the
      largest first;
    - ``voices``: the number of different texts, where a campaign counts once;
    - ``campaigns``: the number of statements of each text that was sent more than once, the
      largest first.
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
                "joint": list(view.joint),
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
    """Returns the ids of live themes per statement id, the primary theme first."""
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
    """Returns the name of the sub-theme per statement id, for themes that have sub-themes."""
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
    """Returns the current statements of one round and opdracht, or of all.

    See ``statements_frame`` for the columns.
    """
    said = active_statements(session, consultation_id, opdracht, round_number)
    themes = statement_themes(session, consultation_id, numbers)
    stances: dict[str, str] = {}
    labels: dict[str, str] = {}
    for number in numbers:
        run = latest_run(session, consultation_id, number)
        state = curated(session, consultation_id, number, run)
        marks = marks_of(session, run.id, number) if run else Marks()
        stances |= {each: one.stance for each, one in stances_of(state, marks).items()}
        labels |= {each.id: each.label for each in state.themes.values()}
    about = {
        each: labels[own[0]] for each, own in themes.items() if stances.get(each, "geen") != "geen"
    }
    rules = {each.id: (rule.text, rule.effect) for each in said if (rule := named_rule(each.text))}
    return statements_frame(said, themes, stances, about, rules)


def actions(
    session: Session, consultation_id: int, numbers: list[int], catalogue: Catalogue | None = None
) -> pd.DataFrame:
    """Returns the suggested and decided actions, with the columns ``ACTION_COLUMNS``.

    ``text`` is the reviewer's wording, or else the exact quote of a current statement;
    ``statements`` counts the statements that propose the action (``analysis.supporters``).
    ``reactions`` counts the people who reacted in the last reaction round, and ``carried`` tells
    whether the action is carried by the rule of ``catalogue``; it is missing without reactions or
    catalogue.
    """
    said = {each.id: each for each in active_statements(session, consultation_id)}
    placed = {each.opdracht for each in said.values() if each.opdracht is not None}
    # An action that was moved to another opdracht keeps its themes and its quote in the old one.
    snapshots = {
        number: opdracht_snapshot(session, consultation_id, number)
        for number in sorted({*numbers, *placed})
    }
    reacted: dict[int, RoundReactions | None] = {}
    if catalogue is not None:
        for number in numbers:
            seen = snapshots[number]
            reacted[number] = round_reactions(session, consultation_id, seen, catalogue)
    rows = []
    for action in (each for number in numbers for each in snapshots[number].actions):
        found = reacted.get(action.opdracht)
        voices = found.of(action.id) if found else None
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
                "statements": len(proposers(action, snapshots.values())),
                "reactions": voices.people if voices else 0,
                "carried": voices.verdict.carried if voices and voices.people else None,
            }
        )
    frame = pd.DataFrame(rows, columns=list(ACTION_COLUMNS))
    return frame.astype({"carried": "object"})
