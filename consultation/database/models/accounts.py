"""Table of the accounts of the review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models.base import Base, now, within


class Account(Base):
    """An account for the review."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"role in ({within('facilitator', 'analist', 'beheerder')})", name="role"),
    )
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    opdracht: Mapped[int | None]
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
