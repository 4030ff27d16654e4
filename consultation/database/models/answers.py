"""Tables of answers, their versions, and the statements in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consultation.database.models.base import Base, new_id, now, within
from consultation.database.models.participants import Participant
from consultation.database.models.rounds import Round

SET_ASIDE = ("tijd", "fout")
"""Reasons why the analysis excluded an answer: see ``ContributionVersion``."""

UNREAD = ("nazicht", *SET_ASIDE)


def place_at(places: Sequence[Sequence[Any]], position: int) -> int | str | None:
    """The page or time at which a position in a text stands; see ``ContributionVersion.places``."""
    found = bisect_right(places, position, key=lambda each: each[0])
    place: int | str | None = places[found - 1][1] if found else None
    return place


class Submission(Base):
    """The contributions of one participant on one opdracht in one round.

    ``opdracht`` is None for an import that names no opdracht, or that covers several.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("participant_id", "round_id", "opdracht"),
        CheckConstraint(f"status in ({within('open', 'bevestigd')})", name="status"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    opdracht: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default="open")
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    participant: Mapped[Participant] = relationship()
    round: Mapped[Round] = relationship()


class Contribution(Base):
    """One answer in a submission. Its text is in its versions.

    ``source_key`` identifies an imported answer, so that importing a file twice adds nothing.
    ``value`` is the number, if the question has one (prioriteit, 1 to 5).
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("submission_id", "source_key"),
        CheckConstraint(f"channel in ({within('chat', 'form', 'import')})", name="channel"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    question: Mapped[str | None] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    value: Mapped[int | None]
    probe: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    source_key: Mapped[str | None] = mapped_column(String(64))
    auto: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    joint_id: Mapped[str | None] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    submission: Mapped[Submission] = relationship()
    versions: Mapped[list[ContributionVersion]] = relationship(
        cascade="all, delete-orphan",
        order_by="ContributionVersion.version",
        back_populates="contribution",
    )


class ContributionVersion(Base):
    """One version of a contribution's text, verbatim.

    ``parts`` are the messages it consists of: ``[{message, start, end}]``, in characters of the
    text. ``measure`` is its measured content (``consultation.participation.effects.Measure``): the
    chat stores it at once, the analysis if it is missing. It is None for a chosen number.
    ``places`` are positions in an imported text and what begins there: ``[[start, page or time]]``.
    ``unread`` is the reason why the text was not processed completely; it is not tried again.
    ``nazicht``: the scan for personal data and other languages was stopped when the answer came in.
    ``tijd`` and ``fout``: the analysis excluded the text, since it took too long or failed.
    """

    __tablename__ = "contribution_version"
    __table_args__ = (
        UniqueConstraint("contribution_id", "version"),
        CheckConstraint(f"unread in ({within(*UNREAD)})", name="unread"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contribution_id: Mapped[str] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    places: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    measure: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    unread: Mapped[str | None] = mapped_column(String(20))
    cut_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=now)
    contribution: Mapped[Contribution] = relationship(back_populates="versions")


class Statement(Base):
    """A span of one version that makes one point; its span never changes.

    ``opdracht`` and ``opdracht_score`` are the opdracht it was assigned to and the score of that,
    when its submission names no opdracht; ``placed_by`` is ``vraag``, ``machine`` or an account's
    name. ``succeeds`` is the statement of an earlier version with the same words
    (``consultation.curation.succession``).
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("contribution_version_id", "start", "end"),
        CheckConstraint('start >= 0 and start < "end"', name="span"),
        CheckConstraint(
            f"kind in ({within('drempel', 'hefboom', 'voorstel', 'anders')})", name="kind"
        ),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contribution_version_id: Mapped[str] = mapped_column(
        ForeignKey("contribution_version.id", ondelete="CASCADE"), index=True
    )
    start: Mapped[int]
    end: Mapped[int] = mapped_column("end")
    kind: Mapped[str] = mapped_column(String(20))
    opdracht: Mapped[int | None] = mapped_column(index=True)
    opdracht_score: Mapped[float | None] = mapped_column(Float)
    placed_by: Mapped[str] = mapped_column(String(80), default="vraag")
    succeeds: Mapped[str | None] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    contribution_version: Mapped[ContributionVersion] = relationship()


class Objection(Base):
    """A participant says that a statement of theirs was not understood as they meant it.

    ``note``, ``handled_by`` and ``handled_at`` are of the reviewer who looked at it.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("statement_id"),
        CheckConstraint(f"state in ({within('open', 'bekeken')})", name="state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    statement_id: Mapped[str] = mapped_column(ForeignKey("statement.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    note: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[str | None] = mapped_column(String(80))
    handled_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=now)
    statement: Mapped[Statement] = relationship()
    participant: Mapped[Participant] = relationship()


class OwnPlacing(Base):
    """What a participant says that a sentence of their answer is about; asked at most once.

    The sentence is characters ``start`` to ``end`` of the version. ``likely`` are the ids of the
    themes to offer, the likeliest first; ``machine`` is the theme that the mapping gave it when the
    question was made, None for no theme. ``themes`` is the
    participant's answer: theme ids, empty for none of them, None without an answer. ``asked_at`` is
    None while the question waits for its turn. ``taken_over_at``: a run then made the answer a
    decision of the log, on the statement ``decided_on``.
    """

    __tablename__ = "own_placing"
    __table_args__ = (UniqueConstraint("contribution_version_id", "start", "end"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contribution_version_id: Mapped[str] = mapped_column(
        ForeignKey("contribution_version.id", ondelete="CASCADE"), index=True
    )
    start: Mapped[int]
    end: Mapped[int] = mapped_column("end")
    likely: Mapped[list[str]] = mapped_column(JSON, default=list)
    machine: Mapped[str | None] = mapped_column(String(32))
    themes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    decided_on: Mapped[str | None] = mapped_column(String(32))
    taken_over_at: Mapped[datetime | None]
