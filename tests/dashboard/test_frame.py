"""What surrounds every page: the menu and the desk's bar, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from desk_papers import Paper, lay
from playwright.sync_api import BrowserContext, Page, expect

from core import events, people, removal
from core.incoming.tables import Incoming, Origin
from core.letters import HeldLetter
from core.people import Role

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Callable[..., BrowserContext]) -> Open:
    """`opened("/den", width=390)` is the clerk's window at that page."""

    def window(path: str, width: int = 1280, username: str = "lan") -> Page:
        page = browser(username, width=width).new_page()
        page.goto(path)
        return page

    return window


def rows_of(page: Page, selector: str) -> int:
    """In how many lines the visible elements stand."""
    tops = page.evaluate(
        "s => [...document.querySelectorAll(s)].filter(e => e.offsetWidth).map(e => e.getBoundingClientRect().top)",
        selector,
    )
    return len({round(top / 8) for top in tops})


def test_the_menu_of_a_clerk_is_one_line_with_every_counter_up(opened: Open, full_office: Any) -> None:
    with full_office.database.writing() as session:
        row = {"origin": Origin.MAIL, "book_id": 1, "received_at": full_office.clock(), "state": "draft"}
        session.execute(sa.insert(Incoming), [row] * 120)
        session.execute(sa.update(HeldLetter).values(seal_key=None))
    for path in ("/den", "/so-den/den/2026", "/tim", "/bi-giu", "/khong-vao-so", "/hop-thu"):
        page = opened(path)
        assert page.locator(".menu-wide .counter").count() == 3
        assert rows_of(page, ".menu-wide li") == 1, path


def test_the_page_one_is_on_stays_marked_when_the_menu_is_fetched_again(opened: Open, full_office: Any) -> None:
    page = opened("/so-den/den/2026")
    here = page.locator(".menu-wide [aria-current=page]")
    expect(here).to_have_text("Sổ văn bản đến")
    with full_office.database.writing() as session:
        session.add(Incoming(origin=Origin.MAIL, book_id=1, received_at=full_office.clock(), subject="Mới"))
        events.record(session, "drafted", "incoming", 122, by=None, at=full_office.clock())
    expect(page.locator(".menu-wide a", has_text="Văn bản đến").first.locator(".counter")).to_contain_text("2")
    expect(here).to_have_text("Sổ văn bản đến")


def test_on_a_phone_the_acts_of_the_desk_are_one_line_and_cover_no_field_in_focus(
    opened: Open, full_office: Any
) -> None:
    draft = lay(full_office, Paper(1), received_at=full_office.clock())
    lay(full_office, Paper(2), received_at=full_office.clock())
    page = opened(f"/den/{draft}", 390)
    assert rows_of(page, ".desk-acts > *") == 1
    for name in ("signer_name", "signer_title", "due_at", "page_count", "remark"):
        page.locator(f"#f-{name}").focus()
        box, bar = page.locator(f"#f-{name}").bounding_box(), page.locator(".desk-bar").bounding_box()
        assert box and bar
        assert box["y"] + box["height"] <= bar["y"] + 1 or box["y"] >= bar["y"] + bar["height"], name


def test_the_desk_names_the_key_that_its_button_names(opened: Open, full_office: Any) -> None:
    draft = lay(full_office, Paper(1), received_at=full_office.clock())
    page = opened(f"/den/{draft}")
    expect(page.locator("#evidence")).to_have_text("Không còn giá trị nào phải xem lại, vào sổ được.")
    expect(page.locator("#confirm")).to_contain_text("Ctrl ↵")


def test_what_was_removed_is_said_to_be_removed(opened: Open, full_office: Any) -> None:
    with full_office.database.writing() as session:
        kha = people.by_username(session, "kha")
        assert kha is not None and Role.CUSTODIAN in kha.roles
        document = session.get_one(Incoming, 5)
        removal.remove_content(session, document, removal.Basis.SECRET, "Thu hồi", by=kha, at=full_office.clock())
    page = opened("/den/5")
    expect(page.locator("#trang")).to_contain_text("Nội dung đã gỡ")
    assert "không kèm tệp nào" not in page.content()
    assert "·" not in page.locator(".entry-top").inner_text()
