"""Reports are narrowed alike on either database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.files import StoredFile
from core.letters import Message
from core.listings import reports
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
FAILED = {"recipient": "Ubnd@dakha.vn", "action": "failed", "status": "5.1.1", "text": "không có"}
DELAYED = {"recipient": "a@b.vn", "action": "delayed", "status": "4.4.1", "text": '"action": "failed"'}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [3, 2, 1]),
        ({"oldest_first": True}, [1, 2, 3]),
        ({"kind": "failed"}, [1]),
        ({"kind": "delayed"}, [2]),
        ({"kind": reports.OTHERS}, [3]),
        ({"address": "ubnd@DAKHA"}, [1]),
        ({"after": 3, "limit": 1}, [2]),
    ],
)
def test_reports_are_narrowed_sorted_and_paged(office: Any, asked: dict[str, Any], found: list[int]) -> None:
    with office.database.writing() as session:
        session.add(StoredFile(sha256="a" * 64, size=1, media_type="x", stored_at=MORNING))
        session.flush()
        for n, said in enumerate(([FAILED], [DELAYED], []), start=1):
            session.add(
                Message(
                    id=n, identity=str(n), raw_sha256="a" * 64, raw_size=1, mail_class="report", outcome="report",
                    reports=said, received_at=MORNING, taken_at=MORNING,
                )
            )  # fmt: skip
    with office.database.reading() as session:
        clerk = session.get_one(User, office.clerk_id)
        assert [row.id for row in reports.reports(session, clerk, **asked)] == found
