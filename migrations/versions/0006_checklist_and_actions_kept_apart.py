"""the checklist of an action; actions that look alike and are kept apart"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'action_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('action_id', sa.String(length=32), nullable=False),
        sa.Column('criterion', sa.String(length=60), nullable=False),
        sa.Column('answer', sa.String(length=5), nullable=False),
        sa.Column('account', sa.String(length=80), nullable=False),
        sa.Column('at', consultation.database.models.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer in ('ja', 'deels', 'nee', '')", name=op.f('ck_action_check_answer')),
        sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_action_check_consultation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_action_check')),
    )
    op.create_index('ix_action_check_action_id', 'action_check', ['action_id'], unique=False)
    op.create_table(
        'kept_apart',
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('first', sa.String(length=32), nullable=False),
        sa.Column('second', sa.String(length=32), nullable=False),
        sa.Column('account', sa.String(length=80), nullable=False),
        sa.Column('at', consultation.database.models.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_kept_apart_consultation_id')),
        sa.PrimaryKeyConstraint('consultation_id', 'first', 'second', name=op.f('pk_kept_apart')),
    )


def downgrade() -> None:
    op.drop_table('kept_apart')
    op.drop_index('ix_action_check_action_id', table_name='action_check')
    op.drop_table('action_check')
