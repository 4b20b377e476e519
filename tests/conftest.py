"""Servers and databases that every test may ask for."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

_HERE = Path(__file__).parent
for folder in (_HERE.parent, _HERE / "servers"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import desk_office  # noqa: E402
import dovecot_server  # noqa: E402
import postgres_server  # noqa: E402

from core import schema  # noqa: E402
from core.db import Database  # noqa: E402

_RAM, _ROOM = Path("/dev/shm"), 6 << 30
_in_ram = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let the offices of tests lie in memory where there is room: making and flushing them on a disk takes half the
    time."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.basetemp or not _RAM.is_dir() or shutil.disk_usage(_RAM).free < _ROOM:
        return
    config.stash[_in_ram] = Path(tempfile.mkdtemp(prefix="congvan-tests-", dir=_RAM))
    config.option.basetemp = str(config.stash[_in_ram] / "all")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back."""
    if _in_ram in config.stash:
        shutil.rmtree(config.stash[_in_ram], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stories first: they take longest, and begun last one worker would wait for the other's."""
    items.sort(key=lambda item: "flows" not in item.path.parts)


@contextmanager
def _server_home() -> Iterator[Path]:
    # Not below pytest's own folder: every other pytest that starts closes that one to all but root again.
    with tempfile.TemporaryDirectory(prefix="congvan-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[dovecot_server.Dovecot]:
    """One real Dovecot for the whole run; each test uses accounts of its own, any name will do."""
    with _server_home() as home, dovecot_server.running(home) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_with_quota() -> Iterator[dovecot_server.Dovecot]:
    """Another whose accounts have room for 200 kB each."""
    with _server_home() as home, dovecot_server.running(home, quota_kilobytes=200) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; for a module only, since no two may run in one process."""
    with desk_office.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Postgres]:
    """One real PostgreSQL for the whole run."""
    with _server_home() as home, postgres_server.running(home) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the program's schema, to be copied: migrating one for each test is slow."""
    path = tmp_path_factory.mktemp("migrated") / "office.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgres: postgres_server.Postgres) -> str:
    """The URL of the same on PostgreSQL, a template for `Postgres.new_database`."""
    url = postgres.new_database()
    _migrate(url)
    return url


@pytest.fixture(scope="session")
def spare_postgresql(
    postgres: postgres_server.Postgres, migrated_postgresql: str
) -> Callable[[], AbstractContextManager[str]]:
    """Opens an empty PostgreSQL database at the program's schema, one that an earlier test has left if there is one."""
    spare: list[str] = []
    shape = postgres.shape(migrated_postgresql)

    @contextmanager
    def lent() -> Iterator[str]:
        url = spare.pop() if spare else postgres.new_database(migrated_postgresql)
        yield url
        if postgres.empty(url, shape):
            spare.append(url)
        else:
            postgres.drop_database(url)

    return lent


def _migrate(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    database.close()


@pytest.fixture
def postgresql_url(postgres: postgres_server.Postgres) -> Iterator[str]:
    """The URL of an empty database that is dropped after the test."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)
