"""The desk of an outbox."""

from typing import Any

import pytest
from outbox_desk import Desk


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office.database, office.clerk_id)
