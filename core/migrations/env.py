"""Alembic's entry: runs the migrations on the connection that `core.schema` hands over."""

from alembic import context

from core.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
