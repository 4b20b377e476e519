"""Chữ ký DKIM của thư"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('dkim_checks',
    sa.Column('message_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sender', sa.String(length=320), nullable=False),
    sa.Column('result', sa.String(length=12), nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('is_aligned', sa.Boolean(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('try_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_dkim_checks_message_id_messages')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_dkim_checks'))
    )
    with op.batch_alter_table('dkim_checks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dkim_checks_sender'), ['sender'], unique=False)
        batch_op.create_index(
            'ix_dkim_checks_try_at', ['try_at'], unique=False,
            sqlite_where=sa.text('try_at IS NOT NULL'), postgresql_where=sa.text('try_at IS NOT NULL'),
        )
