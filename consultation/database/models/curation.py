"""Tables of actions and of decisions of facilitators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models.base import Base, new_id, now, within


class Action(Base):
    """The identity of an action.

    Its text and its decisions are in the event log (``consultation.curation.log``), so that this
    table holds no participant's words.
    """

    __tablename__ = "action"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    opdracht: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Reaction(Base):
    """One version of a participant's reaction to a proposed action; the highest version counts.

    ``rank`` is the place that the participant gave the action among those they support, from 1.
    ``wording`` is the SHA-256 of the action's wording that was shown. Conditions and amendments are
    answers (``consultation.participation.reactions``), so that this table holds no words.
    """

    __tablename__ = "reaction"
    __table_args__ = (
        UniqueConstraint("participant_id", "action_id", "round_id", "version"),
        CheckConstraint(
            f"stance in ({within('steun', 'tegen', 'voorwaarde', 'weet_niet')})", name="stance"
        ),
        Index("ix_reaction_round_id_action_id", "round_id", "action_id"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    version: Mapped[int] = mapped_column(default=1)
    stance: Mapped[str] = mapped_column(String(10))
    rank: Mapped[int | None]
    wording: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(default=now)


class CurationEvent(Base):
    """One human decision: account, time, operation and ids. Append-only.

    ``payload`` is the operation as it was given (``consultation.curation.operations``); its key
    ``recorded`` holds values that were fixed at that moment. ``actor`` is the capacity in which the
    person decided; a participant decides on own statements only, and has no name here. ``link``
    chains the event to those before it (``consultation.curation.chain``).
    """

    __tablename__ = "curation_event"
    __table_args__ = (Index("ix_curation_event_consultation_id", "consultation_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    account: Mapped[str] = mapped_column(String(80))
    actor: Mapped[str] = mapped_column(
        String(12), default="facilitator", server_default="facilitator"
    )
    op: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    revokes_id: Mapped[int | None] = mapped_column(ForeignKey("curation_event.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    salt: Mapped[str] = mapped_column(String(32), default="", server_default="")
    link: Mapped[str] = mapped_column(String(64), default="", server_default="")


class EventSubject(Base):
    """Subject of an event, for look-ups: ``opdracht 4`` or ``action`` with an id.

    ``opdracht`` alone stands for events without an opdracht. A revocation has the subjects of the
    event that it undoes.
    """

    __tablename__ = "event_subject"
    __table_args__ = (Index("ix_event_subject_event_id", "event_id"),)
    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("curation_event.id", ondelete="CASCADE"), primary_key=True
    )
