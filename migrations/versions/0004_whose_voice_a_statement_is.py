"""whose voice a statement is"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('run_mark',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.String(length=32), nullable=False),
    sa.Column('mark', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=32), nullable=True),
    sa.CheckConstraint("mark in ('geen_antwoord', 'andere_taal', 'zelfde_tekst')", name=op.f('ck_run_mark_mark')),
    sa.ForeignKeyConstraint(['run_id'], ['analysis_run.id'], name=op.f('fk_run_mark_run_id_analysis_run'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_run_mark_statement_id_statement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'statement_id', name=op.f('pk_run_mark'))
    )
    with op.batch_alter_table('run_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_mark_statement_id'), ['statement_id'], unique=False)


def downgrade() -> None:
    op.drop_table('run_mark')
