"""Suggestions of what may count as one participant, for a facilitator to decide.

Participants of one organisation are found by its name, normalised. A letter campaign is found by
its words: answers of several participants that share most of their sequences of three words.
Candidates come from ``analysis.preprocessing.near_texts``; each is then compared exactly. Time
grows with the number of long answers, of which only the first ``_MOST_WORDS`` words are read.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from sqlalchemy import func
from sqlalchemy.orm import Session

from analysis.preprocessing.deduplication import same_words
from analysis.preprocessing.near_texts import NearTexts
from consultation.curation import operations as ops
from consultation.curation.joint_participants import CountingDecision, decisions
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Participant,
    Submission,
)
from consultation.queries.statements import active_answer, answers
from language.informativeness import is_non_answer

FEWEST_SENDERS = 3
"""A letter of fewer participants is no campaign."""

_FEWEST_WORDS = 25
_MOST_WORDS = 600
_SHINGLE = 3
_SHARED = 0.7
_BANDS, _ROWS = 16, 4
_OPENING = 200
_LEGAL_FORMS = frozenset(
    "vzw nv bv bvba cv cvba comm vof asbl ivzw aisbl sa srl sprl gcv eb de het een the".split()  # noqa: SIM905
)
_NO_NAMES = frozenset(
    "particulier prive burger zelfstandige zelfstandig ikzelf onbekend anoniem persoonlijk".split()  # noqa: SIM905
)
_WORD = re.compile(r"[^\W_]+")

Kind = Literal["organisation", "letter"]


@dataclass(frozen=True)
class JointMember:
    """A participant, or an answer of a participant, that may count together with others.

    ``id`` is of the participant for an organisation, of the answer for a letter. ``answer`` is the
    first answer that it is about, ``words`` how that begins, ``joint`` the joint participant that
    it counts for now.
    """

    id: str
    participant: str
    group: str | None
    channels: tuple[str, ...]
    answers: int
    answer: str
    words: str
    organisation: str | None = None
    joint: str | None = None


@dataclass(frozen=True)
class JointSuggestion:
    """Members that may count as one; ``key`` is the same as long as the members are."""

    kind: Kind
    name: str
    members: tuple[JointMember, ...]

    @property
    def key(self) -> str:
        """A key of the kind and the members."""
        ids = sorted(each.id for each in self.members)
        return hashlib.sha256(f"{self.kind} {' '.join(ids)}".encode()).hexdigest()[:32]

    @property
    def senders(self) -> int:
        """The number of participants."""
        return len({each.participant for each in self.members})

    def operation(self, op: str, without: Iterable[str] = ()) -> dict[str, object]:
        """The decision on this suggestion (``count_as_one``, ``count_apart``), as JSON values.

        ``without`` are the ids of members that do not belong.
        """
        left = set(without)
        ids = [each.id for each in self.members if each.id not in left]
        return {"op": op, "participants" if self.kind == "organisation" else "answers": ids}


def joint_suggestions(session: Session, consultation_id: int) -> list[JointSuggestion]:
    """What may count as one and is not decided yet: organisations, then letters, largest first."""
    decided = decisions(session, consultation_id)
    organisations = _organisations(session, consultation_id)
    letters = _letters(session, consultation_id)
    return [
        each
        for found in (organisations, letters)
        for each in sorted(found, key=lambda one: (-len(one.members), one.name.casefold()))
        if _open(each, decided)
    ]


def normalised_name(name: str) -> str | None:
    """A key of an organisation's name; None if it names no organisation.

    Case, accents, punctuation, the order of words, articles and legal forms make no difference.
    """
    words = set(_WORD.findall(same_words(name.replace(".", "")))) - _LEGAL_FORMS
    if not words or is_non_answer(name) or words <= _NO_NAMES:
        return None
    return " ".join(sorted(words))


def near_letters(texts: Sequence[str]) -> list[list[int]]:
    """The rows of texts that are nearly the same, by group of two or more, in order.

    Each text is compared with the first of earlier groups only, so that small differences do not
    add up from one text to the next. Texts of fewer than ``_FEWEST_WORDS`` words are left out.
    """
    rows: list[int] = []
    bags: dict[int, frozenset[int]] = {}
    for row, text in enumerate(texts):
        words = same_words(text).split()[:_MOST_WORDS]
        if len(words) >= _FEWEST_WORDS:
            rows.append(row)
            starts = range(len(words) - _SHINGLE + 1)
            bags[row] = frozenset(
                crc32(" ".join(words[at : at + _SHINGLE]).encode()) for at in starts
            )
    if len(rows) < 2:
        return []
    firsts = NearTexts(_BANDS, _ROWS)
    groups: dict[int, list[int]] = {}
    for row in rows:
        sketch = firsts.sketch(bags[row])
        for first in firsts.alike(sketch):
            if _near(bags[first], bags[row]):
                groups[first].append(row)
                break
        else:
            firsts.keep(row, sketch)
            groups[row] = [row]
    return [own for own in groups.values() if len(own) > 1]


def _near(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether most of the shorter text is in the other, and half of the longer one too."""
    shared = len(one & other)
    short, long = sorted((len(one), len(other)))
    return shared >= _SHARED * short and 2 * shared >= long


def _organisations(session: Session, consultation_id: int) -> Iterator[JointSuggestion]:
    query = (
        answers(
            Participant.id,
            Participant.organisation,
            Participant.group,
            Participant.joint_id,
            Contribution.id,
            Contribution.channel,
            func.substr(ContributionVersion.text, 1, _OPENING),
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .where(
            *active_answer(consultation_id),
            Participant.organisation.is_not(None),
            Participant.organisation != "",
        )
        .order_by(Contribution.created_at, Contribution.id)
    )
    own: dict[str, list[tuple[str, str, str]]] = {}
    about: dict[str, tuple[str, str | None, str | None]] = {}
    for who, organisation, group, joint, *answer in session.execute(query):
        about[who] = (organisation, group, joint)
        own.setdefault(who, []).append(tuple(answer))
    named: dict[str, list[str]] = {}
    for who, (organisation, _, _) in about.items():
        key = normalised_name(organisation)
        if key is not None:
            named.setdefault(key, []).append(who)
    for people in named.values():
        members = tuple(
            JointMember(
                id=who,
                participant=who,
                group=about[who][1],
                channels=tuple(sorted({channel for _, channel, _ in own[who]})),
                answers=len(own[who]),
                answer=own[who][0][0],
                words=_opening(own[who][0][2]),
                organisation=about[who][0],
                joint=about[who][2],
            )
            for who in people
        )
        spelled = Counter(" ".join(str(each.organisation).split()) for each in members)
        name = min(spelled, key=lambda each: (-spelled[each], each))
        yield JointSuggestion("organisation", name, members)


def _letters(session: Session, consultation_id: int) -> Iterator[JointSuggestion]:
    query = (
        answers(
            Contribution.id,
            Participant.id,
            Participant.organisation,
            Participant.group,
            Contribution.joint_id,
            Contribution.channel,
            ContributionVersion.text,
        )
        .join(Participant, Participant.id == Submission.participant_id)
        .where(*active_answer(consultation_id))
        .order_by(Contribution.created_at, Contribution.id)
    )
    rows = session.execute(query).all()
    for group in near_letters([row.text for row in rows]):
        members = tuple(
            JointMember(
                id=answer,
                participant=who,
                group=slug,
                channels=(channel,),
                answers=1,
                answer=answer,
                words=_opening(text),
                organisation=organisation,
                joint=joint,
            )
            for answer, who, organisation, slug, joint, channel, text in (
                rows[each] for each in group
            )
        )
        suggestion = JointSuggestion("letter", members[0].words, members)
        if suggestion.senders >= FEWEST_SENDERS:
            yield suggestion


def _open(suggestion: JointSuggestion, decided: Sequence[CountingDecision]) -> bool:
    """Whether there is anything to decide: members that nobody counted together or apart."""
    ids = {each.id for each in suggestion.members}
    joints = {each.joint for each in suggestion.members}
    if len(ids) < 2 or (len(joints) == 1 and None not in joints):
        return False
    return not any(
        isinstance(each.operation, ops.CountApart)
        and ids <= {*each.operation.participants, *each.operation.answers}
        for each in decided
    )


def _opening(text: str) -> str:
    plain = " ".join(text[:_OPENING].split())
    if len(plain) <= _OPENING // 2:
        return plain
    return f"{plain[: _OPENING // 2].rpartition(' ')[0]} …"
