"""what was not read whole

A text that takes too much work is marked, so that it is not tried again and again.
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'message', sa.Column('unread', sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # Not as a batch: that makes the table anew, and SQLite would delete what hangs on its rows.
    op.execute(
        'alter table contribution_version add column unread varchar(20) '
        'constraint ck_contribution_version_unread '
        "check (unread in ('nazicht', 'tijd', 'fout'))"
    )


def downgrade() -> None:
    op.drop_column('contribution_version', 'unread')
    op.drop_column('message', 'unread')
