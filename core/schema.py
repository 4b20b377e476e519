"""Bringing a database to the program's schema, and telling whether it is there."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from core import access
from core.db import Database
from core.errors import Permanent, Temporary

_FOLDER = Path(__file__).parent / "migrations"
_REVISIONS = "alembic_version"
_UNFINISHED = "restore_unfinished"
_LOCK_KEY = 7_165_200_063  # of pg_advisory_lock: any number that is ours alone


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the schema's version before (None: empty database) and after, and the steps between."""

    before: str | None
    after: str
    steps: tuple[str, ...]

    def sentences(self) -> list[str]:
        """For the operator: each step, and where the database stands now."""
        said = f"đã lên bản {self.after}" if self.steps else f"đã ở bản mới nhất {self.after}, không phải làm gì"
        return [*(f"Đã làm: {step}" for step in self.steps), f"Cơ sở dữ liệu {said}."]


def upgrade(database: Database) -> Upgrade:
    """Apply every migration that is missing, each in one transaction; harmless when there is none.

    A second upgrade at the same time waits for the first and then finds nothing to do. Raises
    alembic's CommandError when the database is newer than the program.
    """
    from alembic import command  # here, for it takes a fifth of a process's start and few upgrade
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    scripts = ScriptDirectory.from_config(config)
    head = str(scripts.get_current_head())
    with _alone(database), database.engine.connect() as connection:
        before = _revision(connection)
        steps = [script.doc for script in scripts.iterate_revisions(head, before or "base")]
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return Upgrade(before, head, tuple(reversed(steps)))


class NotCurrent(Permanent):
    """The database is not there yet or not at the program's schema: the operator has to upgrade it."""


def open_current(url: str) -> Database:
    """The database at `url`. Raises NotCurrent unless it has the program's schema, Temporary when it is away,
    NotAllowed where this account may not write it."""
    database = Database(url)
    access.refuse_closed(*database.paths())
    if database.is_sqlite and not Path(database.url.database or "").exists():
        raise NotCurrent(f"Chưa có cơ sở dữ liệu {database.url.database}. Chạy «congvan upgrade» để tạo.")
    try:
        if not database.is_sqlite:
            _refuse_half(database)
        has_schema = is_current(database)
    except NotCurrent:
        database.close()
        raise
    except SQLAlchemyError as error:
        database.close()
        where = database.url.render_as_string(hide_password=True)
        if "file is not a database" in str(error):
            raise NotCurrent(
                f"Tệp {database.url.database} không phải cơ sở dữ liệu SQLite. Xem khóa «database»."
            ) from error
        raise Temporary(f"Không mở được cơ sở dữ liệu {where}: {type(error).__name__}.") from error
    if not has_schema:
        database.close()
        raise NotCurrent("Cơ sở dữ liệu chưa ở bản của chương trình. Dừng dịch vụ rồi chạy «congvan upgrade».")
    return database


def being_restored(database: Database) -> None:
    """From now until `restored` the database opens for nobody: a restore that is cut leaves no half office."""
    with database.engine.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE {_UNFINISHED} (x integer)"))


def restored(database: Database) -> None:
    """The office stands whole, with its files."""
    with database.engine.begin() as connection:
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {_UNFINISHED}"))


def _refuse_half(database: Database) -> None:
    with database.engine.connect() as connection:
        if sa.inspect(connection).has_table(_UNFINISHED):
            raise NotCurrent(
                "Lần khôi phục vào cơ sở dữ liệu này chưa xong: cơ quan ở đây còn dở dang. Tạo một cơ sở dữ liệu "
                "mới, rỗng và một thư mục mới, rồi chạy lại «congvan restore»."
            )


def is_current(database: Database) -> bool:
    """Whether the database has exactly the program's schema."""
    with database.engine.connect() as connection:
        return _revision(connection) == newest()


def newest() -> str:
    """The revision of the program's schema: the newest migration's number, by the names of their files."""
    return max(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("*_*.py"))


def _revision(connection: sa.Connection) -> str | None:
    """The database's, as alembic keeps it; None for an empty database."""
    found = None
    if sa.inspect(connection).has_table(_REVISIONS):
        found = connection.execute(sa.text(f"SELECT version_num FROM {_REVISIONS}")).scalar()
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
