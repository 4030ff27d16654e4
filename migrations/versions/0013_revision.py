"""the revision of the database; what events are about, and the action of a theme, by an index

The triggers that raise the revision are made by ``consultation.database.revision`` after every migration.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from consultation.database.revision import remove_triggers

revision = '0013'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = op.create_table(
        'revision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.BigInteger(), nullable=False),
        sa.Column('facts', sa.BigInteger(), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_revision_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    )
    op.bulk_insert(made, [{'id': 1, 'number': 1, 'facts': 1}])
    op.create_table(
        'event_subject',
        sa.Column('ref', sa.String(length=40), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['curation_event.id'], name=op.f('fk_event_subject_event_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('ref', 'event_id', name=op.f('pk_event_subject')),
    )
    op.create_index('ix_event_subject_event_id', 'event_subject', ['event_id'])
    op.create_index(op.f('ix_curation_event_revokes_id'), 'curation_event', ['revokes_id'])
    op.create_index('ix_run_theme_theme_id_run_id', 'run_theme', ['theme_id', 'run_id'])
    op.add_column('theme', sa.Column('action_id', sa.String(length=32), nullable=True))
    op.create_index(op.f('ix_theme_action_id'), 'theme', ['action_id'])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """What the events that are there already are about, and the actions of the themes."""
    event = sa.table(
        'curation_event', sa.column('id'), sa.column('payload', sa.JSON()), sa.column('revokes_id')
    )
    about: dict[int, set[str]] = {}
    query = sa.select(event.c.id, event.c.payload, event.c.revokes_id).order_by(event.c.id)
    for id_, payload, revokes in connection.execute(query).all():
        recorded = payload.get('recorded', {})
        numbers = recorded.get('opdrachten', ())
        refs = {'opdracht' if each is None else f'opdracht {each}' for each in numbers}
        actions = {payload.get('action'), *recorded.get('actions', ())}
        if payload.get('op') == 'action':
            actions |= {payload.get('id'), payload.get('into'), *payload.get('actions', ())}
        refs |= {f'action {each}' for each in actions - {None}}
        about[id_] = refs | about.get(revokes, set())
    rows = [{'ref': ref, 'event_id': id_} for id_, refs in about.items() for ref in refs]
    if rows:
        subject = sa.table('event_subject', sa.column('ref'), sa.column('event_id'))
        connection.execute(sa.insert(subject), rows)
    theme = sa.table('theme', sa.column('id'), sa.column('action_id'))
    named = [
        {'theme': id_, 'action': hashlib.sha256(f'action {id_}'.encode()).hexdigest()[:32]}
        for id_ in connection.execute(sa.select(theme.c.id)).scalars()
    ]
    if named:
        place = sa.update(theme).where(theme.c.id == sa.bindparam('theme'))
        connection.execute(place.values(action_id=sa.bindparam('action')), named)


def downgrade() -> None:
    remove_triggers(op.get_bind())
    op.drop_index(op.f('ix_theme_action_id'), 'theme')
    # Not as a batch: that makes the table anew, and SQLite would delete what hangs on its rows.
    op.drop_column('theme', 'action_id')
    op.drop_index('ix_run_theme_theme_id_run_id', 'run_theme')
    op.drop_index(op.f('ix_curation_event_revokes_id'), 'curation_event')
    op.drop_table('event_subject')
    op.drop_table('revision')
