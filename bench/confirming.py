"""How quickly a clerk's confirmation is written, beside a plain SQLAlchemy session issuing the same statements."""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import people, registers, schema
from core.db import Database, table_of
from core.events import ChainHead, Event
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.people import Role, User
from core.registers import Book, Series

COUNT = 400
AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
VALUES = {
    "code": "1234/UBND-KGVX", "issued_on": "2026-06-03", "issuer": "Ủy ban nhân dân tỉnh Lâm Đồng",
    "kind": "Công văn", "subject": "góp ý dự thảo quy chế chuyển đổi số của tỉnh giai đoạn 2026 - 2030",
}  # fmt: skip
PLAIN_EVENT = {
    "chain": "acts", "at": AT, "source": "", "for_id": None, "act": "registered", "subject_kind": "incoming",
    "payload": {"number": 1, "year": 2026, "book": "den"}, "digest": "0" * 64, "hash": "0" * 64,
}  # fmt: skip


def seed(database: Database) -> tuple[int, list[int]]:
    """An office with one clerk and COUNT clean drafts; returns the clerk's id and the drafts' ids."""
    schema.upgrade(database)
    proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in VALUES.items()}
    with database.writing() as session:
        book = Book(code="den", name="Sổ văn bản đến", direction="incoming")
        session.add(book)
        clerk = people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=AT)
        session.flush()
        registers.open_series(session, book, 1, by=clerk, at=AT)
        new = drafts.NewDraft(Origin.MAIL, book.id, None, AT, 0, proposed, ())
        return clerk.id, [drafts.insert(session, new) for _ in range(COUNT)]


def confirm_all(database: Database, clerk_id: int, ids: list[int]) -> list[float]:
    """Confirm each draft in a transaction of its own; milliseconds of each."""
    times = []
    for draft_id in ids:
        start = time.perf_counter()
        with database.writing() as session:
            clerk = session.get_one(User, clerk_id)
            document = session.get_one(Incoming, draft_id, with_for_update=True)
            registration.register(session, document, by=clerk, at=AT)
        times.append((time.perf_counter() - start) * 1000)
    return times


def confirm_plainly(engine: sa.Engine, clerk_id: int, ids: list[int]) -> list[float]:
    """The control: a plain session that issues the same statements, without any rule, lock file or hash."""
    times = []
    for draft_id in ids:
        start = time.perf_counter()
        with Session(engine, expire_on_commit=False) as session, session.begin():
            clerk = session.get_one(User, clerk_id)
            document = session.get_one(Incoming, draft_id, with_for_update=True)
            book = session.get_one(Book, document.book_id)
            series = session.get_one(Series, (book.id, AT.year), with_for_update=True)
            document.state, document.version = "registered", 2
            document.arrival_number, document.year, document.arrived_on = series.next_number, AT.year, AT.date()
            document.registered_at, document.registered_by = AT, clerk.id
            series.next_number += 1
            series.last_on = AT.date()
            session.flush()
            session.execute(sa.select(ChainHead.hash).where(ChainHead.chain == "acts").with_for_update())
            session.execute(sa.insert(table_of(Event)), [{**PLAIN_EVENT, "actor_id": clerk.id, "subject_id": draft_id}])
            session.execute(sa.update(ChainHead).where(ChainHead.chain == "acts").values(hash="0" * 64))
        times.append((time.perf_counter() - start) * 1000)
    return times


def statements_of(engine: sa.Engine, confirm: Callable[[], object]) -> list[str]:
    """The SQL that one confirmation sends, to prove that both sides send the same."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, sql: str, _parameters: Any, _context: Any, _many: bool) -> None:
        seen.append(sql)

    event.listen(engine, "before_cursor_execute", note)
    confirm()
    event.remove(engine, "before_cursor_execute", note)
    return seen


def main() -> int:
    """Measure three rounds, alternating; print the medians and their ratio. 1 when it is below 0.5."""
    ratios = []
    with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'seed.sqlite3'}")
        clerk_id, ids = seed(database)
        database.close()
        for round_number in range(3):
            plain, ours = (_copy_of(folder, f"{kind}{round_number}") for kind in ("plain", "ours"))
            _require_same_statements(plain, ours, clerk_id, ids[:2])
            control = confirm_plainly(plain.engine, clerk_id, ids[2:])
            times = confirm_all(ours, clerk_id, ids[2:])
            ratios.append(statistics.median(control) / statistics.median(times))
            print(
                f"confirming: ours median {statistics.median(times):.2f} ms, p99 {sorted(times)[-4]:.2f} ms; "
                f"plain session median {statistics.median(control):.2f} ms; ratio {ratios[-1]:.2f}"
            )
            plain.close()
            ours.close()
    ratio = statistics.median(ratios)
    print(f"confirming ratio {ratio:.2f} (at least 0.50)")
    return 0 if ratio >= 0.5 else 1


def _copy_of(folder: Path, name: str) -> Database:
    shutil.copy(folder / "seed.sqlite3", folder / f"{name}.sqlite3")
    return Database(f"sqlite:///{folder / name}.sqlite3")


def _require_same_statements(plain: Database, ours: Database, clerk_id: int, ids: list[int]) -> None:
    # The first confirmation of a day also writes the series' day, so the second one is compared.
    confirm_plainly(plain.engine, clerk_id, ids[:1])
    confirm_all(ours, clerk_id, ids[:1])
    theirs = statements_of(plain.engine, lambda: confirm_plainly(plain.engine, clerk_id, ids[1:]))
    mine = statements_of(ours.engine, lambda: confirm_all(ours, clerk_id, ids[1:]))
    if theirs != mine:
        raise SystemExit("the control no longer sends the same statements:\n" + "\n".join({*theirs} ^ {*mine}))


if __name__ == "__main__":
    sys.exit(main())
