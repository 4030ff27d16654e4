"""Web forms: stored as participants, submissions and contributions, like chat answers.

The receipt code of a new participant is derived from the form's token with the server's key. A form
that is sent twice thus gives the same participant and answers, without stored state.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consultation import rounds
from consultation.catalogue import Catalogue, Opdracht
from consultation.database.models import (
    Contribution,
    ContributionVersion,
    Conversation,
    Participant,
    Submission,
    now,
)
from consultation.errors import ReceiptUnknown
from consultation.participation import participants, sign_in
from consultation.participation.answers import Erasure, take_back
from consultation.participation.own_answers import own_answers


@dataclass(frozen=True)
class FormAnswer:
    """One answer of the form: the question's key, the text, and the number if the question has one.

    An empty text is no answer; an earlier answer is then erased. ``unread``: the scan for personal
    data was stopped before the end of the text, since it took too much work.
    """

    question: str
    text: str
    value: int | None = None
    unread: bool = False


@dataclass(frozen=True)
class FormResult:
    """Result of storing one form.

    ``talks`` are ids of the participant's conversations if an answer changed: the assistant's
    memory of them is out of date, and may hold erased words.
    """

    receipt: str
    answers: int
    changed: int
    talks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormPrefill:
    """Stored data of a participant for one opdracht in this round, to prefill the form."""

    group: str | None
    organisation: str | None
    consents: dict[str, bool]
    answers: dict[str, str]
    values: dict[str, int]


def form_receipt(token: str, key: str) -> str:
    """The receipt code derived from a form's token; the same token gives the same code."""
    digest = hmac.new(key.encode(), f"form {token}".encode(), hashlib.sha512).digest()
    return participants.receipt_from(digest)


def known(
    session: Session, consultation_id: int, key: str, receipt: str, opdracht: int
) -> FormPrefill:
    """Stored data of the participant with this receipt code, to prefill the form.

    Raises:
        ReceiptUnknown: no participant has this code.
        RoundError: no round is open.
    """
    participant = participants.find_by_receipt(session, consultation_id, receipt, key)
    round_ = rounds.require_open_round(session, consultation_id)
    before = [
        each
        for each in own_answers(session, participant.id, round_.number)
        if each.opdracht == opdracht and each.question
    ]
    return FormPrefill(
        group=participant.group,
        organisation=participant.organisation,
        consents=participants.consents(session, participant.id),
        answers={str(each.question): each.text for each in before},
        values={str(each.question): each.value for each in before if each.value is not None},
    )


def store(
    session: Session,
    consultation_id: int,
    catalogue: Catalogue,
    key: str,
    opdracht: Opdracht,
    *,
    token: str,
    receipt: str | None = None,
    invitation: str | None = None,
    group: str | None = None,
    consents: dict[str, bool],
    answers: Sequence[FormAnswer],
    planned: Erasure | None = None,
) -> FormResult:
    """Stores a form: new answers and new versions of changed ones; equal answers are skipped.

    ``planned`` is the erasure that was planned for the contributions of ``erased_by``.

    Raises:
        ReceiptUnknown: no participant has this receipt code.
        InvitationUnknown: no invitation has this token.
        RoundError: no round is open.
    """
    round_ = rounds.require_open_round(session, consultation_id)
    participant, code = _participant(session, consultation_id, key, token, receipt, invitation)
    before = participants.consents(session, participant.id)
    for purpose, granted in consents.items():
        if before.get(purpose) != granted:
            participants.give_consent(session, catalogue, participant.id, purpose, granted)
    participant.group = group or participant.group
    session.flush()
    submission = session.scalar(
        select(Submission).where(
            Submission.participant_id == participant.id,
            Submission.round_id == round_.id,
            Submission.opdracht == opdracht.nummer,
        )
    )
    if submission is None:
        submission = Submission(
            participant_id=participant.id, round_id=round_.id, opdracht=opdracht.nummer
        )
        session.add(submission)
        session.flush()
    changed = sum(_answer(session, submission, each, planned) for each in answers)
    if changed or submission.confirmed_at is None:
        submission.status, submission.confirmed_at = "bevestigd", now()
    talks = outdated_talks(session, participant.id) if changed else []
    session.flush()
    return FormResult(code, sum(bool(each.text) for each in answers), changed, tuple(talks))


def outdated_talks(session: Session, participant_id: str) -> list[str]:
    """Gives a participant's conversations a new tracker, after a change outside; returns their ids.

    The assistant is to forget them.
    """
    talks = participants.talks(session, participant_id)
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(talks))
        .values(attempt=Conversation.attempt + 1)
    )
    return talks


def _participant(
    session: Session,
    consultation_id: int,
    key: str,
    token: str,
    receipt: str | None,
    invitation: str | None,
) -> tuple[Participant, str]:
    if receipt is not None:
        found = participants.find_by_receipt(session, consultation_id, receipt, key)
        return found, sign_in.canonical_receipt(receipt)
    code = form_receipt(token, key)
    try:
        return participants.find_by_receipt(session, consultation_id, code, key), code
    except ReceiptUnknown:
        return sign_in.newcomer(session, consultation_id, key, invitation, code), code


def erased_by(
    session: Session,
    consultation_id: int,
    key: str,
    opdracht: int,
    token: str,
    receipt: str | None,
    answers: Sequence[FormAnswer],
) -> list[str]:
    """Ids of the contributions that a form erases: stored answers whose text is empty now."""
    empty = [each.question for each in answers if not each.text]
    round_ = rounds.open_round(session, consultation_id) if empty else None
    if round_ is None:
        return []
    try:
        code = receipt or form_receipt(token, key)
        someone = participants.find_by_receipt(session, consultation_id, code, key)
    except ReceiptUnknown:
        return []
    query = (
        select(Contribution.id)
        .join(Submission, Submission.id == Contribution.submission_id)
        .where(
            Submission.participant_id == someone.id,
            Submission.round_id == round_.id,
            Submission.opdracht == opdracht,
            Contribution.question.in_(empty),
        )
    )
    return list(session.scalars(query))


def _answer(
    session: Session, submission: Submission, answer: FormAnswer, planned: Erasure | None
) -> bool:
    contribution = session.scalar(
        select(Contribution).where(
            Contribution.submission_id == submission.id,
            Contribution.question == answer.question,
        )
    )
    if contribution is None:
        if not answer.text:
            return False
        contribution = Contribution(
            submission_id=submission.id, question=answer.question, channel="form"
        )
        session.add(contribution)
        session.flush()
    elif not answer.text:
        take_back(session, contribution, planned)
        return True
    else:
        last = contribution.versions[-1]
        if last.text == answer.text and contribution.value == answer.value:
            return False
        contribution.version += 1
    contribution.value = answer.value
    contribution.versions.append(
        ContributionVersion(
            version=contribution.version,
            text=answer.text,
            unread="nazicht" if answer.unread else None,
        )
    )
    session.flush()
    return True
