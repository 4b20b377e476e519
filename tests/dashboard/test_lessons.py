"""Bài học: the clerk sees what was learned, why a value is proposed, and takes a lesson back by one click."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, open_book
from starlette.testclient import TestClient

from core import people
from core.evidence import Source
from core.incoming.tables import Incoming
from core.learning import teaching
from core.learning.tables import Lesson
from dashboard.web import Office

MEANT = "Ủy ban nhân dân tỉnh Mẫu"


def enter(browser: TestClient, office: Office, number: int, **typed: str) -> int:
    draft = lay(office, Paper(number), received_at=office.clock())
    form = form_in(browser.get(f"/den/{draft}").text) | typed | {"looked_all": "1"}
    answer = browser.post(f"/den/{draft}/vao-so", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return draft


def again(office: Office) -> int:
    """The same letter once more, an hour later than the one before."""
    with office.database.reading() as session:
        count = session.scalar(sa.select(sa.func.count(Incoming.id))) or 0
    return lay(office, Paper(1), received_at=office.clock() + timedelta(hours=count))


def issuer_of(office: Office, draft: int) -> tuple[str, str]:
    with office.database.reading() as session:
        document = session.get_one(Incoming, draft)
        return document.issuer, str(document.proposed["issuer"]["source"])


def test_a_correction_is_proposed_shown_and_taken_back(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    assert "Chưa có bài học nào" in browser.get("/bai-hoc").text
    enter(browser, office, 1, issuer=MEANT)
    draft = again(office)
    assert issuer_of(office, draft) == (MEANT, Source.LESSON)
    page = browser.get(f"/den/{draft}").text
    assert "theo lần sửa trước" in page.lower() and f"1 lần trước văn thư sửa thành «{MEANT}»" in page
    page = browser.get("/bai-hoc").text
    assert MEANT in page and "Khi đọc được" in page and "số đến 1" in page
    with office.database.reading() as session:
        lesson = session.scalars(sa.select(Lesson.id).where(Lesson.value == MEANT, Lesson.key != "")).one()
    token = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    page = browser.post(f"/bai-hoc/{lesson}/bo", data={"csrf": token}).text
    assert "Đã bỏ bài học" in page
    assert issuer_of(office, again(office))[1] != Source.LESSON
    assert "Dùng lại" in browser.get("/bai-hoc?bo=1").text
    assert browser.post(f"/bai-hoc/{lesson}/bo", data={"csrf": token}).text.count("đã được bỏ rồi") == 1


def test_what_leaders_assignments_teach_is_shown_and_taken_back(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    draft = enter(browser, office, 1)
    with office.database.writing() as session:
        document, binh = session.get_one(Incoming, draft), people.by_username(session, "binh")
        assert binh is not None
        for division in ("Phòng Chuyển đổi số", "Văn phòng Sở"):
            teaching.learn_lead(session, document, division, by=binh, at=office.clock())
        teaching.unlearn_lead(session, document, "Văn phòng Sở")  # taken back, given anew
        lesson = session.scalars(sa.select(Lesson.id).where(Lesson.value == "Phòng Chuyển đổi số")).one()
    page = browser.get("/bai-hoc").text
    assert browser.get("/bai-hoc?truong=lead").text.count('class="lead"') == 1 and "Văn phòng Sở" not in page
    assert "Phòng Chuyển đổi số" in page and "Lãnh đạo giao:" in page and "Khi duyệt văn bản của" in page
    token = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    assert "Đã bỏ bài học" in browser.post(f"/bai-hoc/{lesson}/bo", data={"csrf": token}).text


def test_who_does_not_register_sees_no_lessons(office: Office, signed_in: Any) -> None:
    browser: TestClient = signed_in("hung")
    assert browser.get("/bai-hoc").status_code == 404
    assert browser.post("/bai-hoc/1/bo", data={}).status_code in (403, 404)


def test_the_receiver_stands_in_the_book(office: Office, signed_in: Any) -> None:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    draft = enter(browser, office, 1, receiver="Phòng Quản lý khoa học")
    year = office.clock().year
    assert "Phòng Quản lý khoa học" in browser.get(f"/den/{draft}").text
    for path in (f"/so-den/den/{year}", f"/so-den/den/{year}/in", f"/so-den/den/{year}/so.csv"):
        assert "Phòng Quản lý khoa học" in browser.get(path).text
