"""Bàn lãnh đạo: «Vừa giao hôm nay» không lần lượt xem mọi văn bản đã giao"""

from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_tasks_directed_by', table_name='tasks')
    op.create_index('ix_tasks_directed_by', 'tasks', ['directed_by', 'state', 'directed_at'], unique=False)
