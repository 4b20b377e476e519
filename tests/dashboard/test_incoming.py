"""The clerk's desk without a browser: queue, form, confirming, two clerks on one draft, refusals in words."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, lay_many, open_book, second_clerk
from office_people import PASSWORD
from starlette.testclient import TestClient

from core import events
from core.incoming.tables import Incoming, State
from dashboard.web import Office


@pytest.fixture
def lan(signed_in: Any, office: Office) -> TestClient:
    """The clerk's browser; the book is open from 1246 on."""
    open_book(office, 1246)
    browser: TestClient = signed_in("lan")
    return browser


def register(browser: TestClient, draft_id: int, **typed: str) -> Any:
    form = form_in(browser.get(f"/den/{draft_id}").text) | typed
    return browser.post(f"/den/{draft_id}/vao-so", data=form, follow_redirects=False)


def stored(office: Office, draft_id: int) -> Incoming:
    with office.database.reading() as session:
        return session.get_one(Incoming, draft_id)


def test_the_most_urgent_draft_is_open_and_the_rest_stand_in_the_order_they_came(lan: Any, office: Office) -> None:
    first, second = lay_many(office, [Paper(1), Paper(2)], until=office.clock())
    urgent = lay(office, Paper(3, urgency="hoa_toc"), received_at=office.clock())
    page = lan.get("/den").text
    places = [page.index(f'class="queue-row{extra}" href="/den/{n}"') for n, extra in
              ((urgent, " queue-row-urgent"), (first, ""), (second, ""))]  # fmt: skip
    assert places == sorted(places)
    assert f'action="/den/{urgent}/vao-so"' in page
    assert "Hỏa tốc" in page


def test_a_clean_draft_is_entered_and_the_next_one_is_open(lan: Any, office: Office) -> None:
    first, second = lay_many(office, [Paper(1), Paper(2)], until=office.clock())
    answer = register(lan, first)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/den/{second}?vua={first}")
    page = lan.get(answer.headers["location"]).text
    assert "Dấu đến: số 1246, ngày 18/11/2026" in page
    assert f'action="/den/{second}/vao-so"' in page
    assert stored(office, first).arrival_number == 1246


def test_what_the_clerk_typed_is_what_stands_in_the_register(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    register(lan, draft, subject="góp ý dự thảo", issued_on="05/11/2026", urgency="khan", due_at="30/11/2026 14:00")
    document = stored(office, draft)
    assert (document.subject, document.urgency, document.due_at) == ("góp ý dự thảo", "khan", "2026-11-30T14:00")
    assert f"{document.issued_on:%d/%m/%Y}" == "05/11/2026"


def test_sending_a_confirmed_form_again_takes_no_second_number(lan: Any, office: Office) -> None:
    first, second = lay_many(office, [Paper(1), Paper(2)], until=office.clock())
    form = form_in(lan.get(f"/den/{first}").text)
    lan.post(f"/den/{first}/vao-so", data=form, follow_redirects=False)
    again = lan.post(f"/den/{first}/vao-so", data=form)
    assert "đã vào sổ trước đó, không cấp thêm số" in again.text
    assert "số 1246" in again.text
    register(lan, second)
    assert stored(office, second).arrival_number == 1247


def test_a_missing_value_is_asked_for_in_words_and_nothing_is_numbered(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(4, missing=("issued_on",)), received_at=office.clock())
    answer = register(lan, draft, subject="giữ lại chữ này")
    assert answer.status_code == 422
    assert "Thiếu ngày tháng văn bản. Nhập theo dạng ngày/tháng/năm" in answer.text
    assert form_in(answer.text)["subject"] == "giữ lại chữ này"
    assert stored(office, draft).state == State.DRAFT


def test_a_date_that_is_none_is_refused_at_its_field(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    answer = register(lan, draft, issued_on="31/02/2026")
    assert answer.status_code == 422
    assert 'id="error-issued_on">Ngày không đọc được' in answer.text
    assert form_in(answer.text)["issued_on"] == "31/02/2026"


def test_values_the_machine_is_unsure_of_must_be_looked_at_first(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(6, unsure=("code", "issued_on")), received_at=office.clock())
    assert "Đã xem 2 giá trị máy chưa chắc" in lan.get(f"/den/{draft}").text
    assert register(lan, draft).status_code == 422
    assert register(lan, draft, looked_at="code").status_code == 422
    assert register(lan, draft, looked_all="1").status_code == 303


def test_looking_at_each_unsure_field_counts_as_well(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(6, unsure=("code", "issued_on")), received_at=office.clock())
    assert register(lan, draft, looked_at="code issued_on").status_code == 303


def test_a_correction_needs_no_second_look(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(6, unsure=("code",)), received_at=office.clock())
    assert register(lan, draft, code="77/UBND-VX").status_code == 303


def test_saving_keeps_the_draft_on_the_desk(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    form = form_in(lan.get(f"/den/{draft}").text) | {"remark": "chờ bản giấy"}
    page = lan.post(f"/den/{draft}/luu", data=form).text
    assert "Đã lưu, chưa vào sổ." in page
    assert form_in(page)["remark"] == "chờ bản giấy"
    assert stored(office, draft).state == State.DRAFT


def test_of_two_clerks_on_one_draft_the_second_is_told_and_loses_nothing(
    lan: Any, office: Office, signed_in: Any
) -> None:
    second_clerk(office)
    hung = signed_in("hung")
    draft = lay(office, Paper(1), received_at=office.clock())
    late = form_in(hung.get(f"/den/{draft}").text) | {"remark": "của Hùng", "subject": "chữ của Hùng"}
    form = form_in(lan.get(f"/den/{draft}").text) | {"subject": "chữ của Lan"}
    lan.post(f"/den/{draft}/luu", data=form)
    told = hung.post(f"/den/{draft}/vao-so", data=late)
    assert told.status_code == 409
    assert "Nguyễn Thị Lan vừa sửa trích yếu" in told.text
    assert form_in(told.text)["remark"] == "của Hùng"
    assert "Đang lưu: <q>chữ của Lan</q>" in told.text
    assert stored(office, draft).subject == "chữ của Lan"
    assert hung.post(f"/den/{draft}/vao-so", data=form_in(told.text), follow_redirects=False).status_code == 303
    assert stored(office, draft).subject == "chữ của Hùng"


def test_a_clerk_who_comes_after_the_number_was_given_is_told_the_number(
    lan: Any, office: Office, signed_in: Any
) -> None:
    second_clerk(office)
    hung = signed_in("hung")
    draft = lay(office, Paper(1), received_at=office.clock())
    late = form_in(hung.get(f"/den/{draft}").text) | {"subject": "chữ của Hùng"}
    register(lan, draft)
    told = hung.post(f"/den/{draft}/vao-so", data=late)
    assert told.status_code == 409
    assert "Nguyễn Thị Lan vừa vào sổ, số đến 1246" in told.text
    assert "Bạn gõ: <q>chữ của Hùng</q>" in told.text


def test_a_draft_opened_by_two_says_so_while_typing(lan: Any, office: Office, signed_in: Any) -> None:
    second_clerk(office)
    hung = signed_in("hung")
    draft = lay(office, Paper(1), received_at=office.clock())
    seen = form_in(hung.get(f"/den/{draft}").text)["version"]
    assert hung.get(f"/den/{draft}/moi?ban={seen}").text.strip() == ""
    register(lan, draft)
    assert "Nguyễn Thị Lan</strong>: Vào sổ, số đến 1246" in hung.get(f"/den/{draft}/moi?ban={seen}").text


def test_leaving_a_document_out_needs_a_reason_and_can_be_taken_back(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    token = form_in(lan.get(f"/den/{draft}").text)["csrf"]
    refused = lan.post(f"/den/{draft}/khong-cap-nhat", data={"csrf": token, "reason": " "})
    assert refused.status_code == 422
    assert "Ghi rõ lý do" in refused.text
    lan.post(f"/den/{draft}/khong-cap-nhat", data={"csrf": token, "reason": "Gửi nhầm cơ quan"})
    assert stored(office, draft).state == State.DECLINED
    entry = lan.get(f"/den/{draft}").text
    assert "Lý do: Gửi nhầm cơ quan" in entry
    lan.post(f"/den/{draft}/dua-lai", data={"csrf": token})
    assert stored(office, draft).state == State.DRAFT


def test_the_entry_page_shows_the_stamp_and_the_whole_way(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    register(lan, draft, remark="kèm bản giấy")
    page = lan.get(f"/den/{draft}").text
    assert "Dấu đến: số 1246" in page
    assert "Nguyễn Thị Lan</strong>: Sửa ghi chú" in page
    assert "Nguyễn Thị Lan</strong>: Vào sổ, số đến 1246" in page
    assert f'href="/den/{draft}/huy-so"' in page


def test_the_same_code_in_the_register_is_a_warning(lan: Any, office: Office) -> None:
    first = lay(office, Paper(1), received_at=office.clock())
    second = lay(office, Paper(1), received_at=office.clock(), mail=False)
    register(lan, first)
    page = lan.get(f"/den/{second}").text
    assert "Trùng với" in page
    assert "số đến 1246" in page


def test_a_book_that_was_not_opened_yet_says_where_to_confirm_its_number(signed_in: Any, office: Office) -> None:
    lay(office, Paper(1), received_at=office.clock())
    page = signed_in("lan").get("/den").text
    assert "Sổ văn bản đến năm nay chưa xác nhận số bắt đầu" in page
    assert 'href="/so-den/den/mo"' in page


def test_an_empty_desk_says_what_would_be_here_and_what_was_done(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    page = lan.get(register(lan, draft).headers["location"]).text
    assert "Không còn văn bản nào chờ vào sổ" in page
    assert "1 văn bản, 1 phút" in page


def test_age_is_counted_in_working_days(lan: Any, office: Office) -> None:
    lay(office, Paper(1), received_at=office.clock() - timedelta(days=7))
    assert "5 ngày</span>" in lan.get("/den/hang-doi").text


def test_only_the_clerk_sees_drafts_and_acts_on_them(lan: Any, office: Office, signed_in: Any) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    entry = form_in(lan.get(f"/den/{draft}").text)
    for person in ("hung", "mai", "binh", "hoa", "kha", "quan"):
        browser = signed_in(person)
        for path in ("/den", "/den/hang-doi", f"/den/{draft}", f"/den/{draft}/xem", f"/trang/{draft}/1/1.png",
                     f"/tep/{draft}/1", "/den/nhap-tay"):  # fmt: skip
            assert browser.get(path).status_code == 404, (person, path)
        own = browser.get("/doi-mat-khau").text.split('name="csrf" value="')[1].split('"')[0]
        form = entry | {"csrf": own, "reason": "thử việc"}
        for act in ("vao-so", "luu", "khong-cap-nhat", "dua-lai", "tep/1/bo", "tep/1/tach", f"gop/{draft}", "gop-phan",
                    "khong-can-tep"):  # fmt: skip
            answer = browser.post(f"/den/{draft}/{act}", data=form, follow_redirects=False)
            assert answer.status_code == 403, (person, act)
    assert stored(office, draft).version == 1


def test_leaders_read_what_has_a_number(lan: Any, office: Office, signed_in: Any) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    register(lan, draft)
    binh = signed_in("binh")
    assert "Dấu đến: số 1246" in binh.get(f"/den/{draft}").text
    assert "Hủy số…" not in binh.get(f"/den/{draft}").text
    assert binh.get(f"/trang/{draft}/1/1.png").status_code == 200


def test_a_form_without_its_token_changes_nothing(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    form = form_in(lan.get(f"/den/{draft}").text) | {"csrf": "x"}
    for act in ("vao-so", "luu", "khong-cap-nhat", "tep/1/bo", "tep/1/tach", f"gop/{draft}"):
        assert lan.post(f"/den/{draft}/{act}", data=form, follow_redirects=False).status_code == 403
    assert stored(office, draft).version == 1


def test_everything_in_a_letter_is_shown_as_text(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1, notes=("<script>alert(1)</script>",)), received_at=office.clock())
    form = form_in(lan.get(f"/den/{draft}").text) | {"subject": '"><img src=x onerror=alert(1)>'}
    page = lan.post(f"/den/{draft}/luu", data=form).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_opening_a_draft_is_a_reading_in_the_journal(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    lan.get(f"/den/{draft}")
    lan.get(f"/den/{draft}")
    query = sa.select(events.Event.act).where(events.Event.chain == events.READINGS)
    with office.database.reading() as session:
        assert session.scalars(query).all() == ["read"]


def test_paper_is_entered_by_hand_in_the_same_series(lan: Any, office: Office) -> None:
    token = form_in(lan.get("/den/nhap-tay").text, "by-hand")["csrf"]
    opened = lan.post("/den/nhap-tay", data={"csrf": token}, follow_redirects=False)
    twice = lan.post("/den/nhap-tay", data={"csrf": token}, follow_redirects=False)
    assert opened.headers["location"] == twice.headers["location"]
    draft = int(opened.headers["location"].rpartition("/")[2])
    typed = {
        "issuer": "UBND xã Đắk Ha", "code": "12/UBND", "issued_on": "17/11/2026", "kind": "Công văn",
        "subject": "đề nghị hỗ trợ", "is_dossier_direct": "1",
    }  # fmt: skip
    assert register(lan, draft, **typed).status_code == 303
    document = stored(office, draft)
    assert (document.arrival_number, document.origin, document.is_dossier_direct) == (1246, "paper", True)


def test_what_was_typed_survives_a_session_that_ended(lan: Any, office: Any) -> None:
    draft = lay(office, Paper(1), received_at=office.clock())
    form = form_in(lan.get(f"/den/{draft}").text) | {"remark": "gõ trước khi hết phiên"}
    office.clock.pass_(minutes=61)
    login = lan.post(f"/den/{draft}/vao-so", data=form)
    assert login.status_code == 401
    hidden = dict(re.findall(r'name="(csrf|kept)" value="([^"]+)"', login.text))
    page = lan.post("/dang-nhap", data=hidden | {"username": "lan", "password": PASSWORD})
    again = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
    shown = lan.post(f"/den/{draft}/vao-so", data={name: unescape(value) for name, value in again.items()})
    assert shown.status_code == 422
    assert "Bạn vừa đăng nhập lại" in shown.text
    assert form_in(shown.text)["remark"] == "gõ trước khi hết phiên"
    assert stored(office, draft).state == State.DRAFT
