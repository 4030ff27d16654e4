"""records of the review: audit, publications, blind coding"""

import sqlalchemy as sa
from alembic import op

import consultation.database.models

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=80), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('about', sa.JSON(), nullable=False),
    sa.Column('at', consultation.database.models.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_audit_entry_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index(op.f('ix_audit_entry_consultation_id'), 'audit_entry', ['consultation_id'], unique=False)
    op.create_table('coding_task',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('opdracht', sa.Integer(), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=80), nullable=False),
    sa.Column('created_at', consultation.database.models.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_coding_task_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coding_task'))
    )
    op.create_table('publication',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=80), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('at', consultation.database.models.UtcDateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', consultation.database.models.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_publication_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication'))
    )
    op.create_index(op.f('ix_publication_round_id'), 'publication', ['round_id'], unique=False)
    op.create_table('coding_choice',
    sa.Column('task_id', sa.String(length=32), nullable=False),
    sa.Column('statement_id', sa.String(length=32), nullable=False),
    sa.Column('account', sa.String(length=80), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('at', consultation.database.models.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_coding_choice_statement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['coding_task.id'], name=op.f('fk_coding_choice_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'statement_id', 'account', name=op.f('pk_coding_choice'))
    )
    op.create_index(op.f('ix_coding_choice_statement_id'), 'coding_choice', ['statement_id'], unique=False)
    op.create_index('ix_coding_choice_task_id_account', 'coding_choice', ['task_id', 'account'], unique=False)
    op.create_table('coding_item',
    sa.Column('task_id', sa.String(length=32), nullable=False),
    sa.Column('statement_id', sa.String(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('machine', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_coding_item_statement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['coding_task.id'], name=op.f('fk_coding_item_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('task_id', 'statement_id', name=op.f('pk_coding_item')),
    sa.UniqueConstraint('task_id', 'position', name=op.f('uq_coding_item_task_id_position'))
    )
    op.create_index(op.f('ix_coding_item_statement_id'), 'coding_item', ['statement_id'], unique=False)
    op.create_table('published_statement',
    sa.Column('publication_id', sa.Integer(), nullable=False),
    sa.Column('theme', sa.String(length=32), nullable=False),
    sa.Column('statement_id', sa.String(length=32), nullable=False),
    sa.Column('quote', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['publication_id'], ['publication.id'], name=op.f('fk_published_statement_publication_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_published_statement_statement_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('publication_id', 'theme', 'statement_id', name=op.f('pk_published_statement'))
    )
    op.create_index(op.f('ix_published_statement_statement_id'), 'published_statement', ['statement_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_published_statement_statement_id'), table_name='published_statement')
    op.drop_table('published_statement')
    op.drop_index(op.f('ix_coding_item_statement_id'), table_name='coding_item')
    op.drop_table('coding_item')
    op.drop_index('ix_coding_choice_task_id_account', table_name='coding_choice')
    op.drop_index(op.f('ix_coding_choice_statement_id'), table_name='coding_choice')
    op.drop_table('coding_choice')
    op.drop_index(op.f('ix_publication_round_id'), table_name='publication')
    op.drop_table('publication')
    op.drop_table('coding_task')
    op.drop_index(op.f('ix_audit_entry_consultation_id'), table_name='audit_entry')
    op.drop_table('audit_entry')
