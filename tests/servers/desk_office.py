"""An office whose pages are served on a real port, with its people and an open book, and Chromium to look at them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from office_people import PASSWORD, add_everybody
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.settings import DashboardSettings, Settings
from core import accounts, people, registers, schema
from core.db import Database
from core.files import FolderStore
from core.office import DocumentKind, OfficeName
from core.people import Role
from core.registers import Book, Direction
from dashboard.server import prepare
from dashboard.web import Office

_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class ServedOffice:
    """The office and the address of its pages."""

    office: Office
    address: str


@contextmanager
def served(folder: Path) -> Iterator[ServedOffice]:
    """Serve the pages of a new office kept in `folder`; its book begins with number 1."""
    settings = Settings(data=folder, dashboard=DashboardSettings(insecure_cookies=True))
    database = Database(settings.database_url)
    schema.upgrade(database)
    _furnish(database)
    spool = folder / "spool"
    spool.mkdir()
    office = Office(database, FolderStore(settings.files_folder), settings, lambda: datetime.now(UTC), spool)
    server = prepare(office)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield ServedOffice(office, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()
            database.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; each person gets a context of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_CHROMIUM)
        try:
            yield browser
        finally:
            browser.close()


def sign_in(context: BrowserContext, address: str, username: str = "lan") -> Page:
    """A page of that clerk, signed in and at the desk."""
    page = context.new_page()
    page.goto(f"{address}/dang-nhap?tiep=/den")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".desk", state="attached")
    return page


def _furnish(database: Database) -> None:
    now = datetime.now(UTC)
    hashed = accounts.hash_password(PASSWORD)
    with database.writing() as session:
        session.add(
            OfficeName(
                name="Sở Khoa học và Công nghệ tỉnh Lâm Đồng", parent_name="UBND tỉnh Lâm Đồng", code="SKHCN",
                place="Lâm Đồng", valid_from=date(2025, 7, 1),
            )
        )  # fmt: skip
        for place, kind in enumerate(("Công văn", "Kế hoạch", "Thông báo", "Quyết định", "Báo cáo")):
            session.add(DocumentKind(name=kind, family="nd30", position=place))
        book = Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING)
        session.add(book)
        add_everybody(session, hashed, at=now)
        people.add(
            session, "minh", "Trần Văn Minh", {Role.CLERK}, hashed, at=now, title="Văn thư", must_change_password=False
        )
        lan = people.by_username(session, "lan")
        assert lan is not None
        registers.open_series(session, book, 1, by=lan, at=now)
