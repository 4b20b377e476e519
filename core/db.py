"""The database: one engine for each way of using it, `reading()` and `writing()`, and the column types."""

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from core.errors import Temporary, WrongState

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
LOCKED = "Cơ sở dữ liệu đang bận hoặc không ghi được. Xin thử lại sau ít phút; chưa có gì thay đổi."
CHANGED = "Người khác vừa sửa văn bản này. Xem lại nội dung mới rồi làm tiếp; chưa có gì bị ghi đè."
LOCK_SECONDS = 10.0
BACKGROUND_WAIT_SECONDS = 0.1  # how long the intake lets people go first before it takes its turn all the same


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python; SQLite, which drops zones, stores it as naive UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive instants, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UtcDateTime,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
        bytes: sa.LargeBinary,
    }


def table_of(entity: type[Base]) -> sa.Table:
    """The bare table, for statements that are issued often: an ORM insert costs three times the CPU of its SQL."""
    table = entity.__table__
    assert isinstance(table, sa.Table)
    return table


def insert_of(session: Session, entity: type[Base]) -> Any:
    """An INSERT of the database's own kind, which can meet a row that is there (`on_conflict_do_…`)."""
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table_of(entity))


class Database:
    """One database, SQLite by file or PostgreSQL by URL, with its two doors."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            path = Path(self.url.database or "")
            self._lock_path = path.with_name(path.name + ".lock")
            self._queue_path = path.with_name(path.name + ".queue")
            self._reader = _sqlite_engine(self.url, begin="BEGIN", query_only=True)
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", query_only=False)
        else:
            self._writer = _postgresql_engine(self.url)
            self._reader = self._writer.execution_options(postgresql_readonly=True)
        self._turn = threading.Lock()

    @property
    def engine(self) -> sa.Engine:
        """The writing engine, for migrations and checks."""
        return self._writer

    def paths(self) -> tuple[Path, ...]:
        """SQLite's folder and files, which whoever uses the database must be able to write; they may be missing."""
        if not self.is_sqlite:
            return ()
        file = Path(self.url.database or "").absolute()
        beside = [file.with_name(file.name + end) for end in ("-wal", "-shm", ".upgrade")]
        return (file.parent, file, self._lock_path, self._queue_path, *beside)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only transaction on one consistent state. Raises Temporary when the database is away."""
        with _said_in_words(), Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self, *, background: bool = False) -> Iterator[Session]:
        """One writing transaction: committed at the end, rolled back on any exception.

        `background` writers let those go first who write for a person. Raises Temporary when the write lock
        can't be had within ten seconds or the database is away, WrongState when another transaction has changed a
        document since this one read it.
        """
        with (
            _said_in_words(),
            self._write_lock(background=background),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def forget(self) -> bool:
        """Empty SQLite's write-ahead log, which still has what the last commits overwrote; False while readers keep
        it. PostgreSQL keeps dead rows until VACUUM and its log until it is recycled: nothing to do from here.

        Raises Temporary as `writing` does, and when the disk fails.
        """
        if not self.is_sqlite:
            return True
        with _said_in_words(), self._write_lock(background=False), self._writer.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA busy_timeout=0")  # it would wait for the readers with the write lock in hand
            try:
                busy: int = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError as error:  # it comes past SQLAlchemy, which would have wrapped it
                raise Temporary(LOCKED) from error
            finally:
                raw.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000:.0f}")
            return not busy

    def close(self) -> None:
        """Give back all connections."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _write_lock(self, *, background: bool) -> Iterator[None]:
        # SQLite's own busy handler lets two busy writers starve a third; kernel locks do not. Whoever writes for
        # a person holds the queue shared while it waits; the background lets the queue become empty first.
        if not self.is_sqlite:
            yield
            return
        deadline = time.monotonic() + LOCK_SECONDS
        with _opened(self._queue_path) as queue:
            if background:
                _let_people_first(queue)
            else:
                fcntl.flock(queue, fcntl.LOCK_SH)
            if not self._turn.acquire(timeout=LOCK_SECONDS):
                raise Temporary(LOCKED)
            try:
                with _opened(self._lock_path) as handle:
                    _flock_before(handle, deadline)
                    fcntl.flock(queue, fcntl.LOCK_UN)
                    yield
            finally:
                self._turn.release()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _let_people_first(queue: int) -> None:
    until = time.monotonic() + BACKGROUND_WAIT_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(queue, fcntl.LOCK_UN)
            return
        time.sleep(0.0005)


def _flock_before(handle: int, deadline: float) -> None:
    pause = 0.0002
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Temporary(LOCKED) from None
            time.sleep(pause)
            pause = min(pause * 1.5, 0.001)
        else:
            return


@contextmanager
def _said_in_words() -> Iterator[None]:
    try:
        yield
    except StaleDataError as error:
        raise WrongState(CHANGED) from error
    except OperationalError as error:
        if "no such" in str(error.orig):  # SQLite's word for a missing table or column: a bug, not a busy database
            raise
        raise Temporary(LOCKED) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Temporary(LOCKED) from error
        raise


# Errors go to the log with their traceback, and the log must not say what a letter says: no parameters, no rows.


def _postgresql_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=12, hide_parameters=True)

    @event.listens_for(engine, "handle_error")
    def _leave_out_the_row(context: sa.engine.ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                # The server quotes it: "DETAIL:  Failing row contains (…)."
                error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])

    return engine


def _sqlite_engine(url: sa.URL, *, begin: str, query_only: bool) -> sa.Engine:
    engine = sa.create_engine(
        url, connect_args={"timeout": LOCK_SECONDS}, pool_size=4, max_overflow=28, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves; the driver must not
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON",
            "temp_store=MEMORY", "cache_size=-16000", f"query_only={'ON' if query_only else 'OFF'}",
        ):  # fmt: skip
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
