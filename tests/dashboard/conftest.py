"""An office with people, a clock that tests move, and browsers signed in to its pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from config.settings import DashboardSettings, Settings
from core import accounts, people, schema
from core.db import Database
from core.files import FolderStore
from core.office import OfficeName
from core.people import Role
from core.registers import Book, Direction
from dashboard.app import create_app
from dashboard.web import Office

PASSWORD = "Mùa xuân 2026 ở Gia Nghĩa"
PEOPLE = {
    "lan": ("Nguyễn Thị Lan", Role.CLERK, "Văn thư"),
    "hung": ("Trần Văn Hùng", Role.SPECIALIST, "Chuyên viên"),
    "mai": ("Lê Thị Mai", Role.HEAD, "Trưởng phòng"),
    "binh": ("Phạm Quốc Bình", Role.LEADER, "Giám đốc"),
    "hoa": ("Đỗ Thị Hoa", Role.OFFICE_CHIEF, "Chánh Văn phòng"),
    "kha": ("Hồ Minh Kha", Role.CUSTODIAN, "Người giữ thư mật"),
    "quan": ("Vũ Anh Quân", Role.ADMIN, "Quản trị kỹ thuật"),
}


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


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture()
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """A database with one person of each role and the book of incoming documents, its year not yet open."""
    settings = Settings(data=tmp_path, dashboard=DashboardSettings(insecure_cookies=True))
    database = Database(settings.database_url)
    schema.upgrade(database)
    with database.writing() as session:
        session.add(
            OfficeName(
                name="Sở Khoa học và Công nghệ", parent_name="UBND tỉnh Lâm Đồng", code="SKHCN", place="Lâm Đồng",
                valid_from=date(2025, 7, 1),
            )
        )  # fmt: skip
        session.add(Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING))
        for username, (name, role, title) in PEOPLE.items():
            people.add(
                session, username, name, {role}, password_hash(), at=clock(), title=title, must_change_password=False
            )
    spool = tmp_path / "spool"
    spool.mkdir()
    yield Office(database, FolderStore(settings.files_folder), settings, clock, spool)
    database.close()


@pytest.fixture()
def app(office: Office) -> Starlette:
    return create_app(office)


@pytest.fixture()
def visitor(app: Starlette) -> Iterator[TestClient]:
    """A browser nobody has signed in with yet."""
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=True) as client:
        yield client


def csrf_of(client: TestClient, path: str) -> str:
    """The token of the form on a page."""
    html = client.get(path).text
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def sign_in(client: TestClient, username: str, password: str = PASSWORD) -> Any:
    form = {"csrf": csrf_of(client, "/dang-nhap"), "username": username, "password": password}
    return client.post("/dang-nhap", data=form, follow_redirects=False)


SignIn = Callable[[str], TestClient]


@pytest.fixture()
def signed_in(app: Starlette, visitor: TestClient) -> SignIn:
    """`signed_in("lan")` is a browser of that person; each call another browser."""

    def browser(username: str) -> TestClient:
        client = TestClient(app, base_url="http://127.0.0.1")
        client.app_state = visitor.app_state
        assert sign_in(client, username).status_code == 303
        return client

    return browser
