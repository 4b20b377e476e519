"""Gói trục liên thông: thay thế, cập nhật, thu hồi, trạng thái"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incoming', sa.Column('exchange_id', sa.String(length=200), nullable=False, server_default=''))
    op.add_column('incoming', sa.Column('exchange', sa.JSON(), nullable=False, server_default='{}'))
    op.create_index(
        'ix_incoming_exchange_id', 'incoming', ['exchange_id'],
        sqlite_where=sa.text("exchange_id <> ''"), postgresql_where=sa.text("exchange_id <> ''"),
    )
    op.create_table(
        'incoming_relations',
        sa.Column('newer_id', sa.Integer(), nullable=False),
        sa.Column('older_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ['newer_id'], ['incoming.id'], name=op.f('fk_incoming_relations_newer_id_incoming')
        ),
        sa.ForeignKeyConstraint(
            ['older_id'], ['incoming.id'], name=op.f('fk_incoming_relations_older_id_incoming')
        ),
        sa.PrimaryKeyConstraint('newer_id', 'older_id', name=op.f('pk_incoming_relations')),
    )
    op.create_index(op.f('ix_incoming_relations_older_id'), 'incoming_relations', ['older_id'])
    op.create_table(
        'package_notices',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('status_code', sa.String(length=8), nullable=False),
        sa.Column('organ_id', sa.String(length=64), nullable=False),
        sa.Column('organ_name', sa.String(length=300), nullable=False),
        sa.Column('document_id', sa.String(length=200), nullable=False),
        sa.Column('code', sa.String(length=80), nullable=False),
        sa.Column('code_key', sa.String(length=80), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=True),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('said_at', sa.String(length=32), nullable=False),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('settled_by', sa.Integer(), nullable=True),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('incoming_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ['message_id'], ['messages.id'], name=op.f('fk_package_notices_message_id_messages')
        ),
        sa.ForeignKeyConstraint(['settled_by'], ['users.id'], name=op.f('fk_package_notices_settled_by_users')),
        sa.ForeignKeyConstraint(
            ['incoming_id'], ['incoming.id'], name=op.f('fk_package_notices_incoming_id_incoming')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_package_notices')),
    )
    for column in ('message_id', 'document_id', 'code_key', 'settled_at'):
        op.create_index(op.f(f'ix_package_notices_{column}'), 'package_notices', [column])
