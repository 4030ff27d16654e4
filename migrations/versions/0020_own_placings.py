"""what participants say themselves that their answers are about"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'own_placing',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('contribution_version_id', sa.String(length=32), nullable=False),
        sa.Column('start', sa.Integer(), nullable=False),
        sa.Column('end', sa.Integer(), nullable=False),
        sa.Column('likely', sa.JSON(), nullable=False),
        sa.Column('machine', sa.String(length=32), nullable=True),
        sa.Column('themes', sa.JSON(), nullable=True),
        sa.Column('asked_at', moment, nullable=True),
        sa.Column('answered_at', moment, nullable=True),
        sa.Column('decided_on', sa.String(length=32), nullable=True),
        sa.Column('taken_over_at', moment, nullable=True),
        sa.ForeignKeyConstraint(
            ['contribution_version_id'],
            ['contribution_version.id'],
            name=op.f('fk_own_placing_contribution_version_id_contribution_version'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_own_placing')),
        sa.UniqueConstraint(
            'contribution_version_id',
            'start',
            'end',
            name=op.f('uq_own_placing_contribution_version_id_start_end'),
        ),
    )
    op.create_index(
        op.f('ix_own_placing_contribution_version_id'), 'own_placing', ['contribution_version_id']
    )


def downgrade() -> None:
    op.drop_table('own_placing')
