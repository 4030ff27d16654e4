"""The themes of a stored run, with the statements that stand in them now.

Nothing heavy is imported here: pages are made from this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.standing import Said, standing
from consultation.models import AnalysisRun, Assignment, Round, RunMark, RunTheme, Theme

FEWEST = 30
"""With fewer statements than this nothing is clustered: they are shown as they are."""

UNKNOWN_GROUP = "onbekend"

Mark = Literal["geen_antwoord", "andere_taal", "zelfde_tekst"]
NO_ANSWER: Mark = "geen_antwoord"
OTHER_LANGUAGE: Mark = "andere_taal"
SAME_TEXT: Mark = "zelfde_tekst"


@dataclass(frozen=True)
class Marks:
    """How a run treated the statements that are no voice of their own, by statement id.

    ``copies`` gives the statement whose text is repeated, ``languages`` the language of what was
    not clustered for it (ISO 639-1), ``no_answer`` what says nothing.
    """

    copies: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    no_answer: frozenset[str] = frozenset()

    def campaigns(self, said: Iterable[Said]) -> Counter[str]:
        """How many of these statements share a text, under the id of the one that is repeated."""
        shared = set(self.copies.values())
        voices = Counter(self.copies.get(each.id, each.id) for each in said)
        return Counter({voice: count for voice, count in voices.items() if voice in shared})


@dataclass(frozen=True)
class ThemeView:
    """A theme with the statements that stand in it now, most central first."""

    id: str
    code: str
    opdracht: int
    label: str
    status: str
    keywords: tuple[str, ...]
    said: tuple[Said, ...]
    quotes: tuple[Said, ...]
    action: Said | None
    parents: tuple[str, ...]
    trust: dict[str, Any]
    campaigns: tuple[int, ...] = ()
    """How many statements share each text that was sent more than once, the largest first."""

    @property
    def voices(self) -> int:
        """How many different texts are in it: a campaign counts once."""
        return len(self.said) - sum(self.campaigns) + len(self.campaigns)

    @cached_property
    def people(self) -> int:
        """How many different participants are in it."""
        return len({each.participant for each in self.said})

    @cached_property
    def groups(self) -> dict[str, int]:
        """People per stakeholder group, the largest first; ``onbekend`` where none was given."""
        members = {(each.group or UNKNOWN_GROUP, each.participant) for each in self.said}
        counts = Counter(group for group, _ in members)
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))

    @property
    def stability(self) -> float | None:
        """How well it comes back on fewer statements, 0 to 1; None where it was not measured."""
        stability: float | None = self.trust.get("stability")
        return stability

    @property
    def main_group(self) -> tuple[str, float] | None:
        """The known group with most people and its share of all people, 0 to 1; None where no group
        stands out."""
        known = [(group, people) for group, people in self.groups.items() if group != UNKNOWN_GROUP]
        if not known or (len(known) > 1 and known[0][1] == known[1][1]):
            return None
        return known[0][0], known[0][1] / self.people


def latest_run(
    session: Session, consultation_id: int, opdracht: int | None, round_number: int | None = None
) -> AnalysisRun | None:
    """The last finished run that covers an opdracht (None: any), of one round or of any."""
    query = (
        select(AnalysisRun)
        .join(Round, Round.id == AnalysisRun.round_id)
        .where(Round.consultation_id == consultation_id, AnalysisRun.status == "klaar")
        .order_by(AnalysisRun.id.desc())
        .limit(1)
    )
    if opdracht is not None:
        query = query.where(AnalysisRun.opdracht.is_(None) | (AnalysisRun.opdracht == opdracht))
    if round_number is not None:
        query = query.where(Round.number == round_number)
    return session.scalar(query)


def theme_views(
    session: Session, consultation_id: int, opdracht: int, round_number: int | None = None
) -> list[ThemeView]:
    """The themes of the last run over an opdracht (of one round, or of any), largest first."""
    run = latest_run(session, consultation_id, opdracht, round_number)
    if run is None:
        return []
    return themes_of(session, run, opdracht, standing(session, consultation_id, opdracht))


def themes_of(
    session: Session, run: AnalysisRun, opdracht: int, said: Iterable[Said]
) -> list[ThemeView]:
    """A run's themes on an opdracht, of the given statements, most statements first."""
    by_id = {each.id: each for each in said}
    members: dict[str, list[Said]] = {}
    placed = (
        select(Assignment.theme_id, Assignment.statement_id)
        .join(Theme, Theme.id == Assignment.theme_id)
        .where(Assignment.run_id == run.id, Theme.opdracht == opdracht)
        .order_by(Assignment.is_primary.desc(), Assignment.score.desc(), Assignment.id)
    )
    for theme_id, statement_id in session.execute(placed):
        if statement_id in by_id:
            members.setdefault(theme_id, []).append(by_id[statement_id])
    rows = session.execute(
        select(Theme, RunTheme)
        .join(RunTheme, RunTheme.theme_id == Theme.id)
        .where(RunTheme.run_id == run.id, Theme.opdracht == opdracht)
    )
    marks = marks_of(session, run.id)
    views = [
        ThemeView(
            id=theme.id,
            code=theme.code,
            opdracht=theme.opdracht,
            label=seen.label,
            status=theme.status,
            keywords=tuple(str(each) for each in seen.keywords),
            said=tuple(members.get(theme.id, ())),
            quotes=tuple(by_id[each] for each in seen.quotes if each in by_id),
            action=by_id.get(seen.action_statement_id or ""),
            parents=tuple(theme.parents),
            trust=seen.trust,
            campaigns=tuple(
                sorted(marks.campaigns(members.get(theme.id, ())).values(), reverse=True)
            ),
        )
        for theme, seen in rows
    ]
    return sorted(views, key=lambda each: (-len(each.said), each.code))


def marks_of(session: Session, run_id: int) -> Marks:
    """What a run set aside and which statements it took for copies."""
    rows = session.execute(
        select(RunMark.statement_id, RunMark.mark, RunMark.value).where(RunMark.run_id == run_id)
    ).all()
    return Marks(
        copies={each: value or each for each, mark, value in rows if mark == SAME_TEXT},
        languages={each: value or "" for each, mark, value in rows if mark == OTHER_LANGUAGE},
        no_answer=frozenset(each for each, mark, _ in rows if mark == NO_ANSWER),
    )


def without_theme(said: Iterable[Said], views: Sequence[ThemeView]) -> list[Said]:
    """The statements that are in no theme: shown as such, never dropped."""
    placed = {each.id for view in views for each in view.said}
    return [each for each in said if each.id not in placed]


def theme_counts(session: Session, run_id: int) -> Counter[int]:
    """How many themes a run has per opdracht."""
    query = (
        select(Theme.opdracht, func.count())
        .join(RunTheme, RunTheme.theme_id == Theme.id)
        .where(RunTheme.run_id == run_id)
        .group_by(Theme.opdracht)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})
