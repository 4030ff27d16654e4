"""a chain over the decisions, and the ids of erased statements

Decisions that are there already get their links now: the chain vouches for them from this day on.
"""

import hashlib
import json
import secrets
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'erased_statement',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ['consultation_id'],
            ['consultation.id'],
            name=op.f('fk_erased_statement_consultation_id_consultation'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erased_statement')),
    )
    op.create_index(
        op.f('ix_erased_statement_consultation_id'), 'erased_statement', ['consultation_id']
    )
    for name, length in (('salt', 32), ('link', 64)):
        op.add_column(
            'curation_event',
            sa.Column(name, sa.String(length=length), nullable=False, server_default=''),
        )
    _chain(op.get_bind())


def downgrade() -> None:
    # Not in a batch: SQLite would make the table anew, to which other rows refer.
    op.drop_column('curation_event', 'link')
    op.drop_column('curation_event', 'salt')
    op.drop_index(op.f('ix_erased_statement_consultation_id'), 'erased_statement')
    op.drop_table('erased_statement')


def _chain(connection: sa.Connection) -> None:
    """Gives every event its salt and link; the same as ``consultation.curation.chain``."""
    event = sa.table(
        'curation_event',
        sa.column('id', sa.Integer),
        sa.column('consultation_id', sa.Integer),
        sa.column('account', sa.String),
        sa.column('actor', sa.String),
        sa.column('op', sa.String),
        sa.column('payload', sa.JSON),
        sa.column('revokes_id', sa.Integer),
        sa.column('at', sa.DateTime(timezone=True)),
        sa.column('salt', sa.String),
        sa.column('link', sa.String),
    )
    last: dict[int, str] = {}
    links: dict[int, str] = {}
    rows = connection.execute(
        sa.select(*[each for each in event.c if each.name not in ('salt', 'link')]).order_by(
            event.c.id
        )
    ).all()
    for row in rows:
        at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
        payload = row.payload
        recorded = payload.get('recorded', {})
        told = {
            'op': row.op,
            'day': at.date().isoformat(),
            'actor': row.actor,
            'opdrachten': list(recorded.get('opdrachten', [])),
            'themes': list(recorded.get('themes', [])),
            'actions': _actions(row.op, payload),
        }
        told |= {name: payload[name] for name in ('do', 'status') if name in payload}
        if row.revokes_id is not None:
            told['revokes'] = links[row.revokes_id]
        salt = secrets.token_hex(16)
        whole = _json([row.account, row.actor, row.op, payload, at.isoformat()])
        sealed = hashlib.sha256(salt.encode() + whole).digest()
        leaf = hashlib.sha256(_json(told) + sealed).digest()
        before = bytes.fromhex(last.get(row.consultation_id, '0' * 64))
        link = hashlib.sha256(before + leaf).hexdigest()
        connection.execute(
            sa.update(event).where(event.c.id == row.id).values(salt=salt, link=link)
        )
        last[row.consultation_id] = links[row.id] = link


def _actions(op_: str, payload: dict) -> list[str]:
    names = ('action', 'id', 'into', 'actions') if op_ == 'action' else ('action',)
    found: set[str] = set()
    for value in (payload.get(name) for name in names):
        found |= set(value if isinstance(value, list) else [value] if value else [])
    return sorted(found)


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(',', ':')).encode('ascii')
