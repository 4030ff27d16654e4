"""who decides (a facilitator or a participant), and the pair check"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a check: SQLite cannot drop one without making the table anew.
    op.add_column(
        'curation_event',
        sa.Column('actor', sa.String(12), server_default='facilitator', nullable=False),
    )
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'pair_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('opdracht', sa.Integer(), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('pair', sa.String(length=16), nullable=False),
        sa.Column('statement_a', sa.String(length=32), nullable=False),
        sa.Column('statement_b', sa.String(length=32), nullable=False),
        sa.Column('joined', sa.Boolean(), nullable=False),
        sa.Column('among', sa.Integer(), nullable=False),
        sa.Column('drawn_at', moment, nullable=False),
        sa.Column('same', sa.Boolean(), nullable=True),
        sa.Column('account', sa.String(length=80), nullable=True),
        sa.Column('at', moment, nullable=True),
        sa.ForeignKeyConstraint(
            ['consultation_id'],
            ['consultation.id'],
            name=op.f('fk_pair_check_consultation_id_consultation'),
        ),
        sa.ForeignKeyConstraint(
            ['run_id'],
            ['analysis_run.id'],
            name=op.f('fk_pair_check_run_id_analysis_run'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['statement_a'],
            ['statement.id'],
            name=op.f('fk_pair_check_statement_a_statement'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['statement_b'],
            ['statement.id'],
            name=op.f('fk_pair_check_statement_b_statement'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pair_check')),
        sa.UniqueConstraint('run_id', 'pair', name=op.f('uq_pair_check_run_id_pair')),
    )
    op.create_index(
        'ix_pair_check_consultation_id_opdracht', 'pair_check', ['consultation_id', 'opdracht']
    )
    for column in ('pair', 'statement_a', 'statement_b'):
        op.create_index(op.f(f'ix_pair_check_{column}'), 'pair_check', [column])


def downgrade() -> None:
    op.drop_table('pair_check')
    op.drop_column('curation_event', 'actor')
