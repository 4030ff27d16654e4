"""what counts as one participant, and the statements that a changed answer keeps"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

# No batch: to copy a table in SQLite drops it first, and all that refers to its rows with it.
_COLUMNS = (
    ('participant', 'joint_id'),
    ('contribution', 'joint_id'),
    ('statement', 'succeeds'),
)


def upgrade() -> None:
    op.create_table(
        'joint_participant',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('consultation_id', sa.Integer(), nullable=False),
        sa.Column('group_slug', sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ['consultation_id'],
            ['consultation.id'],
            name=op.f('fk_joint_participant_consultation_id_consultation'),
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_joint_participant')),
    )
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.String(length=32), nullable=True))
        op.create_index(op.f(f'ix_{table}_{column}'), table, [column])


def downgrade() -> None:
    for table, column in reversed(_COLUMNS):
        op.drop_index(op.f(f'ix_{table}_{column}'), table)
        op.drop_column(table, column)
    op.drop_table('joint_participant')
