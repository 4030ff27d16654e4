"""Database revision: a number that increases with every write that pages or exports depend on.

Triggers increase it in the writing transaction, so that every writer counts: the website, a
command, a bulk statement, plain SQL. ``Storage`` installs them after a migration on all tables
except ``NOT_COUNTED``; a new table gets them automatically.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, CheckConstraint, Connection, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

import consultation.database.records  # noqa: F401  (its tables belong to the same schema)
from consultation.database.models import Base

NOT_COUNTED = frozenset(
    {
        "account",
        "analysis_job",
        "audit_entry",
        "conversation",
        "embedding",
        "invitation",
        "message",
        "news_address",
        "news_mail",
        "objection",
        "participant_question",
        "revision",
        "survey_mapping",
    }
)
"""Tables that no cached page depends on; a chat turn alone thus does not change the revision."""

DECISIONS = frozenset({"action", "curation_event", "event_subject", "pair_check"})
"""Tables of people's decisions: a write there increases ``Revision.number``, not ``facts``."""


WRITING = "writing"
"""Key in ``Session.info`` that marks a writing session."""


class RevisionCounter(Base):
    """The single row that holds the revision."""

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Revision:
    """A revision of the database.

    ``number`` increases with every counted write. ``facts`` is the number at the last write outside
    the tables ``DECISIONS``.
    """

    number: int
    facts: int


def revision(session: Session) -> Revision:
    """The current revision.

    Read it before the data that is cached under it, never after: the data is then at least as new,
    and a write in between makes the cached entry stale.

    Raises:
        RuntimeError: the session is writing; its changes may never be committed.
    """
    if session.info.get(WRITING):
        raise RuntimeError("what is cached is made before the write, in a session that reads")
    return Revision(*session.execute(select(RevisionCounter.number, RevisionCounter.facts)).one())


def counted_tables() -> dict[str, bool]:
    """The counted tables, and whether a write there also changes ``Revision.facts``."""
    names = Base.metadata.tables.keys() - NOT_COUNTED
    return {name: name not in DECISIONS for name in sorted(names)}


def install_triggers(connection: Connection) -> None:
    """Creates the triggers of all counted tables, none of which may have them yet."""
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(text(_POSTGRES_FUNCTION))
    for name, facts in counted_tables().items():
        made = _postgres(name, facts) if postgres else _sqlite(name, facts)
        for statement in made:
            connection.execute(text(statement))
    # Writes before this point were not counted, since there were no triggers.
    connection.execute(text("update revision set number = number + 1, facts = number + 1"))


def remove_triggers(connection: Connection) -> None:
    """Drops all triggers."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("drop function if exists count_revision() cascade"))
        return
    query = "select name from sqlite_master where type = 'trigger' and name like 'revision!_%' "
    for name in connection.execute(text(f"{query} escape '!'")).scalars().all():
        connection.execute(text(f'drop trigger "{name}"'))


def _sqlite(table: str, facts: bool) -> list[str]:
    changed = "number = number + 1" + (", facts = number + 1" if facts else "")
    return [
        f'create trigger "revision_{table}_{event}" after {event} on "{table}" '  # noqa: S608
        f"begin update revision set {changed}; end"
        for event in ("insert", "update", "delete")
    ]


# The trigger is deferred and acts once per transaction: the update locks the row against other
# writers, so the transaction must not wait for any other lock after it.
_POSTGRES_FUNCTION = """
create function count_revision() returns trigger language plpgsql as $$
declare
  own text := txid_current() || ' ' || tg_argv[0];
begin
  if coalesce(current_setting('samenspraak.revision', true), '')
     not in (own, txid_current() || ' facts') then
    update revision set number = number + 1,
      facts = case when tg_argv[0] = 'facts' then number + 1 else facts end;
    perform set_config('samenspraak.revision', own, true);
  end if;
  return null;
end $$
"""


def _postgres(table: str, facts: bool) -> list[str]:
    return [
        f'create constraint trigger "revision_{table}" after insert or update or delete '
        f'on "{table}" deferrable initially deferred for each row '
        f"execute function count_revision('{'facts' if facts else 'decisions'}')"
    ]
