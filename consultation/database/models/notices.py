"""Tables of news by mail: where it may be sent, kept apart from all answers, and what was sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models.base import Base, now, within

WAITS, BUSY, SENT, FAILED, UNCERTAIN = "wacht", "bezig", "verstuurd", "mislukt", "onzeker"


class NewsAddress(Base):
    """The e-mail address of a participant who asked for news; nothing else refers to it."""

    __tablename__ = "news_address"
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime] = mapped_column(default=now)


class NewsMail(Base):
    """One mail about one published round; a participant has at most one per round.

    ``state`` is ``wacht`` (not before ``due_at``), ``bezig`` (taken up at ``due_at``),
    ``verstuurd``, ``mislukt``, or ``onzeker``: the mail server had it, and did not say whether it
    took it. An ``onzeker`` mail is never sent again.
    """

    __tablename__ = "news_mail"
    __table_args__ = (
        UniqueConstraint("participant_id", "round_id"),
        CheckConstraint(f"state in ({within(WAITS, BUSY, SENT, FAILED, UNCERTAIN)})", name="state"),
        Index("ix_news_mail_state", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    state: Mapped[str] = mapped_column(String(10), default=WAITS)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
