"""A real PostgreSQL 15 started by the tests as an unprivileged user, on a socket and on 127.0.0.1."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from dovecot_server import free_port

_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_AS_NOBODY = ("runuser", "-u", "nobody", "--")
_numbers = count(1)

_SHAPE = "SELECT relname, relkind, relnatts, relhastriggers FROM pg_class WHERE relnamespace = 'public'::regnamespace"
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{home}'
max_connections = 60
shared_buffers = 32MB
fsync = {fsync}
synchronous_commit = {fsync}
full_page_writes = {fsync}
autovacuum = off
jit = off
"""


@dataclass(frozen=True)
class Postgres:
    """A running server; `port` is its TCP port on 127.0.0.1, `home` the folder of its socket."""

    home: Path
    port: int

    def new_database(self, template: str = "") -> str:
        """Create a database and return its URL for SQLAlchemy: empty, or a copy of the one at the URL `template`."""
        name = f"office{next(_numbers)}"
        source = template.rpartition("/")[2] or "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
        return f"postgresql+psycopg://nobody@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database with whatever is connected to it."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def shape(self, url: str) -> frozenset[tuple[object, ...]]:
        """The tables, indexes and sequences of a database."""
        with psycopg.connect(self._address(url.rpartition("/")[2])) as connection:
            return frozenset(connection.execute(_SHAPE).fetchall())

    def empty(self, url: str, shape: frozenset[tuple[object, ...]]) -> bool:
        """Take every row of ours out of a database that a test has used, and begin its sequences anew: fifty times as
        fast as another database. False where it is not of that `shape` any more, or others keep its rows locked."""
        with psycopg.connect(self._address(url.rpartition("/")[2]), autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
            if frozenset(connection.execute(_SHAPE).fetchall()) != shape:
                return False
            tables = [name for name, kind, *_ in shape if kind == "r" and name != "alembic_version"]
            counters = [name for name, kind, *_ in shape if kind == "S"]
            every = [f'DELETE FROM "{name}"' for name in tables]
            every += [f"SELECT setval('\"{name}\"', 1, false)" for name in counters]
            try:
                connection.execute(
                    "SET lock_timeout = '5s'; SET session_replication_role = replica; " + "; ".join(every)
                )
            except psycopg.Error:
                return False
        return True

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=nobody dbname={database}"


@contextmanager
def running(home: Path, *, fsync: bool = False) -> Iterator[Postgres]:
    """Start PostgreSQL in `home`, which others must be able to enter, and stop it at the end.

    Without `fsync` it is quick and forgets at a power cut.
    """
    data = home / "data"
    data.mkdir()
    for folder in (home, data):
        shutil.chown(folder, "nobody", "nogroup")
    data.chmod(0o700)
    _run("initdb", "-D", str(data), "-U", "nobody", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", cwd=home)
    server = Postgres(home, free_port())
    settings = _SETTINGS.format(port=server.port, home=home, fsync="on" if fsync else "off")
    with (data / "postgresql.conf").open("a") as config:
        config.write(settings)
    with (home / "log").open("wb") as log:
        command = [*_AS_NOBODY, str(_PROGRAMS / "postgres"), "-D", str(data)]
        process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(server, process)
        yield server
    finally:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        process.wait(timeout=20)


def _run(program: str, *arguments: str, cwd: Path) -> None:
    command = [*_AS_NOBODY, str(_PROGRAMS / program), *arguments]
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def _wait_for(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        if process.poll() is not None:
            raise RuntimeError((server.home / "log").read_text())
        try:
            psycopg.connect(server._address("postgres")).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
