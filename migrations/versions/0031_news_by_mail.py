"""addresses of who asked for news by mail, and the mails that are due or sent"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0031'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'news_address',
        sa.Column('participant_id', sa.String(length=32), nullable=False),
        sa.Column('address', sa.String(length=254), nullable=False),
        sa.Column('at', moment, nullable=False),
        sa.ForeignKeyConstraint(
            ['participant_id'],
            ['participant.id'],
            name=op.f('fk_news_address_participant_id_participant'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('participant_id', name=op.f('pk_news_address')),
    )
    op.create_table(
        'news_mail',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('participant_id', sa.String(length=32), nullable=False),
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('due_at', moment, nullable=False),
        sa.Column('sent_at', moment, nullable=True),
        sa.CheckConstraint(
            "state in ('wacht', 'bezig', 'verstuurd', 'mislukt', 'onzeker')",
            name=op.f('ck_news_mail_state'),
        ),
        sa.ForeignKeyConstraint(
            ['participant_id'],
            ['participant.id'],
            name=op.f('fk_news_mail_participant_id_participant'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['round_id'], ['round.id'], name=op.f('fk_news_mail_round_id_round')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_news_mail')),
        sa.UniqueConstraint(
            'participant_id', 'round_id', name=op.f('uq_news_mail_participant_id_round_id')
        ),
    )
    op.create_index('ix_news_mail_state', 'news_mail', ['state'])


def downgrade() -> None:
    op.drop_index('ix_news_mail_state', table_name='news_mail')
    op.drop_table('news_mail')
    op.drop_table('news_address')
