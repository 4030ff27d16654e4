"""The trekkers that participants name: answers to "who should do this?", by the names in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from analysis.supporters import is_proposal
from consultation.catalogue import Catalogue
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    JointParticipant,
    Participant,
    Round,
    Statement,
    Submission,
)
from consultation.queries.statements import (
    COUNTED,
    COUNTED_GROUP,
    StatementView,
    active_answer,
    answers,
)
from language.actors import Actor, Aliases, actors


@dataclass(frozen=True)
class TrekkerAnswer:
    """One answer, verbatim, and the names in it.

    ``participant`` and ``sender`` are as in ``StatementView``.
    """

    contribution: str
    participant: str
    sender: str
    group: str | None
    round: int
    text: str
    names: tuple[Actor, ...]


@dataclass(frozen=True)
class TrekkerName:
    """A name, and the answers that contain it."""

    name: str
    answers: tuple[TrekkerAnswer, ...]

    @property
    def people(self) -> int:
        """The number of different participants who give this name."""
        return len({each.participant for each in self.answers})


@dataclass(frozen=True)
class Trekkers:
    """Answers to "who should do this?" on one opdracht, or a part of them."""

    answers: tuple[TrekkerAnswer, ...] = ()

    @cached_property
    def named(self) -> tuple[TrekkerName, ...]:
        """The names, those that most participants give first."""
        found: dict[str, list[TrekkerAnswer]] = {}
        forms: dict[str, Counter[tuple[bool, str]]] = {}
        for answer in self.answers:
            for actor in answer.names:
                found.setdefault(actor.key, []).append(answer)
                forms.setdefault(actor.key, Counter())[actor.known, actor.name] += 1
        named = [TrekkerName(_name(key, forms[key]), tuple(own)) for key, own in found.items()]
        return tuple(sorted(named, key=lambda each: (-each.people, each.name.casefold())))

    @cached_property
    def unnamed(self) -> tuple[TrekkerAnswer, ...]:
        """The answers without a recognised name."""
        return tuple(each for each in self.answers if not each.names)

    @property
    def people(self) -> int:
        """The number of different participants who answered."""
        return len({each.participant for each in self.answers})

    def behind(
        self, said: Iterable[StatementView], everything: Iterable[StatementView]
    ) -> Trekkers:
        """Returns the answers that participants gave in the same round as one of these statements.

        A participant names a trekker for a proposal, so of ``said`` only proposals count. If
        ``everything``, all statements on the opdracht, holds no proposal of that participant in
        that round, any statement in ``said`` counts.
        """
        proposing = {_submission(each) for each in everything if is_proposal(each)}
        wanted = {
            _submission(each)
            for each in said
            if is_proposal(each) or _submission(each) not in proposing
        }
        return Trekkers(tuple(each for each in self.answers if (each.sender, each.round) in wanted))


@dataclass(frozen=True)
class TrekkerSuggestions:
    """Names to choose from for an action: by its supporters (``near``) and on the opdracht."""

    near: tuple[TrekkerName, ...] = ()
    all: tuple[TrekkerName, ...] = field(default=())


def trekkers(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    opdracht: int | None,
    until_round: int | None = None,
) -> Trekkers:
    """Returns the current answers on an opdracht; with None those that belong to no opdracht yet.

    An answer whose submission names no opdracht belongs to those of the submission's statements.
    """
    aliases = Aliases.of((each.naam, each.woorden) for each in catalogue.actoren)
    placed = (
        select(Contribution.submission_id)
        .join(ContributionVersion, ContributionVersion.contribution_id == Contribution.id)
        .join(Statement, Statement.contribution_version_id == ContributionVersion.id)
    )
    if opdracht is None:
        inside = Submission.id.not_in(placed.where(Statement.opdracht.is_not(None)))
        about = and_(Submission.opdracht.is_(None), inside)
    else:
        inside = Submission.id.in_(placed.where(Statement.opdracht == opdracht))
        about = (Submission.opdracht == opdracht) | and_(Submission.opdracht.is_(None), inside)
    query = (
        answers(
            Contribution.id,
            COUNTED,
            Participant.id,
            COUNTED_GROUP,
            Round.number,
            ContributionVersion.text,
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .outerjoin(JointParticipant, JointParticipant.id == COUNTED)
        .where(
            *active_answer(consultation_id, until_round), Contribution.question == "trekker", about
        )
        .order_by(Contribution.created_at, Contribution.id)
    )
    found = [
        TrekkerAnswer(answer, person, sender, group, number, text, actors(text, aliases))
        for answer, person, sender, group, number, text in session.execute(query)
    ]
    return Trekkers(tuple(found))


def _submission(said: StatementView) -> tuple[str, int]:
    return said.sender, said.round


def _name(key: str, forms: Counter[tuple[bool, str]]) -> str:
    """Returns the name to show: from the catalogue, else the singular, else the commonest form."""
    ranked = sorted(
        forms, key=lambda each: (not each[0], each[1].lower() != key, -forms[each], each[1])
    )
    name = ranked[0][1]
    return name[0].upper() + name[1:]
