"""the process that works on a message, where several share the database"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        'message', sa.Column('owner', sa.Integer(), nullable=False, server_default='0')
    )


def downgrade() -> None:
    op.drop_column('message', 'owner')
