"""A whole office for the flows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dovecot_server import Dovecot
from intake_office import Office, open_office


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot) -> Iterator[Office]:
    with open_office(tmp_path, dovecot) as opened:
        yield opened
