"""How long the desks of a whole office take: 200 people's pages over a full register, 50 evenly spaced requests each
second to a real `congvan dashboard`, each counted from the instant at which it was due."""

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

import httpx2  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402
from whole_program import free_port  # noqa: E402

from core import accounts, events, people, registers, schema  # noqa: E402
from core.db import Database, table_of  # noqa: E402
from core.events import Fact  # noqa: E402
from core.incoming.tables import Incoming, Origin, State  # noqa: E402
from core.people import Division, Role, User  # noqa: E402
from core.registers import Book, Direction  # noqa: E402
from core.tasks import tables as tasks  # noqa: E402
from core.tasks.tables import Form, Part, Task, TaskPart, TaskReader  # noqa: E402

ROWS = int(os.environ.get("ROWS", "100000"))
FEW = 2_000  # of the other register, to see whether queries grow
PER_SECOND, SECONDS = 50, int(os.environ.get("SECONDS", "60"))
UNCOUNTED = 10  # seconds at the start, while everything is asked for the first time
PAGE = re.compile(r"\d+")
MOST_MS = 40  # p99
MOST_GROWTH = 1.5  # of the median, from the small register to the full one
DIVISIONS, SPECIALISTS = 12, 175
OPEN = 1_200  # documents that somebody works on
A_DAY = 300  # documents
AT = datetime.now(UTC)


def main() -> int:
    """Measure on SQLite; 1 when the p99 is over its bound or the medians grow with the register."""
    medians, missed = {}, 0
    for rows in (FEW, ROWS):
        with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
            home = Path(name)
            (home / "data").mkdir()
            database = Database(f"sqlite:///{home / 'data' / 'congvan.sqlite3'}")
            schema.upgrade(database)
            visits = _visits(database, _fill(database, rows))
            database.close()
            took = _told(_measure(home, visits))
        p99 = statistics.quantiles(took, n=100)[98]
        medians[rows] = statistics.median(took)
        print(f"{rows} documents, {len(visits)} desks, {PER_SECOND} a second: median {medians[rows]:.1f} ms, "
              f"p95 {statistics.quantiles(took, n=20)[18]:.1f}, p99 {p99:.1f} ms (at most {MOST_MS})")  # fmt: skip
        missed += p99 > MOST_MS
    growth = medians[ROWS] / medians[FEW]
    print(f"from {FEW} to {ROWS} documents the median grows {growth:.2f} times (at most {MOST_GROWTH})")
    return 1 if missed or growth > MOST_GROWTH else 0


@dataclass(frozen=True)
class Staff:
    """Ids of those who act, and of the specialists with their divisions."""

    book: int
    clerk: int
    director: int
    workers: list[tuple[int, int]]


def _fill(database: Database, rows: int) -> list[int]:
    """People, a register and the tasks of all its entries; returns the ids of the open ones' documents."""
    rng = random.Random(5)
    kept: dict[type[Any], list[dict[str, Any]]] = {Incoming: [], Task: [], TaskPart: [], TaskReader: []}
    with database.writing() as session:
        staff = _people(session, rows)
        for n in range(1, rows + 1):
            arrived = AT - timedelta(minutes=5 * (rows - n))
            state = _state(rng, n, rows)
            kept[Incoming].append(_entry(n, arrived, staff))
            kept[Task].append(_task(n, arrived, state, staff, rng.choice(staff.workers)))
            if n % 3 == 0 and state != tasks.State.SUBMITTED:
                other, _ = rng.choice(staff.workers)
                kept[TaskPart].append({"task_id": n, "part": Part.INFORMED, "user_id": other})
                kept[TaskReader].append({"task_id": n, "user_id": other, "seen_at": None if n > rows - OPEN else AT})
        for entity, values in kept.items():
            session.execute(sa.insert(table_of(entity)), values)
        _tell(session, staff, kept[Task])
    return list(range(rows - OPEN + 1, rows + 1))


def _people(session: Session, rows: int) -> Staff:
    book = Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING)
    session.add(book)
    session.add_all(divisions := [Division(name=f"Phòng {n}", position=n) for n in range(DIVISIONS)])
    session.flush()

    def add(name: str, role: Role, division: Division | None) -> User:
        where = division.id if division else None
        return people.add(session, name, name, {role}, "x", at=AT, must_change_password=False, division_id=where)

    clerk = add("lan", Role.CLERK, divisions[0])
    director = add("giamdoc", Role.DIRECTOR, None)
    for n in range(3):
        add(f"pho{n}", Role.LEADER, None)
    for n, division in enumerate(divisions):
        add(f"truong{n}", Role.HEAD, division)
    workers = []
    for n in range(SPECIALISTS):
        division = divisions[n % DIVISIONS]
        workers.append((add(f"vien{n}", Role.SPECIALIST, division).id, division.id))
    for n in range(200 - 5 - DIVISIONS - SPECIALISTS):
        add(f"chanh{n}", Role.OFFICE_CHIEF, divisions[0])
    registers.open_series(session, book, rows + 1, by=clerk, at=AT)
    return Staff(book.id, clerk.id, director.id, workers)


def _entry(n: int, arrived: datetime, staff: Staff) -> dict[str, Any]:
    return {
        "id": n, "state": State.REGISTERED, "version": 2, "origin": Origin.MAIL, "book_id": staff.book,
        "received_at": arrived, "code": f"{n}/UBND-VX", "code_key": f"{n}/ubndvx", "issuer": f"Sở {n % 90}",
        "kind": "Công văn", "subject": f"triển khai nhiệm vụ số {n} về chuyển đổi số trên địa bàn tỉnh",
        "issued_on": arrived.date(), "arrival_number": n, "year": AT.year, "arrived_on": arrived.date(),
        "registered_at": arrived, "registered_by": staff.clerk, "proposed": {}, "notes": [], "exchange": {},
        "told_apart": [],
    }  # fmt: skip


def _task(n: int, arrived: datetime, state: tasks.State, staff: Staff, worker: tuple[int, int]) -> dict[str, Any]:
    is_given = state not in (tasks.State.SUBMITTED, tasks.State.FILED)
    is_directed = state != tasks.State.SUBMITTED
    return {
        "id": n, "version": 4, "incoming_id": n, "state": state, "submitted_at": arrived,
        "submitted_by": staff.clerk, "suggested": {}, "last_act": "",
        "form": Form.FOR_INFORMATION if state == tasks.State.FILED else Form.NO_FILE if is_given else "",
        "lead_division_id": worker[1] if is_given else None,
        "handler_id": worker[0] if is_given and state != tasks.State.WITH_HEAD else None,
        "directed_by": staff.director if is_directed else None, "directed_at": arrived if is_directed else None,
        "due_at": (arrived + timedelta(days=20)).date().isoformat() if is_given else "",
    }  # fmt: skip


def _tell(session: Session, staff: Staff, rows: list[dict[str, Any]]) -> None:
    """The journal of all these tasks and their documents, a day's acts of one person at once."""
    for start in range(0, len(rows), A_DAY):
        day = rows[start : start + A_DAY]
        given = [task for task in day if task["directed_at"] is not None]
        taken = [task for task in given if task["handler_id"] is not None]
        entered = [
            Fact("registered", "incoming", task["id"], {"number": task["id"], "year": AT.year, "book": "den"})
            for task in day
        ]
        assigned = [Fact("task_assign", "task", task["id"], _given(task)) for task in given]
        accepted = [Fact("task_accept", "task", task["id"], {}) for task in taken]
        for by, facts in ((staff.clerk, entered), (staff.director, assigned), (staff.workers[0][0], accepted)):
            events.record_many(session, facts, by=by, at=day[0]["submitted_at"])


def _given(task: dict[str, Any]) -> dict[str, Any]:
    lead = f"d{task['lead_division_id']}" if task["lead_division_id"] else ""
    return {
        "form": task["form"], "lead": lead, "co_handlers": [], "informed": [], "due_at": task["due_at"],
        "instruction": "",
    }  # fmt: skip


def _state(rng: random.Random, n: int, rows: int) -> tasks.State:
    """The newest are worked on, as it is in an office; the rest is done or filed."""
    if n > rows - 60:
        return tasks.State.SUBMITTED
    if n > rows - OPEN:
        return rng.choice(
            [tasks.State.WITH_HEAD, tasks.State.GIVEN, *[tasks.State.IN_PROGRESS] * 5, tasks.State.REPORTED]
        )
    return rng.choice([tasks.State.DONE, tasks.State.DONE, tasks.State.FILED])


def _visits(database: Database, newest: list[int]) -> list[tuple[str, str]]:
    """(token, path) of what people look at: each at the own desk, those of work at a document of theirs too."""
    visits = []
    with database.writing() as session:
        for user in session.scalars(sa.select(User)).all():
            found = accounts.credentials(session, user.username)
            token = accounts.sign_in(session, found, fits=True, at=datetime.now(UTC), origin=accounts.Origin())
            assert token is not None
            visits.append((token, "/viec"))
            if Role.LEADER in user.roles:
                visits += [(token, "/duyet")] * 3
            if Role.CLERK in user.roles:
                visits += [(token, "/den")] * 3
            own = sa.select(Task.incoming_id).where(Task.handler_id == user.id, Task.incoming_id.in_(newest)).limit(1)
            visits += [(token, f"/den/{one}") for one in session.scalars(own)]
    return visits


def _measure(home: Path, visits: list[tuple[str, str]]) -> dict[str, list[float]]:
    """By page, the milliseconds of each request after the first ten seconds, from when it was due to its last octet."""
    port = free_port()
    config = home / "congvan.toml"
    config.write_text(
        f'data = "{home / "data"}"\n[dashboard]\nport = {port}\ninsecure_cookies = true\n', encoding="utf-8"
    )
    line = [sys.executable, str(ROOT / "congvan.py"), "dashboard", "--config", str(config)]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_answer(port)
        return _visit_evenly(port, visits)
    finally:
        process.terminate()
        process.wait(20)


def _await_answer(port: int) -> None:
    while True:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)


def _visit_evenly(port: int, visits: list[tuple[str, str]]) -> dict[str, list[float]]:
    # Kept connections of the bare standard library: the server has to have its core to itself.
    local, rng = threading.local(), random.Random(9)
    chosen = [rng.choice(visits) for _ in range(PER_SECOND * (SECONDS + UNCOUNTED))]
    took: dict[str, list[float]] = defaultdict(list)
    begin = time.perf_counter() + 0.5

    def visit(number: int) -> None:
        due, (token, path) = begin + number / PER_SECOND, chosen[number]
        if not hasattr(local, "http"):
            local.http = HTTPConnection("127.0.0.1", port, timeout=30)
        time.sleep(max(0.0, due - time.perf_counter()))
        local.http.request("GET", path, headers={"cookie": f"phien={token}"})
        answer = local.http.getresponse()
        answer.read()
        milliseconds = (time.perf_counter() - due) * 1000
        assert answer.status == 200, (path, answer.status)
        if number >= UNCOUNTED * PER_SECOND:
            took[PAGE.sub("{id}", path)].append(milliseconds)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(visit, range(len(chosen))))
    return took


def _told(took: dict[str, list[float]]) -> list[float]:
    """All requests together, after a line for each page: how many, how long, and how many are of the slowest 1 %."""
    every = sorted(one for times in took.values() for one in times)
    slow = every[-max(1, len(every) // 100)]
    for page, times in sorted(took.items()):
        print(f"  {page:9} {len(times):5} requests, median {statistics.median(times):5.1f} ms, most {max(times):6.1f}, "
              f"{sum(one >= slow for one in times)} of the slowest 1 %")  # fmt: skip
    return every


if __name__ == "__main__":
    sys.exit(main())
