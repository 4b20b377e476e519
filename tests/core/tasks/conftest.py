"""The office in which tasks are handled, on both databases."""

import pytest
from task_office import Office, opened

from core.db import Database


@pytest.fixture
def office(database: Database) -> Office:
    return opened(database)
