"""questions of participants for the organiser"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'participant_question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('participant_id', sa.String(length=32), nullable=False),
        sa.Column('message_id', sa.String(length=32), nullable=False),
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('opdracht', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('handled_by', sa.String(length=80), nullable=True),
        sa.Column('handled_at', moment, nullable=True),
        sa.Column('at', moment, nullable=False),
        sa.CheckConstraint(
            "kind in ('vraag', 'contact')", name=op.f('ck_participant_question_kind')
        ),
        sa.CheckConstraint(
            "state in ('open', 'beantwoord')", name=op.f('ck_participant_question_state')
        ),
        sa.ForeignKeyConstraint(
            ['participant_id'],
            ['participant.id'],
            name=op.f('fk_participant_question_participant_id_participant'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['message_id'],
            ['message.id'],
            name=op.f('fk_participant_question_message_id_message'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['round_id'], ['round.id'], name=op.f('fk_participant_question_round_id_round')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_participant_question')),
        sa.UniqueConstraint(
            'message_id', 'kind', name=op.f('uq_participant_question_message_id_kind')
        ),
    )
    op.create_index(
        'ix_participant_question_participant_id', 'participant_question', ['participant_id']
    )
    op.create_index(
        'ix_participant_question_round_id_state', 'participant_question', ['round_id', 'state']
    )


def downgrade() -> None:
    op.drop_table('participant_question')
