"""where in its source a text stands: the pages of a document, the times of a transcript"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contribution_version', sa.Column('places', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('contribution_version', 'places')
