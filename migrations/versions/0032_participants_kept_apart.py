"""participants who are kept apart until a facilitator counts them"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'flood',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('mark', sa.String(length=32), nullable=True),
        sa.Column('counted', sa.Boolean(), nullable=False),
        sa.Column('started_at', moment, nullable=False),
        sa.Column('decided_by', sa.String(length=80), nullable=True),
        sa.Column('decided_at', moment, nullable=True),
        sa.CheckConstraint("kind in ('stroom', 'robot')", name=op.f('ck_flood_kind')),
        sa.ForeignKeyConstraint(
            ['consultation_id'],
            ['consultation.id'],
            name=op.f('fk_flood_consultation_id_consultation'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_flood')),
        sa.UniqueConstraint('consultation_id', 'mark', name=op.f('uq_flood_consultation_id_mark')),
    )
    # No batch and no foreign key: SQLite would copy the table, and drop what refers to its rows.
    op.add_column('participant', sa.Column('flood_id', sa.Integer(), nullable=True))
    op.create_index(op.f('ix_participant_flood_id'), 'participant', ['flood_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_participant_flood_id'), 'participant')
    op.drop_column('participant', 'flood_id')
    op.drop_table('flood')
