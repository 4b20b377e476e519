"""Thư có vẻ mang mật khẩu của tệp gửi ở thư khác"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('messages', 'held_letters'):
        op.add_column(table, sa.Column('brings_password', sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ('key_held_id', 'key_message_id'):
        op.add_column('intake_requests', sa.Column(name, sa.Integer(), nullable=True))
    op.create_index(
        'ix_messages_brings_password', 'messages', ['sender_address'],
        sqlite_where=sa.text('brings_password'), postgresql_where=sa.text('brings_password'),
    )
