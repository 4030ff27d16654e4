"""The indicators of a consultation, per round and per opdracht.

They are computed from what is stored, so they also tell of rounds that are long closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from consultation.catalogue import UNKNOWN_GROUP, Catalogue
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Invitation,
    JointParticipant,
    Participant,
    Reaction,
    Round,
    Submission,
    Theme,
)
from consultation.queries.opdracht_snapshot import OpdrachtSnapshot
from consultation.queries.review_progress import ReviewProgress, review_progress
from consultation.queries.statements import (
    COUNTED,
    COUNTED_GROUP,
    COUNTED_PERSON,
    StatementView,
    active_answer,
    answers,
)
from consultation.queries.themes import FEW_PEOPLE, ThemeView

LAST_PEOPLE = 20
"""Saturation looks at this many people who came last."""

_DECIDING = ("approve", "reject", "merge")
_ALIVE = ("kandidaat", "goedgekeurd")


@dataclass(frozen=True)
class GroupResponse:
    """How many of the invited stakeholders of a group answered in a round.

    ``uninvited`` are people of the group who took part without an invitation.
    """

    round: int
    group: str
    invited: int
    answered: int
    uninvited: int

    @property
    def share(self) -> float | None:
        """The share of the invited who answered, 0 to 1; None if nobody was invited."""
        return self.answered / self.invited if self.invited else None


@dataclass(frozen=True)
class Saturation:
    """The number of themes that the last ``people`` people brought, of ``among`` people in all."""

    people: int
    among: int
    new_themes: int


@dataclass(frozen=True)
class RoundFigures:
    """One round, of one opdracht or of all: people, answers, thin ones, and themes that were new.

    ``measured`` counts the answers whose content was measured; ``thin`` those that say little.
    """

    round: int
    people: int
    answers: int
    measured: int
    thin: int
    new_themes: int


@dataclass(frozen=True)
class ThemeWithout:
    """What a theme becomes without its largest group, and without texts that many sent.

    ``group`` is the group with the most people in it; ``campaign`` counts the statements of which
    another has (nearly) the same text.
    """

    code: str
    label: str
    people: int
    group: str
    without_group: int
    campaign: int
    without_campaign: int

    def outcome(self, left: int) -> str:
        """What becomes of it with so many people: ``weg``, ``klein`` (under five) or ``blijft``."""
        if left < 2:
            return "weg"
        return "klein" if left < FEW_PEOPLE else "blijft"


@dataclass(frozen=True)
class OpdrachtIndicators:
    """The indicators of one opdracht.

    ``days`` is the median number of days from the first appearance of a theme to the first decision
    on it; None without decisions. ``decided_on`` counts decided themes by day, cumulatively.
    """

    opdracht: int
    people: int
    rounds: tuple[RoundFigures, ...]
    saturation: Saturation | None
    progress: ReviewProgress
    days: float | None
    decided_on: tuple[tuple[date, int], ...]
    themes: tuple[ThemeWithout, ...]

    @property
    def decided_share(self) -> float | None:
        """The share of the themes that were approved or rejected; None without themes."""
        every = self.progress.candidates + self.progress.decided
        return self.progress.decided / every if every else None

    @property
    def thin_share(self) -> float | None:
        """The share of the measured answers that say little; None if none was measured."""
        measured = sum(each.measured for each in self.rounds)
        return sum(each.thin for each in self.rounds) / measured if measured else None


@dataclass(frozen=True)
class Indicators:
    """The indicators of a consultation; ``rounds`` counts everybody once over all opdrachten."""

    rounds: tuple[RoundFigures, ...]
    responses: tuple[GroupResponse, ...]
    opdrachten: tuple[OpdrachtIndicators, ...]


def indicators(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    snapshots: Mapping[int, OpdrachtSnapshot],
) -> Indicators:
    """The indicators of the opdrachten in ``snapshots``, in the order of the catalogue."""
    quality = _quality(session, consultation_id, catalogue)
    born = dict(
        session.execute(
            select(Theme.id, Theme.created_at).where(Theme.consultation_id == consultation_id)
        )
        .tuples()
        .all()
    )
    parts = tuple(
        _opdracht(snapshots[each.nummer], quality, born)
        for each in catalogue.opdrachten
        if each.nummer in snapshots
    )
    return Indicators(
        rounds=_whole(snapshots, quality, parts),
        responses=_responses(session, consultation_id),
        opdrachten=parts,
    )


@dataclass(frozen=True)
class _Quality:
    measured: int = 0
    thin: int = 0


def _opdracht(
    seen: OpdrachtSnapshot,
    quality: Mapping[tuple[int | None, int], _Quality],
    born: Mapping[str, datetime],
) -> OpdrachtIndicators:
    alive = [each for each in seen.themes if each.status in _ALIVE]
    first = _first_said(seen.said, alive)
    rounds = sorted({each.round for each in seen.said})
    decisions = _first_decisions(seen)
    waits = [
        (at - born[theme]).total_seconds() / 86_400
        for theme, at in decisions.items()
        if theme in born
    ]
    return OpdrachtIndicators(
        opdracht=seen.opdracht,
        people=len({each.participant for each in seen.said}),
        rounds=tuple(
            RoundFigures(
                round=number,
                people=len({each.participant for each in seen.said if each.round == number}),
                answers=len({each.contribution for each in seen.said if each.round == number}),
                measured=quality.get((seen.opdracht, number), _Quality()).measured,
                thin=quality.get((seen.opdracht, number), _Quality()).thin,
                new_themes=sum(said.round == number for said in first.values()),
            )
            for number in rounds
        ),
        saturation=saturation(seen.said, alive),
        progress=review_progress(seen),
        days=max(median(waits), 0.0) if waits else None,
        decided_on=_by_day(decisions.values()),
        themes=tuple(_without(each, seen) for each in alive if each.said),
    )


def saturation(said: Iterable[StatementView], themes: Iterable[ThemeView]) -> Saturation | None:
    """The number of themes that the people who came last were the first to speak of.

    ``said`` is in order of time. They are the last ``LAST_PEOPLE``, or the last half where there
    are fewer than twice as many; None for fewer than two people.
    """
    statements = list(said)
    order = list(dict.fromkeys(each.participant for each in statements))
    last = min(LAST_PEOPLE, len(order) // 2)
    if not last:
        return None
    late = set(order[-last:])
    first = _first_said(statements, themes)
    return Saturation(last, len(order), sum(one.participant in late for one in first.values()))


def _first_said(
    said: Iterable[StatementView], themes: Iterable[ThemeView]
) -> dict[str, StatementView]:
    """The first statement of each theme, by theme id; ``said`` is in order of time."""
    place = {each.id: index for index, each in enumerate(said)}
    return {
        theme.id: min(theme.said, key=lambda each: place.get(each.id, 0))
        for theme in themes
        if theme.said
    }


def _without(theme: ThemeView, seen: OpdrachtSnapshot) -> ThemeWithout:
    groups = {each.participant: each.group or UNKNOWN_GROUP for each in theme.said}
    sizes = Counter(groups.values())
    loudest = min(sizes, key=lambda each: (-sizes[each], each))
    campaigns = seen.marks.campaigns(theme.said)
    copies = seen.marks.copies
    own = {each.participant for each in theme.said if copies.get(each.id, each.id) not in campaigns}
    return ThemeWithout(
        code=theme.code,
        label=theme.label,
        people=len(groups),
        group=loudest,
        without_group=len(groups) - sizes[loudest],
        campaign=sum(campaigns.values()),
        without_campaign=len(own),
    )


def _first_decisions(seen: OpdrachtSnapshot) -> dict[str, datetime]:
    """When a decision in force was first taken on each theme of the opdracht, by theme id."""
    here = {each.id for each in seen.themes}
    found: dict[str, datetime] = {}
    for each in seen.decisions:
        if each.status == "applied" and each.event.operation.op in _DECIDING:
            for theme in each.event.operation.themes_named:
                if theme in here:
                    found.setdefault(theme, each.event.at)
    return found


def _by_day(moments: Iterable[datetime]) -> tuple[tuple[date, int], ...]:
    counts = Counter(each.date() for each in moments)
    total = 0
    found = []
    for day in sorted(counts):
        total += counts[day]
        found.append((day, total))
    return tuple(found)


def _whole(
    snapshots: Mapping[int, OpdrachtSnapshot],
    quality: Mapping[tuple[int | None, int], _Quality],
    parts: Iterable[OpdrachtIndicators],
) -> tuple[RoundFigures, ...]:
    """The rounds over all opdrachten: somebody who spoke on several counts once."""
    said = [each for seen in snapshots.values() for each in seen.said]
    new = Counter[int]()
    for part in parts:
        for row in part.rounds:
            new[row.round] += row.new_themes
    found = []
    for number in sorted({each.round for each in said}):
        here = [each for each in said if each.round == number]
        own = [
            each
            for (opdracht, of), each in quality.items()
            if of == number and (opdracht is None or opdracht in snapshots)
        ]
        found.append(
            RoundFigures(
                round=number,
                people=len({each.participant for each in here}),
                answers=len({each.contribution for each in here}),
                measured=sum(each.measured for each in own),
                thin=sum(each.thin for each in own),
                new_themes=new[number],
            )
        )
    return tuple(found)


def _quality(
    session: Session, consultation_id: int, catalogue: Catalogue
) -> dict[tuple[int | None, int], _Quality]:
    """The measured answers and the thin ones among them, by opdracht and round."""
    query = answers(
        Submission.opdracht, Round.number, Contribution.question, ContributionVersion.measure
    ).where(*active_answer(consultation_id), ContributionVersion.measure.is_not(None))
    measured: Counter[tuple[int | None, int]] = Counter()
    thin: Counter[tuple[int | None, int]] = Counter()
    for opdracht, number, question, found in session.execute(query):
        if catalogue.soort(opdracht, question) != "prioriteit":
            measured[opdracht, number] += 1
            thin[opdracht, number] += bool(found["thin"])
    return {each: _Quality(count, thin[each]) for each, count in measured.items()}


def _responses(session: Session, consultation_id: int) -> tuple[GroupResponse, ...]:
    """The response by round and group, in rounds with invitations or participants."""
    invited: Counter[tuple[int, str]] = Counter()
    place: dict[str, tuple[int, str]] = {}
    query = (
        select(Invitation.id, Round.number, Invitation.group)
        .join(Round, Round.id == Invitation.round_id)
        .where(Round.consultation_id == consultation_id)
    )
    for id_, number, group in session.execute(query):
        place[id_] = (number, group or UNKNOWN_GROUP)
        invited[place[id_]] += 1
    about = (Participant.invitation_id, COUNTED_GROUP, Round.number)
    here = Round.consultation_id == consultation_id
    spoke = (
        select(COUNTED, *about)
        .select_from(Participant)
        .join(Submission, Submission.participant_id == Participant.id)
        .join(Round, Round.id == Submission.round_id)
        .outerjoin(Contribution, Contribution.submission_id == Submission.id)
        .outerjoin(JointParticipant, JointParticipant.id == COUNTED)
        .where(here)
    )
    reacted = (
        select(COUNTED_PERSON, *about)
        .select_from(Participant)
        .join(Reaction, Reaction.participant_id == Participant.id)
        .join(Round, Round.id == Reaction.round_id)
        .outerjoin(JointParticipant, JointParticipant.id == Participant.joint_id)
        .where(here)
    )
    answered: set[str] = set()
    uninvited: Counter[tuple[int, str]] = Counter()
    for _, invitation, group, number in session.execute(union(spoke, reacted)):
        if invitation in place:
            answered.add(invitation)
        else:
            uninvited[number, group or UNKNOWN_GROUP] += 1
    replies = Counter(place[each] for each in answered)
    return tuple(
        GroupResponse(number, group, invited[key], replies[key], uninvited[key])
        for key in sorted({*invited, *uninvited})
        for number, group in [key]
    )
