"""Chữ ký số của tệp"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('files', sa.Column('signatures', sa.JSON(), nullable=False, server_default='[]'))
