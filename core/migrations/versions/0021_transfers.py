"""Chuyển thẳng (Điều 23.1 NĐ 30)"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('transfer_orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('basis', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=100), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('words', sa.String(length=200), nullable=False),
    sa.Column('is_urgent_too', sa.Boolean(), nullable=False),
    sa.Column('form', sa.String(length=16), nullable=False),
    sa.Column('lead_division_id', sa.Integer(), nullable=True),
    sa.Column('lead_user_id', sa.Integer(), nullable=True),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('instruction', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_for', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("lead_division_id IS NULL OR lead_user_id IS NULL", name=op.f('ck_transfer_orders_one_lead')),
    sa.CheckConstraint("kind <> '' OR issuer <> '' OR words <> ''", name=op.f('ck_transfer_orders_some_condition')),
    sa.CheckConstraint("basis <> ''", name=op.f('ck_transfer_orders_some_basis')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_transfer_orders_agency_id_agencies')),
    sa.ForeignKeyConstraint(['ended_by'], ['users.id'], name=op.f('fk_transfer_orders_ended_by_users')),
    sa.ForeignKeyConstraint(['lead_division_id'], ['divisions.id'], name=op.f('fk_transfer_orders_lead_division_id_divisions')),
    sa.ForeignKeyConstraint(['lead_user_id'], ['users.id'], name=op.f('fk_transfer_orders_lead_user_id_users')),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_transfer_orders_made_by_users')),
    sa.ForeignKeyConstraint(['made_for'], ['users.id'], name=op.f('fk_transfer_orders_made_for_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_orders'))
    )
    # Not in a batch: SQLite would make the table anew, without its CHECKs.
    op.execute(
        "ALTER TABLE tasks ADD COLUMN order_id INTEGER"
        " CONSTRAINT fk_tasks_order_id_transfer_orders REFERENCES transfer_orders (id)"
    )
    op.add_column('tasks', sa.Column('is_transferred', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('tasks', sa.Column('waits_because', sa.Text(), nullable=False, server_default=''))
    is_of_order = sa.text('order_id IS NOT NULL')
    op.create_index(
        'ix_tasks_transferred', 'tasks', ['submitted_at', 'order_id'], unique=False, sqlite_where=is_of_order,
        postgresql_where=is_of_order,
    )
