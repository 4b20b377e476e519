"""Thư gửi đi: hàng chờ, chặng đường của từng thư, tạm dừng"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outbox_troubles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_troubles'))
    )
    op.create_table('outbox_pauses',
    sa.Column('domain', sa.String(length=255), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_outbox_pauses_by_users')),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_outbox_pauses'))
    )
    op.create_table('deliveries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('recipient_address', sa.String(length=320), nullable=False),
    sa.Column('recipient_name', sa.String(length=300), nullable=False),
    sa.Column('domain', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('in_reply_to', sa.String(length=998), nullable=True),
    sa.Column('reference_ids', sa.JSON(), nullable=False),
    sa.Column('is_automatic', sa.Boolean(), nullable=False),
    sa.Column('incoming_id', sa.Integer(), nullable=True),
    sa.Column('once_key', sa.String(length=200), nullable=True),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_by', sa.String(length=80), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('message_id', sa.String(length=320), nullable=True),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('displayed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['corrects_id'], ['deliveries.id'], name=op.f('fk_deliveries_corrects_id_deliveries')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_deliveries_created_by_users')),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_deliveries_incoming_id_incoming')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('message_id', name=op.f('uq_deliveries_message_id')),
    sa.UniqueConstraint('once_key', name=op.f('uq_deliveries_once_key'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_domain', ['domain', 'claimed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_deliveries_incoming_id'), ['incoming_id'], unique=False)
        batch_op.create_index(
            'ix_deliveries_sending', ['claimed_until'], unique=False,
            sqlite_where=sa.text("state = 'sending'"), postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index('ix_deliveries_state', ['state', 'id'], unique=False)
        batch_op.create_index(
            'ix_deliveries_waiting', ['rank', 'try_at', 'id'], unique=False,
            sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"),
        )
    op.create_table('delivery_files',
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_delivery_files_delivery_id_deliveries')),
    sa.ForeignKeyConstraint(['sha256'], ['files.sha256'], name=op.f('fk_delivery_files_sha256_files')),
    sa.PrimaryKeyConstraint('delivery_id', 'position', name=op.f('pk_delivery_files'))
    )
    with op.batch_alter_table('delivery_files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_files_sha256'), ['sha256'], unique=False)
    op.create_table('delivery_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('step', sa.String(length=24), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('mark', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['users.id'], name=op.f('fk_delivery_steps_by_users')),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_delivery_steps_delivery_id_deliveries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_steps')),
    sa.UniqueConstraint('delivery_id', 'mark', name=op.f('uq_delivery_steps_delivery_id_mark'))
    )
