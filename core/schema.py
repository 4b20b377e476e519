"""Bringing a database to the program's schema, and telling whether it is there."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.db import Database

_FOLDER = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_165_200_063  # of pg_advisory_lock: any number that is ours alone


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the schema's version before (None: empty database) and after, and the steps between."""

    before: str | None
    after: str
    steps: tuple[str, ...]


def upgrade(database: Database) -> Upgrade:
    """Apply every migration that is missing, each in one transaction; harmless when there is none.

    A second upgrade at the same time waits for the first and then finds nothing to do. Raises
    alembic's CommandError when the database is newer than the program.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    head = str(scripts.get_current_head())
    with _alone(database), database.engine.connect() as connection:
        before = _revision(connection)
        steps = [script.doc for script in scripts.iterate_revisions(head, before or "base")]
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return Upgrade(before, head, tuple(reversed(steps)))


def is_current(database: Database) -> bool:
    """Whether the database has exactly the program's schema."""
    with database.engine.connect() as connection:
        return _revision(connection) == ScriptDirectory.from_config(_config()).get_current_head()


def _revision(connection: sa.Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()  # end the transaction that only looked
    return found


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    if database.is_sqlite:
        path = Path(database.url.database or "")
        handle = os.open(path.with_name(path.name + ".upgrade"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
        return
    with database.engine.connect() as connection:
        # Held by this connection's session, not by a transaction: a broken connection gives it back.
        connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK_KEY)))
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK_KEY)))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
