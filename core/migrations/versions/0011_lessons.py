"""Bài học từ những lần văn thư sửa, đơn vị nhận, bản nào của văn bản"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incoming', sa.Column('receiver', sa.String(length=200), nullable=False, server_default=''))
    op.add_column('incoming', sa.Column('copy', sa.String(length=12), nullable=False, server_default=''))
    op.create_table('lessons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=24), nullable=False),
    sa.Column('scope', sa.String(length=300), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('value', sa.String(length=300), nullable=False),
    sa.Column('as_read', sa.String(length=300), nullable=False),
    sa.Column('holds_for', sa.String(length=600), nullable=False),
    sa.Column('is_correction', sa.Boolean(), nullable=False),
    sa.Column('votes', sa.Integer(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_from', sa.Integer(), nullable=False),
    sa.Column('last_from', sa.Integer(), nullable=False),
    sa.Column('taught_by', sa.Integer(), nullable=False),
    sa.Column('reverted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reverted_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['first_from'], ['incoming.id'], name=op.f('fk_lessons_first_from_incoming')),
    sa.ForeignKeyConstraint(['last_from'], ['incoming.id'], name=op.f('fk_lessons_last_from_incoming')),
    sa.ForeignKeyConstraint(['reverted_by'], ['users.id'], name=op.f('fk_lessons_reverted_by_users')),
    sa.ForeignKeyConstraint(['taught_by'], ['users.id'], name=op.f('fk_lessons_taught_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lessons')),
    sa.UniqueConstraint('field', 'scope', 'key', 'value', name=op.f('uq_lessons_field_scope_key_value'))
    )
    with op.batch_alter_table('lessons', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lessons_is_correction'), ['is_correction'], unique=False)
