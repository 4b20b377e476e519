"""Các bảng đầu tiên"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# The full-text index beside search_rows, which holds the words already cut: see core/search/words.py.
FULL_TEXT = {
    'sqlite': (
        "CREATE VIRTUAL TABLE fts_rows USING fts5(exact, folded, content='search_rows', content_rowid='incoming_id', "
        "tokenize='unicode61 remove_diacritics 0')",
        "CREATE TRIGGER fts_rows_inserted AFTER INSERT ON search_rows BEGIN "
        "INSERT INTO fts_rows(rowid, exact, folded) VALUES (new.incoming_id, new.exact, new.folded); END",
        "CREATE TRIGGER fts_rows_deleted AFTER DELETE ON search_rows BEGIN "
        "INSERT INTO fts_rows(fts_rows, rowid, exact, folded) "
        "VALUES ('delete', old.incoming_id, old.exact, old.folded); END",
        "CREATE TRIGGER fts_rows_updated AFTER UPDATE ON search_rows BEGIN "
        "INSERT INTO fts_rows(fts_rows, rowid, exact, folded) "
        "VALUES ('delete', old.incoming_id, old.exact, old.folded); "
        "INSERT INTO fts_rows(rowid, exact, folded) VALUES (new.incoming_id, new.exact, new.folded); END",
    ),
    'postgresql': tuple(
        statement
        for column in ('exact', 'folded')
        for statement in (
            f"ALTER TABLE search_rows ADD COLUMN fts_{column} tsvector GENERATED ALWAYS AS "
            f"(array_to_tsvector(string_to_array(btrim({column}), ' '))) STORED",
            f"CREATE INDEX ix_fts_{column} ON search_rows USING gin (fts_{column})",
        )
    ),
}


def upgrade() -> None:
    op.create_table('backup_marks',
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('entries', sa.BigInteger(), nullable=False),
    sa.Column('files', sa.BigInteger(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('written', sa.BigInteger(), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_backup_marks'))
    )
    op.create_table('books',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('direction', sa.String(length=12), nullable=False),
    sa.Column('waits_since', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_books')),
    sa.UniqueConstraint('code', name=op.f('uq_books_code'))
    )
    op.create_table('chain_heads',
    sa.Column('chain', sa.String(length=16), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('chain', name=op.f('pk_chain_heads'))
    )
    op.create_table('divisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_divisions')),
    sa.UniqueConstraint('name', name=op.f('uq_divisions_name'))
    )
    op.create_table('document_kinds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('abbreviation', sa.String(length=12), nullable=True),
    sa.Column('family', sa.String(length=24), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_kinds')),
    sa.UniqueConstraint('name', name=op.f('uq_document_kinds_name'))
    )
    op.create_table('files',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_files'))
    )
    op.create_table('file_texts',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('newest', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('unread_pages', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(length=8), nullable=False),
    sa.Column('problem', sa.String(length=24), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('program', sa.String(length=24), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['files.sha256'], name=op.f('fk_file_texts_sha256_files')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_file_texts'))
    )
    with op.batch_alter_table('file_texts', schema=None) as batch_op:
        batch_op.create_index('ix_file_texts_waiting', ['state', 'newest'], unique=False)

    op.create_table('holidays',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('is_worked', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_holidays'))
    )
    op.create_table('mailboxes',
    sa.Column('name', sa.String(length=48), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('last_success_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('trouble_kind', sa.String(length=24), nullable=False),
    sa.Column('refused_logins', sa.Integer(), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fetch_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fetch_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('test_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('test_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('test_answer', sa.Text(), nullable=False),
    sa.Column('retry_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reconcile_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reconcile_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('alarm', sa.Text(), nullable=False),
    sa.Column('room_used', sa.BigInteger(), nullable=True),
    sa.Column('room_limit', sa.BigInteger(), nullable=True),
    sa.Column('room_read_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_mailboxes'))
    )
    op.create_table('office_facts',
    sa.Column('name', sa.String(length=48), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_office_facts'))
    )
    op.create_table('office_names',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('parent_name', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office_names'))
    )
    op.create_table('mail_folders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mailbox', sa.String(length=48), nullable=False),
    sa.Column('folder', sa.String(length=200), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=True),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.Column('awaited', sa.Text(), nullable=False),
    sa.Column('import_since', sa.Date(), nullable=True),
    sa.Column('is_missing', sa.Boolean(), nullable=False),
    sa.Column('lease_holder', sa.String(length=80), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reconciled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reconciled_count', sa.Integer(), nullable=False),
    sa.Column('reconciled_lost', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['mailbox'], ['mailboxes.name'], name=op.f('fk_mail_folders_mailbox_mailboxes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_folders')),
    sa.UniqueConstraint('mailbox', 'folder', name=op.f('uq_mail_folders_mailbox_folder'))
    )
    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('identity', sa.String(length=64), nullable=False),
    sa.Column('message_id', sa.String(length=998), nullable=True),
    sa.Column('raw_sha256', sa.String(length=64), nullable=True),
    sa.Column('raw_size', sa.BigInteger(), nullable=False),
    sa.Column('mail_class', sa.String(length=16), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('sender_name', sa.Text(), nullable=False),
    sa.Column('sender_address', sa.String(length=320), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('in_reply_to', sa.String(length=998), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sort_uid', sa.BigInteger(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('reports', sa.JSON(), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['raw_sha256'], ['files.sha256'], name=op.f('fk_messages_raw_sha256_files')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('identity', name=op.f('uq_messages_identity'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_messages_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_messages_outcome'), ['outcome'], unique=False)

    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('full_name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('division_id', sa.Integer(), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('failed_logins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['division_id'], ['divisions.id'], name=op.f('fk_users_division_id_divisions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('username', name=op.f('uq_users_username'))
    )
    op.create_table('arrivals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('door', sa.String(length=12), nullable=False),
    sa.Column('mailbox', sa.String(length=48), nullable=False),
    sa.Column('folder', sa.String(length=200), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cleared_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_arrivals_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_arrivals')),
    sa.UniqueConstraint('mailbox', 'folder', 'uidvalidity', 'uid', name=op.f('uq_arrivals_mailbox_folder_uidvalidity_uid'))
    )
    with op.batch_alter_table('arrivals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_arrivals_message_id'), ['message_id'], unique=False)

    op.create_table('events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chain', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('for_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('act', sa.String(length=48), nullable=False),
    sa.Column('subject_kind', sa.String(length=24), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('payload', sa.JSON(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_events_actor_id_users')),
    sa.ForeignKeyConstraint(['for_id'], ['users.id'], name=op.f('fk_events_for_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_chain', ['chain', 'id'], unique=False)
        batch_op.create_index('ix_events_subject', ['subject_kind', 'subject_id'], unique=False)

    op.create_table('incoming',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=12), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sort_uid', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('code_number', sa.String(length=11), nullable=False),
    sa.Column('code_notation', sa.String(length=60), nullable=False),
    sa.Column('code_key', sa.String(length=80), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('parent_issuer', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=100), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('signer_name', sa.String(length=120), nullable=False),
    sa.Column('signer_title', sa.String(length=200), nullable=False),
    sa.Column('urgency', sa.String(length=12), nullable=False),
    sa.Column('secrecy', sa.String(length=12), nullable=False),
    sa.Column('due_at', sa.String(length=16), nullable=False),
    sa.Column('page_count', sa.Integer(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('is_dossier_direct', sa.Boolean(), nullable=False),
    sa.Column('proposed', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('arrival_number', sa.BigInteger(), nullable=True),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('arrived_on', sa.Date(), nullable=True),
    sa.Column('registered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registered_by', sa.Integer(), nullable=True),
    sa.Column('closed_reason', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by', sa.Integer(), nullable=True),
    sa.Column('text_version', sa.Integer(), nullable=False),
    sa.Column('indexed_version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(arrival_number IS NULL) = (state IN ('draft', 'declined'))", name=op.f('ck_incoming_number_iff_entered')),
    sa.CheckConstraint("secrecy = 'khong'", name=op.f('ck_incoming_no_secrets_here')),
    sa.ForeignKeyConstraint(['book_id'], ['books.id'], name=op.f('fk_incoming_book_id_books')),
    sa.ForeignKeyConstraint(['closed_by'], ['users.id'], name=op.f('fk_incoming_closed_by_users')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_incoming_message_id_messages')),
    sa.ForeignKeyConstraint(['registered_by'], ['users.id'], name=op.f('fk_incoming_registered_by_users')),
    sa.ForeignKeyConstraint(['removed_by'], ['users.id'], name=op.f('fk_incoming_removed_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming')),
    sa.UniqueConstraint('book_id', 'year', 'arrival_number', name=op.f('uq_incoming_book_id_year_arrival_number'))
    )
    with op.batch_alter_table('incoming', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incoming_arrived_on'), ['arrived_on'], unique=False)
        batch_op.create_index('ix_incoming_code', ['code_key', 'year'], unique=False)
        batch_op.create_index('ix_incoming_desk', ['state', 'received_at', 'sort_uid'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_incoming_unindexed', ['id'], unique=False, sqlite_where=sa.text('indexed_version <> version + text_version'), postgresql_where=sa.text('indexed_version <> version + text_version'))

    op.create_table('login_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('csrf_token', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_login_sessions_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login_sessions')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_login_sessions_token_digest'))
    )
    with op.batch_alter_table('login_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('message_files',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('inside', sa.Text(), nullable=False),
    sa.Column('is_inline', sa.Boolean(), nullable=False),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_files_message_id_messages')),
    sa.ForeignKeyConstraint(['sha256'], ['files.sha256'], name=op.f('fk_message_files_sha256_files')),
    sa.PrimaryKeyConstraint('message_id', 'position', name=op.f('pk_message_files'))
    )
    with op.batch_alter_table('message_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_files_sha256'), ['sha256'], unique=False)

    op.create_table('number_series',
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('first_number', sa.BigInteger(), nullable=False),
    sa.Column('next_number', sa.BigInteger(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('next_number >= first_number', name=op.f('ck_number_series_never_backwards')),
    sa.ForeignKeyConstraint(['book_id'], ['books.id'], name=op.f('fk_number_series_book_id_books')),
    sa.ForeignKeyConstraint(['opened_by'], ['users.id'], name=op.f('fk_number_series_opened_by_users')),
    sa.PrimaryKeyConstraint('book_id', 'year', name=op.f('pk_number_series'))
    )
    op.create_table('user_roles',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_roles_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'role', name=op.f('pk_user_roles'))
    )
    op.create_table('exclusions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('arrival_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=24), nullable=False),
    sa.Column('rule', sa.String(length=64), nullable=False),
    sa.Column('sender_address', sa.String(length=320), nullable=False),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('excluded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_by', sa.Integer(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['arrival_id'], ['arrivals.id'], name=op.f('fk_exclusions_arrival_id_arrivals')),
    sa.ForeignKeyConstraint(['released_by'], ['users.id'], name=op.f('fk_exclusions_released_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exclusions'))
    )
    with op.batch_alter_table('exclusions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exclusions_arrival_id'), ['arrival_id'], unique=False)
        batch_op.create_index('ix_exclusions_category', ['category', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_exclusions_mark'), ['mark'], unique=False)

    op.create_table('held_letters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('arrival_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=48), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sealed_path', sa.String(length=64), nullable=True),
    sa.Column('seal_key', sa.LargeBinary(), nullable=True),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('program', sa.String(length=24), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decision', sa.String(length=12), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['arrival_id'], ['arrivals.id'], name=op.f('fk_held_letters_arrival_id_arrivals')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_held_letters_decided_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_letters'))
    )
    with op.batch_alter_table('held_letters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_held_letters_arrival_id'), ['arrival_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_held_letters_mark'), ['mark'], unique=False)

    op.create_table('incoming_files',
    sa.Column('incoming_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('inside', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_incoming_files_incoming_id_incoming')),
    sa.ForeignKeyConstraint(['sha256'], ['files.sha256'], name=op.f('fk_incoming_files_sha256_files')),
    sa.PrimaryKeyConstraint('incoming_id', 'position', name=op.f('pk_incoming_files'))
    )
    with op.batch_alter_table('incoming_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incoming_files_sha256'), ['sha256'], unique=False)

    op.create_table('intake_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('spool_name', sa.String(length=80), nullable=True),
    sa.Column('incoming_id', sa.Integer(), nullable=True),
    sa.Column('held_id', sa.Integer(), nullable=True),
    sa.Column('exclusion_id', sa.Integer(), nullable=True),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_intake_requests_asked_by_users')),
    sa.ForeignKeyConstraint(['exclusion_id'], ['exclusions.id'], name=op.f('fk_intake_requests_exclusion_id_exclusions')),
    sa.ForeignKeyConstraint(['held_id'], ['held_letters.id'], name=op.f('fk_intake_requests_held_id_held_letters')),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_intake_requests_incoming_id_incoming')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_intake_requests_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_intake_requests'))
    )
    with op.batch_alter_table('intake_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_intake_requests_done_at'), ['done_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_requests_exclusion_id'), ['exclusion_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_intake_requests_held_id'), ['held_id'], unique=False)

    op.create_table('search_rows',
    sa.Column('incoming_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('exact', sa.Text(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_search_rows_incoming_id_incoming')),
    sa.PrimaryKeyConstraint('incoming_id', name=op.f('pk_search_rows'))
    )
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)
