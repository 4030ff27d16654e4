"""how much an answer says"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contribution_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('measure', sa.JSON(), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('contribution_version', schema=None) as batch_op:
        batch_op.drop_column('measure')

