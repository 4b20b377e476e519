"""32 people act at once on 200 documents while the pages are killed: no act is lost, none is done twice."""

import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from counts import times
from office_people import PASSWORD
from page_forms import Form, forms_in
from whole_program import ROOT, free_port

from core import accounts, events, people, registers, schema
from core.db import Database
from core.incoming import registration
from core.incoming.tables import Incoming, Origin
from core.office import OfficeName
from core.people import Division, Role, User
from core.registers import Book, Direction
from core.tasks.tables import Task
from dashboard.tasks.acts import PATHS

DIVISIONS, SPECIALISTS, DOCUMENTS = 6, 24, 200
ACTS = times(60, 250, 4000)
KILLS = times(2, 6, 60)
_AWAY = ("/tra-lai", "/lay-de-xuat")  # would lead to desks at which nobody sits here
AT_DESK = {"theo-de-xuat", "duyet"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'data' / 'congvan.sqlite3'}")
    (tmp_path / "data").mkdir()
    schema.upgrade(database)
    at, hashed = datetime.now(UTC), accounts.hash_password(PASSWORD)
    with database.writing() as session:
        session.add(OfficeName(name="Sở", parent_name="UBND tỉnh", code="SKHCN", place="Lâm Đồng",
                               valid_from=datetime(2025, 7, 1, tzinfo=UTC).date()))  # fmt: skip
        book = Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING)
        session.add(book)
        session.add_all(divisions := [Division(name=f"Phòng {n}", position=n) for n in range(DIVISIONS)])
        session.flush()

        def add(name: str, role: Role, division: Division | None) -> User:
            where = division.id if division else None
            return people.add(
                session, name, name.upper(), {role}, hashed, at=at, must_change_password=False, division_id=where
            )

        clerk = add("lan", Role.CLERK, divisions[0])
        add("giamdoc", Role.DIRECTOR, None)
        for n, division in enumerate(divisions):
            add(f"truong{n}", Role.HEAD, division)
        for n in range(SPECIALISTS):
            add(f"vien{n}", Role.SPECIALIST, divisions[n % DIVISIONS])
        registers.open_series(session, book, 1, by=clerk, at=at)
        for n in range(DOCUMENTS):
            document = Incoming(
                origin=Origin.MAIL, book_id=book.id, received_at=at, code=f"{n}/UBND-VX", issuer=f"Sở {n % 5}",
                kind="Công văn", subject=f"văn bản {n}", issued_on=at.date(),
            )  # fmt: skip
            session.add(document)
            session.flush()
            registration.register(session, document, by=clerk, at=at)
    yield database
    database.close()


class Pages:
    """The pages of the office in a process that is killed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "congvan.toml"
        self._config.write_text(
            f'data = "{folder / "data"}"\n[dashboard]\nport = {self.port}\ninsecure_cookies = true\n', encoding="utf-8"
        )
        self._log = folder / "dashboard.log"
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        line = [sys.executable, str(ROOT / "congvan.py"), "dashboard", "--config", str(self._config)]
        with self._log.open("ab") as log:
            return subprocess.Popen(line, stdout=log, stderr=log)

    def kill(self) -> None:
        """SIGKILL, and a new process."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(20)


class Worker:
    """One person: opens what stands on his desk, sends one of the forms that he finds there. What was not answered is
    sent again, as people do."""

    def __init__(self, url: str, username: str, seed: int) -> None:
        self._url, self.username, self._rng = url, username, random.Random(seed)
        self.acknowledged: list[tuple[int, int, str]] = []  # task, version seen, path
        self._http = httpx2.Client(base_url=url, timeout=20)

    def work(self, is_over: threading.Event) -> None:
        """Until it is over."""
        while not is_over.is_set():
            try:
                self._act()
            except (httpx2.HTTPError, LookupError):
                time.sleep(0.2)
        self._http.close()

    def _act(self) -> None:
        desk = "/duyet" if self.username == "giamdoc" else "/viec"
        page = self._page(desk)
        links = {found for form in [page] for found in form.split('href="') if found.startswith(("/den/", "/duyet/"))}
        found = sorted({link.split('"')[0].split("#")[0] for link in links})
        if not found:
            time.sleep(0.1)
            return
        shown = self._page(self._rng.choice(found))
        choices = [form for form in forms_in(shown) if self._is_act(form)]
        if choices:
            self._send(self._rng.choice(choices))

    def _is_act(self, form: Form) -> bool:
        is_act = form.action.startswith(("/viec/", "/duyet/")) and "version" in form.hidden
        return is_act and not form.action.endswith(_AWAY)

    def _send(self, form: Form) -> None:
        fields = form.filled(self._rng)
        for _ in range(30):
            try:
                answer = self._http.post(form.action, data=fields)
            except httpx2.HTTPError:
                time.sleep(0.3)
                continue
            if answer.status_code == 303 and "/dang-nhap" not in answer.headers["location"]:
                _, kind, task, *rest = form.action.split("/")
                self.acknowledged.append((int(task), int(fields["version"]), rest[0] if rest else kind))
            return

    def _page(self, path: str) -> str:
        answer = self._http.get(path)
        if answer.status_code == 303 and "/dang-nhap" in answer.headers["location"]:
            (login,) = (one for one in forms_in(self._http.get("/dang-nhap").text) if one.action == "/dang-nhap")
            self._http.post("/dang-nhap", data=login.hidden | {"username": self.username, "password": PASSWORD})
            answer = self._http.get(path)
        if answer.status_code != 200:
            raise LookupError(path)
        return answer.text


@contextmanager
def at_work(pages: Pages, usernames: list[str]) -> Iterator[list[Worker]]:
    over = threading.Event()
    workers = [Worker(f"http://127.0.0.1:{pages.port}", name, seed) for seed, name in enumerate(usernames)]
    threads = [threading.Thread(target=worker.work, args=(over,)) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield workers
    finally:
        over.set()
        for thread in threads:
            thread.join(120)


@pytest.mark.torture
def test_no_act_is_lost_and_none_is_done_twice(office: Database, tmp_path: Path) -> None:
    pages, rng = Pages(tmp_path), random.Random(7)
    names = ["giamdoc", *(f"truong{n}" for n in range(DIVISIONS)), *(f"vien{n}" for n in range(SPECIALISTS)), "lan"]
    assert len(names) == 32
    end, killed = time.monotonic() + 120 + ACTS, 0
    try:
        with at_work(pages, names) as workers:
            while sum(len(one.acknowledged) for one in workers) < ACTS or killed < KILLS:
                assert time.monotonic() < end, f"{sum(len(one.acknowledged) for one in workers)} acts, {killed} kills"
                time.sleep(rng.uniform(2, 6))
                if killed < KILLS:
                    pages.kill()
                    killed += 1
    finally:
        pages.stop()
    with office.reading() as session:
        assert list(events.verify(session)) == []
        ids = {user.username: user.id for user in session.scalars(sa.select(User))}
        done: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
        of_tasks = sa.select(events.Event).where(events.Event.subject_kind == "task", events.Event.act != "task_note")
        for event in session.scalars(of_tasks.order_by(events.Event.id)):
            done[event.subject_id or 0].append((event.act, event.actor_id))
        versions = {row.id: row.version for row in session.execute(sa.select(Task.id, Task.version))}
    assert {task: len(acts) + 1 for task, acts in done.items()} == {
        task: version for task, version in versions.items() if version > 1
    }
    for worker in workers:
        for task, version, path in worker.acknowledged:
            act, actor = done[task][version - 1]
            assert actor == ids[worker.username]
            assert path in AT_DESK or act == f"task_{PATHS[path][0].value}"
