"""An office with people, a clock that tests move, and browsers signed in to its pages."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from office_people import PASSWORD, add_everybody
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from config.settings import BackupSettings, DashboardSettings, MailboxSettings, Settings
from core import accounts, people, registers, schema
from core.db import Database
from core.files import FolderStore
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.letters import Arrival, Exclusion, HeldLetter, MailboxState, MailFolder
from core.office import OfficeName
from core.people import User
from core.registers import Book, Direction
from dashboard.app import create_app
from dashboard.server import prepare
from dashboard.web import Office


@dataclass
class Clock:
    """The only clock of the pages; tests move it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 18, 2, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@cache
def password_hash() -> str:
    return accounts.hash_password(PASSWORD)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def plain_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one person of each role and the book of incoming documents, its year not yet open."""
    path = tmp_path_factory.mktemp("plain") / "congvan.sqlite3"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    at = Clock().now
    with database.writing() as session:
        session.add(
            OfficeName(
                name="Sở Khoa học và Công nghệ", parent_name="UBND tỉnh Lâm Đồng", code="SKHCN", place="Lâm Đồng",
                valid_from=date(2025, 7, 1),
            )
        )  # fmt: skip
        session.add(Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING))
        add_everybody(session, password_hash(), at=at)
    database.close()
    return path


@pytest.fixture(scope="session")
def full_database(plain_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after some weeks: 120 entries from số đến 1198 on, two voided; held and left-out letters; mailboxes."""
    path = tmp_path_factory.mktemp("full") / "congvan.sqlite3"
    shutil.copy(plain_database, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        fill(session, Clock().now)
    database.close()
    return path


@pytest.fixture
def plan() -> BackupSettings:
    """No backup place; a module of tests may have another plan."""
    return BackupSettings()


@pytest.fixture
def office(plain_database: Path, tmp_path: Path, clock: Clock, plan: BackupSettings) -> Iterator[Office]:
    """The office on its first day."""
    yield from _opened(plain_database, tmp_path, clock, plan)


@pytest.fixture
def full_office(full_database: Path, office: Office) -> Office:
    """The office after some weeks; the same object that `signed_in` serves."""
    office.database.close()
    for left in office.settings.data.glob("congvan.sqlite3-*"):
        left.unlink()
    shutil.copy(full_database, office.settings.data / "congvan.sqlite3")
    return office


def _opened(template: Path, folder: Path, clock: Clock, plan: BackupSettings) -> Iterator[Office]:
    shutil.copy(template, folder / "congvan.sqlite3")
    boxes = tuple(
        MailboxSettings(name=name, host="127.0.0.1", username=name, secret_file=folder / "secret")
        for name in ("van-thu", "cu")
    )
    settings = Settings(
        data=folder, dashboard=DashboardSettings(insecure_cookies=True), mailboxes=boxes, backup=plan
    )  # fmt: skip
    spool = folder / "spool"
    spool.mkdir()
    database = Database(settings.database_url)
    yield Office(database, FolderStore(settings.files_folder), settings, clock, spool)
    database.close()


@pytest.fixture
def app(office: Office) -> Starlette:
    return create_app(office)


@pytest.fixture
def visitor(app: Starlette) -> Iterator[TestClient]:
    """A browser nobody has signed in with yet."""
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True) as client:
        yield client


SignIn = Callable[[str], TestClient]


def token_of(office: Office, username: str) -> str:
    """What the cookie of that person holds who has just signed in."""
    with office.database.writing() as session:
        found = accounts.credentials(session, username)
        token = accounts.sign_in(session, found, fits=True, at=office.clock(), origin=accounts.Origin())
    assert token is not None
    return token


@pytest.fixture
def signed_in(app: Starlette, visitor: TestClient, office: Office) -> SignIn:
    """`signed_in("lan")` is a browser of that person; each call another browser, the login page left out."""

    def browser(username: str) -> TestClient:
        client = TestClient(app, base_url="http://127.0.0.1", cookies={"phien": token_of(office, username)})
        client.app_state, client.portal = visitor.app_state, visitor.portal
        return client

    return browser


KINDS = ("Công văn", "Quyết định", "Kế hoạch", "Giấy mời", "Báo cáo", "Thông báo")
ISSUERS = ("UBND tỉnh Lâm Đồng", "Bộ Khoa học và Công nghệ", "Sở Tài chính", "UBND phường Bắc Gia Nghĩa")
SUBJECTS = (
    "Triển khai Kế hoạch chuyển đổi số năm 2026 trên địa bàn tỉnh",
    "Góp ý dự thảo Nghị quyết về chính sách phát triển khoa học, công nghệ và đổi mới sáng tạo của tỉnh",
    "Họp bàn phương án sắp xếp, bố trí trụ sở làm việc",
    "Báo cáo kết quả thực hiện nhiệm vụ quý III năm 2026",
)  # fmt: skip


def enter(session: Session, clerk: User, at: datetime, n: int, **values: Any) -> Incoming:
    """One registered entry; `values` replace the ordinary ones."""
    document = Incoming(
        origin=Origin.MAIL, book_id=1, received_at=at, sort_uid=n, code=f"{1000 + n}/SKHCN-VP", code_number=str(n),
        issuer=ISSUERS[n % 4], kind=KINDS[n % 6], subject=SUBJECTS[n % 4], issued_on=date(2026, 11, 1 + n % 15),
    )  # fmt: skip
    for name, value in values.items():
        setattr(document, name, value)
    session.add(document)
    session.flush()
    registration.register(session, document, by=clerk, at=at)
    return document


def fill(session: Session, at: datetime) -> None:
    """Some weeks of work."""
    clerk = people.by_username(session, "lan")
    assert clerk is not None
    registers.open_series(session, session.get_one(Book, 1), 1198, by=clerk, at=at)
    for n in range(120):
        urgency = {7: "hoa_toc", 11: "khan", 50: "thuong_khan"}.get(n, "thuong")
        entry = enter(session, clerk, at, n, urgency=urgency)
        if n in (20, 118):
            registration.void(session, entry, "Vào trùng với văn bản trước", by=clerk, at=at)
    declined = Incoming(
        origin=Origin.MAIL, book_id=1, received_at=at, code="88/TB-ABC", kind="Thông báo", issuer="Công ty ABC",
        subject="Mời tham dự hội chợ",
    )  # fmt: skip
    session.add(declined)
    session.flush()
    drafts.decline(session, declined, "Thư chào hàng, không phải văn bản đến", by=clerk, at=at)
    session.add(Incoming(origin=Origin.MAIL, book_id=1, received_at=at, subject="Dự thảo còn chờ"))
    seed_letters(session, at)


def seed_letters(session: Session, at: datetime) -> None:
    """Two mailboxes, one stopped; held letters of several reasons; letters left out of each category."""
    session.add_all(
        [
            MailboxState(name="van-thu", address="vanthu.skhcn@example.vn", last_success_at=at - timedelta(minutes=3)),
            MailboxState(
                name="cu", address="skhcn@daknong.example.vn", trouble="Máy chủ từ chối mật khẩu hai lần. Đã dừng.",
                last_error_at=at - timedelta(hours=2), stopped_at=at - timedelta(hours=2), refused_logins=2,
            ),
        ]
    )  # fmt: skip
    session.flush()
    session.add(
        MailFolder(
            mailbox="van-thu", folder="INBOX", import_since=date(2026, 11, 1), lease_until=at + timedelta(days=99)
        )
    )
    reasons = ("locked_archive", "too_large", "unreadable_time", "body_only", "hoi_don_thu")
    for n, reason in enumerate(reasons):
        arrival_id = _arrive(session, n, "held", at)
        session.add(
            HeldLetter(
                arrival_id=arrival_id, reason=reason, mark=f"{n:064}", size=(n + 1) * 1_234_567,
                sealed_path=f"{n:032}", seal_key=b"k" * 32, held_at=at - timedelta(hours=n),
            )
        )  # fmt: skip
    for n, category in enumerate(("bi_mat", "don_thu", "mot_cua", "khong_chinh_thuc"), start=10):
        rule = "secret_subject" if category == "bi_mat" else category
        session.add(
            Exclusion(
                arrival_id=_arrive(session, n, "excluded", at), category=category, rule=rule,
                sender_address="nguoigui@example.vn", subject="Ưu đãi cuối năm" if n == 13 else None, mark=f"{n:064}",
                excluded_at=at,
            )
        )  # fmt: skip


def _arrive(session: Session, uid: int, state: str, at: datetime) -> int:
    arrival = Arrival(
        mailbox="van-thu", folder="INBOX", uidvalidity=7, uid=uid, state=state, received_at=at, size=1000, seen_at=at
    )
    session.add(arrival)
    session.flush()
    return arrival.id


@pytest.fixture
def server(full_office: Office) -> Iterator[str]:
    """The full office behind a real HTTP server; gives its address."""
    serving = prepare(full_office)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving.should_exit = True
    thread.join(15)
    listener.close()
    assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def browser(chromium: Browser, full_office: Office, server: str) -> Iterator[Callable[..., BrowserContext]]:
    """`browser("lan", width=390)` is a window of that person; nobody's when no name is given."""
    windows = []

    def window(username: str = "", width: int = 1280, **options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=server, viewport={"width": width, "height": 800}, **options)
        windows.append(context)
        if username:
            context.add_cookies([{"name": "phien", "value": token_of(full_office, username), "url": server}])
        return context

    yield window
    for context in windows:
        context.close()
