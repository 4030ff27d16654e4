"""mappings of survey exports, kept for the next export of the same survey"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = consultation.database.models.UtcDateTime(timezone=True)
    op.create_table(
        'survey_mapping',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('survey', sa.String(length=200), nullable=False),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('columns', sa.JSON(), nullable=False),
        sa.Column('mapping', sa.JSON(), nullable=False),
        sa.Column('at', moment, nullable=False),
        sa.ForeignKeyConstraint(
            ['consultation_id'],
            ['consultation.id'],
            name=op.f('fk_survey_mapping_consultation_id_consultation'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_mapping')),
        sa.UniqueConstraint(
            'consultation_id', 'survey', name=op.f('uq_survey_mapping_consultation_id_survey')
        ),
    )


def downgrade() -> None:
    op.drop_table('survey_mapping')
