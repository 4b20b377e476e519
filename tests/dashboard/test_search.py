"""The search page: words, filters, snippets, pages, and what each person finds."""

import hashlib
import re
from typing import Any

import pytest

from core.events import READINGS, Event
from core.files import StoredFile
from core.incoming import drafts
from core.incoming.drafts import DraftFile
from core.incoming.tables import FileRole
from core.search import index, texts

BODY = "Kính gửi các sở. Đề nghị triển khai <b>cửa khẩu thông minh</b> và báo cáo trước ngày 30/11/2026."


def follow(office: Any) -> None:
    """Index what is behind, as the background does."""
    while True:
        with office.database.reading() as session:
            prepared = [index.prepare(session, one) for one in index.behind(session, 50)]
        if not prepared:
            return
        with office.database.writing() as session:
            for one in prepared:
                assert one is not None and index.store(session, one)


def put_text(office: Any, incoming_id: int, text: str = BODY, name: str = "van-ban.pdf") -> None:
    """A file of a document that the background has read."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with office.database.writing() as session:
        session.add(StoredFile(sha256=sha256, size=9, media_type="application/pdf", stored_at=office.clock()))
        session.flush()
        drafts.add_files(session, incoming_id, [DraftFile(name, sha256, "application/pdf", 9, FileRole.MAIN)])
    follow(office)
    with office.database.writing() as session:
        texts.note_read(session, sha256, [text], how="text", unread_pages=0, program="1", at=office.clock())
    follow(office)


@pytest.fixture
def searched(full_office: Any) -> Any:
    put_text(full_office, 40)
    return full_office


def _hits(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<h2><a href="/den/(\d+)"', html)]


def test_a_hit_shows_what_the_register_says_and_where_the_words_stand(searched: Any, signed_in: Any) -> None:
    page = signed_in("binh").get("/tim", params={"q": "cửa khẩu thông minh"}).text
    assert _hits(page) == [40]
    assert "Số đến 1237" in page and "1039/SKHCN-VP" in page and "UBND phường Bắc Gia Nghĩa" in page
    assert '<span class="hit-place">van-ban.pdf:</span>' in page
    assert "&lt;b&gt;<mark>cửa</mark> <mark>khẩu</mark> <mark>thông</mark> <mark>minh</mark>&lt;/b&gt;" in page
    marked = signed_in("binh").get("/tim", params={"q": '"chuyen doi so" 1004'}).text
    assert "<mark>chuyển đổi số</mark>" in marked


def test_filters_and_pages_keep_the_search(searched: Any, signed_in: Any) -> None:
    browser = signed_in("lan")
    first = browser.get("/tim", params={"q": "chuyen doi so", "loai": "Công văn"}).text
    assert _hits(first) == list(range(109, 0, -12))
    every = browser.get("/tim", params={"q": "chuyen doi so"}).text
    older = re.search(r'href="(/tim\?[^"]+)" rel="next"', every)
    assert older is not None and len(_hits(every)) == 20
    last = browser.get(older[1].replace("&amp;", "&")).text
    assert _hits(last) == list(range(37, 0, -4)) and 'rel="next"' not in last and 'rel="prev"' in last


def test_each_finds_what_they_may_read(searched: Any, signed_in: Any) -> None:
    found = {name: _hits(signed_in(name).get("/tim?q=du+thao+con+cho").text) for name in ("lan", "binh", "hung", "mai")}
    assert found == {"lan": [122], "binh": [], "hung": [], "mai": []}
    assert _hits(signed_in("hung").get("/tim?q=cua+khau").text) == []
    assert "<mark>" not in signed_in("hung").get("/tim?q=cua+khau").text
    for name in ("quan", "kha"):
        assert signed_in(name).get("/tim?q=cua+khau").status_code == 404


@pytest.mark.parametrize(("address", "status", "says"), [
    ("/tim", 200, "Văn bản tìm thấy sẽ đứng ở đây"),
    ("/tim?q=khong-co-gi", 200, "Không có văn bản nào khớp."),
    ("/tim?q=***", 422, "Gõ ít nhất một chữ hoặc một số."),
    ("/tim?q=so&tu-ngay=hom+qua", 422, "Ngày không đọc được."),
    ("/tim?q=so&truoc=1", 200, "Không còn văn bản nào cũ hơn khớp."),
    ("/tim?q=%22%20OR%201=1&truoc=x&nam=y&tt=z&so=%00&loai=%27", 200, "Không có văn bản nào khớp."),
])  # fmt: skip
def test_what_is_not_found_or_not_understood_is_said(
    searched: Any, signed_in: Any, address: str, status: int, says: str
) -> None:
    answer = signed_in("lan").get(address)
    assert (answer.status_code, says in answer.text) == (status, True)


def test_files_that_nobody_has_read_yet_are_said(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.add(StoredFile(sha256="a" * 64, size=9, media_type="application/pdf", stored_at=full_office.clock()))
        session.flush()
        texts.ask(session, ["a" * 64], 1)
    assert "Còn 1 tệp máy chưa đọc xong toàn văn" in signed_in("lan").get("/tim?q=so").text


def test_a_search_is_no_reading_of_a_document(searched: Any, signed_in: Any) -> None:
    signed_in("binh").get("/tim?q=cua+khau")
    with searched.database.reading() as session:
        assert session.query(Event).filter(Event.chain == READINGS).count() == 0
