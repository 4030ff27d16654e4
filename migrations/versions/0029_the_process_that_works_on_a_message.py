"""the process that works on a message or an analysis, where several share the database"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.add_column(
        'message', sa.Column('owner', sa.Integer(), nullable=False, server_default='0')
    )
    op.create_table(
        'analysis_job',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('account', sa.String(length=80), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('opdracht', sa.Integer(), nullable=True),
        sa.Column('owner', sa.Integer(), nullable=False),
        sa.Column('started', moment, nullable=False),
        sa.Column('finished', moment, nullable=True),
        sa.Column('percent', sa.Integer(), nullable=True),
        sa.Column('run', sa.Integer(), nullable=True),
        sa.Column('code', sa.Integer(), nullable=True),
        sa.Column('told', sa.Text(), nullable=False),
        sa.Column('results', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['consultation_id'],
            ['consultation.id'],
            name=op.f('fk_analysis_job_consultation_id_consultation'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_analysis_job')),
    )
    op.create_index(
        op.f('ix_analysis_job_consultation_id'), 'analysis_job', ['consultation_id']
    )


def downgrade() -> None:
    op.drop_table('analysis_job')
    op.drop_column('message', 'owner')
