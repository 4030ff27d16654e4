"""participants who say that a statement was not understood as they meant it"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'objection',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('participant_id', sa.String(length=32), nullable=False),
        sa.Column('statement_id', sa.String(length=32), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('handled_by', sa.String(length=80), nullable=True),
        sa.Column('handled_at', moment, nullable=True),
        sa.Column('at', moment, nullable=False),
        sa.CheckConstraint("state in ('open', 'bekeken')", name=op.f('ck_objection_state')),
        sa.ForeignKeyConstraint(
            ['participant_id'],
            ['participant.id'],
            name=op.f('fk_objection_participant_id_participant'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['statement_id'],
            ['statement.id'],
            name=op.f('fk_objection_statement_id_statement'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
        sa.UniqueConstraint('statement_id', name=op.f('uq_objection_statement_id')),
    )
    op.create_index(op.f('ix_objection_participant_id'), 'objection', ['participant_id'])


def downgrade() -> None:
    op.drop_table('objection')
