"""Báo nơi gửi and Trả lại nơi gửi: what a clerk chooses, what a leader agrees to, what a document's page says of it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from answer_desk import SENDER, AnswerDesk
from office_people import PEOPLE

from core import people
from core.answers import following, policies, returning
from core.edxml import Status
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, State
from core.people import Role
from core.registers import Book

Send = Callable[..., Any]
ABOVE = {"issuer": "UBND tỉnh Lâm Đồng", "parent_issuer": ""}
WHY = "Gửi nhầm cơ quan"
_SECOND = (Role.LEADER, Role.DIRECTOR, Role.OFFICE_CHIEF)


@pytest.fixture
def desk(full_office: Any) -> AnswerDesk:
    with full_office.database.reading() as session:
        ids = [user.id for name in ("lan", "binh") if (user := people.by_username(session, name)) is not None]
        book = session.scalar(sa.select(Book.id))
    office = SimpleNamespace(database=full_office.database, book_id=book, clerk_id=ids[0], leader_id=ids[1])
    return AnswerDesk(office, full_office.store, now=full_office.clock())


@pytest.fixture
def send(signed_in: Any) -> Send:
    def sent(username: str, path: str, **fields: str) -> Any:
        client = signed_in(username)
        token = client.get("/doi-mat-khau").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        return client.post(path, data={"csrf": token} | fields)

    return sent


def state(desk: AnswerDesk, incoming_id: int) -> str:
    with desk.office.database.reading() as session:
        return str(session.get_one(Incoming, incoming_id).state)


def test_the_page_of_an_entry_says_what_its_sender_was_told(desk: AnswerDesk, signed_in: Any) -> None:
    document = desk.arrives()
    desk.enter(document)
    desk.tell()
    page = signed_in("lan").get(f"/den/{document}").text
    assert "Báo nơi gửi" in page and ">đã nhận</a>" in page and ">đã vào sổ</a>" in page and "chờ gửi từ" in page
    assert "/gui-di/" in page


def test_a_draft_is_returned_from_the_desk(desk: AnswerDesk, signed_in: Any, send: Send) -> None:
    document = desk.arrives()
    assert "Trả lại nơi gửi</button>" in signed_in("lan").get(f"/den/{document}").text
    answer = send("lan", f"/den/{document}/tra-lai", reason=WHY)
    assert answer.status_code == 200 and "Đã trả lại" in answer.text and state(desk, document) == State.DECLINED
    desk.tell()
    assert "Lý do: " + WHY in desk.outbox()[-1].body
    page = signed_in("lan").get(f"/den/{document}").text
    assert f"Đã trả lại nơi gửi. Lý do: {WHY}" in page and ">trả lại</a>" in page


def test_without_a_reason_nothing_goes_back(desk: AnswerDesk, send: Send) -> None:
    document = desk.arrives()
    answer = send("lan", f"/den/{document}/tra-lai", reason="x")
    assert "Ghi rõ lý do" in answer.text and state(desk, document) == State.DRAFT
    entered = desk.arrives()
    desk.enter(entered)
    answer = send("lan", f"/den/{entered}/tra-lai", reason="x", tu="so")
    assert "Ghi rõ lý do" in answer.text and answer.url.path == f"/den/{entered}"


def test_a_superiors_document_goes_back_when_a_leader_agrees(desk: AnswerDesk, signed_in: Any, send: Send) -> None:
    document = desk.arrives(read=ABOVE)
    assert "chờ lãnh đạo" in send("lan", f"/den/{document}/tra-lai", reason=WHY).text
    page = signed_in("lan").get(f"/den/{document}").text
    assert "Chờ đồng ý trả lại nơi gửi." in page and page.count("chờ đồng ý trả lại nơi gửi</span>") == 1
    page = signed_in("binh").get("/duyet").text
    assert "Chờ đồng ý trả lại nơi gửi" in page and WHY in page and SENDER in page
    number = page.split('action="/tra-lai/', 1)[1].split('"', 1)[0]
    seen = signed_in("binh").get(f"/den/{document}").text
    assert "góp ý dự thảo" in seen.lower() and "Thêm tệp" not in seen
    assert signed_in("hung").get(f"/den/{document}").status_code == 404
    assert send("lan", f"/tra-lai/{number}", answer="yes").status_code == 403
    assert "Ghi rõ lý do" in send("binh", f"/tra-lai/{number}", answer="no").text
    assert state(desk, document) == State.DRAFT
    assert "Đã trả lời: không trả lại" in send("binh", f"/tra-lai/{number}", answer="no", words="Của <Sở> ta").text
    told = signed_in("lan").get(f"/den/{document}").text
    assert "Không đồng ý trả lại nơi gửi." in told and f"{PEOPLE['binh'][0]}: Của &lt;Sở&gt; ta" in told
    assert "chờ lãnh đạo" in send("lan", f"/den/{document}/tra-lai", reason=WHY).text
    assert "Không đồng ý trả lại nơi gửi." not in signed_in("lan").get(f"/den/{document}").text
    number = signed_in("binh").get("/duyet").text.split('action="/tra-lai/', 1)[1].split('"', 1)[0]
    assert "Đã đồng ý" in send("binh", f"/tra-lai/{number}", answer="yes").text
    assert state(desk, document) == State.DECLINED
    assert "đã được quyết định" in send("binh", f"/tra-lai/{number}", answer="yes").text
    assert send("binh", "/tra-lai/999999", answer="yes").status_code == 404


def test_a_return_is_called_back_with_the_document(desk: AnswerDesk, send: Send) -> None:
    document = desk.arrives()
    send("lan", f"/den/{document}/tra-lai", reason=WHY)
    send("lan", f"/den/{document}/dua-lai")
    desk.tell()
    assert (state(desk, document), desk.codes()) == (State.DRAFT, ["01"])


def test_after_a_restore_the_page_says_why_a_return_is_not_called_back(
    desk: AnswerDesk, signed_in: Any, send: Send
) -> None:
    waiting, entry, draft = desk.arrives(read=ABOVE), desk.arrives(), desk.arrives()
    desk.enter(entry)
    for document in (waiting, entry, draft):
        send("lan", f"/den/{document}/tra-lai", reason=WHY)
    with desk.office.database.writing() as session:
        following.begin_after_restore(session, at=desk.now)
    for document in (waiting, entry):
        page = signed_in("lan").get(f"/den/{document}").text
        assert "có thể đã được báo trả lại" in page and "Rút, không trả lại" not in page
        assert "có thể đã được báo trả lại" in send("lan", f"/den/{document}/rut-tra-lai").text
    assert "Hỏi trước khi trả lời" in signed_in("binh").get("/duyet").text
    assert "Nơi gửi có thể đã được báo trả lại văn bản này" in send("lan", f"/den/{draft}/dua-lai").text


def test_an_entry_is_returned_and_called_back(desk: AnswerDesk, signed_in: Any, send: Send) -> None:
    document = desk.arrives()
    desk.enter(document)
    send("lan", f"/den/{document}/tra-lai", reason=WHY, tu="so")
    assert "Rút, không trả lại" in signed_in("lan").get(f"/den/{document}").text
    assert "Rút" not in signed_in("binh").get(f"/den/{document}").text
    assert "Đã rút" in send("lan", f"/den/{document}/rut-tra-lai").text
    desk.tell()
    assert desk.codes() == ["01", "03"]


def test_the_clerk_chooses_who_is_told_what(desk: AnswerDesk, signed_in: Any, send: Send) -> None:
    assert send("lan", "/bao-noi-gui", key="office", s03="1").status_code == 200
    answer = send("lan", "/bao-noi-gui", key="@mau.gov.vn", s06="1")
    assert "<h3>@mau.gov.vn</h3>" in answer.text
    with desk.office.database.reading() as session:
        assert policies.of_office(session) == {Status.REGISTERED}
        assert policies.told(session, SENDER, None) == {Status.DONE}
    wrong = send("lan", "/bao-noi-gui", key="chị Hà", s03="1")
    assert wrong.status_code == 422 and 'value="chị Hà"' in wrong.text and "không đúng dạng" in wrong.text
    assert "<h3>@mau.gov.vn</h3>" not in send("lan", "/bao-noi-gui/bo", key="@mau.gov.vn").text
    assert 'value="H16.09"' in send("lan", "/bao-noi-gui/ma-dinh-danh", organ_id="H16.09").text
    assert send("lan", "/bao-noi-gui/ma-dinh-danh", organ_id="H16 09").status_code == 422
    page = signed_in("binh").get("/bao-noi-gui").text
    assert "disabled" in page and "<button" not in page.split("<h1>", 1)[1]
    assert send("binh", "/bao-noi-gui", key="office").status_code == 403
    assert send("quan", "/bao-noi-gui", key="office").status_code == 403


@pytest.mark.parametrize("username", sorted(PEOPLE))
def test_who_may_return_what(desk: AnswerDesk, send: Send, username: str) -> None:
    is_clerk, is_second = PEOPLE[username][1] is Role.CLERK, PEOPLE[username][1] in _SECOND
    documents = {name: desk.arrives(read=ABOVE) for name in ("draft", "entered", "declined", "voided", "asked")}
    for name in ("entered", "voided"):
        desk.enter(documents[name])
    desk.act(drafts.decline, documents["declined"], "Trùng")
    desk.act(registration.void, documents["voided"], "Nhầm")
    desk.act(returning.ask, documents["asked"], WHY)
    with desk.office.database.reading() as session:
        (waits,) = returning.waiting(session)
    expected = {"draft": 200, "entered": 200, "declined": 409, "voided": 409, "asked": 409}
    for name, code in expected.items():
        answer = send(username, f"/den/{documents[name]}/tra-lai", reason=WHY)
        assert answer.status_code == (code if is_clerk else 403), name
    agrees = send(username, f"/tra-lai/{waits.id}", answer="yes")
    assert agrees.status_code == (200 if is_second else 403)
    assert (state(desk, documents["asked"]) == State.DECLINED) is is_second
    assert send(username, f"/den/{documents['draft']}/rut-tra-lai").status_code == (200 if is_clerk else 403)
    assert send(username, "/den/999999/tra-lai", reason=WHY).status_code == (404 if is_clerk else 403)
