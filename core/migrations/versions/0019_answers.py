"""Báo nhận, trả lời nơi gửi: mỗi nơi được báo gì, đã báo tới đâu, văn bản trả lại"""

import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('answer_progress',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('quiet_before', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_progress'))
    )
    op.create_table('answer_policies',
    sa.Column('key', sa.String(length=330), nullable=False),
    sa.Column('statuses', sa.JSON(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['set_by'], ['users.id'], name=op.f('fk_answer_policies_set_by_users')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_answer_policies'))
    )
    op.create_table('document_returns',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incoming_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('is_agreed', sa.Boolean(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('followed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivery_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_document_returns_asked_by_users')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_document_returns_decided_by_users')),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_document_returns_delivery_id_deliveries')),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_document_returns_incoming_id_incoming')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_returns'))
    )
    op.create_index(op.f('ix_document_returns_incoming_id'), 'document_returns', ['incoming_id'], unique=False)
    for name, columns, is_unique, where in (
        ('ix_document_returns_open', ['asked_at'], False, 'followed_at IS NULL'),
        ('uq_document_returns_standing', ['incoming_id'], True, 'withdrawn_at IS NULL AND is_agreed IS NOT FALSE'),
    ):
        op.create_index(
            name, 'document_returns', columns, unique=is_unique,
            sqlite_where=sa.text(where), postgresql_where=sa.text(where),
        )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('letter_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_deliveries_letter_id'), ['letter_id'], unique=False)
        batch_op.create_foreign_key(op.f('fk_deliveries_letter_id_messages'), 'messages', ['letter_id'], ['id'])
    op.add_column('messages', sa.Column('is_automatic', sa.Boolean(), nullable=False, server_default=sa.false()))
