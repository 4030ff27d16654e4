"""The revision of the database: a number that every write raises which a page or export depends on.

Triggers raise it, in the writing transaction itself, whoever writes: the website, a verb, a bulk
statement, plain SQL. ``Storage`` makes them after each migration, on every table but those that no
cached page depends on; a new table has them without anybody's doing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, CheckConstraint, Connection, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

import consultation.database.records  # noqa: F401  (its tables belong to the same schema)
from consultation.database.models import Base

NOT_COUNTED = frozenset(
    {"account", "audit_entry", "conversation", "embedding", "invitation", "message", "revision"}
)
"""Tables that nothing cached is made from: a turn of a talk alone raises no number."""

DECISIONS = frozenset({"action", "curation_event", "event_subject"})
"""Tables of the log: writing there raises ``Revision.number``, and ``Revision.facts`` not."""


WRITING = "writing"
"""The key in ``Session.info`` of a session that writes."""


class RevisionCounter(Base):
    """The one row that holds the revision."""

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Revision:
    """How the database stands. ``number`` rises with every write that counts, ``facts`` is the
    number at the last one that was more than a line in the log of decisions."""

    number: int
    facts: int


def revision(session: Session) -> Revision:
    """The revision now. What is to be cached under it is read after it, never before: then it is
    that old at least, and made anew when a write came in between.

    Raises:
        RuntimeError: the session is writing; what it sees may never come about.
    """
    if session.info.get(WRITING):
        raise RuntimeError("what is cached is made before the write, in a session that reads")
    return Revision(*session.execute(select(RevisionCounter.number, RevisionCounter.facts)).one())


def counted_tables() -> dict[str, bool]:
    """The tables that count, and whether writing there is more than a decision."""
    names = Base.metadata.tables.keys() - NOT_COUNTED
    return {name: name not in DECISIONS for name in sorted(names)}


def install_triggers(connection: Connection) -> None:
    """Makes the triggers of all tables that count, where there are none."""
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(text(_POSTGRES_FUNCTION))
    for name, facts in counted_tables().items():
        made = _postgres(name, facts) if postgres else _sqlite(name, facts)
        for statement in made:
            connection.execute(text(statement))
    # Whatever was changed while there were none.
    connection.execute(text("update revision set number = number + 1, facts = number + 1"))


def remove_triggers(connection: Connection) -> None:
    """Takes all triggers away."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("drop function if exists count_revision() cascade"))
        return
    query = "select name from sqlite_master where type = 'trigger' and name like 'revision!_%' "
    for name in connection.execute(text(f"{query} escape '!'")).scalars().all():
        connection.execute(text(f'drop trigger "{name}"'))


def _sqlite(table: str, facts: bool) -> list[str]:
    changed = "number = number + 1" + (", facts = number + 1" if facts else "")
    return [
        f'create trigger "revision_{table}_{event}" after {event} on "{table}" '
        f"begin update revision set {changed}; end"
        for event in ("insert", "update", "delete")
    ]


# At the end of the transaction, and once: whoever raises the number makes others wait who want to,
# and must not wait for anything itself any more.
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
