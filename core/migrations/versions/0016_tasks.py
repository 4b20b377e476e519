"""Giao và xử lý văn bản; ủy quyền, xử lý thay"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('delegations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('basis', sa.String(length=300), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('from_id <> to_id', name=op.f('ck_delegations_another_person')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_delegations_some_day')),
    sa.ForeignKeyConstraint(['ended_by'], ['users.id'], name=op.f('fk_delegations_ended_by_users')),
    sa.ForeignKeyConstraint(['from_id'], ['users.id'], name=op.f('fk_delegations_from_id_users')),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_delegations_made_by_users')),
    sa.ForeignKeyConstraint(['to_id'], ['users.id'], name=op.f('fk_delegations_to_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegations'))
    )
    op.create_index(op.f('ix_delegations_from_id'), 'delegations', ['from_id'], unique=False)
    op.create_index(op.f('ix_delegations_to_id'), 'delegations', ['to_id'], unique=False)
    op.create_table('duties',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('instruction', sa.Text(), nullable=False),
    sa.Column('every', sa.String(length=8), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('next_on', sa.String(length=10), nullable=False),
    sa.Column('lead_division_id', sa.Integer(), nullable=True),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("every IN ('week', 'month', 'quarter', 'year')", name=op.f('ck_duties_known_period')),
    sa.ForeignKeyConstraint(['handler_id'], ['users.id'], name=op.f('fk_duties_handler_id_users')),
    sa.ForeignKeyConstraint(['lead_division_id'], ['divisions.id'], name=op.f('fk_duties_lead_division_id_divisions')),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_duties_made_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duties'))
    )
    op.create_table('tasks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('incoming_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('form', sa.String(length=16), nullable=False),
    sa.Column('lead_division_id', sa.Integer(), nullable=True),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('is_personal', sa.Boolean(), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=True),
    sa.Column('instruction', sa.Text(), nullable=False),
    sa.Column('due_at', sa.String(length=16), nullable=False),
    sa.Column('suggested', sa.JSON(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.Integer(), nullable=False),
    sa.Column('directed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('directed_by', sa.Integer(), nullable=True),
    sa.Column('directed_for', sa.Integer(), nullable=True),
    sa.Column('acted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('urged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_act', sa.String(length=60), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("form <> 'for_information' OR (lead_division_id IS NULL AND handler_id IS NULL)",
        name=op.f('ck_tasks_information_has_no_lead')),
    sa.CheckConstraint("incoming_id IS NOT NULL OR title <> ''", name=op.f('ck_tasks_about_something')),
    sa.CheckConstraint("state <> 'with_head' OR lead_division_id IS NOT NULL", name=op.f('ck_tasks_has_a_lead')),
    sa.CheckConstraint("state NOT IN ('given', 'in_progress', 'reported', 'done') OR handler_id IS NOT NULL",
        name=op.f('ck_tasks_has_a_handler')),
    sa.ForeignKeyConstraint(['deputy_id'], ['users.id'], name=op.f('fk_tasks_deputy_id_users')),
    sa.ForeignKeyConstraint(['directed_by'], ['users.id'], name=op.f('fk_tasks_directed_by_users')),
    sa.ForeignKeyConstraint(['directed_for'], ['users.id'], name=op.f('fk_tasks_directed_for_users')),
    sa.ForeignKeyConstraint(['duty_id'], ['duties.id'], name=op.f('fk_tasks_duty_id_duties')),
    sa.ForeignKeyConstraint(['handler_id'], ['users.id'], name=op.f('fk_tasks_handler_id_users')),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_tasks_incoming_id_incoming')),
    sa.ForeignKeyConstraint(['lead_division_id'], ['divisions.id'], name=op.f('fk_tasks_lead_division_id_divisions')),
    sa.ForeignKeyConstraint(['submitted_by'], ['users.id'], name=op.f('fk_tasks_submitted_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('incoming_id', name=op.f('uq_tasks_incoming_id'))
    )
    op.create_index('ix_tasks_deputy', 'tasks', ['deputy_id', 'state'], unique=False)
    op.create_index('ix_tasks_directed_by', 'tasks', ['directed_by', 'state'], unique=False)
    op.create_index('ix_tasks_division', 'tasks', ['lead_division_id', 'state'], unique=False)
    op.create_index(op.f('ix_tasks_duty_id'), 'tasks', ['duty_id'], unique=False)
    op.create_index('ix_tasks_handler', 'tasks', ['handler_id', 'state'], unique=False)
    op.create_index('ix_tasks_state', 'tasks', ['state', 'due_at'], unique=False)
    op.create_table('task_parts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=12), nullable=False),
    sa.Column('division_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('waived_reason', sa.Text(), nullable=False),
    sa.Column('waived_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(division_id IS NULL) <> (user_id IS NULL)', name=op.f('ck_task_parts_somebody')),
    sa.ForeignKeyConstraint(['answered_by'], ['users.id'], name=op.f('fk_task_parts_answered_by_users')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_task_parts_division_id_divisions')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_parts_task_id_tasks')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_task_parts_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_parts')),
    sa.UniqueConstraint('task_id', 'part', 'division_id', name=op.f('uq_task_parts_task_id_part_division_id')),
    sa.UniqueConstraint('task_id', 'part', 'user_id', name=op.f('uq_task_parts_task_id_part_user_id'))
    )
    op.create_index('ix_task_parts_division', 'task_parts', ['division_id', 'part'], unique=False)
    op.create_index('ix_task_parts_user', 'task_parts', ['user_id', 'part'], unique=False)
    op.create_table('task_readers',
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_readers_task_id_tasks')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_task_readers_user_id_users')),
    sa.PrimaryKeyConstraint('task_id', 'user_id', name=op.f('pk_task_readers'))
    )
    op.create_index(
        'ix_task_readers_unseen', 'task_readers', ['user_id'], unique=False,
        sqlite_where=sa.text('seen_at IS NULL'), postgresql_where=sa.text('seen_at IS NULL'),
    )
    op.create_table('task_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('due_at', sa.String(length=16), nullable=False),
    sa.Column('division_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_granted', sa.Boolean(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_task_requests_asked_by_users')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_task_requests_decided_by_users')),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_task_requests_division_id_divisions')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_requests_task_id_tasks')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_task_requests_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_requests'))
    )
    op.create_index(op.f('ix_task_requests_task_id'), 'task_requests', ['task_id'], unique=False)
    op.create_index(
        'uq_task_requests_open', 'task_requests', ['task_id', 'kind'], unique=True,
        sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'),
    )
    op.create_table('reading_grants',
    sa.Column('incoming_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_granted', sa.Boolean(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_reading_grants_decided_by_users')),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_reading_grants_incoming_id_incoming')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_reading_grants_user_id_users')),
    sa.PrimaryKeyConstraint('incoming_id', 'user_id', name=op.f('pk_reading_grants'))
    )
    op.create_index(
        'ix_reading_grants_open', 'reading_grants', ['asked_at'], unique=False,
        sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'),
    )
    op.create_index(op.f('ix_reading_grants_user_id'), 'reading_grants', ['user_id'], unique=False)
    op.create_table('task_notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_task_notes_author_id_users')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_task_notes_task_id_tasks')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_notes'))
    )
    op.create_index(op.f('ix_task_notes_task_id'), 'task_notes', ['task_id'], unique=False)
    op.create_table('note_mentions',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['note_id'], ['task_notes.id'], name=op.f('fk_note_mentions_note_id_task_notes')),
    sa.ForeignKeyConstraint(['task_id'], ['tasks.id'], name=op.f('fk_note_mentions_task_id_tasks')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_note_mentions_user_id_users')),
    sa.PrimaryKeyConstraint('note_id', 'user_id', name=op.f('pk_note_mentions'))
    )
    op.create_index(
        'ix_note_mentions_unseen', 'note_mentions', ['user_id'], unique=False,
        sqlite_where=sa.text('seen_at IS NULL'), postgresql_where=sa.text('seen_at IS NULL'),
    )
    op.add_column('books', sa.Column('is_open', sa.Boolean(), nullable=False, server_default=sa.false()))
    # Who was the leader that the register's entries go to has to be known from now on.
    op.execute("""
        INSERT INTO user_roles (user_id, role) SELECT id, 'director' FROM users
        WHERE title LIKE 'Giám đốc%' AND id IN (SELECT user_id FROM user_roles WHERE role = 'leader')""")
