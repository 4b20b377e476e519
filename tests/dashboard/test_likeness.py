"""A draft that the office has already: the clerk is told, sees both, joins them or enters it by itself; its answers."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_papers import Paper, form_in, lay, open_book, store
from playwright.sync_api import BrowserContext
from starlette.testclient import TestClient

from core.incoming.tables import Incoming, State
from dashboard.web import Office


@pytest.fixture
def lan(signed_in: Any, office: Office) -> TestClient:
    open_book(office, 1245)
    browser: TestClient = signed_in("lan")
    return browser


def post(browser: TestClient, draft_id: int, act: str, **typed: str) -> Any:
    form = form_in(browser.get(f"/den/{draft_id}").text) | typed
    return browser.post(f"/den/{draft_id}/{act}", data=form, follow_redirects=False)


def twice(browser: TestClient, office: Office, **changes: Any) -> tuple[int, int]:
    """An entry, and a draft that says the same but for `changes`."""
    entry = lay(office, Paper(1), received_at=office.clock())
    post(browser, entry, "vao-so")
    again = lay(office, Paper(1), received_at=office.clock() + timedelta(hours=1))
    sha256 = store(office, b"%PDF-1.4 another", "application/pdf", office.clock()).sha256
    with office.database.writing() as session:
        document = session.get_one(Incoming, again)
        document.files[0].sha256 = sha256
        for name, value in changes.items():
            setattr(document, name, value)
    return entry, again


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and found.get("type") == "hidden":
            self.values[found["name"]] = found["value"]


def hidden_in(html: str) -> dict[str, str]:
    """The hidden fields of a page, its forms' token among them."""
    parser = _Hidden()
    parser.feed(html)
    return parser.values


def stored(office: Office, draft_id: int) -> Incoming:
    with office.database.reading() as session:
        document = session.get_one(Incoming, draft_id)
        assert document.files is not None
        return document


def test_the_first_entry_is_named_with_its_day_and_words(lan: Any, office: Office) -> None:
    entry, again = twice(lan, office)
    page = lan.get(f"/den/{again}").text
    assert "Đã có văn bản này:" in page and "Khác: tệp chính." in page
    assert f'<a href="/den/{entry}">' in page and "số đến 1245" in page and "18/11/2026" in page
    assert "có thể trùng</span>" in page  # in the queue


def test_both_stand_side_by_side_with_what_differs(lan: Any, office: Office) -> None:
    entry, again = twice(lan, office, subject="góp ý dự thảo Đề án khác hẳn về nước sạch")
    page = lan.get(f"/den/{again}/so-voi/{entry}").text
    assert "Bản thay thế?" in page
    assert page.count('class="is-different"') == 2  # trích yếu and the main file
    assert f'src="/trang/{again}/1/1.png"' in page or "chưa xem được" in page
    assert f'src="/trang/{entry}/1/1.png"' in page


def test_joined_the_entry_has_the_files_and_it_is_undone_where_it_stands(lan: Any, office: Office) -> None:
    entry, again = twice(lan, office)
    compared = hidden_in(lan.get(f"/den/{again}/so-voi/{entry}").text)
    answer = lan.post(f"/den/{again}/gop-vao/{entry}", data=compared, follow_redirects=False)
    assert answer.status_code == 303
    assert "Đã gộp vào số đến 1245" in lan.get(answer.headers["location"]).text
    assert (stored(office, again).state, len(stored(office, entry).files)) == (State.DECLINED, 2)
    page = lan.get(f"/den/{entry}").text
    assert "Đến nhiều lần" in page and f'action="/den/{again}/tach-ra"' in page
    closed = lan.get(f"/den/{again}").text
    assert "Tách ra, đưa lại bàn văn thư" in closed and "Gộp vào số đến 1245 năm 2026" in closed
    lan.post(f"/den/{again}/tach-ra", data={"csrf": compared["csrf"]})
    assert (stored(office, again).state, len(stored(office, entry).files)) == (State.DRAFT, 1)


def test_what_was_typed_is_kept_when_it_is_joined_from_the_form(lan: Any, office: Office) -> None:
    entry, again = twice(lan, office)
    post(lan, again, f"gop-vao/{entry}", remark="đến lần hai")
    assert (stored(office, again).remark, stored(office, again).merged_into_id) == ("đến lần hai", entry)


def test_a_draft_that_changed_meanwhile_is_not_joined(lan: Any, office: Office) -> None:
    entry, again = twice(lan, office)
    old = hidden_in(lan.get(f"/den/{again}/so-voi/{entry}").text)
    post(lan, again, "luu", remark="đã sửa")
    answer = lan.post(f"/den/{again}/gop-vao/{entry}", data=old)
    assert (answer.status_code, stored(office, again).state) == (409, State.DRAFT)


def test_told_apart_it_is_entered_by_itself_and_can_be_compared_again(lan: Any, office: Office) -> None:
    entry, again = twice(lan, office)
    post(lan, again, f"khong-trung/{entry}")
    page = lan.get(f"/den/{again}").text
    assert "Đã có văn bản này" not in page and "có thể trùng</span>" not in page
    assert "Đã xác nhận không trùng với" in page
    post(lan, again, f"so-lai/{entry}")
    assert "Đã có văn bản này" in lan.get(f"/den/{again}").text
    post(lan, again, f"khong-trung/{entry}")
    post(lan, again, "vao-so")
    assert stored(office, again).arrival_number == 1246


def test_an_answer_is_linked_both_ways_and_one_of_several_is_chosen(lan: Any, office: Office) -> None:
    entry = lay(office, Paper(1), received_at=office.clock())
    post(lan, entry, "vao-so")
    code = stored(office, entry).code
    draft = lay(office, Paper(2), received_at=office.clock())
    assert "Trả lời" not in lan.get(f"/den/{entry}").text
    post(lan, draft, "luu", in_reply_to="99/KHONG-CO")
    assert "chưa có trong sổ văn bản đến" in lan.get(f"/den/{draft}").text
    post(lan, draft, "luu", in_reply_to=code)
    assert f'<strong>Trả lời</strong> <a href="/den/{entry}">' in lan.get(f"/den/{draft}").text
    assert "Được trả lời bằng" in lan.get(f"/den/{entry}").text
    other = lay(office, Paper(1), received_at=office.clock() + timedelta(hours=1))
    post(lan, other, "vao-so", issuer="Sở Nội vụ tỉnh Khánh Hòa")
    assert "có 2 văn bản mang số này" in lan.get(f"/den/{draft}").text
    post(lan, draft, f"tra-loi/{other}")
    assert f'<strong>Trả lời</strong> <a href="/den/{other}">' in lan.get(f"/den/{draft}").text
    assert "Được trả lời bằng" not in lan.get(f"/den/{entry}").text


def test_these_acts_are_the_clerks(lan: Any, office: Office, signed_in: Any) -> None:
    entry, again = twice(lan, office)
    leader = signed_in("binh")
    token = hidden_in(leader.get("/doi-mat-khau").text).get("csrf", "")
    assert leader.get(f"/den/{again}/so-voi/{entry}").status_code == 404
    for act in (f"gop-vao/{entry}", f"khong-trung/{entry}", f"so-lai/{entry}", "tach-ra", f"tra-loi/{entry}"):
        assert leader.post(f"/den/{again}/{act}", data={"csrf": token, "version": "1"}).status_code == 403
    assert "Đã có văn bản này" not in leader.get(f"/den/{entry}").text


@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_done_without_javascript_and_fits(
    browser: Callable[..., BrowserContext], full_office: Office, width: int
) -> None:
    window = browser("lan", width)
    for n in range(2):
        lay(full_office, Paper(1), received_at=full_office.clock() + timedelta(hours=n))
    with full_office.database.reading() as session:
        entry, again = [one.id for one in session.query(Incoming).order_by(Incoming.id.desc()).limit(2)][::-1]
    page = window.new_page()
    for path in (f"/den/{again}", f"/den/{again}/so-voi/{entry}"):
        page.goto(path, wait_until="domcontentloaded")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    bare = browser("lan", width, java_script_enabled=False).new_page()
    bare.goto(f"/den/{again}", wait_until="domcontentloaded")
    bare.get_by_role("link", name="So hai bản").click()
    bare.get_by_role("button", name="Gộp vào").click()
    bare.wait_for_url(f"**/den/{entry}")
    assert "Đã gộp vào dự thảo này" in bare.content()
    bare.get_by_role("button", name="Tách ra").click()
    assert stored(full_office, again).state == State.DRAFT
