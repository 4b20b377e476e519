"""Chữ ký số được xét lại: theo chứng thư gốc khác, theo lời nơi cấp"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_SIGNED = "CAST(signatures AS VARCHAR(3)) <> '[]'"


def upgrade() -> None:
    op.create_table('signature_checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('roots', sa.String(length=64), nullable=False),
    sa.Column('is_asked', sa.Boolean(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('try_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(sha256 IS NULL) <> (message_id IS NULL)', name=op.f('ck_signature_checks_one_thing')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_signature_checks_message_id_messages')),
    sa.ForeignKeyConstraint(['sha256'], ['files.sha256'], name=op.f('fk_signature_checks_sha256_files')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature_checks')),
    sa.UniqueConstraint('message_id', name=op.f('uq_signature_checks_message_id')),
    sa.UniqueConstraint('sha256', name=op.f('uq_signature_checks_sha256'))
    )
    with op.batch_alter_table('signature_checks', schema=None) as batch_op:
        batch_op.create_index(
            'ix_signature_checks_try_at', ['try_at'], unique=False,
            sqlite_where=sa.text('try_at IS NOT NULL'), postgresql_where=sa.text('try_at IS NOT NULL'),
        )
    # What was signed before waits too: by which roots it was judged was not kept.
    into = 'INSERT INTO signature_checks ({}, roots, is_asked, checked_at, tries, try_at) '
    op.execute(into.format('sha256') + f"""
        SELECT sha256, '', false, stored_at, 0, stored_at FROM files WHERE {_SIGNED} ORDER BY stored_at""")
    op.execute(into.format('message_id') + f"""
        SELECT id, '', false, taken_at, 0, taken_at FROM messages
        WHERE {_SIGNED} OR id IN (SELECT message_id FROM message_files WHERE {_SIGNED}) ORDER BY id""")
