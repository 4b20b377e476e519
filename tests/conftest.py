"""Servers and databases that every test may ask for."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
for folder in (_HERE.parent, _HERE / "servers"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import dovecot_server  # noqa: E402
import postgres_server  # noqa: E402


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dovecot_server.Dovecot]:
    """One real Dovecot for the whole run; each test makes its own account with `dovecot.add_user`."""
    with dovecot_server.running(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres_server.Postgres]:
    """One real PostgreSQL for the whole run."""
    with postgres_server.running(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
def postgresql_url(postgres: postgres_server.Postgres) -> Iterator[str]:
    """The URL of an empty database that is dropped after the test."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)
