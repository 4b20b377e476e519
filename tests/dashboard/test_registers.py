"""Sổ văn bản đến at the pages: reading, searching, printing, checking, opening, voiding."""

import csv
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from core import people
from core.agencies.tables import AgencySighting
from core.incoming.tables import Incoming
from core.learning.tables import Lesson
from core.people import Division
from core.registers import Series
from core.tasks.tables import Form, State, Task
from dashboard.registers.prints import HEADINGS

BOOK = "/so-den/den/2026"


def _token(html: str) -> str:
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def _numbers(html: str) -> list[str]:
    return re.findall(r'<td class="number"[^>]*><a [^>]*>([\d.]+)<', html)


def test_the_menu_s_address_opens_this_year_s_book(full_office: Any, signed_in: Any) -> None:
    page = signed_in("lan").get("/so-den")
    assert page.url.path == BOOK and "120 văn bản" in page.text
    assert _numbers(page.text)[:3] == ["1317", "1316", "1315"] and len(_numbers(page.text)) == 50


def test_pages_can_be_turned_to_the_end_and_back(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    seen, path = [], BOOK
    while path:
        page = lan.get(path).text
        seen += _numbers(page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [str(n) for n in range(1317, 1197, -1)]
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back is not None and _numbers(lan.get(back[1]).text)[0] == "1267"


def test_a_search_keeps_its_words_on_the_next_page(full_office: Any, signed_in: Any) -> None:
    page = signed_in("lan").get(BOOK + "?tim=skhcn&khan=thuong").text
    assert "117 văn bản khớp" in page
    following = re.search(r'href="([^"]+)" rel="next"', page)
    assert following is not None and "tim=skhcn" in following[1] and "khan=thuong" in following[1]


@pytest.mark.parametrize("typed", ["1.300", "1300"])
def test_a_number_is_found_as_it_is_printed_and_with_a_dot(full_office: Any, signed_in: Any, typed: str) -> None:
    assert _numbers(signed_in("lan").get(f"{BOOK}?tim={typed}").text) == ["1300"]


def test_a_filter_that_cannot_be_read_is_named_beside_its_field(full_office: Any, signed_in: Any) -> None:
    page = signed_in("lan").get(BOOK + "?tu-ngay=32/13/2026&tu-so=mot")
    assert page.status_code == 422
    assert "Ngày không đọc được" in page.text and "Số đến là số nguyên" in page.text
    assert 'value="32/13/2026"' in page.text, "what was typed stays"


@pytest.mark.parametrize("path", ["/so-den/den/1999", "/so-den/khac/2026", "/so-den/den/2026x"])
def test_a_book_or_year_that_is_not_there_is_not_found(full_office: Any, signed_in: Any, path: str) -> None:
    assert signed_in("lan").get(path).status_code == 404


def test_the_exported_table_has_every_line_and_no_formula(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.execute(
            sa.update(Incoming).where(Incoming.id == 1).values(issuer='=HYPERLINK("http://x")', remark="+84 12")
        )
    answer = signed_in("lan").get(BOOK + "/so.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == HEADINGS and len(rows) == 121
    assert rows[1][2] == '\'=HYPERLINK("http://x")' and rows[1][9] == "'+84 12"
    assert rows[21][9] == "ĐÃ HỦY: Vào trùng với văn bản trước"


def test_whoever_was_given_a_document_stands_in_the_book_on_paper_and_beside_it(
    full_office: Any, signed_in: Any
) -> None:
    with full_office.database.writing() as session:
        hung = people.by_username(session, "hung")
        assert hung is not None
        session.execute(sa.update(Incoming).where(Incoming.id == 120).values(receiver="Phòng gõ lúc vào sổ"))
        given = {
            "form": Form.NO_FILE, "state": State.WITH_HEAD, "lead_division_id": hung.division_id,
            "directed_at": full_office.clock(),
        }  # fmt: skip
        session.execute(sa.update(Task).where(Task.incoming_id == 120).values(given))
        division = session.get_one(Division, hung.division_id).name
    lan_s = signed_in("lan")
    for path in (BOOK, BOOK + "/in", BOOK + "/so.csv", "/den/120"):
        page = lan_s.get(path).text
        assert division in page and "Phòng gõ lúc vào sổ" not in page, path
    assert '<td class="date">18/11/2026</td><td></td>' in lan_s.get(BOOK + "/in").text, "Ngày chuyển"
    assert f'"{division}","18/11/2026",""' in lan_s.get(BOOK + "/so.csv").text


def test_the_printed_book_bears_its_title_its_range_and_the_voided_lines(full_office: Any, signed_in: Any) -> None:
    page = signed_in("lan").get(BOOK + "/in").text
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN" in page and "Từ số 1198 đến số 1317" in page
    assert page.count('class="voided"') == 2 and page.count("<tr") == 121
    assert all(heading in page for heading in HEADINGS)


def test_the_check_says_in_one_sentence_that_the_book_is_whole(full_office: Any, signed_in: Any) -> None:
    assert "120 số liên tục, 2 số hủy có lý do." in signed_in("binh").get(BOOK + "/kiem-tra").text


def test_the_check_names_what_is_missing(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        for taught in (AgencySighting, Lesson):
            session.execute(sa.delete(taught))
        session.execute(sa.delete(Task))
        session.execute(sa.delete(Incoming).where(Incoming.arrival_number.in_((1200, 1201))))
    page = signed_in("lan").get(BOOK + "/kiem-tra").text
    assert "thiếu 2 số" in page and "1200, 1201" in page


def test_a_book_begins_at_the_number_the_clerk_typed_twice(office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    assert "chưa mở" in lan.get(BOOK).text
    page = lan.get("/so-den/den/mo")

    def answer(first: str, repeated: str) -> Any:
        form = {"csrf": _token(page.text), "first_number": first, "repeated": repeated}
        return lan.post("/so-den/den/mo", data=form)

    assert "không giống nhau" in answer("1246", "1264").text
    assert "số nguyên" in answer("-3", "-3").text and "số nguyên" in answer("0", "0").text
    opened = answer("1.246", "1246")
    assert opened.url.path == BOOK and "sẽ lấy số đến 1246" in opened.text
    assert answer("1", "1").status_code == 409
    with office.database.reading() as session:
        assert session.scalars(sa.select(Series.next_number)).one() == 1246


def test_an_entry_is_voided_with_a_reason_and_stays_in_the_book(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    page = lan.get("/den/5/huy-so").text
    assert "Hủy số đến 1202" in page
    refused = lan.post("/den/5/huy-so", data={"csrf": _token(page), "reason": " "})
    assert refused.status_code == 422 and "Ghi rõ lý do" in refused.text
    done = lan.post("/den/5/huy-so", data={"csrf": _token(page), "reason": "Gửi nhầm"}, follow_redirects=False)
    assert done.headers["location"] == "/den/5"
    again = lan.post("/den/5/huy-so", data={"csrf": _token(page), "reason": "Gửi nhầm"})
    assert again.status_code == 409
    line = lan.get(BOOK + "?tim=1202").text
    assert "ĐÃ HỦY" in line and "Gửi nhầm" in line


def test_a_draft_has_no_number_to_void(full_office: Any, signed_in: Any) -> None:
    assert signed_in("lan").get("/den/122/huy-so").status_code == 404
