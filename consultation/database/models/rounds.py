"""Tables of a consultation, its rounds and its invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models.base import Base, new_id, now, within


class Consultation(Base):
    """One consultation, identified by its catalogue's slug."""

    __tablename__ = "consultation"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    titel: Mapped[str] = mapped_column(Text)


class Round(Base):
    """A numbered round: ``bevraging`` asks questions, ``reactie`` shows proposed actions."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint(f"kind in ({within('bevraging', 'reactie')})", name="kind"),
        CheckConstraint(f"status in ({within('open', 'gesloten', 'gepubliceerd')})", name="status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="bevraging")
    status: Mapped[str] = mapped_column(String(20), default="open")
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class Invitation(Base):
    """The invitation of one stakeholder; only the hash of its token is stored."""

    __tablename__ = "invitation"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column("group_slug", String(40))
    organisation: Mapped[str | None] = mapped_column(Text)
    opdrachten: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
