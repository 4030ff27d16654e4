"""Questions of participants for the organiser: stored by the chat, answered in the review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consultation.database.models import Conversation, ParticipantQuestion, Round, now
from consultation.participation.effects import QuestionAsked

OPEN, ANSWERED = "open", "beantwoord"


def ask(
    session: Session,
    conversation: Conversation,
    message_id: str,
    text: str,
    effect: QuestionAsked,
) -> None:
    """Stores a question; the same message asks the same thing only once."""
    kind = "contact" if effect.contact else "vraag"
    known = session.scalar(
        select(ParticipantQuestion.id).where(
            ParticipantQuestion.message_id == message_id, ParticipantQuestion.kind == kind
        )
    )
    if known is None:
        session.add(
            ParticipantQuestion(
                participant_id=conversation.participant_id,
                message_id=message_id,
                round_id=conversation.round_id,
                opdracht=effect.opdracht,
                kind=kind,
                text=text,
            )
        )
        session.flush()


def asked(
    session: Session, consultation_id: int, opdracht: int | None = None
) -> Sequence[ParticipantQuestion]:
    """All questions of a consultation, or on one opdracht: open ones first, then by age."""
    query = (
        select(ParticipantQuestion)
        .join(Round, Round.id == ParticipantQuestion.round_id)
        .where(Round.consultation_id == consultation_id)
        .options(joinedload(ParticipantQuestion.round), joinedload(ParticipantQuestion.participant))
        .order_by(ParticipantQuestion.state.desc(), ParticipantQuestion.id)
    )
    if opdracht is not None:
        query = query.where(ParticipantQuestion.opdracht == opdracht)
    return session.scalars(query).all()


def count_open(session: Session, consultation_id: int) -> Counter[int | None]:
    """The number of open questions per opdracht; None for those outside an opdracht."""
    query = (
        select(ParticipantQuestion.opdracht, func.count())
        .join(Round, Round.id == ParticipantQuestion.round_id)
        .where(Round.consultation_id == consultation_id, ParticipantQuestion.state == OPEN)
        .group_by(ParticipantQuestion.opdracht)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def find(session: Session, consultation_id: int, question_id: int) -> ParticipantQuestion | None:
    """The question with this id in this consultation, locked for a change, or None."""
    query = (
        select(ParticipantQuestion)
        .join(Round, Round.id == ParticipantQuestion.round_id)
        .where(Round.consultation_id == consultation_id, ParticipantQuestion.id == question_id)
        .with_for_update(of=ParticipantQuestion)
    )
    return session.scalar(query)


def handle(question: ParticipantQuestion, account: str, note: str) -> None:
    """Marks a question as answered, with a note for colleagues."""
    question.state, question.note = ANSWERED, note
    question.handled_by, question.handled_at = account, now()


def reopen(question: ParticipantQuestion) -> None:
    """Undoes ``handle``; the note stays, so that it can be changed."""
    question.state = OPEN
    question.handled_by = question.handled_at = None
