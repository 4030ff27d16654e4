"""Tables of the runs of the analysis, their themes and what they say about statements."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models.base import Base, new_id, now, within
from consultation.theme_code import ThemeCode


class Embedding(Base):
    """A cached sentence vector (float32), by name of the model and hash of the text."""

    __tablename__ = "embedding"
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


def proposed_action_id(theme: str) -> str:
    """The id of the action that a run proposes for a theme; the same in every run."""
    return hashlib.sha256(f"action {theme}".encode()).hexdigest()[:32]


def _action_of_theme(context: DefaultExecutionContext) -> str:
    return proposed_action_id(context.get_current_parameters()["id"])  # type: ignore[no-untyped-call]


class AnalysisRun(Base):
    """One run of the analysis on all answers up to and including a round.

    ``opdracht`` is the one the run was limited to, or None for all.
    """

    __tablename__ = "analysis_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    opdracht: Mapped[int | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    models: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    input_hash: Mapped[str] = mapped_column(String(64), default="")
    curation_hash: Mapped[str] = mapped_column(String(64), default="")
    metrics: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class Theme(Base):
    """The identity of a theme, which is stable over runs. Shown as ``O04-T012``.

    ``action_id`` is the id of the action that a run proposes for it (``proposed_action_id``).
    """

    __tablename__ = "theme"
    __table_args__ = (
        UniqueConstraint("consultation_id", "opdracht", "number"),
        CheckConstraint(
            f"status in ({within('kandidaat', 'goedgekeurd', 'verworpen', 'samengevoegd')})",
            name="status",
        ),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    opdracht: Mapped[int]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="kandidaat")
    parents: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_run_id: Mapped[int | None] = mapped_column(ForeignKey("analysis_run.id"))
    action_id: Mapped[str | None] = mapped_column(String(32), index=True, default=_action_of_theme)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def code(self) -> str:
        """The code shown to users: opdracht and number."""
        return str(ThemeCode(self.opdracht, self.number))


class RunTheme(Base):
    """One run's result for a theme; quotes and proposed action are statement ids."""

    __tablename__ = "run_theme"
    __table_args__ = (Index("ix_run_theme_theme_id_run_id", "theme_id", "run_id"),)
    run_id: Mapped[int] = mapped_column(
        ForeignKey("analysis_run.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[str] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[Any]] = mapped_column(JSON, default=list)
    quotes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    action_statement_id: Mapped[str | None] = mapped_column(String(32))
    trust: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Assignment(Base):
    """The theme of a statement according to one run; what people decide is in ``CurationEvent``.

    ``subtheme`` is the name of the sub-theme; statements of an opdracht with the same name belong
    together. Rows are not rewritten, except that an erasure replaces words in ``subtheme``.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("statement_id", "theme_id", "run_id"),
        Index("ix_assignment_run_id_theme_id", "run_id", "theme_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), index=True
    )
    theme_id: Mapped[str] = mapped_column(ForeignKey("theme.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("analysis_run.id", ondelete="CASCADE"))
    is_primary: Mapped[bool] = mapped_column(default=True)
    score: Mapped[float] = mapped_column(Float, default=1.0)
    subtheme: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


class RunMark(Base):
    """Mark of a run on a statement that it did not cluster: a duplicate or an excluded statement.

    ``zelfde_tekst`` is a duplicate of the statement whose id is ``value``, and gets its theme. The
    other marks are listed, not clustered: ``geen_antwoord`` has no content, ``andere_taal`` is in
    the language ``value`` (ISO 639-1), and ``vaste_tekst`` is fixed text that recurs around the
    participants' own words.
    """

    __tablename__ = "run_mark"
    __table_args__ = (
        CheckConstraint(
            f"mark in ({within('geen_antwoord', 'andere_taal', 'zelfde_tekst', 'vaste_tekst')})",
            name="mark",
        ),
    )
    run_id: Mapped[int] = mapped_column(
        ForeignKey("analysis_run.id", ondelete="CASCADE"), primary_key=True
    )
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    mark: Mapped[str] = mapped_column(String(20))
    value: Mapped[str | None] = mapped_column(String(32))


class RunStance(Base):
    """The stance of a statement according to a run, and its chance (0 to 1).

    A statement without a row has no stance.
    """

    __tablename__ = "run_stance"
    __table_args__ = (
        CheckConstraint(
            f"stance in ({within('voor', 'tegen', 'voorwaardelijk')})",
            name="stance",
        ),
    )
    run_id: Mapped[int] = mapped_column(
        ForeignKey("analysis_run.id", ondelete="CASCADE"), primary_key=True
    )
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    stance: Mapped[str] = mapped_column(String(20))
    score: Mapped[float] = mapped_column(Float)


class RunProposal(Base):
    """A run's suggestion to change themes that facilitators decided on; refers to rows by id.

    ``id`` follows from the content, not from the run: the same suggestion has the same id in every
    run, so that a declined suggestion stays declined.
    """

    __tablename__ = "run_proposal"
    __table_args__ = (
        CheckConstraint(f"kind in ({within('split', 'merge', 'move')})", name="kind"),
    )
    run_id: Mapped[int] = mapped_column(
        ForeignKey("analysis_run.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    opdracht: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    themes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    statements: Mapped[list[Any]] = mapped_column(JSON, default=list)
    label: Mapped[str] = mapped_column(Text, default="")
    score: Mapped[float] = mapped_column(Float, default=0.0)
