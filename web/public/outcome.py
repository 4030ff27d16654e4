"""The public view of an opdracht: participation counts, the published outcome, what changed.

It uses only the publication and counts that hide small groups; it reads nothing of the review.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

from sqlalchemy.orm import Session

from consultation.catalogue import Catalogue
from consultation.queries import participation
from consultation.queries.disclosure import FOLD_BELOW, Breakdown
from consultation.queries.participation import ParticipationCounts, RoundPart, Totals
from dialogue.messages import say
from reporting.own_placing_figures import own_placing_sentence
from reporting.pair_figures import PairFigure, pair_figure, run_behind
from reporting.plan import PlanAction, PlanOpdracht, PlanTheme
from reporting.publication import latest_published, published
from web.cache import RevisionCache
from web.public.charts import Bars

Kind = Literal["nieuw", "gegroeid", "kleiner", "gelijk", "weg"]


@dataclass(frozen=True)
class Change:
    """A theme compared with the previous published round.

    ``before`` and ``now`` are sizes in participants, None when hidden as too small.
    """

    kind: Kind
    label: str
    before: int | None = None
    now: int | None = None


@dataclass(frozen=True)
class Outcome:
    """The publication of one opdracht in the last published round.

    ``figure`` is what people said of pairs of its statements, ``own`` of their own answers.
    """

    round: int
    at: datetime
    part: PlanOpdracht
    figure: PairFigure | None
    own: str = ""
    before: int | None = None
    changes: tuple[Change, ...] = ()

    def themes_of(self, action: PlanAction) -> list[PlanTheme]:
        """The published themes that an action addresses."""
        found = [self.part.theme(each) for each in action.themes]
        return [each for each in found if each is not None]

    def actions_of(self, theme: PlanTheme) -> list[PlanAction]:
        """The published actions that address a theme."""
        return [each for each in self.part.actions if theme.id in each.themes]


@dataclass(frozen=True)
class Chart:
    """A bar chart, with the alternative text and table headings that give the same content."""

    subject: str
    bars: Bars
    alt: str
    heading: str
    column: str

    @property
    def mark(self) -> str:
        """A short hash of the bars; it changes with them, so that charts may be cached by URL."""
        return hashlib.sha256(repr(self.bars).encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Page:
    """The data of the public page of one opdracht."""

    numbers: ParticipationCounts
    people: Breakdown
    rounds: tuple[RoundPart, ...]
    outcome: Outcome | None
    charts: dict[str, Chart] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """Counts of the last published round; ``per_opdracht`` counts the themes per opdracht."""

    number: int
    themes: int
    actions: int
    per_opdracht: dict[int, int]


@dataclass(frozen=True)
class Counts:
    """The counts on the home page."""

    said: dict[int, ParticipationCounts]
    totals: Totals
    published: Summary | None


def outcome_counts(session: Session, consultation_id: int) -> Counts:
    """Computes the counts on the home page."""
    return Counts(
        participation.per_opdracht(session, consultation_id),
        participation.totals(session, consultation_id),
        summary(session, consultation_id),
    )


def summary(session: Session, consultation_id: int) -> Summary | None:
    """Counts of the last published round; None when no round is published."""
    last = published(session, consultation_id)
    if last is None:
        return None
    parts = last.plan.opdrachten
    return Summary(
        last.number,
        sum(len(each.themes) for each in parts),
        sum(len(each.actions) for each in parts),
        {each.nummer: len(each.themes) for each in parts},
    )


def cached_page(
    session: Session, kept: RevisionCache, consultation_id: int, catalogue: Catalogue, opdracht: int
) -> Page:
    """The result of ``page_of`` from the cache, computed again when the database changed."""
    make = partial(page_of, session, consultation_id, catalogue, opdracht)
    return kept.of(session, ("opdracht", opdracht), make)


def page_of(session: Session, consultation_id: int, catalogue: Catalogue, opdracht: int) -> Page:
    """Computes the data of the public page of an opdracht."""
    said = participation.of_opdracht(session, consultation_id, opdracht)
    parts = tuple(participation.rounds_of(session, consultation_id, opdracht))
    result = outcome(session, consultation_id, opdracht)
    people = said.public
    charts = [
        _groups(people, catalogue),
        _rounds(parts),
        _themes(result.part.themes if result else ()),
    ]
    return Page(said, people, parts, result, {each.subject: each for each in charts if each})


def outcome(session: Session, consultation_id: int, opdracht: int) -> Outcome | None:
    """The last publication of an opdracht, compared with the one before; None without one."""
    lately = latest_published(session, consultation_id, opdracht)
    if not lately:
        return None
    last = lately[0]
    part = last.plan.opdracht(opdracht)
    if part is None:
        return None
    run = run_behind(session, consultation_id, opdracht, last.number)
    figure = pair_figure(session, consultation_id, opdracht, run)
    own = own_placing_sentence(session, consultation_id, opdracht, last.number)
    if len(lately) == 1:
        return Outcome(last.number, last.at, part, figure, own)
    before = lately[1].plan.opdracht(opdracht)
    changes = changed(before.themes if before else (), part.themes)
    return Outcome(last.number, last.at, part, figure, own, lately[1].number, changes)


def changed(before: tuple[PlanTheme, ...], now: tuple[PlanTheme, ...]) -> tuple[Change, ...]:
    """The change of each theme between two rounds; themes are matched by id."""
    then = {each.id: each for each in before}
    found = []
    for theme in now:
        earlier = then.pop(theme.id, None)
        was = earlier.people.people if earlier else None
        size = theme.people.people
        kind: Kind = "gelijk"
        if earlier is None:
            kind = "nieuw"
        elif (size or 0) > (was or 0):
            kind = "gegroeid"
        elif (size or 0) < (was or 0):
            kind = "kleiner"
        found.append(Change(kind, theme.label, was, size))
    gone = [Change("weg", each.label, each.people.people) for each in then.values()]
    return (*found, *gone)


def _groups(people: Breakdown, catalogue: Catalogue) -> Chart | None:
    if people.people is None:
        return None
    bars = [
        (groep.naam if (groep := catalogue.groep(slug)) else slug, count)
        for slug, count in people.groups
    ]
    if people.others:
        bars.append((say("andere_groepen" if bars else "alle_groepen"), people.others))
    return _chart("groepen", tuple(bars))


def _rounds(parts: tuple[RoundPart, ...]) -> Chart | None:
    bars = tuple(
        (say("ronde", nummer=each.number), each.people)
        for each in parts
        if each.people >= FOLD_BELOW
    )
    return _chart("rondes", bars) if len(bars) > 1 else None


def _themes(themes: tuple[PlanTheme, ...]) -> Chart | None:
    bars = tuple(
        (each.label, each.people.people) for each in themes if each.people.people is not None
    )
    ordered = tuple(sorted(bars, key=lambda each: -each[1]))
    return _chart("themas", ordered) if len(bars) > 1 else None


def _chart(subject: str, bars: Bars) -> Chart:
    name, count = max(bars, key=lambda each: each[1])
    return Chart(
        subject,
        bars,
        say(f"grafiek_{subject}", naam=name, aantal=count),
        say(f"kop_{subject}"),
        say(f"kolom_{subject}"),
    )
