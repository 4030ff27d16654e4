"""proposals of a run; an action's words live in the event log"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'run_proposal',
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('id', sa.String(length=200), nullable=False),
        sa.Column('opdracht', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('themes', sa.JSON(), nullable=False),
        sa.Column('statements', sa.JSON(), nullable=False),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('score', sa.Float(), nullable=False),
        sa.CheckConstraint("kind in ('split', 'merge', 'move')", name=op.f('ck_run_proposal_kind')),
        sa.ForeignKeyConstraint(
            ['run_id'],
            ['analysis_run.id'],
            name=op.f('fk_run_proposal_run_id_analysis_run'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('run_id', 'id', name=op.f('pk_run_proposal')),
    )
    op.create_index('ix_curation_event_consultation_id', 'curation_event', ['consultation_id'])
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_action_status'), type_='check')
        batch_op.drop_constraint(op.f('ck_action_regelgeving'), type_='check')
        for name in ('text', 'themes', 'trekker', 'partners', 'priority', 'regelgeving', 'status'):
            batch_op.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table('action', schema=None) as batch_op:
        for name in ('text', 'trekker'):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=''))
        for name in ('themes', 'partners'):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('priority', sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column('regelgeving', sa.String(20), nullable=False, server_default='geen')
        )
        batch_op.add_column(
            sa.Column('status', sa.String(20), nullable=False, server_default='ontwerp')
        )
        batch_op.create_check_constraint(
            op.f('ck_action_status'),
            "status in ('ontwerp', 'goedgekeurd', 'verworpen', 'gepubliceerd')",
        )
        batch_op.create_check_constraint(
            op.f('ck_action_regelgeving'),
            "regelgeving in ('nieuw', 'hervormen', 'stopzetten', 'geen')",
        )
    op.drop_index('ix_curation_event_consultation_id', 'curation_event')
    op.drop_table('run_proposal')
