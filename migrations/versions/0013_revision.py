"""the revision of the database

The triggers that raise it are made by ``consultation.revision`` after every migration.
"""

import sqlalchemy as sa
from alembic import op

from consultation.revision import remove_triggers

revision = '0013'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = op.create_table(
        'revision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('facts', sa.BigInteger(), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_revision_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    )
    op.bulk_insert(made, [{'id': 1, 'number': 1, 'facts': 1}])


def downgrade() -> None:
    remove_triggers(op.get_bind())
    op.drop_table('revision')
