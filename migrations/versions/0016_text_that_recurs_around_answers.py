"""text that recurs around what people say is a mark of its own"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NAME = 'ck_run_mark_mark'
BEFORE = "mark in ('geen_antwoord', 'andere_taal', 'zelfde_tekst')"
AFTER = "mark in ('geen_antwoord', 'andere_taal', 'zelfde_tekst', 'vaste_tekst')"


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    op.execute("delete from run_mark where mark = 'vaste_tekst'")
    _allow(BEFORE)


def _allow(rule: str) -> None:
    # SQLite makes the table anew for it; nothing refers to its rows.
    with op.batch_alter_table('run_mark') as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_='check')
        batch_op.create_check_constraint(op.f(NAME), rule)
