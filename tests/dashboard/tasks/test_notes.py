"""Notes on a document with the people they name, and asking to read what was not given to one."""

import re
from typing import Any

import sqlalchemy as sa

from core.events import Event
from core.incoming.tables import Incoming, ReadingGrant
from core.people import User
from core.tasks.tables import Task
from dashboard.web import Office


def _csrf(browser: Any) -> str:
    return str(browser.get("/doi-mat-khau").text.split('name="csrf" value="')[1].split('"')[0])


def send(browser: Any, path: str, **fields: str) -> Any:
    return browser.post(path, data=fields | {"csrf": _csrf(browser)}, follow_redirects=False)


def said(browser: Any, path: str, **fields: str) -> str:
    """The page that follows a form that was sent."""
    return str(browser.post(path, data=fields | {"csrf": _csrf(browser)}, follow_redirects=True).text)


def words_of(page: str) -> str:
    """What stands on a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def counted(browser: Any) -> int:
    """What stands beside «Công việc» in the menu."""
    found = re.search(r'<span class="counter">(\d+)<span class="unseen"> việc chờ bạn', browser.get("/so-den").text)
    return int(found[1]) if found else 0


def first_task(office: Office) -> tuple[int, int, int]:
    """The task of the first entry, its document and its số đến."""
    query = sa.select(Task.id, Incoming.id, Incoming.arrival_number).join(Incoming, Incoming.id == Task.incoming_id)
    with office.database.reading() as session:
        return tuple(session.execute(query.order_by(Task.id).limit(1)).one())  # type: ignore[return-value]


def give_to(office: Office, signed_in: Any, username: str) -> tuple[int, int]:
    task, document, _ = first_task(office)
    with office.database.reading() as session:
        user_id = session.scalars(sa.select(User.id).where(User.username == username)).one()
    lead = {"version": "1", "form": "no_file", "lead": f"u{user_id}"}
    assert send(signed_in("binh"), f"/duyet/{task}", **lead).status_code == 303
    return task, document


def test_who_is_named_finds_it_on_his_desk_until_he_opens_it(full_office: Office, signed_in: Any) -> None:
    task, document = give_to(full_office, signed_in, "hung")
    hung, binh = signed_in("hung"), signed_in("binh")
    said = "Xin ý kiến @Phạm Quốc Bình về thời hạn.\n\n<script>alert(1)</script>"
    assert send(hung, f"/viec/{task}/y-kien", text=said).status_code == 303
    assert f"/den/{document}" in binh.get("/viec").text
    page = binh.get(f"/den/{document}").text
    assert "Xin ý kiến @Phạm Quốc Bình về thời hạn." in page and "<script>alert" not in page
    assert "Có người nhắc tới bạn" not in binh.get("/viec").text


def test_a_note_names_nobody_who_may_not_read(full_office: Office, signed_in: Any) -> None:
    task, _ = give_to(full_office, signed_in, "hung")
    answer = send(signed_in("hung"), f"/viec/{task}/y-kien", text="@y thinh nie xem giúp")
    assert answer.status_code == 422
    assert "Y Thinh Niê chưa được đọc văn bản này" in answer.text
    with full_office.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Event.act == "task_note")) == 0


def test_who_may_not_read_writes_nothing(full_office: Office, signed_in: Any) -> None:
    task, _ = give_to(full_office, signed_in, "hung")
    assert send(signed_in("y"), f"/viec/{task}/y-kien", text="Chào").status_code == 404
    assert send(signed_in("hung"), f"/viec/{task}/y-kien", text="  ").status_code == 422


def test_reading_is_asked_for_and_granted(full_office: Office, signed_in: Any) -> None:
    _, document, number = first_task(full_office)
    y, hoa = signed_in("y"), signed_in("hoa")
    asked = {"number": str(number), "year": "2026", "book": "1", "reason": "phục vụ báo cáo"}
    assert y.get(f"/den/{document}").status_code == 404
    assert send(y, "/xin-doc", **asked).status_code == 303
    assert send(y, "/xin-doc", **asked).status_code == 409
    assert y.get(f"/den/{document}").status_code == 404
    with full_office.database.reading() as session:
        user_id = session.scalars(sa.select(ReadingGrant.user_id)).one()
        subject = session.get_one(Incoming, document).subject
    assert subject not in y.get("/xin-doc").text
    assert send(y, f"/xin-doc/{document}/{user_id}", answer="yes").status_code == 403
    assert send(hoa, f"/xin-doc/{document}/{user_id}", answer="no").status_code == 422  # without a reason
    assert send(hoa, f"/xin-doc/{document}/{user_id}", answer="yes").status_code == 303
    assert send(hoa, f"/xin-doc/{document}/{user_id}", answer="yes").status_code == 409
    assert y.get(f"/den/{document}").status_code == 200
    assert subject in y.get("/xin-doc").text
    assert "Trả lời đề nghị đọc" in hoa.get(f"/den/{document}").text


def test_what_was_granted_is_taken_back_and_can_be_asked_for_again(full_office: Office, signed_in: Any) -> None:
    _, document, number = first_task(full_office)
    y, hoa = signed_in("y"), signed_in("hoa")
    asked = {"number": str(number), "year": "2026", "book": "1", "reason": "phục vụ báo cáo"}
    send(y, "/xin-doc", **asked)
    with full_office.database.reading() as session:
        row = f"/xin-doc/{document}/{session.scalars(sa.select(ReadingGrant.user_id)).one()}"
    assert "không còn được đọc" in said(hoa, f"{row}/thu-hoi", reason="xong việc")
    send(hoa, row, answer="yes")
    assert "Thu hồi quyền đọc" in hoa.get("/xin-doc").text and "Thu hồi" not in y.get("/xin-doc").text
    assert send(y, f"{row}/thu-hoi", reason="xong việc").status_code == 403
    assert "Ghi rõ lý do" in said(hoa, f"{row}/thu-hoi", reason="x")
    send(hoa, f"{row}/thu-hoi", reason="xong việc")
    assert y.get(f"/den/{document}").status_code == 404
    assert "Thu hồi quyền đọc: xong việc" in hoa.get(f"/den/{document}").text
    told = words_of(y.get("/xin-doc").text)
    assert "đã thu hồi Đỗ Thị Hoa, 09:00 18/11/2026: xong việc" in told and "không được" not in told
    assert send(y, "/xin-doc", **asked).status_code == 303
    send(hoa, row, answer="no", words="đã có báo cáo")
    told = words_of(y.get("/xin-doc").text)
    assert "không được Đỗ Thị Hoa, 09:00 18/11/2026: đã có báo cáo" in told and "đã thu hồi" not in told


def test_whoever_answers_has_it_among_his_work_that_somebody_asks_to_read(full_office: Office, signed_in: Any) -> None:
    _, document, number = first_task(full_office)
    asked = {"number": str(number), "year": "2026", "book": "1", "reason": "phục vụ báo cáo"}
    answering, other = [signed_in(name) for name in ("hoa", "binh", "thu")], signed_in("hung")
    counts = [counted(one) for one in (*answering, other)]
    send(signed_in("y"), "/xin-doc", **asked)
    assert [counted(one) for one in answering] == [before + 1 for before in counts[:3]]
    assert all(f"xin đọc số đến {number}" in one.get("/viec").text for one in answering)
    assert counted(other) == counts[3] and "xin đọc" not in other.get("/viec").text
    with full_office.database.reading() as session:
        row = f"/xin-doc/{document}/{session.scalars(sa.select(ReadingGrant.user_id)).one()}"
    send(answering[0], row, answer="yes")
    assert [counted(one) for one in answering] == counts[:3]


def test_a_word_that_is_no_name_names_nobody(full_office: Office, signed_in: Any) -> None:
    task, _ = give_to(full_office, signed_in, "hung")
    assert send(signed_in("hung"), f"/viec/{task}/y-kien", text="Xin @Ý kiến của phòng").status_code == 303
    assert "Có người nhắc tới bạn" not in signed_in("y").get("/viec").text


def test_a_number_that_is_not_there_is_said(full_office: Office, signed_in: Any) -> None:
    asked = {"number": "9999", "year": "2026", "book": "1", "reason": "phục vụ báo cáo"}
    answer = send(signed_in("y"), "/xin-doc", **asked)
    assert answer.status_code == 422 and "không có số đến 9999" in answer.text
