"""Quyền đọc đã thu hồi không lẫn với lời từ chối; việc trả lại có thể đã báo trước khi khôi phục; số của văn bản
tìm được ngay"""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

_EVENTS = sa.table(
    'events', sa.column('id'), sa.column('act'), sa.column('subject_id'), sa.column('payload', sa.JSON())
)  # fmt: skip
_GRANTS = sa.table(
    'reading_grants', sa.column('incoming_id'), sa.column('user_id'), sa.column('is_granted', sa.Boolean()),
    sa.column('is_revoked', sa.Boolean()),
)  # fmt: skip


def upgrade() -> None:
    op.add_column('document_returns', sa.Column('may_be_told', sa.Boolean(), nullable=False, server_default=sa.false()))
    is_numbered = sa.text("code_number <> ''")
    op.create_index(
        'ix_incoming_code_number', 'incoming', ['code_number'], unique=False, sqlite_where=is_numbered,
        postgresql_where=is_numbered,
    )
    op.add_column('reading_grants', sa.Column('is_revoked', sa.Boolean(), nullable=False, server_default=sa.false()))
    acts = sa.select(_EVENTS.c.act, _EVENTS.c.subject_id, _EVENTS.c.payload)
    acts = acts.where(_EVENTS.c.act.in_(('reading_decided', 'reading_revoked'))).order_by(_EVENTS.c.id)
    last = {(row.subject_id, (row.payload or {}).get('to')): row.act for row in op.get_bind().execute(acts)}
    for (incoming_id, user_id), act in last.items():
        if act == 'reading_revoked':
            grant = (_GRANTS.c.incoming_id == incoming_id, _GRANTS.c.user_id == user_id)
            op.execute(sa.update(_GRANTS).where(*grant, _GRANTS.c.is_granted.is_(False)).values(is_revoked=True))
