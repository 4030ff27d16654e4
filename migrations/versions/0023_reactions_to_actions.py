"""the reactions of participants to proposed actions, in versions"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No earlier release wrote to this table.
    op.drop_table('reaction')
    op.create_table(
        'reaction',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('participant_id', sa.String(length=32), nullable=False),
        sa.Column('action_id', sa.String(length=32), nullable=False),
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('stance', sa.String(length=10), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=True),
        sa.Column('wording', sa.String(length=64), nullable=False),
        sa.Column('channel', sa.String(length=10), nullable=False),
        sa.Column(
            'at', consultation.database.models.UtcDateTime(timezone=True), nullable=False
        ),
        sa.CheckConstraint(
            "stance in ('steun', 'tegen', 'voorwaarde', 'weet_niet')",
            name=op.f('ck_reaction_stance'),
        ),
        sa.ForeignKeyConstraint(
            ['action_id'], ['action.id'], name=op.f('fk_reaction_action_id_action')
        ),
        sa.ForeignKeyConstraint(
            ['participant_id'],
            ['participant.id'],
            name=op.f('fk_reaction_participant_id_participant'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['round_id'], ['round.id'], name=op.f('fk_reaction_round_id_round')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction')),
        sa.UniqueConstraint(
            'participant_id',
            'action_id',
            'round_id',
            'version',
            name=op.f('uq_reaction_participant_id_action_id_round_id_version'),
        ),
    )
    op.create_index(
        op.f('ix_reaction_round_id_action_id'), 'reaction', ['round_id', 'action_id']
    )


def downgrade() -> None:
    op.drop_table('reaction')
    op.create_table(
        'reaction',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('participant_id', sa.String(length=32), nullable=False),
        sa.Column('action_id', sa.String(length=32), nullable=False),
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('support', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column(
            'at', consultation.database.models.UtcDateTime(timezone=True), nullable=False
        ),
        sa.ForeignKeyConstraint(['action_id'], ['action.id'], name=op.f('fk_reaction_action_id')),
        sa.ForeignKeyConstraint(
            ['participant_id'],
            ['participant.id'],
            name=op.f('fk_reaction_participant_id'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_reaction_round_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction')),
        sa.UniqueConstraint(
            'participant_id',
            'action_id',
            'round_id',
            name=op.f('uq_reaction_participant_id_action_id_round_id'),
        ),
    )
