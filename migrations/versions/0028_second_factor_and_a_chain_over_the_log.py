"""a second factor and a provider for accounts, a chain over the audit log

Entries that are there already get their links now: the chain vouches for them from this day on.
"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: SQLite would make the tables anew.
    op.add_column('account', sa.Column('second_factor', sa.Text(), nullable=True))
    op.add_column(
        'account', sa.Column('second_factor_step', sa.BigInteger(), nullable=False, server_default='0')
    )
    op.add_column(
        'account', sa.Column('recovery_hashes', sa.JSON(), nullable=False, server_default='[]')
    )
    op.add_column('account', sa.Column('provider_subject', sa.String(length=500), nullable=True))
    op.create_index(
        op.f('ix_account_provider_subject'), 'account', ['provider_subject'], unique=True
    )
    op.add_column(
        'audit_entry', sa.Column('link', sa.String(length=64), nullable=False, server_default='')
    )
    _chain(op.get_bind())


def downgrade() -> None:
    op.drop_column('audit_entry', 'link')
    op.drop_index(op.f('ix_account_provider_subject'), 'account')
    for name in ('provider_subject', 'recovery_hashes', 'second_factor_step', 'second_factor'):
        op.drop_column('account', name)


def _chain(connection: sa.Connection) -> None:
    """Gives every entry its link; the same as ``consultation.access.audit_chain``."""
    entry = sa.table(
        'audit_entry',
        sa.column('id', sa.Integer),
        sa.column('consultation_id', sa.Integer),
        sa.column('account', sa.String),
        sa.column('what', sa.String),
        sa.column('about', sa.JSON),
        sa.column('at', sa.DateTime(timezone=True)),
        sa.column('link', sa.String),
    )
    last: dict[int, str] = {}
    rows = connection.execute(
        sa.select(*[each for each in entry.c if each.name != 'link']).order_by(entry.c.id)
    ).all()
    for row in rows:
        at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
        whole = json.dumps(
            [row.account, row.what, row.about, at.isoformat()],
            sort_keys=True,
            separators=(',', ':'),
        ).encode('ascii')
        before = bytes.fromhex(last.get(row.consultation_id, '0' * 64))
        link = hashlib.sha256(before + hashlib.sha256(whole).digest()).hexdigest()
        connection.execute(sa.update(entry).where(entry.c.id == row.id).values(link=link))
        last[row.consultation_id] = link
