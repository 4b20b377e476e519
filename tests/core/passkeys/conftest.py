"""An office whose people have devices."""

import pytest
from device_town import MORNING, Town

from core import people
from core.db import Database
from core.people import Role


@pytest.fixture
def town(database: Database) -> Town:
    with database.writing() as session:
        binh = people.add(session, "binh", "Phạm Quốc Bình", {Role.LEADER}, "x", at=MORNING, must_change_password=False)
        hung = people.add(session, "hung", "Trần Văn Hùng", {Role.SPECIALIST}, "x", at=MORNING)
        return Town(database, binh.id, hung.id)
