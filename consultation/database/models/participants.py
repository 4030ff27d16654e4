"""Tables of participants and what they consent to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consultation.database.models.base import Base, new_id, now, within


class JointParticipant(Base):
    """Participants, or answers of participants, that a facilitator decided to count as one.

    Its members are the rows whose ``joint_id`` it is: the participants of one organisation, or the
    answers of a letter campaign. ``group`` is that of most members. The rows follow from the event
    log (``consultation.curation.joint_participants``).
    """

    __tablename__ = "joint_participant"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    group: Mapped[str | None] = mapped_column("group_slug", String(40))


class Flood(Base):
    """Participants who are kept apart until a facilitator counts them.

    ``kind`` is ``stroom`` for those who came from one address faster than its limit, ``robot`` for
    one that a facilitator set apart. They count once ``counted`` is true. ``mark`` tells the
    address of a ``stroom`` on its day (``web.dependencies.address_mark``); it is None afterwards.
    """

    __tablename__ = "flood"
    __table_args__ = (
        CheckConstraint(f"kind in ({within('stroom', 'robot')})", name="kind"),
        UniqueConstraint("consultation_id", "mark"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    kind: Mapped[str] = mapped_column(String(10))
    mark: Mapped[str | None] = mapped_column(String(32))
    counted: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]


class Participant(Base):
    """A pseudonymous person or organisation that takes part."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("consultation_id", "import_key"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    group: Mapped[str | None] = mapped_column("group_slug", String(40), index=True)
    organisation: Mapped[str | None] = mapped_column(Text)
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitation.id"))
    import_key: Mapped[str | None] = mapped_column(String(64))
    joint_id: Mapped[str | None] = mapped_column(String(32), index=True)
    flood_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    consents: Mapped[list[Consent]] = relationship(
        cascade="all, delete-orphan", order_by="Consent.id"
    )


class Consent(Base):
    """Consent to one purpose, or its refusal. A later row for a purpose overrides earlier ones."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(String(20))
    granted: Mapped[bool]
    version: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)
