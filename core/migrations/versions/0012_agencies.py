"""Danh bạ cơ quan"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('agencies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('parent_name', sa.String(length=300), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('parent_key', sa.String(length=300), nullable=False),
    sa.Column('identity', sa.String(length=603), nullable=False),
    sa.Column('level', sa.String(length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('is_checked', sa.Boolean(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_by', sa.Integer(), nullable=True),
    sa.Column('root_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_agencies_made_by_users')),
    sa.ForeignKeyConstraint(['merged_by'], ['users.id'], name=op.f('fk_agencies_merged_by_users')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['agencies.id'], name=op.f('fk_agencies_merged_into_id_agencies')),
    sa.ForeignKeyConstraint(['root_id'], ['agencies.id'], name=op.f('fk_agencies_root_id_agencies')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agencies')),
    sa.UniqueConstraint('identity', name=op.f('uq_agencies_identity'))
    )
    with op.batch_alter_table('agencies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agencies_key'), ['key'], unique=False)
        batch_op.create_index(batch_op.f('ix_agencies_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agencies_parent_key'), ['parent_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_agencies_root_id'), ['root_id'], unique=False)

    op.create_table('agency_uploads',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_agency_uploads_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_agency_uploads'))
    )
    op.create_table('agency_addresses',
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('domain', sa.String(length=254), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('sightings', sa.Integer(), nullable=False),
    sa.Column('is_by_hand', sa.Boolean(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['users.id'], name=op.f('fk_agency_addresses_added_by_users')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agency_addresses_agency_id_agencies')),
    sa.ForeignKeyConstraint(['removed_by'], ['users.id'], name=op.f('fk_agency_addresses_removed_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_addresses')),
    sa.UniqueConstraint('agency_id', 'address', name=op.f('uq_agency_addresses_agency_id_address'))
    )
    with op.batch_alter_table('agency_addresses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_addresses_address'), ['address'], unique=False)
        batch_op.create_index(batch_op.f('ix_agency_addresses_domain'), ['domain'], unique=False)

    op.create_table('agency_codes',
    sa.Column('sort', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('sightings', sa.Integer(), nullable=False),
    sa.Column('is_by_hand', sa.Boolean(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['users.id'], name=op.f('fk_agency_codes_added_by_users')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agency_codes_agency_id_agencies')),
    sa.ForeignKeyConstraint(['removed_by'], ['users.id'], name=op.f('fk_agency_codes_removed_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_codes')),
    sa.UniqueConstraint('agency_id', 'sort', 'key', name=op.f('uq_agency_codes_agency_id_sort_key'))
    )
    with op.batch_alter_table('agency_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_codes_key'), ['key'], unique=False)

    op.create_table('agency_names',
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('parent_name', sa.String(length=300), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('spelling', sa.String(length=300), nullable=False),
    sa.Column('parent_key', sa.String(length=300), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('sightings', sa.Integer(), nullable=False),
    sa.Column('is_by_hand', sa.Boolean(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['added_by'], ['users.id'], name=op.f('fk_agency_names_added_by_users')),
    sa.ForeignKeyConstraint(['agency_id'], ['agencies.id'], name=op.f('fk_agency_names_agency_id_agencies')),
    sa.ForeignKeyConstraint(['removed_by'], ['users.id'], name=op.f('fk_agency_names_removed_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_names')),
    sa.UniqueConstraint('agency_id', 'spelling', 'parent_key', name=op.f('uq_agency_names_agency_id_spelling_parent_key'))
    )
    with op.batch_alter_table('agency_names', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_names_key'), ['key'], unique=False)
        batch_op.create_index(batch_op.f('ix_agency_names_parent_key'), ['parent_key'], unique=False)

    op.create_table('agency_successions',
    sa.Column('old_id', sa.Integer(), nullable=False),
    sa.Column('new_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['new_id'], ['agencies.id'], name=op.f('fk_agency_successions_new_id_agencies')),
    sa.ForeignKeyConstraint(['old_id'], ['agencies.id'], name=op.f('fk_agency_successions_old_id_agencies')),
    sa.PrimaryKeyConstraint('old_id', 'new_id', name=op.f('pk_agency_successions'))
    )
    with op.batch_alter_table('agency_successions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_successions_new_id'), ['new_id'], unique=False)

    op.create_table('agency_sightings',
    sa.Column('incoming_id', sa.Integer(), nullable=False),
    sa.Column('name_id', sa.Integer(), nullable=False),
    sa.Column('code_id', sa.Integer(), nullable=True),
    sa.Column('exchange_code_id', sa.Integer(), nullable=True),
    sa.Column('address_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['agency_addresses.id'], name=op.f('fk_agency_sightings_address_id_agency_addresses')),
    sa.ForeignKeyConstraint(['code_id'], ['agency_codes.id'], name=op.f('fk_agency_sightings_code_id_agency_codes')),
    sa.ForeignKeyConstraint(['exchange_code_id'], ['agency_codes.id'], name=op.f('fk_agency_sightings_exchange_code_id_agency_codes')),
    sa.ForeignKeyConstraint(['incoming_id'], ['incoming.id'], name=op.f('fk_agency_sightings_incoming_id_incoming')),
    sa.ForeignKeyConstraint(['name_id'], ['agency_names.id'], name=op.f('fk_agency_sightings_name_id_agency_names')),
    sa.PrimaryKeyConstraint('incoming_id', name=op.f('pk_agency_sightings'))
    )
    with op.batch_alter_table('agency_sightings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_sightings_name_id'), ['name_id'], unique=False)
