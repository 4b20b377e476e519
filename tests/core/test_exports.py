"""`congvan export`: everything of a kind, as plain values."""

import json
from datetime import UTC, datetime
from typing import Any

from core import exports
from core.incoming import registration
from core.incoming.tables import Incoming
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def rows(office: Any, kind: str) -> list[dict[str, Any]]:
    """The rows as they come back from their JSON lines."""
    with office.database.reading() as session:
        return [json.loads(json.dumps(row)) for row in exports.KINDS[kind](session)]


def test_incoming_documents_come_with_number_and_book(office: Any) -> None:
    first, second = office.draft(), office.draft(code="7/TB-SNV")
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        registration.register(session, session.get_one(Incoming, second), by=clerk, at=MORNING)
    found = {row["id"]: row for row in rows(office, "incoming")}
    assert found[first]["arrival_number"] is None
    assert (found[second]["arrival_number"], found[second]["book"], found[second]["code"]) == (1, "den", "7/TB-SNV")
    assert found[second]["registered_at"] == MORNING.isoformat()


def test_more_rows_than_one_batch_come_once_and_in_order(office: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(exports, "_BATCH", 2)
    ids = [office.draft() for _ in range(5)]
    assert [row["id"] for row in rows(office, "incoming")] == ids


def test_the_journal_comes_with_its_hashes(office: Any) -> None:
    found = rows(office, "events")
    assert found
    assert all(len(row["hash"]) == 64 for row in found)


def test_an_office_without_letters_exports_none(office: Any) -> None:
    assert rows(office, "letters") == []
