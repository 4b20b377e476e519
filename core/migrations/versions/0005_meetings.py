"""Giờ họp, nơi họp, thành phần mời"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incoming', sa.Column('event_at', sa.String(length=16), nullable=False, server_default=''))
    op.add_column('incoming', sa.Column('event_place', sa.String(length=300), nullable=False, server_default=''))
    op.add_column('incoming', sa.Column('invited', sa.Text(), nullable=False, server_default=''))
