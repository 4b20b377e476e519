"""The database as one file, copied while others write: pages of SQLite in one step, a dump of PostgreSQL."""

import hashlib
import os
import re
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.backup.container import Damaged
from core.db import Database
from core.errors import Permanent, Temporary
from core.system_words import reason_of

_PAGE = 4096  # of the fingerprints; SQLite's own page is the same by default, and any other works too
_MARK = 16  # bytes of a page's fingerprint
_HEAD = struct.Struct(">QI")  # size of the whole file, and the size of a page
_NUMBER = struct.Struct(">Q")
_WINDOW = 256 * _PAGE
# Written every few seconds by the clock alone; of them nothing would be missed.
_RESTLESS = ("mail_folders", "mailboxes", "login_sessions", "backup_marks")
_DUMP_SECONDS = 3600
_COPY = re.compile(r"COPY public\.(\w+) \((.*)\) FROM stdin;")
_ESCAPED, _ESCAPES = re.compile(r"\\(.)"), {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_WHOLE = frozenset({"id", "incoming_id", "message_id", "position", "arrival_number", "year"})  # whole numbers


@contextmanager
def copied(database: Database, target: Path) -> Iterator[Session]:
    """Copy the database into `target`; the session reads exactly the state that was copied.

    SQLite: the online backup in one step, since one in several steps begins anew at each commit of another
    process. PostgreSQL: pg_dump in its custom format of the session's own exported snapshot. Raises Temporary.
    """
    if database.is_sqlite:
        _copy_sqlite(database, target)
        with reading_file(target) as session:
            yield session
        return
    with database.reading() as session:
        session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        snapshot = session.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
        options = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run("pg_dump", database.url, [*options, f"--file={target}"])
        yield session


@contextmanager
def reading_file(path: Path) -> Iterator[Session]:
    """A session on a SQLite file that nobody writes to; nothing is written beside it either."""
    engine = sa.create_engine(f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true")
    try:
        with Session(engine, expire_on_commit=False, autoflush=False) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def glance(copy: Path, wanted: Mapping[str, Sequence[str]], *, is_sqlite: bool) -> Iterator[Session]:
    """A session on a state's database that is not in use yet: the SQLite file itself, or of a PostgreSQL dump the
    `wanted` columns of tables in a SQLite file beside it, which is removed. Raises Temporary or Permanent."""
    if is_sqlite:
        with reading_file(copy) as session:
            yield session
        return
    beside = copy.with_name("glance")
    try:
        with closing(sqlite3.connect(beside)) as target, target:
            for table, rows in _rows_of(copy, wanted):
                typed = ", ".join(f"{one} {'INTEGER' if one in _WHOLE else 'TEXT'}" for one in wanted[table])
                target.execute(f"CREATE TABLE {table} ({typed})")
                target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(wanted[table]))})", rows)
        with reading_file(beside) as session:
            yield session
    except sqlite3.Error as error:
        raise Temporary(f"Không xem được bản sao lưu: {error}.") from error
    finally:
        beside.unlink(missing_ok=True)


def fill(database: Database, dump: Path) -> None:
    """Restore a PostgreSQL dump into an empty database, all or nothing. Raises Permanent with pg_restore's words."""
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    _run("pg_restore", database.url, [*options, f"--dbname={_address(database.url)}", str(dump)])


def writes(database: Database) -> int | None:
    """A count that grows with what PostgreSQL has written, a second or so late; None for SQLite."""
    if database.is_sqlite:
        return None
    statement = sa.text(
        "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables "
        "WHERE relname <> ALL(:quiet)"
    )
    with database.reading() as session:
        return int(session.execute(statement, {"quiet": list(_RESTLESS)}).scalar_one())


def empty(database: Database) -> None:
    """Remove everything from the PostgreSQL database that restores are tried in."""
    with database.engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))


def sha256_and_pages(path: Path) -> tuple[str, bytes]:
    """The file's SHA-256 (hex) and a fingerprint of each of its pages, one after the other."""
    digest, marks = hashlib.sha256(), bytearray()
    for window in _windows(path):
        digest.update(window)
        for start in range(0, len(window), _PAGE):
            marks += _mark(window[start : start + _PAGE])
    return digest.hexdigest(), bytes(marks)


def changed_pages(path: Path, before: bytes) -> Iterator[bytes]:
    """What makes this file of the one whose fingerprints are `before`: its size, then each other page with its
    place."""
    yield _HEAD.pack(path.stat().st_size, _PAGE)
    number = 0
    for window in _windows(path):
        for start in range(0, len(window), _PAGE):
            page = window[start : start + _PAGE]
            if before[number * _MARK : (number + 1) * _MARK] != _mark(page):
                yield _NUMBER.pack(number) + page.ljust(_PAGE, b"\0")
            number += 1


def apply_pages(path: Path, changes: Iterable[bytes]) -> None:
    """Turn the base's file into the later one. Raises Damaged when the changes are no whole number of pages."""
    waiting, size = bytearray(), None
    with path.open("r+b") as writing:
        for piece in changes:
            waiting += piece
            if size is None:
                if len(waiting) < _HEAD.size:
                    continue
                size, page = _HEAD.unpack_from(waiting)
                step = _NUMBER.size + page
                del waiting[: _HEAD.size]
            while len(waiting) >= step:
                writing.seek(_NUMBER.unpack_from(waiting)[0] * page)
                writing.write(waiting[_NUMBER.size : step])
                del waiting[:step]
        if size is None or waiting:
            raise Damaged("Bản sao lưu thay đổi bị cắt ngắn.")
        writing.truncate(size)


def _copy_sqlite(database: Database, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{database.url.database}?mode=ro", uri=True, timeout=10)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            copy.execute("PRAGMA synchronous=OFF")  # a copy that is read once and removed
            source.backup(copy, pages=-1)
    except (sqlite3.Error, OSError) as error:
        raise Temporary(f"Không chép được cơ sở dữ liệu để sao lưu: {error}.") from error


def _windows(path: Path) -> Iterator[bytes]:
    with path.open("rb") as reading:
        while window := reading.read(_WINDOW):
            yield window


def _mark(page: bytes) -> bytes:
    return hashlib.blake2b(page, digest_size=_MARK).digest()


def _rows_of(dump: Path, wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Iterator[list[str | None]]]]:
    """Tables of a PostgreSQL dump and their rows, by COPY's text form; take all rows of one before the next."""
    only = [f"--table={table}" for table in wanted]
    command = [_program("pg_restore"), "--data-only", *only, "--file=-", str(dump)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as running:
        assert running.stdout is not None
        lines = iter(running.stdout)
        for line in lines:
            if found := _COPY.match(line):
                columns = found[2].replace('"', "").split(", ")
                yield found[1], _copied_rows(lines, [columns.index(one) for one in wanted[found[1]]])
    if running.returncode:
        raise Permanent(f"pg_restore không đọc được bản sao lưu ({running.returncode}).")


def _copied_rows(lines: Iterator[str], places: Sequence[int]) -> Iterator[list[str | None]]:
    for line in lines:
        if line == "\\.\n":
            return
        values = line.rstrip("\n").split("\t")
        yield [None if values[at] == "\\N" else _ESCAPED.sub(_unescaped, values[at]) for at in places]


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])


def _run(program: str, url: sa.URL, arguments: list[str]) -> None:
    path = _program(program)
    if program == "pg_dump":
        arguments = [*arguments, f"--dbname={_address(url)}"]
    environment = {**os.environ, "PGPASSWORD": url.password or os.environ.get("PGPASSWORD", "")}
    try:
        done = subprocess.run(
            [path, *arguments], env=environment, capture_output=True, text=True, errors="replace",
            timeout=_DUMP_SECONDS, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Temporary(f"{program} không chạy được: {reason_of(error)}.") from error
    if done.returncode:
        raise Permanent(f"{program}: {done.stderr.strip()[-500:]}")


def _program(name: str) -> str:
    # Debian keeps the programs of each version in a folder of its own; the newest reads every older server.
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = sorted(versions, key=lambda path: float(path.parts[4]), reverse=True)
    found = str(newest[0]) if newest else shutil.which(name)
    if found is None:
        raise Permanent(f"Máy thiếu {name}: apt-get install postgresql-client.")
    return found


def _address(url: sa.URL) -> str:
    # Without the password, which `ps` would show: it goes by PGPASSWORD.
    plain = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string(hide_password=False)
