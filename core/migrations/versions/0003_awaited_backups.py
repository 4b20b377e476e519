"""Từ lúc nào chờ sao lưu"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('backup_marks', sa.Column('awaited_at', sa.DateTime(timezone=True), nullable=True))
