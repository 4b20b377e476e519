"""The leader's desk on a phone, with a thumb: a right proposal costs one tap, a new assignment at most five.

PICTURES=FOLDER keeps what was seen, for the user guide.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from desk_office import ServedOffice, chromium, served
from desk_papers import Paper, lay
from office_people import PASSWORD
from playwright.sync_api import Browser, Page

from core import people
from core.incoming import registration
from core.incoming.tables import Incoming
from core.people import Division
from core.tasks import directing
from core.tasks.directing import Assignment
from core.tasks.parties import Party
from core.tasks.tables import Form, State, Task

SCIENCE = "Phòng Quản lý Khoa học"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ServedOffice]:
    with served(tmp_path) as running:
        yield running


class Thumb:
    """A phone in the Director's hand; counts taps."""

    def __init__(self, browser: Browser, house: ServedOffice, username: str = "binh") -> None:
        self._context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        self.page: Page = self._context.new_page()
        self.page.goto(f"{house.address}/dang-nhap?tiep=/duyet")
        self.page.fill("#username", username)
        self.page.fill("#password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".page-head")
        self.taps = 0

    def tap(self, selector: str) -> None:
        """Tap what is found; it must be at least 44 CSS pixels high."""
        target = self.page.locator(selector).first
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None and box["height"] >= 44, (selector, box)
        target.tap()
        self.taps += 1

    def picture(self, name: str) -> None:
        """Keep what is seen, where somebody asked for it."""
        if folder := os.environ.get("PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def close(self) -> None:
        """Put the phone away."""
        self._context.close()


@pytest.fixture
def thumb(browser: Browser, house: ServedOffice) -> Iterator[Thumb]:
    for number in (5, 11, 17, 23):  # of one agency and kind
        _enter(house, number)
    with house.office.database.writing() as session:
        binh, lead = people.by_username(session, "binh"), _division(session, SCIENCE)
        assert binh is not None
        for task in session.scalars(sa.select(Task).order_by(Task.id).limit(3)).all():
            given = Assignment(Form.NO_FILE, Party(division_id=lead))
            directing.assign(session, task, given, by=binh, at=datetime.now(UTC), version=task.version)
    phone = Thumb(browser, house)
    yield phone
    phone.close()


def _enter(house: ServedOffice, number: int) -> None:
    draft = lay(house.office, Paper(5 + 30 * number), received_at=datetime.now(UTC))
    with house.office.database.writing() as session:
        lan = people.by_username(session, "lan")
        assert lan is not None
        document = session.get_one(Incoming, draft)
        registration.register(session, document, by=lan, at=datetime.now(UTC), looked_at=document.proposed)


def _division(session: sa.orm.Session, name: str) -> int:
    return session.scalars(sa.select(Division.id).where(Division.name == name)).one()


def last_task(house: ServedOffice) -> Task:
    with house.office.database.reading() as session:
        return session.scalars(sa.select(Task).order_by(Task.id.desc()).limit(1)).one()


def test_a_right_proposal_costs_one_tap(house: ServedOffice, thumb: Thumb) -> None:
    thumb.picture("duyet-de-xuat")
    assert f"giao {SCIENCE}" in thumb.page.locator(".card .button-main").first.inner_text()
    thumb.tap(".card .button-main")
    thumb.page.wait_for_selector(".notice-done")
    thumb.picture("duyet-xong")
    task = last_task(house)
    with house.office.database.reading() as session:
        assert (task.state, task.lead_division_id) == (State.WITH_HEAD, _division(session, SCIENCE))
    assert thumb.taps == 1


def test_a_new_assignment_costs_at_most_five(house: ServedOffice, thumb: Thumb) -> None:
    thumb.tap(".card .button:not(.button-main)")
    thumb.page.wait_for_selector("h1")
    thumb.picture("giao-xu-ly")
    thumb.tap(".lead-field .chip:has-text('Phòng Chuyển đổi số')")
    thumb.tap(".chip:has-text('+5 ngày')")
    thumb.tap(".assign-act .button-main")
    thumb.page.wait_for_selector(".notice-done")
    task = last_task(house)
    with house.office.database.reading() as session:
        assert (task.state, task.lead_division_id) == (State.WITH_HEAD, _division(session, "Phòng Chuyển đổi số"))
    assert task.due_at and thumb.taps <= 5


def test_an_assignment_is_taken_back_with_one_tap(house: ServedOffice, thumb: Thumb) -> None:
    thumb.tap(".card .button-main")
    thumb.page.wait_for_selector(".directed")
    thumb.tap(".directed button")
    thumb.page.wait_for_url("**/den/*")
    assert last_task(house).state == State.SUBMITTED


@pytest.mark.parametrize(
    "path", ["/duyet", "/duyet/4", "/viec", "/viec/giao", "/uy-quyen", "/chuyen-thang", "/xin-doc", "/den/4"]
)
def test_every_page_of_it_can_be_used_by_everybody(thumb: Thumb, path: str) -> None:
    thumb.page.goto(path if path.startswith("http") else thumb.page.url.split("/duyet")[0] + path)
    found = Axe().run(thumb.page).response["violations"]
    assert [one["id"] for one in found] == []
    width = thumb.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"{path} scrolls sideways: {width}"
