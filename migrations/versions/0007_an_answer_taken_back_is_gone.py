"""an answer taken back is gone, and not marked"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('delete from contribution where withdrawn_at is not null')
    # Not as a batch: that makes the table anew, and SQLite would delete what hangs on its rows.
    op.drop_column('contribution', 'withdrawn_at')


def downgrade() -> None:
    op.add_column('contribution', sa.Column('withdrawn_at', consultation.database.models.UtcDateTime(timezone=True), nullable=True))
