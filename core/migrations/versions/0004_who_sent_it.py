"""Người gửi thư bị giữ, dấu các tệp của thư bị loại"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('held_letters', sa.Column('sender_address', sa.String(length=320), nullable=False, server_default=''))
    op.add_column('exclusions', sa.Column('files_mark', sa.String(length=64), nullable=False, server_default=''))
