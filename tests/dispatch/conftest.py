"""An office that sends to a scripted mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import scripted_smtp
import sending_office
from scripted_smtp import Server
from sending_office import Office


@pytest.fixture
def server() -> Iterator[Server]:
    with scripted_smtp.running() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path, server: Server) -> Iterator[Office]:
    with sending_office.opened(tmp_path, migrated_sqlite, server.port) as made:
        yield made
