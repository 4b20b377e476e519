"""Sao lưu at the pages, and the number that waits after a restore."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import people, registers
from core.backup import marks
from core.backup.marks import TRIAL, Outcome
from core.backup.vault import CHANGES, FULL
from core.errors import WrongState
from core.events import Event
from core.incoming import recovery
from core.incoming.registration import check_book
from core.incoming.tables import Incoming
from core.registers import Book

CONFIRM = "/so-den/den/xac-nhan-so"


def _token(html: str) -> str:
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def restore_office(office: Any, *named: str) -> None:
    """What a restore leaves: each book waits; `named` persons may confirm."""
    at = office.clock()
    with office.database.writing() as session:
        registers.wait_for_confirmation(session, at=at - timedelta(hours=5))
        if named:
            persons = [people.by_username(session, name) for name in named]
            recovery.name_confirmers(session, [person for person in persons if person], at=at)


def test_the_page_says_what_was_proved_and_what_failed(full_office: Any, signed_in: Any) -> None:
    at = full_office.clock()
    with full_office.database.writing() as session:
        marks.note_done(session, FULL, Outcome("s", 41_208, 90_000, 3 << 30, 5 << 20), at=at - timedelta(hours=6))
        marks.note_done(session, TRIAL, Outcome("s", 41_208, 90_000, 3 << 30), at=at - timedelta(days=2))
        marks.note_failure(session, CHANGES, "Không thấy nơi sao lưu /mnt/sao-luu.", at=at)
    page = signed_in("quan").get("/sao-luu").text
    assert "Bản sao lưu đã khôi phục thử: 41.208 văn bản, 90.000 tệp, 3 GB khớp." in page
    assert "03:00 18/11/2026 (6 giờ trước)" in page and "5 MB" in page
    assert "Không thấy nơi sao lưu /mnt/sao-luu." in page and "Lần gần nhất hỏng" in page
    full_office.clock.pass_(days=7)
    assert signed_in("quan").get("/sao-luu").text.count("Quá hạn") == 2


def test_an_office_without_a_place_is_told_so(office: Any, signed_in: Any) -> None:
    page = signed_in("hoa").get("/sao-luu").text
    assert "Chưa đặt nơi sao lưu" in page and page.count("Chưa chạy lần nào") == 3


def test_the_book_waits_until_a_named_person_has_confirmed(full_office: Any, signed_in: Any) -> None:
    restore_office(full_office, "hoa", "mai")
    hoa, lan = signed_in("hoa"), signed_in("lan")
    waiting = lan.get("/so-den/den/2026").text
    assert "Sổ vừa khôi phục từ bản sao lưu lúc 04:00 18/11/2026" in waiting and CONFIRM not in waiting
    assert "cho đến khi Lê Thị Mai hoặc Đỗ Thị Hoa xác nhận" in waiting
    told = lan.get(CONFIRM)
    assert told.status_code == 403 and "Chỉ <strong>Lê Thị Mai hoặc Đỗ Thị Hoa</strong> xác nhận" in told.text
    assert 'name="last_number"' not in told.text
    assert f'href="{CONFIRM}"' in hoa.get("/so-den/den/2026").text
    asked = hoa.get(CONFIRM)
    assert "Số cuối cùng trong bản sao lưu: <strong>1317</strong>" in asked.text
    done = hoa.post(CONFIRM, data={"csrf": _token(asked.text), "last_number": "1.320", "repeated": "1320"})
    assert "văn bản tiếp theo lấy số 1321. 3 số đã mất nội dung" in done.text
    assert done.text.count("nội dung mất khi khôi phục") == 3
    with full_office.database.writing() as session:
        book = session.get_one(Book, 1)
        assert registers.next_number(session, book, at=full_office.clock())[0] == 1321
        session.rollback()
    with full_office.database.reading() as session:
        check = check_book(session, session.get_one(Book, 1), 2026)
        assert check is not None and (check.missing, check.doubled) == ((), ())
        assert session.scalars(sa.select(Event.act).order_by(Event.id.desc()).limit(1)).one() == "last_number_confirmed"
    again = hoa.post(CONFIRM, data={"csrf": _token(asked.text), "last_number": "1320", "repeated": "1320"})
    assert again.status_code == 409


def test_the_desk_says_that_the_book_waits_and_for_whom_and_invites_no_key(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    assert "Ctrl ↵" in lan.get("/den").text
    restore_office(full_office, "hoa", "mai")
    desk = lan.get("/den").text
    assert "vừa khôi phục từ bản sao lưu lúc 04:00 18/11/2026" in desk
    assert "cho đến khi Lê Thị Mai hoặc Đỗ Thị Hoa xác nhận số cuối cùng đã cấp" in desk
    assert "Ctrl ↵" not in desk and "Enter để vào sổ" not in desk and CONFIRM not in desk
    with full_office.database.writing() as session:
        book = session.get_one(Book, 1)
        with pytest.raises(WrongState, match="Chờ Lê Thị Mai hoặc Đỗ Thị Hoa xác nhận"):
            registers.next_number(session, book, at=full_office.clock())


def test_without_named_persons_the_clerk_confirms_from_the_desk(full_office: Any, signed_in: Any) -> None:
    restore_office(full_office)
    desk = signed_in("lan").get("/den").text
    assert "cho đến khi văn thư xác nhận" in desk and f'href="{CONFIRM}"' in desk


def test_numbers_lost_in_a_restore_are_not_counted_as_entered(full_office: Any, signed_in: Any) -> None:
    restore_office(full_office)
    lan = signed_in("lan")
    assert "hôm nay đã vào sổ 118" in lan.get("/den").text, "120 entries, two of them voided"
    token = _token(lan.get(CONFIRM).text)
    lan.post(CONFIRM, data={"csrf": token, "last_number": "1320", "repeated": "1320"})
    assert "hôm nay đã vào sổ 118" in lan.get("/den").text


def test_a_last_number_below_the_known_or_far_above_is_refused(full_office: Any, signed_in: Any) -> None:
    restore_office(full_office)
    lan = signed_in("lan")
    token = _token(lan.get(CONFIRM).text)
    for typed, repeated, words in (
        ("1316", "1316", "không thể nhỏ hơn"), ("9999", "9999", "quá nhiều"), ("1318", "1319", "không giống nhau"),
        ("mot", "mot", "số nguyên"),
    ):  # fmt: skip
        page = lan.post(CONFIRM, data={"csrf": token, "last_number": typed, "repeated": repeated})
        assert page.status_code == 422 and words in page.text, typed
    with full_office.database.reading() as session:
        assert session.get_one(Book, 1).waits_since is not None
        assert session.scalar(sa.select(sa.func.max(Incoming.arrival_number))) == 1317


def test_an_office_without_a_place_raises_no_alarm(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        marks.note_failure(session, FULL, "cũ", at=full_office.clock())
    full_office.clock.pass_(days=100)
    quan = signed_in("quan")
    assert 'Sao lưu <span class="counter' not in quan.get("/sao-luu").text
    assert "sao lưu" not in quan.get("/healthz").text
