"""Quy tắc: the clerk makes one, tries it, switches it on; it shows on the draft; nobody else sees the pages."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, open_book
from starlette.testclient import TestClient

from core.evidence import Evidence, Source
from core.incoming import drafts
from core.incoming.drafts import NewDraft
from core.incoming.tables import Incoming, Origin
from core.learning.tables import Lesson
from core.letters import Message
from core.rules.proposing import Said
from core.rules.tables import Rule
from dashboard.web import Office

SENDER = "vanthu@ubnd.example.vn"
MEANT = "Ủy ban nhân dân tỉnh Mẫu"
TYPED = {
    "name": "UBND tỉnh Mẫu", "condition-1-what": "domain", "condition-1-how": "equals",
    "condition-1-value": "ubnd.example.vn", "setting-1-field": "receiver",
    "setting-1-value": "Phòng Quản lý khoa học",
}  # fmt: skip


def arrives(office: Office, *, mail_subject: str = "", **read: Evidence) -> int:
    """A letter of SENDER's, as intake hands it over."""
    with office.database.writing() as session:
        number = (session.scalar(sa.select(sa.func.max(Incoming.id))) or 0) + 1
        at = office.clock() + timedelta(hours=number)
        letter = Message(
            identity=f"{number}", raw_size=1, mail_class="letter", outcome="draft", sender_address=SENDER,
            subject=mail_subject, received_at=at, taken_at=at,
        )  # fmt: skip
        session.add(letter)
        session.flush()
        proposed = {
            "issuer": Evidence("Uy ban tinh Mau", 0.95, Source.TEXT),
            "kind": Evidence("Công văn", 0.95, Source.TEXT),
        } | read  # fmt: skip
        said = Said("Văn thư", mail_subject, "")
        return drafts.insert(
            session, NewDraft(Origin.MAIL, 1, letter.id, at, 0, proposed, (), sender=SENDER, said=said)
        )  # fmt: skip


def enter(browser: TestClient, draft: int, **typed: str) -> None:
    values = {"code": f"{draft}/UBND-VX", "issued_on": "10/11/2026", "subject": "góp ý", "is_dossier_direct": "1"}
    form = form_in(browser.get(f"/den/{draft}").text) | values | typed | {"looked_all": "1"}
    answer = browser.post(f"/den/{draft}/vao-so", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def token(browser: TestClient) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/quy-tac/moi").text)
    assert found
    return found[1]


def post(browser: TestClient, path: str, **typed: str) -> str:
    return str(browser.post(path, data={"csrf": token(browser)} | typed).text)


@pytest.fixture
def clerk(office: Office, signed_in: Any) -> TestClient:
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    return browser


def test_a_rule_is_made_tried_switched_on_and_shown_on_the_draft(clerk: TestClient, office: Office) -> None:
    assert "Chưa có quy tắc nào" in clerk.get("/quy-tac").text
    for receiver in ("Phòng Quản lý khoa học", "Phòng Quản lý khoa học", "Văn phòng"):
        enter(clerk, arrives(office), receiver=receiver)
    page = post(clerk, "/quy-tac", **TYPED)
    assert "Đã lưu quy tắc, đang tắt" in page and "Bật quy tắc" not in page
    assert "Chạy thử lại rồi bật" in post(clerk, "/quy-tac/1/bat")
    page = post(clerk, "/quy-tac/1/chay-thu")
    assert "Đúng 2/3 lần văn thư đã vào sổ. 3 trong 3 thư gần nhất khớp." in page
    assert page.index("số đến 3" if "số đến 3" in page else "Số đến 3") < page.index("Số đến 2")
    assert "Đã bật" in post(clerk, "/quy-tac/1/bat")
    draft = arrives(office)
    page = clerk.get(f"/den/{draft}").text
    assert "Theo quy tắc" in page and "Quy tắc 1 «UBND tỉnh Mẫu»: «Phòng Quản lý khoa học»" in page
    assert '<a href="/quy-tac/1">1 «UBND tỉnh Mẫu»</a> (bản 1)' in page
    assert "Đã dùng cho 1 văn bản đến" in clerk.get("/quy-tac/1").text
    assert "Đã tắt" in post(clerk, "/quy-tac/1/tat")
    assert "Theo quy tắc" not in clerk.get(f"/den/{arrives(office)}").text


def test_an_edit_is_the_next_version_and_off(clerk: TestClient) -> None:
    post(clerk, "/quy-tac", **TYPED)
    post(clerk, "/quy-tac/1/chay-thu")
    post(clerk, "/quy-tac/1/bat")
    form = form_in(clerk.get("/quy-tac/1/sua").text, "rule-form")
    assert form["condition-1-value"] == "ubnd.example.vn" and form["setting-1-value"] == "Phòng Quản lý khoa học"
    page = post(clerk, "/quy-tac/1/sua", **form | {"setting-1-value": "Văn phòng"})
    assert "Đã lưu bản mới" in page and "Bản 2" in page and "Các bản trước" in page and "Bật quy tắc" not in page
    stale = clerk.post("/quy-tac/1/sua", data={"csrf": token(clerk)} | form | {"setting-1-value": "Phòng khác"})
    assert stale.status_code == 409 and "Phòng khác" in stale.text


def test_the_form_comes_back_with_what_is_wrong(clerk: TestClient, office: Office) -> None:
    wrong = TYPED | {"condition-2-what": "text", "condition-2-how": "matches", "condition-2-value": "số (12"}
    answer = clerk.post("/quy-tac", data={"csrf": token(clerk)} | wrong)
    assert answer.status_code == 422
    assert "Biểu thức sai: thiếu dấu đóng ngoặc" in answer.text and "ở ký tự thứ 4" in answer.text
    assert 'value="số (12"' in answer.text and 'id="condition-2-help"' in answer.text
    code = TYPED | {"setting-1-field": "code", "setting-1-value": "12/UBND"}
    assert "chỉ nhận chữ lấy từ chính thư" in post(clerk, "/quy-tac", **code)
    more = post(clerk, "/quy-tac", **TYPED | {"them_dong": "1"})
    assert "condition-5-value" in more and "Phòng Quản lý khoa học" in more
    with office.database.reading() as session:
        assert session.scalars(sa.select(Rule)).all() == []


def test_rules_are_moved_and_deleted_only_while_unused(clerk: TestClient) -> None:
    for name in ("Một", "Hai"):
        post(clerk, "/quy-tac", **TYPED | {"name": name})
    page = post(clerk, "/quy-tac/2/len")
    assert page.index("Hai") < page.index("Một")
    page = post(clerk, "/quy-tac/2/xoa")
    assert "Đã xóa" in page and "Hai" not in page
    assert clerk.get("/quy-tac/2").status_code == 404
    assert clerk.post("/quy-tac/1/khong-co", data={"csrf": token(clerk)}).status_code == 404


def test_leaving_out_is_offered_with_its_reason(clerk: TestClient, office: Office) -> None:
    post(clerk, "/quy-tac", **TYPED | {"setting-1-field": "", "setting-1-value": "", "declines": "Bản tin hằng tuần"})
    post(clerk, "/quy-tac/1/chay-thu")
    post(clerk, "/quy-tac/1/bat")
    page = clerk.get(f"/den/{arrives(office)}").text
    assert "Quy tắc 1 «UBND tỉnh Mẫu» đề nghị không vào sổ: Bản tin hằng tuần. Đúng thì bấm" in page
    assert 'name="reason" list="reasons" value="Bản tin hằng tuần"' in page


def test_a_rule_is_made_from_a_lesson_and_from_a_correction(clerk: TestClient, office: Office) -> None:
    draft = arrives(office)
    enter(clerk, draft, issuer=MEANT, receiver="Văn phòng")
    with office.database.reading() as session:
        lesson = session.scalars(sa.select(Lesson.id).where(Lesson.value == MEANT, Lesson.key != "")).one()
    assert f"/quy-tac/moi?bai-hoc={lesson}" in clerk.get("/bai-hoc").text
    form = form_in(clerk.get(f"/quy-tac/moi?bai-hoc={lesson}").text, "rule-form")
    assert (form["condition-1-what"], form["condition-1-value"]) == ("issuer", "Uy ban tinh Mau")
    assert (form["setting-1-field"], form["setting-1-value"]) == ("issuer", MEANT)
    assert f"/quy-tac/moi?van-ban={draft}" in clerk.get(f"/den/{draft}").text
    form = form_in(clerk.get(f"/quy-tac/moi?van-ban={draft}").text, "rule-form")
    assert (form["condition-1-what"], form["condition-1-value"]) == ("sender", SENDER)
    assert {form["setting-1-value"], form["setting-2-value"]} == {MEANT, "Văn phòng"}
    assert "Đã lưu quy tắc" in post(clerk, "/quy-tac", **form)


def test_rules_are_taken_to_another_office_as_a_file(clerk: TestClient) -> None:
    post(clerk, "/quy-tac", **TYPED)
    stored = clerk.get("/quy-tac/quy-tac.json").json()
    assert stored["rules"][0]["conditions"] == [{"what": "domain", "how": "equals", "value": "ubnd.example.vn"}]
    stored["rules"][0]["name"] = "Từ nơi khác"
    for text, said in (
        (json.dumps(stored), "Đã thêm 1 quy tắc"), ("{", "Không đọc được tệp"), ("[" * 100_000, "Không đọc được tệp"),
        ('{"rules": [{"name": "\\ud800", "conditions": []}]}', "Không đọc được quy tắc"),
    ):  # fmt: skip
        page = clerk.post("/quy-tac/nap", data={"csrf": token(clerk)}, files={"tep": ("quy-tac.json", text)}).text
        assert said in page, text[:40]
    assert "Từ nơi khác" in clerk.get("/quy-tac").text


@pytest.mark.parametrize("who", ["hung", "binh", "hoa", "kha", "quan"])
def test_who_does_not_register_sees_no_rules(clerk: TestClient, signed_in: Any, who: str) -> None:
    post(clerk, "/quy-tac", **TYPED)
    browser: TestClient = signed_in(who)
    for path in ("/quy-tac", "/quy-tac/moi", "/quy-tac/1", "/quy-tac/1/sua", "/quy-tac/quy-tac.json"):
        assert browser.get(path).status_code == 404
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/doi-mat-khau").text)
    assert csrf
    for path in (
        "/quy-tac",
        "/quy-tac/1/sua",
        "/quy-tac/1/chay-thu",
        "/quy-tac/1/bat",
        "/quy-tac/1/xoa",
        "/quy-tac/nap",
    ):
        assert browser.post(path, data={"csrf": csrf[1]} | TYPED).status_code == 403
    assert "/quy-tac" not in browser.get("/doi-mat-khau").text


def test_a_paper_shows_no_rules(clerk: TestClient, office: Office) -> None:
    assert "Quy tắc đã dùng" not in clerk.get(f"/den/{lay(office, Paper(1), received_at=office.clock())}").text
