"""columns that no run uses: a run is stored when it is finished, and decisions are in the log"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

STATUS = "status in ('bezig', 'klaar', 'mislukt')"
WAS_UNIQUE = 'uq_assignment_statement_id_theme_id_run_id_decided_by'
UNIQUE = 'uq_assignment_statement_id_theme_id_run_id'
CHECK = re.compile(
    r',?\s{0,40}constraint ck_analysis_run_status check \(' + re.escape(STATUS) + r'\)', re.IGNORECASE
)
COLUMNS = ['statement_id', 'theme_id', 'run_id']


def upgrade() -> None:
    # SQLite makes the table anew for it; nothing refers to its rows.
    op.execute("delete from assignment where decided_by <> ''")
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_constraint(op.f(WAS_UNIQUE), type_='unique')
        batch_op.drop_column('decided_by')
        batch_op.create_unique_constraint(op.f(UNIQUE), COLUMNS)
    op.execute("delete from analysis_run where status <> 'klaar'")
    op.drop_column('analysis_run', 'seed')
    if op.get_bind().dialect.name == 'sqlite':
        _forget_check()
    else:
        op.drop_constraint(op.f('ck_analysis_run_status'), 'analysis_run', type_='check')
    op.drop_column('analysis_run', 'status')


def _forget_check() -> None:
    """Removes the check of ``status`` from the stored schema.

    SQLite cannot drop a check, and to make the table anew would delete what hangs on its rows. This
    is the procedure of https://sqlite.org/lang_altertable.html#otheralter.
    """
    bind = op.get_bind()
    version = bind.exec_driver_sql('pragma schema_version').scalar_one()
    query = "select sql from sqlite_master where type = 'table' and name = 'analysis_run'"
    before = bind.exec_driver_sql(query).scalar_one()
    after = CHECK.sub('', before)
    if after == before:
        raise RuntimeError('the check of analysis_run.status was not found')
    bind.exec_driver_sql('pragma writable_schema = on')
    try:
        change = "update sqlite_master set sql = ? where type = 'table' and name = 'analysis_run'"
        bind.exec_driver_sql(change, (after,))
    finally:
        bind.exec_driver_sql(f'pragma schema_version = {version + 1}')
        bind.exec_driver_sql('pragma writable_schema = off')


def downgrade() -> None:
    # Not as a batch: that makes the table anew, and SQLite would delete what hangs on its rows.
    op.execute(
        "alter table analysis_run add column status varchar(20) default 'klaar' not null "
        f'constraint ck_analysis_run_status check ({STATUS})'
    )
    op.add_column('analysis_run', sa.Column('seed', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_constraint(op.f(UNIQUE), type_='unique')
        batch_op.add_column(
            sa.Column('decided_by', sa.String(80), server_default='', nullable=False)
        )
        batch_op.create_unique_constraint(op.f(WAS_UNIQUE), [*COLUMNS, 'decided_by'])
