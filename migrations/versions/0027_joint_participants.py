"""participants, and answers, that people decided to count as one participant"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

_MEMBERS = ('participant', 'contribution')


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
    for table in _MEMBERS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column('joint_id', sa.String(length=32), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f'fk_{table}_joint_id_joint_participant'),
                'joint_participant',
                ['joint_id'],
                ['id'],
            )
            batch_op.create_index(batch_op.f(f'ix_{table}_joint_id'), ['joint_id'])


def downgrade() -> None:
    for table in reversed(_MEMBERS):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_index(batch_op.f(f'ix_{table}_joint_id'))
            batch_op.drop_constraint(
                batch_op.f(f'fk_{table}_joint_id_joint_participant'), type_='foreignkey'
            )
            batch_op.drop_column('joint_id')
    op.drop_table('joint_participant')
