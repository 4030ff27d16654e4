"""The action plan: approved themes and actions, with sizes and quotes that may be public.

Exports, publications and public pages use the same classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from consultation.queries.disclosure import (
    Breakdown,
    Quote,
    breakdown,
    public_joint,
    quotable,
    releasable,
)
from consultation.queries.public_labels import public_label
from consultation.queries.statements import Author, authors, joint_sizes

QUOTES = 3
"""The maximum number of quotes that a theme shows."""

CANDIDATES = 12
"""The number of candidate quotes per theme; some may not be public, or may become unavailable."""


@dataclass(frozen=True)
class PlanTheme:
    """An approved theme; ``statements`` is None if it has fewer than five participants.

    ``joint`` has the number of senders of each participant that stands for five or more of them
    (``consultation.curation.joint_participants``), the largest first.
    """

    id: str
    code: str
    label: str
    description: str
    statements: int | None
    people: Breakdown
    quotes: tuple[Quote, ...]
    joint: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlanAction:
    """An approved action; ``themes`` are ids, ``people`` counts the participants who propose it.

    If the action quotes a participant, ``statement`` is the id of the statement and ``text`` is
    read from it every time, so that an erasure takes effect.
    """

    id: str
    text: str
    themes: tuple[str, ...]
    trekker: str
    partners: tuple[str, ...]
    priority: int | None
    deadline: str | None
    regelgeving: str
    people: Breakdown
    statement: str | None = None
    counted: bool = True
    """Whether it is known who proposes the action; older publications did not store that."""


@dataclass(frozen=True)
class PlanOpdracht:
    """The part of the plan for one opdracht.

    ``withheld`` holds the ids of approved actions without a public wording: they quote a statement
    that may not be public, so a facilitator has to reword them.
    """

    nummer: int
    themes: tuple[PlanTheme, ...]
    actions: tuple[PlanAction, ...]
    withheld: tuple[str, ...] = ()

    def theme(self, theme_id: str) -> PlanTheme | None:
        """The theme with this id, or None."""
        return next((each for each in self.themes if each.id == theme_id), None)


@dataclass(frozen=True)
class Plan:
    """A plan up to and including ``round``; ``organisations`` consent to being named."""

    round: int
    at: datetime
    opdrachten: tuple[PlanOpdracht, ...]
    organisations: tuple[str, ...]

    def opdracht(self, nummer: int) -> PlanOpdracht | None:
        """The part for one opdracht, or None if nothing was approved."""
        return next((each for each in self.opdrachten if each.nummer == nummer), None)


@dataclass(frozen=True)
class DecidedTheme:
    """An approved theme before counting: its wording and the ids of its statements and quotes."""

    id: str
    code: str
    label: str
    description: str
    statements: tuple[str, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class DecidedOpdracht:
    """The approved themes and actions of one opdracht, before ``counted`` computes their sizes.

    ``support`` maps an action id to the statements that propose it; None if an older publication
    did not store them.
    """

    nummer: int
    themes: tuple[DecidedTheme, ...]
    actions: tuple[PlanAction, ...]
    support: Mapping[str, tuple[str, ...]] | None


NOBODY = Breakdown(None, (), 0)


def counted(
    session: Session,
    consultation_id: int,
    decided: Iterable[DecidedOpdracht],
    round_number: int,
    at: datetime,
    organisations: Sequence[str],
    heard: Mapping[str, Author] | None = None,
    allowed: Collection[str] | None = None,
) -> Plan:
    """The plan for these decisions, with sizes and quotes computed over the active statements.

    ``heard`` maps active statements to their authors, and ``allowed`` holds those that may be
    quoted; both are read from the database if they are not given.

    Raises:
        SamenspraakError: the pipeline that detects names is unavailable.
    """
    parts = list(decided)
    if heard is None:
        heard = authors(session, consultation_id, round_number)
    offered = [theme.quotes for part in parts for theme in part.themes]
    if allowed is None:
        allowed = releasable(session, [each for one in offered for each in one])
    wanted = [each for one in offered for each in _first(one, allowed)]
    wanted += [each.statement for part in parts for each in part.actions if each.statement]
    quotes = quotable(session, wanted)
    return Plan(
        round=round_number,
        at=at,
        opdrachten=tuple(_opdracht(each, heard, quotes) for each in parts),
        organisations=tuple(organisations),
    )


def _opdracht(
    decided: DecidedOpdracht, heard: Mapping[str, Author], quotes: Mapping[str, Quote]
) -> PlanOpdracht:
    themes = []
    for theme in decided.themes:
        standing = [each for each in theme.statements if each in heard]
        if standing:
            people = people_in(standing, heard)
            shown = [quotes[each] for each in theme.quotes if each in quotes][:QUOTES]
            named = {slug for slug, _ in people.groups}
            themes.append(
                PlanTheme(
                    id=theme.id,
                    code=theme.code,
                    label=public_label(theme.label),
                    description=theme.description,
                    statements=None if people.people is None else len(standing),
                    people=people,
                    quotes=tuple(
                        replace(each, group=group if group in named else None)
                        for each in shown
                        for group in [heard[each.statement].group]
                    ),
                    joint=public_joint(joint_sizes(heard[each] for each in standing)),
                )
            )
    actions = []
    withheld = []
    for action in decided.actions:
        text = action.text
        if action.statement:
            text = quotes[action.statement].text if action.statement in quotes else ""
        if not text:
            withheld.append(action.id)
            continue
        own = (decided.support or {}).get(action.id, ())
        people = people_in([each for each in own if each in heard], heard)
        counted_ = decided.support is not None
        actions.append(replace(action, text=text, people=people, counted=counted_))
    return PlanOpdracht(decided.nummer, tuple(themes), tuple(actions), tuple(withheld))


def _first(offered: Sequence[str], allowed: Container[str]) -> list[str]:
    return [each for each in offered if each in allowed][:QUOTES]


def people_in(statements: Iterable[str], heard: Mapping[str, Author]) -> Breakdown:
    """The participants behind these statements, by group, with small groups folded."""
    found = {heard[each].participant: heard[each].group for each in statements}
    return breakdown(Counter(found.values()))
