"""Tables of the review other than curation: audit, publications, blind coding, action checks.

Data derived from participants' words is stored as statement ids with a cascading foreign key, so
that an erasure of the statement deletes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consultation.database.models import Base, new_id, now


class AuditEntry(Base):
    """An act in the review other than curation, such as logging in, exporting or publishing.

    ``link`` chains it to the entry before (``consultation.access.audit_chain``).
    """

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    account: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(40))
    about: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    link: Mapped[str] = mapped_column(String(64), default="", server_default="")


class AnalysisJob(Base):
    """An analysis that a page asked for, and how it goes.

    ``owner`` is the number of the process that runs it, see ``consultation.database.presence``; 0
    while it waits for one. ``percent``, ``told``, ``code``, ``run`` and ``results`` are those of
    ``web.analysis_jobs.Job``.
    """

    __tablename__ = "analysis_job"
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    account: Mapped[str] = mapped_column(String(80))
    round: Mapped[int]
    opdracht: Mapped[int | None]
    owner: Mapped[int] = mapped_column(default=0)
    started: Mapped[datetime] = mapped_column(default=now)
    finished: Mapped[datetime | None]
    percent: Mapped[int | None]
    run: Mapped[int | None]
    code: Mapped[int | None]
    told: Mapped[str] = mapped_column(Text, default="")
    results: Mapped[list[Any]] = mapped_column(JSON, default=list)


class Publication(Base):
    """One publication of a round; withdrawn if ``withdrawn_at`` is set.

    ``content`` holds what facilitators decided (labels, descriptions, actions), never participants'
    words. Sizes and quotes are read from ``PublishedStatement``.
    """

    __tablename__ = "publication"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    account: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class PublishedStatement(Base):
    """A statement of a published theme; ``quote`` is its rank among the theme's quotes, or None."""

    __tablename__ = "published_statement"
    publication_id: Mapped[int] = mapped_column(
        ForeignKey("publication.id", ondelete="CASCADE"), primary_key=True
    )
    theme: Mapped[str] = mapped_column(String(32), primary_key=True)
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quote: Mapped[int | None]


class PublishedSupport(Base):
    """A statement that proposes a published action."""

    __tablename__ = "published_support"
    publication_id: Mapped[int] = mapped_column(
        ForeignKey("publication.id", ondelete="CASCADE"), primary_key=True
    )
    action: Mapped[str] = mapped_column(String(32), primary_key=True)
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ErasedStatement(Base):
    """The id of a statement that was erased, and the day (ISO): nothing else of it is left.

    Decisions name statements by id, so this tells a name that points nowhere from a lost row.
    """

    __tablename__ = "erased_statement"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    day: Mapped[str] = mapped_column(String(10))


class CodingTask(Base):
    """A random sample of an opdracht's statements, for blind coding with its approved themes."""

    __tablename__ = "coding_task"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    opdracht: Mapped[int]
    themes: Mapped[list[Any]] = mapped_column(JSON)
    seed: Mapped[int]
    account: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=now)


class CodingItem(Base):
    """One statement of a coding task, with the themes of the run at the time of sampling."""

    __tablename__ = "coding_item"
    __table_args__ = (UniqueConstraint("task_id", "position"),)
    task_id: Mapped[str] = mapped_column(
        ForeignKey("coding_task.id", ondelete="CASCADE"), primary_key=True
    )
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    machine: Mapped[list[Any]] = mapped_column(JSON)


class CodingChoice(Base):
    """The themes one reviewer chose for one statement of a task; the last choice counts."""

    __tablename__ = "coding_choice"
    __table_args__ = (Index("ix_coding_choice_task_id_account", "task_id", "account"),)
    task_id: Mapped[str] = mapped_column(
        ForeignKey("coding_task.id", ondelete="CASCADE"), primary_key=True
    )
    statement_id: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    account: Mapped[str] = mapped_column(String(80), primary_key=True)
    themes: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)


class ActionCheck(Base):
    """A reviewer's answer to one checklist question for an action; the last one counts."""

    __tablename__ = "action_check"
    __table_args__ = (
        CheckConstraint("answer in ('ja', 'deels', 'nee', '')", name="answer"),
        Index("ix_action_check_action_id", "action_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    action_id: Mapped[str] = mapped_column(String(32))
    criterion: Mapped[str] = mapped_column(String(60))
    answer: Mapped[str] = mapped_column(String(5))
    account: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=now)


class KeptApart(Base):
    """Two similar actions that a facilitator decided to keep apart."""

    __tablename__ = "kept_apart"
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), primary_key=True)
    first: Mapped[str] = mapped_column(String(32), primary_key=True)
    second: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(default=now)


class PairCheck(Base):
    """A pair of statements of two people, drawn to ask: do these two say the same?

    ``pair`` follows from the two statements. ``run_id`` is the last run when the pair was drawn;
    ``joined`` tells whether the two shared a theme then, and ``among`` how many such pairs there
    were. ``same`` is a person's answer; None until there is one.
    """

    __tablename__ = "pair_check"
    __table_args__ = (
        UniqueConstraint("run_id", "pair"),
        Index("ix_pair_check_consultation_id_opdracht", "consultation_id", "opdracht"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    opdracht: Mapped[int]
    run_id: Mapped[int] = mapped_column(ForeignKey("analysis_run.id", ondelete="CASCADE"))
    pair: Mapped[str] = mapped_column(String(16), index=True)
    statement_a: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), index=True
    )
    statement_b: Mapped[str] = mapped_column(
        ForeignKey("statement.id", ondelete="CASCADE"), index=True
    )
    joined: Mapped[bool]
    among: Mapped[int]
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    same: Mapped[bool | None]
    account: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime | None]


class StoredMapping(Base):
    """The mapping with which exports of a survey are imported.

    ``columns`` are the column names of its last export, ``fingerprint`` a hash of these, and
    ``mapping`` the fields of ``consultation.importing.mapping.SurveyMapping``.
    """

    __tablename__ = "survey_mapping"
    __table_args__ = (UniqueConstraint("consultation_id", "survey"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    survey: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    columns: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)
