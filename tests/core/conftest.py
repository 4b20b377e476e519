"""An office on an empty database, SQLite and PostgreSQL alike, with two clerks and an injected clock."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backup_office import BackedUp, backed_up

from core import people, registers
from core.db import Database
from core.evidence import Evidence, Source
from core.incoming import drafts
from core.incoming.tables import Origin
from core.people import Role
from core.registers import Book

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)  # 08:30 in the office
CLEAN = {
    "code": "1234/UBND-KGVX",
    "issued_on": "2026-06-03",
    "issuer": "Ủy ban nhân dân tỉnh Lâm Đồng",
    "kind": "Công văn",
    "subject": "góp ý dự thảo quy chế chuyển đổi số",
}


@dataclass(frozen=True)
class Office:
    """The database, and the ids of its book and people."""

    database: Database
    book_id: int
    clerk_id: int
    second_clerk_id: int
    leader_id: int

    def draft(self, confidence: float = 0.95, **values: str) -> int:
        """A draft as intake would write it."""
        proposed = {name: Evidence(value, confidence, Source.TEXT) for name, value in (CLEAN | values).items() if value}
        new = drafts.NewDraft(Origin.MAIL, self.book_id, None, MORNING, 0, proposed, ())
        with self.database.writing() as session:
            return drafts.insert(session, new)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "office.sqlite3")
        database = Database(f"sqlite:///{tmp_path / 'office.sqlite3'}")
        yield database
        database.close()
        return
    with request.getfixturevalue("spare_postgresql")() as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def office(database: Database) -> Office:
    with database.writing() as session:
        book = Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING)
        session.add(book)
        clerk = people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=MORNING)
        second = people.add(session, "hoa", "Trần Thị Hoa", {Role.CLERK}, "x", at=MORNING)
        leader = people.add(session, "hung", "Lê Văn Hùng", {Role.LEADER}, "x", at=MORNING)
        session.flush()
        registers.open_series(session, book, 1, by=clerk, at=MORNING)
        return Office(database, book.id, clerk.id, second.id, leader.id)


@pytest.fixture
def town(office: Office, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BackedUp]:
    made: list[str] = []

    def empty_database() -> str:
        if office.database.is_sqlite:
            return ""
        made.append(request.getfixturevalue("postgres").new_database())
        return made[-1]

    yield backed_up(office, tmp_path, empty_database)
    for url in made:
        request.getfixturevalue("postgres").drop_database(url)
