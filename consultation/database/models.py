"""Database tables of the domain. The database is the truth; a Rasa tracker is disposable.

Uitdaging, Opdracht and Question are defined in the catalogue: tables refer to an opdracht by its
number and to a question by its key. Times are UTC.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from consultation.theme_code import ThemeCode


def new_id() -> str:
    """An opaque id: 32 hexadecimal characters, from a random UUID."""
    return uuid.uuid4().hex


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


def proposed_action_id(theme: str) -> str:
    """The id of the action that a run proposes for a theme; the same in every run."""
    return hashlib.sha256(f"action {theme}".encode()).hexdigest()[:32]


def _action_of_theme(context: DefaultExecutionContext) -> str:
    return proposed_action_id(context.get_current_parameters()["id"])  # type: ignore[no-untyped-call]


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware ``datetime``, stored and returned in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables, with constraint names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


SET_ASIDE = ("tijd", "fout")
"""Reasons why the analysis excluded an answer: see ``ContributionVersion``."""
UNREAD = ("nazicht", *SET_ASIDE)


def _within(*values: str) -> str:
    return ", ".join(f"'{value}'" for value in values)


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
        CheckConstraint(f"kind in ({_within('bevraging', 'reactie')})", name="kind"),
        CheckConstraint(
            f"status in ({_within('open', 'gesloten', 'gepubliceerd')})", name="status"
        ),
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
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint(
            f"state in ({_within('ontvangen', 'wacht_op_keuze', 'verwerkt')})", name="state"
        ),
        CheckConstraint(
            f"sender in ({_within('deelnemer', 'assistent', 'systeem')})", name="sender"
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
    unread: Mapped[bool] = mapped_column(default=False, server_default=false())
    buttons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    custom: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reply_to_id: Mapped[str | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)


class Submission(Base):
    """The contributions of one participant on one opdracht in one round.

    ``opdracht`` is None for an import that names no opdracht, or that covers several.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("participant_id", "round_id", "opdracht"),
        CheckConstraint(f"status in ({_within('open', 'bevestigd')})", name="status"),
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
        CheckConstraint(f"channel in ({_within('chat', 'form', 'import')})", name="channel"),
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
    ``unread`` is the reason why the text was not processed completely; it is not tried again.
    ``nazicht``: the scan for personal data and other languages was stopped when the answer came in.
    ``tijd`` and ``fout``: the analysis excluded the text, since it took too long or failed.
    """

    __tablename__ = "contribution_version"
    __table_args__ = (
        UniqueConstraint("contribution_id", "version"),
        CheckConstraint(f"unread in ({_within(*UNREAD)})", name="unread"),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    contribution_id: Mapped[str] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    measure: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    unread: Mapped[str | None] = mapped_column(String(20))
    cut_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=now)
    contribution: Mapped[Contribution] = relationship(back_populates="versions")


class Statement(Base):
    """A span of one version that makes one point; its span never changes.

    ``opdracht`` and ``opdracht_score`` are the opdracht it was assigned to and the score of that,
    when its submission names no opdracht; ``placed_by`` is ``vraag``, ``machine`` or an account's
    name.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("contribution_version_id", "start", "end"),
        CheckConstraint('start >= 0 and start < "end"', name="span"),
        CheckConstraint(
            f"kind in ({_within('drempel', 'hefboom', 'voorstel', 'anders')})", name="kind"
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
    created_at: Mapped[datetime] = mapped_column(default=now)
    contribution_version: Mapped[ContributionVersion] = relationship()


class Embedding(Base):
    """A cached sentence vector (float32), by name of the model and hash of the text."""

    __tablename__ = "embedding"
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


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
            f"status in ({_within('kandidaat', 'goedgekeurd', 'verworpen', 'samengevoegd')})",
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
            f"mark in ({_within('geen_antwoord', 'andere_taal', 'zelfde_tekst', 'vaste_tekst')})",
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


class RunProposal(Base):
    """A run's suggestion to change themes that facilitators decided on; refers to rows by id.

    ``id`` follows from the content, not from the run: the same suggestion has the same id in every
    run, so that a declined suggestion stays declined.
    """

    __tablename__ = "run_proposal"
    __table_args__ = (
        CheckConstraint(f"kind in ({_within('split', 'merge', 'move')})", name="kind"),
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
    """A participant's support for, or amendment of, a proposed action."""

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("participant_id", "action_id", "round_id"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    support: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


class CurationEvent(Base):
    """One human decision: account, time, operation and ids. Append-only.

    ``payload`` is the operation as it was given (``consultation.curation.operations``); its key
    ``recorded`` holds values that were fixed at that moment.
    """

    __tablename__ = "curation_event"
    __table_args__ = (Index("ix_curation_event_consultation_id", "consultation_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    account: Mapped[str] = mapped_column(String(80))
    op: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    revokes_id: Mapped[int | None] = mapped_column(ForeignKey("curation_event.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)


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


class Account(Base):
    """An account for the review."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(f"role in ({_within('facilitator', 'analist', 'beheerder')})", name="role"),
    )
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    opdracht: Mapped[int | None]
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
