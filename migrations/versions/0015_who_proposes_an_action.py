"""who proposes a published action"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'published_support',
        sa.Column('publication_id', sa.Integer(), nullable=False),
        sa.Column('action', sa.String(32), nullable=False),
        sa.Column('statement_id', sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(['publication_id'], ['publication.id'], ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('publication_id', 'action', 'statement_id'),
    )
    op.create_index(
        op.f('ix_published_support_statement_id'), 'published_support', ['statement_id']
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_published_support_statement_id'), table_name='published_support')
    op.drop_table('published_support')
