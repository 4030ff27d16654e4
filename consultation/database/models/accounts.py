"""Table of the accounts of the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models.base import Base, now, within


class Account(Base):
    """An account for the review.

    ``second_factor`` is the encrypted secret of its one-time codes, None without; a code counts for
    a step of time after ``second_factor_step``. ``recovery_hashes`` are of the codes that each
    replace one. ``provider_subject`` is who it is at the OpenID Connect provider.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"role in ({within('facilitator', 'analist', 'beheerder')})", name="role"),
    )
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    opdracht: Mapped[int | None]
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    second_factor: Mapped[str | None] = mapped_column(Text)
    second_factor_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    recovery_hashes: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    provider_subject: Mapped[str | None] = mapped_column(String(500), unique=True, index=True)
