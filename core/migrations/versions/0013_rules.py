"""Quy tắc của văn thư: các bản, thứ tự, lần chạy thử, văn bản đã dùng"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rules',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('tried_version', sa.Integer(), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tried_looked', sa.Integer(), nullable=False),
    sa.Column('tried_matched', sa.Integer(), nullable=False),
    sa.Column('tried_right', sa.Integer(), nullable=False),
    sa.Column('tried_wrong', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_rules_made_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rules'))
    )
    op.create_table('rule_versions',
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('definition', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_rule_versions_made_by_users')),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_rule_versions_rule_id_rules')),
    sa.PrimaryKeyConstraint('rule_id', 'version', name=op.f('pk_rule_versions'))
    )
    op.create_table('rule_uses',
    sa.Column('incoming_id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_rule_uses_incoming_id_incoming')),
    sa.ForeignKeyConstraint(['rule_id'], ['rules.id'], name=op.f('fk_rule_uses_rule_id_rules')),
    sa.PrimaryKeyConstraint('incoming_id', 'rule_id', name=op.f('pk_rule_uses'))
    )
    with op.batch_alter_table('rule_uses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rule_uses_rule_id'), ['rule_id'], unique=False)
