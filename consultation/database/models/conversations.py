"""Tables of conversations and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consultation.database.models.base import Base, new_id, now, within
from consultation.database.models.participants import Participant
from consultation.database.models.rounds import Round


class Conversation(Base):
    """One participant's conversation in one round.

    ``attempt`` is part of the name of the Rasa tracker. It increases, so that a new tracker starts,
    when a turn is repeated, when an opdracht starts, and when words are erased.
    """

    __tablename__ = "conversation"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    opdracht: Mapped[int | None]
    attempt: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class Message(Base):
    """One incoming or outgoing message; an incoming one is recorded before any processing.

    ``sender`` is ``deelnemer``, ``assistent``, or ``systeem`` for the turn that opens or resumes a
    conversation. Replies refer to their message by ``reply_to_id``, so a repeated message gets the
    same answer. ``unread``: scanning the text exceeded its budget and is not tried again.
    ``owner`` is the number of the process that works on it, see ``consultation.database.presence``.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint(
            f"state in ({within('ontvangen', 'wacht_op_keuze', 'verwerkt')})", name="state"
        ),
        CheckConstraint(
            f"sender in ({within('deelnemer', 'assistent', 'systeem')})", name="sender"
        ),
        Index("ix_message_state", "state"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    seq: Mapped[int]
    sender: Mapped[str] = mapped_column(String(10))
    client_id: Mapped[str | None] = mapped_column(String(128))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="ontvangen")
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[int] = mapped_column(default=0, server_default="0")
    unread: Mapped[bool] = mapped_column(default=False, server_default=false())
    buttons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    custom: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reply_to_id: Mapped[str | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)


class ParticipantQuestion(Base):
    """A participant's question for the organiser that the assistant could not answer.

    ``text`` has no personal data that was recognised. ``kind``: ``vraag``, or ``contact`` for the
    wish to speak to a person. ``note``, ``handled_by`` and ``handled_at`` are of the reviewer who
    marked it as answered.
    """

    __tablename__ = "participant_question"
    __table_args__ = (
        UniqueConstraint("message_id", "kind"),
        CheckConstraint(f"kind in ({within('vraag', 'contact')})", name="kind"),
        CheckConstraint(f"state in ({within('open', 'beantwoord')})", name="state"),
        Index("ix_participant_question_round_id_state", "round_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    opdracht: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(10), default="vraag")
    state: Mapped[str] = mapped_column(String(12), default="open")
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    handled_by: Mapped[str | None] = mapped_column(String(80))
    handled_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=now)
    participant: Mapped[Participant] = relationship()
    round: Mapped[Round] = relationship()
