"""the stance of a statement according to a run"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'run_stance',
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('statement_id', sa.String(length=32), nullable=False),
        sa.Column('stance', sa.String(length=20), nullable=False),
        sa.Column('score', sa.Float(), nullable=False),
        sa.CheckConstraint(
            "stance in ('voor', 'tegen', 'voorwaardelijk')", name=op.f('ck_run_stance_stance')
        ),
        sa.ForeignKeyConstraint(
            ['run_id'],
            ['analysis_run.id'],
            name=op.f('fk_run_stance_run_id_analysis_run'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['statement_id'],
            ['statement.id'],
            name=op.f('fk_run_stance_statement_id_statement'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('run_id', 'statement_id', name=op.f('pk_run_stance')),
    )
    op.create_index(op.f('ix_run_stance_statement_id'), 'run_stance', ['statement_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_run_stance_statement_id'), 'run_stance')
    op.drop_table('run_stance')
