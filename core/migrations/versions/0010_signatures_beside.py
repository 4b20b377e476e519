"""Chữ ký số đi kèm tệp và chữ ký của thư"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('message_files', 'messages'):
        op.add_column(table, sa.Column('signatures', sa.JSON(), nullable=False, server_default='[]'))
