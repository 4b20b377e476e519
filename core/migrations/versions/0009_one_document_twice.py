"""Văn bản trùng, văn bản trả lời"""

import sqlalchemy as sa
from alembic import op

from core.notation import matching_key

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    for name, length in (('in_reply_to', 80), ('reply_key', 80)):
        op.add_column('incoming', sa.Column(name, sa.String(length), nullable=False, server_default=''))
    for name in ('answers_id', 'merged_into_id'):
        op.add_column('incoming', sa.Column(name, sa.Integer(), nullable=True))
    op.add_column('incoming', sa.Column('told_apart', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('incoming_files', sa.Column('from_id', sa.Integer(), nullable=True))
    op.drop_index('ix_incoming_code', 'incoming')
    _new_keys(op.get_bind())
    op.create_index('ix_incoming_code', 'incoming', ['code_key', 'issued_on'])
    op.create_index('ix_incoming_issued_on', 'incoming', ['issued_on'])
    for name, where in (
        ('reply_key', "reply_key <> ''"),
        ('answers_id', 'answers_id IS NOT NULL'), ('merged_into_id', 'merged_into_id IS NOT NULL'),
    ):
        of_some = sa.text(where)
        op.create_index(f'ix_incoming_{name}', 'incoming', [name], sqlite_where=of_some, postgresql_where=of_some)


def _new_keys(connection: sa.Connection) -> None:
    table = sa.table('incoming', sa.column('id'), sa.column('code'), sa.column('code_key'),
                     sa.column('proposed', sa.JSON), sa.column('in_reply_to'), sa.column('reply_key'))
    columns = sa.select(table.c.id, table.c.code, table.c.proposed).order_by(table.c.id).limit(_AT_ONCE)
    update = table.update().where(table.c.id == sa.bindparam('of_id'))
    last = 0
    while rows := connection.execute(columns.where(table.c.id > last)).all():
        answered = [' '.join(row.proposed.get('in_reply_to', {}).get('value', '').split())[:80] for row in rows]
        connection.execute(update, [
            {'of_id': row.id, 'code_key': matching_key(row.code), 'in_reply_to': said, 'reply_key': matching_key(said)}
            for row, said in zip(rows, answered)
        ])
        last = rows[-1].id
