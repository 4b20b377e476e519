"""How long finding takes, newest first, over a full register: as a multiple of a plain SELECT by the primary key."""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

import postgres_server  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from core import people, registers, schema  # noqa: E402
from core.db import Database, table_of  # noqa: E402
from core.incoming.tables import Incoming, Origin, State  # noqa: E402
from core.people import Role, User  # noqa: E402
from core.search import finding, words  # noqa: E402
from core.search.finding import Filters, Found  # noqa: E402
from core.search.query import parse  # noqa: E402
from core.search.tables import SearchRow  # noqa: E402

ROWS = int(os.environ.get("ROWS", "100000"))
WORDS_A_ROW = 120
ROUNDS = 40
AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
BOUND = 30  # times the plain SELECT of the same rows: three queries, and twenty texts looked through
ASKED = (
    "chuyển đổi số",
    "chuyen doi so",
    "số hội nghị tỉnh",
    '"chuyển đổi số"',
    "văn bản",
    "1234/UBND-KGVX",
    "hiếm hoi",
    "không có ở đâu",
    "",
)
_VOCABULARY = (
    "văn bản về việc triển khai kế hoạch chuyển đổi số năm báo cáo kết quả thực hiện nhiệm vụ tỉnh lâm đồng ủy ban "
    "nhân dân sở khoa học công nghệ đề nghị quý cơ quan phối hợp góp ý dự thảo nghị quyết quy chế quản lý đề tài "
    "an toàn bức xạ tiêu chuẩn đo lường chất lượng sở hữu trí tuệ hội nghị giấy mời thông báo kết luận"
).split()


def main() -> int:
    """Measure on both databases; 1 when something takes longer than its bound."""
    missed = 0
    for kind, opened in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        if kind in (sys.argv[1:] or kind):
            with opened() as database:
                schema.upgrade(database)
                began = time.perf_counter()
                user_id = _fill(database)
                print(f"{kind}: {ROWS} văn bản, nạp {time.perf_counter() - began:.0f} s")
                missed += _measure(database, user_id)
    return 1 if missed else 0


def _measure(database: Database, user_id: int) -> int:
    missed = 0
    with database.reading() as session:
        user = session.get_one(User, user_id)
        for typed in ASKED:
            for before in (None, ROWS // 2):
                plain, took = _medians(partial(_plain, session), partial(_find, session, user, typed, before))
                missed += took > BOUND * plain
                found = len(_find(session, user, typed, before).hits)
                where = "từ giữa" if before else "mới nhất"
                print(f"  {typed or '(chỉ lọc)':16} {where:8} {found:3} dòng {took * 1000:7.2f} ms = "
                      f"{took / plain:5.1f} lần SELECT theo khóa chính ({plain * 1000:.2f} ms)")  # fmt: skip
    return missed


def _find(session: Session, user: User, typed: str, before: int | None) -> Found:
    filters = Filters() if typed else Filters(kind="Công văn")
    return finding.find(session, user, parse(typed), filters, before=before)


def _plain(session: Session) -> object:
    columns = finding.COLUMNS
    table = table_of(Incoming).c
    query = sa.select(*columns).where(table.id < ROWS).order_by(table.id.desc()).limit(21)
    return session.execute(query).all()


def _medians(*works: Callable[[], object]) -> list[float]:
    """Each in turn, so that what else the machine does meets them alike."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for times, work in zip(taken, works, strict=True):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
    return [statistics.median(times[1:]) for times in taken]  # the first of each fills caches


def _fill(database: Database) -> int:
    """Registered documents, most with the common words, some with a rare one; returns the leader who looks."""
    with database.writing() as session:
        session.add(registers.Book(code="den", name="Sổ văn bản đến", direction=registers.Direction.INCOMING))
        user = people.add(session, "hung", "Lê Văn Hùng", {Role.LEADER}, "x", at=AT)
        user_id = user.id
    dice = random.Random(63)
    for start in range(0, ROWS, 5000):
        with database.writing() as session:
            rows = range(start + 1, min(start + 5000, ROWS) + 1)
            session.execute(sa.insert(table_of(Incoming)), [_document(n) for n in rows])
            session.execute(sa.insert(table_of(SearchRow)), [_words(n, dice) for n in rows])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))  # as they do by themselves
    return user_id


def _document(number: int) -> dict[str, object]:
    return {
        "id": number, "state": State.REGISTERED, "origin": Origin.MAIL, "book_id": 1, "received_at": AT,
        "code": f"{number}/UBND-KGVX", "code_number": str(number), "code_key": f"{number}/ubndkgvx",
        "issuer": "Ủy ban nhân dân tỉnh", "kind": "Công văn", "subject": "chuyển đổi số",
        "arrival_number": number, "year": 2026, "arrived_on": AT.date(), "proposed": {}, "notes": [],
        "indexed_version": 1,
    }  # fmt: skip


def _words(number: int, dice: random.Random) -> dict[str, object]:
    said = " ".join(dice.choices(_VOCABULARY, k=WORDS_A_ROW))
    rare = "hiếm hoi" if number % 997 == 0 else ""
    cut = words.of_parts([f"{number}/UBND-KGVX", "chuyển đổi số", f"{said} {rare} mã{number}"])
    return {"incoming_id": number, "exact": cut.exact, "folded": cut.folded}


@contextmanager
def _sqlite() -> Iterator[Database]:
    with (
        tempfile.TemporaryDirectory(prefix="congvan-bench-") as name,
        closing(Database(f"sqlite:///{name}/congvan.sqlite3")) as database,
    ):
        yield database


@contextmanager
def _postgresql() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
        Path(name).chmod(0o755)
        with postgres_server.running(Path(name)) as server, closing(Database(server.new_database())) as database:
            yield database


if __name__ == "__main__":
    sys.exit(main())
