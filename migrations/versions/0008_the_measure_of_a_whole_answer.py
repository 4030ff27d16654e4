"""the measure of a whole answer

A form's measure told no language and no marks, and that of an answer to a follow-up question only of
its last part. Those are measured anew by the next analysis.
"""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        'update contribution_version set measure = null where exists ('
        'select 1 from contribution where contribution.id = contribution_version.contribution_id '
        'and contribution.version = contribution_version.version '
        "and (contribution.channel = 'form' or contribution.probe is not null))"
    )


def downgrade() -> None:
    pass
