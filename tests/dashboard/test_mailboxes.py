"""Hộp thư: how each mailbox is doing, and what people ask of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.settings import MailboxSettings
from core import alarms
from core import mailboxes as core_mailboxes
from core.alarms import Alarm, Kind
from core.events import Event
from core.letters import MailFolder
from core.listings import mailboxes as listing
from dashboard.mailboxes import pushed, show


def _token(html: str) -> str:
    return html.split('name="csrf" value="', 1)[1].split('"', 1)[0]


def test_each_mailbox_says_how_it_is_doing(full_office: Any, signed_in: Any) -> None:
    page = signed_in("quan").get("/hop-thu").text
    assert "Đang nghe, thư mới vào ngay" in page and "08:57 18/11/2026 (3 phút trước)" in page
    assert "Đã dừng: máy chủ từ chối đăng nhập" in page and "07:00 18/11/2026 (2 giờ trước)" in page
    assert "<strong>5</strong> bị giữ" in page and "Nhận thư từ ngày 01/11/2026" in page
    assert page.count("/thu-lai") == 1, "only a stopped mailbox is tried again"


@pytest.mark.parametrize(
    ("path", "column", "act"),
    [
        ("lay-thu", "fetch", "fetch_asked"),
        ("kiem-tra", "test", "test_asked"),
        ("thu-lai", "retry", "retry_asked"),
        ("doi-chieu", "reconcile", "reconcile_asked"),
    ],
)
def test_a_question_waits_for_intake_and_is_journalled(
    full_office: Any, signed_in: Any, path: str, column: str, act: str
) -> None:
    lan = signed_in("lan")
    lan.post(f"/hop-thu/cu/{path}", data={"csrf": _token(lan.get("/hop-thu").text)})
    with full_office.database.reading() as session:
        box = next(row for row in listing.mailboxes(session, at=full_office.clock()) if row.name == "cu")
        assert column in box.asked
        assert session.scalars(sa.select(Event.act).order_by(Event.id.desc()).limit(1)).one() == act


def test_the_answer_of_a_test_stands_on_the_page(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    asked = lan.post("/hop-thu/van-thu/kiem-tra", data={"csrf": _token(lan.get("/hop-thu").text)})
    assert "đang kiểm tra…" in asked.text
    with full_office.database.reading() as session:
        before = listing.pulse(session)
    full_office.clock.pass_(seconds=2)
    with full_office.database.writing() as session:
        core_mailboxes.answer_test(session, "van-thu", "Kết nối tốt.", at=full_office.clock())
    with full_office.database.reading() as session:
        assert listing.pulse(session) != before, "pages must be woken by the answer"
    assert "Kết nối tốt." in lan.get("/hop-thu").text


def test_a_pass_that_merely_went_well_wakes_nobody(full_office: Any) -> None:
    with full_office.database.reading() as session:
        before = listing.pulse(session)
    full_office.clock.pass_(seconds=60)
    with full_office.database.writing() as session:
        core_mailboxes.note_success(session, "van-thu", at=full_office.clock())
    with full_office.database.reading() as session:
        assert listing.pulse(session) == before


def test_the_last_comparison_with_the_server_stands_on_the_page(full_office: Any, signed_in: Any) -> None:
    assert "Đối chiếu chưa lần nào" in signed_in("lan").get("/hop-thu").text
    with full_office.database.writing() as session:
        core_mailboxes.note_reconciled(session, 1, count=1412, lost=0, at=full_office.clock())
    assert "Đối chiếu 09:00 18/11/2026: 1.412 thư, khớp" in signed_in("lan").get("/hop-thu").text
    with full_office.database.writing() as session:
        core_mailboxes.note_reconciled(session, 1, count=1410, lost=2, at=full_office.clock())
    page = signed_in("lan").get("/hop-thu").text
    assert "1.410 thư, thiếu 2 thư, máy đã lấy lại" in page and "khớp" not in page


def test_a_mailbox_or_question_that_is_not_there_is_not_found(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    form = {"csrf": _token(lan.get("/hop-thu").text)}
    assert lan.post("/hop-thu/khac/lay-thu", data=form).status_code == 404
    assert lan.post("/hop-thu/van-thu/xoa", data=form).status_code == 404


def test_a_configured_mailbox_stands_there_before_it_was_ever_opened(office: Any, signed_in: Any) -> None:
    page = signed_in("lan").get("/hop-thu").text
    assert page.count("phần nhận thư chưa chạy") == 2 and "Lấy thư ngay" not in page


def test_states_without_a_watcher_or_with_polling_are_told_apart(full_office: Any, tmp_path: Any) -> None:
    with full_office.database.reading() as session:
        row = listing.mailboxes(session, at=full_office.clock())[1]
    polling = MailboxSettings(name="van-thu", host="h", username="u", secret_file=tmp_path, idle=False, poll_seconds=90)
    assert show(row, polling, full_office.clock()).state == "Đang thăm dò mỗi 90 giây"
    assert show(row, None, full_office.clock()).state == "Không còn trong cấu hình"
    full_office.clock.pass_(days=100)
    with full_office.database.reading() as session:
        row = listing.mailboxes(session, at=full_office.clock())[1]
    assert show(row, polling, full_office.clock()).state.startswith("Chưa có chương trình nào")


def test_an_alarm_stands_on_the_page_in_the_menu_and_in_the_health(full_office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    before = re.search(r'Hộp thư <span class="counter counter-trouble">(\d+)', lan.get("/hop-thu").text)
    assert before is not None and before[1] == "1"
    assert lan.get("/healthz").text == "ok\n"
    with full_office.database.writing() as session:
        found = [Alarm(Kind.SILENT, "Không có thư mới nào."), Alarm(Kind.FULL, "Hộp thư đã dùng 91% dung lượng.")]
        alarms.store(session, "van-thu", found)
        core_mailboxes.note_room(session, "van-thu", 91 << 20, 100 << 20, at=full_office.clock())
    page = lan.get("/hop-thu").text
    assert "Không có thư mới nào." in page and "Hộp thư đã dùng 91% dung lượng." in page
    assert "đã dùng 91 MB trong 100 MB (91%)" in page
    after = re.search(r'Hộp thư <span class="counter counter-trouble">(\d+)', page)
    assert after is not None and after[1] == "2"
    assert (lan.get("/healthz").status_code, lan.get("/healthz").text) == (200, "ok\ncảnh báo: 1 hộp thư\n")


def test_an_intake_that_is_not_heard_of_stands_on_the_page_in_the_menu_and_in_the_health(
    full_office: Any, signed_in: Any
) -> None:
    lan, at = signed_in("lan"), full_office.clock()
    with full_office.database.writing() as session:
        session.execute(sa.update(MailFolder).values(lease_until=at))  # it died: nobody renews the lease
        core_mailboxes.note_success(session, "van-thu", at=at)
    full_office.clock.pass_(minutes=4)
    assert lan.get("/healthz").text == "ok\n", "a service that is started again is no alarm"
    full_office.clock.pass_(minutes=1)
    assert lan.get("/healthz").text == "ok\ncảnh báo: 1 hộp thư\n"
    page = lan.get("/hop-thu").text
    assert page.count("Phần nhận thư không chạy") == 1, "the mailbox that waits for a person is not meant"
    found = re.search(r'Hộp thư <span class="counter counter-trouble">(\d+)', lan.get("/den").text)
    assert found is not None and found[1] == "2"
    with full_office.database.writing() as session:
        session.execute(sa.update(MailFolder).values(lease_until=full_office.clock() + timedelta(minutes=1)))
    assert lan.get("/healthz").text == "ok\n"
    assert "Phần nhận thư không chạy" not in lan.get("/hop-thu").text


def test_the_door_for_mail_servers_says_whether_somebody_listens(full_office: Any) -> None:
    def said() -> str:
        with full_office.database.reading() as session:
            row = next(row for row in listing.mailboxes(session, at=full_office.clock()) if row.name == "may-chu-thu")
        shown = pushed(row, full_office.clock())
        assert not shown.can_be_asked
        return shown.state

    with full_office.database.writing() as session:
        core_mailboxes.ensure(session, "may-chu-thu", "lmtp 127.0.0.1:8024")
    assert said().startswith("Chưa có chương trình nào nghe")
    with full_office.database.writing() as session:
        core_mailboxes.note_success(session, "may-chu-thu", at=full_office.clock())
    assert said().startswith("Đang nghe")
    full_office.clock.pass_(seconds=200)
    assert said().startswith("Chưa có chương trình nào nghe")
