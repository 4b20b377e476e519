"""Every page in a real browser: no axe violation, no sideways scrolling, usable without JavaScript, alive with it."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from counts import times
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, expect

from core import mailboxes
from core.incoming.tables import Incoming, Origin
from core.people import Division, User
from core.tasks.tables import Form, State, Task

GOOD = "Mùa xuân 2026 ở Gia Nghĩa"
BOOK = "/so-den/den/2026"
WIDTHS = (1280, 390)
PAGES = {
    "lan": (
        BOOK, BOOK + "?tim=chuyen+doi+so&tu-ngay=x", BOOK + "?tim=khong-co-gi", BOOK + "?tt=voided", BOOK + "/kiem-tra",
        BOOK + "/in?tu-so=1310", "/so-den/den/mo", "/den/3/huy-so", "/bi-giu", "/khong-vao-so", "/khong-vao-so/bi_mat",
        "/khong-vao-so/thu_bao", "/bao-nhan", "/thu-hoi", "/bai-hoc", "/bai-hoc?bo=1",
        "/co-quan", "/co-quan?tim=khong-co", "/co-quan/1", "/co-quan/1/gop", "/co-quan/1/ke-thua", "/co-quan/nhap",
        BOOK + "?thieu-ban-chinh=1", "/tim", "/tim?q=thong+minh", '/tim?q="chuyển đổi"&khan=khan&tu-ngay=x',
        "/tim?q=khong-co-gi", "/tim?q=***", "/bao-nhan?loai=failed&tim=ai", "/hop-thu", "/doi-mat-khau", "/khong-co",
        "/thiet-bi", "/quy-tac", "/quy-tac/moi", "/quy-tac/moi?van-ban=3",
    ),
    "hoa": ("/sao-luu",),
    "kha": ("/bi-giu", "/bi-giu?xong=1", "/bi-giu/1/khong-cap-nhat", "/khong-vao-so/don_thu"),
}  # fmt: skip
# Each width and each scheme once; every pair of them in the full run.
WINDOWS = [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")][: times(2, 2, 4)]
_AXE = Axe()
_OPTIONS = {"resultTypes": ["violations"]}  # what passed is not told: it takes half the time
Open = Callable[..., BrowserContext]


def _note(texts: list[str], message: ConsoleMessage) -> None:
    texts.append(message.text)


def _faults(page: Page) -> list[str]:
    found = [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in _AXE.run(page, options=_OPTIONS).response["violations"]
    ]
    widest = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, f"scrolls {widest} px sideways"] if widest > 0 else found


@pytest.mark.torture
@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_every_page_is_accessible_and_fits_its_window(browser: Open, width: int, scheme: str) -> None:
    faults = {}
    for username, paths in PAGES.items():
        page = browser(username, width, color_scheme=scheme).new_page()
        refused: list[str] = []
        page.on("console", partial(_note, refused))
        for path in paths:
            page.goto(path)
            faults[username, path] = _faults(page)
        assert not [text for text in refused if "Failed to load resource" not in text]
    page = browser("", width, color_scheme=scheme).new_page()
    page.goto("/dang-nhap")
    faults["", "/dang-nhap"] = _faults(page)
    assert {where: found for where, found in faults.items() if found} == {}


def test_what_is_folded_away_fits_a_phone_when_it_is_opened(browser: Open, full_office: Any) -> None:
    with full_office.database.writing() as session:
        hung = session.scalars(sa.select(User).where(User.username == "hung")).one()
        session.add(Division(name="Phòng Quản lý Công nghệ và Đổi mới sáng tạo", position=9))
        given = {"state": State.IN_PROGRESS, "form": Form.NO_FILE, "lead_division_id": hung.division_id,
                 "handler_id": hung.id, "directed_at": full_office.clock(), "due_at": "2026-12-30",
                 "directed_by": hung.id}  # fmt: skip
        session.execute(sa.update(Task).where(Task.incoming_id == 3).values(**given))
    wide = {}
    for username, path in (("lan", "/co-quan/1"), ("hung", "/den/3"), ("binh", "/den/3"), ("lan", "/quy-tac")):
        page = browser(username, 390).new_page()
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        wide[username, path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {where: pixels for where, pixels in wide.items() if pixels > 0} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_work_is_done_without_javascript(browser: Open, width: int) -> None:
    page = browser("", width, java_script_enabled=False).new_page()
    page.goto("/hop-thu")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(GOOD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url(re.compile("/hop-thu$"))
    page.get_by_role("button", name="Kiểm tra kết nối").first.click()
    expect(page.get_by_role("status")).to_contain_text("Đang kiểm tra kết nối")
    page.goto(BOOK)
    page.get_by_role("searchbox").fill("chuyển đổi số")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator(".list-note")).to_contain_text("30 văn bản khớp")
    page.goto("/den/9/huy-so")
    page.get_by_label("Lý do hủy").fill("Gửi nhầm cơ quan")
    page.get_by_role("button", name="Hủy số đến").click()
    expect(page.get_by_role("status")).to_contain_text("Đã hủy số đến 1206")
    if width < 1000:
        page.locator(".menu-fold summary").click()
    page.get_by_role("button", name="Đăng xuất").locator("visible=true").click()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_pages_follow_what_happens_without_losing_what_is_typed(browser: Open, full_office: Any) -> None:
    context = browser("lan")
    page, boxes = context.new_page(), context.new_page()
    boxes.goto("/hop-thu")
    page.goto(BOOK)
    page.get_by_role("searchbox").fill("đang gõ dở")
    counter = page.locator(".menu-wide a", has_text="Văn bản đến").first.locator(".counter")
    expect(counter).to_contain_text("1")
    with full_office.database.writing() as session:
        session.add(Incoming(origin=Origin.MAIL, book_id=1, received_at=full_office.clock(), subject="Mới"))
        mailboxes.answer_test(session, "van-thu", "Kết nối tốt, vừa thử.", at=full_office.clock())
    expect(counter).to_contain_text("2", timeout=15_000)
    expect(page.get_by_role("searchbox")).to_have_value("đang gõ dở")
    boxes.bring_to_front()
    expect(boxes.get_by_text("Kết nối tốt, vừa thử.")).to_be_visible(timeout=15_000)


def test_a_page_left_open_says_when_its_session_is_over(browser: Open, full_office: Any) -> None:
    page = browser("lan").new_page()
    page.goto(BOOK)
    expect(page.get_by_text("Phiên làm việc đã hết")).to_be_hidden()
    full_office.clock.pass_(minutes=61)
    with full_office.database.writing() as session:
        session.add(Incoming(origin=Origin.MAIL, book_id=1, received_at=full_office.clock(), subject="Mới"))
        mailboxes.answer_test(session, "van-thu", "Kết nối tốt.", at=full_office.clock())
    expect(page.get_by_text("Phiên làm việc đã hết")).to_be_visible(timeout=15_000)


def test_a_page_whose_stream_is_refused_says_that_its_session_is_over(browser: Open, full_office: Any) -> None:
    page = browser("lan").new_page()

    def too_late(route: Route) -> None:
        full_office.clock.pass_(minutes=61)
        route.continue_()

    page.route("**/tin", too_late)
    page.goto(BOOK)
    expect(page.get_by_text("Phiên làm việc đã hết")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Mất liên lạc với máy chủ")).to_be_hidden()


def test_a_page_listens_again_when_the_server_was_away(browser: Open, full_office: Any) -> None:
    page = browser("lan").new_page()
    page.route("**/tin", lambda route: route.fulfill(status=502), times=1)
    with page.expect_response(lambda answer: answer.url.endswith("/tin") and answer.ok):
        page.goto(BOOK)
    counter = page.locator(".menu-wide a", has_text="Văn bản đến").first.locator(".counter")
    expect(counter).to_contain_text("1")
    with full_office.database.writing() as session:
        session.add(Incoming(origin=Origin.MAIL, book_id=1, received_at=full_office.clock(), subject="Mới"))
        mailboxes.answer_test(session, "van-thu", "Kết nối tốt.", at=full_office.clock())
    expect(counter).to_contain_text("2", timeout=15_000)


def test_the_keys_of_a_page_open_and_the_search_is_one_key_away(browser: Open) -> None:
    page = browser("lan").new_page()
    page.goto(BOOK)
    page.keyboard.press("?")
    expect(page.get_by_text("vào ô tìm của trang")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("vào ô tìm của trang")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("?/")
    expect(page.get_by_role("searchbox")).to_have_value("?/")


def test_the_printed_register_fills_sheets_of_a4_across(browser: Open, tmp_path: Any) -> None:
    page = browser("lan").new_page()
    page.goto(BOOK + "/in")
    page.pdf(path=tmp_path / "so.pdf", prefer_css_page_size=True)
    page.emulate_media(media="print")
    expect(page.locator(".top-bar")).to_be_hidden()
    expect(page.get_by_role("heading", name="SỔ ĐĂNG KÝ VĂN BẢN ĐẾN")).to_be_visible()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "so.pdf").read_bytes())
    assert boxes and all(round(float(w)) == 842 and round(float(h)) == 595 for w, h in boxes)
