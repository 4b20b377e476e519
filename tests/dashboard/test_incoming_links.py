"""What the clerk sees of a letter that brought links, and of a sending in parts; the acts that end both."""

from typing import Any

import pytest
import sqlalchemy as sa
from desk_papers import Paper, form_in, lay, open_book
from starlette.testclient import TestClient

from core.incoming.links import NO_FILE, link_note
from core.incoming.tables import Incoming, IncomingFile, State
from core.letters import Message
from dashboard.web import Office

ADDRESS = 'https://drive.google.com@mau.example/"><script>alert(1)</script>'


@pytest.fixture
def lan(signed_in: Any, office: Office) -> TestClient:
    open_book(office)
    browser: TestClient = signed_in("lan")
    return browser


def number_of(office: Office, draft_id: int) -> int | None:
    with office.database.reading() as session:
        return session.get_one(Incoming, draft_id).arrival_number


def part(office: Office, number: int, total: int = 3, paper: int | None = None) -> int:
    draft_id = lay(
        office, Paper(paper or 1, annexes={f"phan {number}.bin": bytes([number])}), received_at=office.clock()
    )
    with office.database.writing() as session:
        document = session.get_one(Incoming, draft_id)
        mail = session.get_one(Message, document.message_id)
        mail.subject, mail.identity = f"Hồ sơ quy hoạch (phần {number}/{total})", f"{number}" * 64
        mail.sender_address = "vanthu@snv.lamdong.gov.vn"
    return draft_id


def test_a_link_is_words_on_the_page_and_no_number_is_given(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1, notes=(NO_FILE, link_note(ADDRESS))), received_at=office.clock())
    page = lan.get(f"/den/{draft}").text
    assert "<strong>mau.example</strong>" in page and "<script>alert" not in page
    assert 'href="https://drive' not in page
    assert "Chưa có tệp: thư chỉ gửi liên kết" in page and "chưa có tệp</span>" in page
    answer = lan.post(f"/den/{draft}/vao-so", data=form_in(page) | {"remark": "đang gõ", "looked_all": "1"})
    assert answer.status_code == 422
    assert "hoặc ghi lý do vào sổ không kèm tệp" in answer.text and form_in(answer.text)["remark"] == "đang gõ"
    assert number_of(office, draft) is None


def test_what_the_mail_says_stands_where_the_page_would(lan: Any, office: Office) -> None:
    paper = Paper(1, missing=("subject",), notes=(NO_FILE, link_note(ADDRESS)))
    draft = lay(office, paper, received_at=office.clock())
    with office.database.writing() as session:
        session.execute(sa.delete(IncomingFile))
        mail = session.get_one(Message, session.get_one(Incoming, draft).message_id)
        mail.subject, mail.body_text = "Gửi tài liệu họp <ngày> 28/11", "Mời quý cơ quan tải <văn bản>."
    page = lan.get(f"/den/{draft}").text
    assert '<p class="mail-words">Mời quý cơ quan tải &lt;văn bản&gt;.</p>' in page
    assert "Thư: Gửi tài liệu họp &lt;ngày&gt; 28/11</span>" in page.split('id="entry-title"')[0], "the queue names it"
    refused = lan.post(f"/den/{draft}/vao-so", data=form_in(page) | {"subject": "tài liệu họp", "looked_all": "1"})
    assert refused.status_code == 422
    assert "<details open>" in refused.text and "<details open>" not in page, "the other way is laid open"


def test_a_clerk_gives_a_reason_and_the_number_comes(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1, notes=(NO_FILE, link_note(ADDRESS))), received_at=office.clock())
    page = lan.get(f"/den/{draft}").text
    assert "Ghi lý do</button>" in page
    path, form = f"/den/{draft}/khong-can-tep", form_in(page) | {"remark": "đang gõ"}
    refused = lan.post(path, data=form | {"file_reason": "x"})
    assert refused.status_code == 422 and "ít nhất 3 ký tự" in refused.text and 'value="x"' in refused.text
    page = lan.post(path, data=form_in(refused.text) | {"file_reason": "đã có bản giấy"}).text
    assert "Cho vào sổ không kèm tệp, lý do: «đã có bản giấy»" in page and "Ghi lý do</button>" not in page
    assert form_in(page)["remark"] == "đang gõ"
    lan.post(f"/den/{draft}/vao-so", data=form_in(page) | {"looked_all": "1"})
    assert number_of(office, draft) == 1
    assert "Cho vào sổ không kèm tệp: đã có bản giấy" in lan.get(f"/den/{draft}").text


def test_parts_belong_together_and_one_click_merges_them(lan: Any, office: Office) -> None:
    first, third = part(office, 1), part(office, 3)
    page = lan.get(f"/den/{third}").text
    assert "Phần 3/3 của một lần gửi." in page and "Còn thiếu phần 2" in page
    assert f'<a href="/den/{first}">' in page and "Gộp 2 phần thành một dự thảo" in page
    assert "Gộp vào</button>" not in page, "one way to merge them, not two"
    assert "phần 3/3 của một lần gửi</span>" in page
    answer = lan.post(f"/den/{third}/gop-phan", data=form_in(page), follow_redirects=False)
    assert answer.headers["location"] == f"/den/{first}"
    with office.database.reading() as session:
        assert session.scalars(sa.select(Incoming.id).where(Incoming.state == State.DRAFT)).all() == [first]
    page = lan.get(f"/den/{first}").text
    assert "Đã gộp các phần" in page and "thành một dự thảo" not in page and "Gộp vào dự thảo" in page
    part(office, 2)
    page = lan.get(f"/den/{first}").text
    assert "Đã đủ các phần" in page and "Gộp 2 phần thành một dự thảo" in page


def test_parts_that_are_documents_of_their_own_are_merged_one_by_one(lan: Any, office: Office) -> None:
    first, second = part(office, 1, paper=1), part(office, 2, paper=2)
    page = lan.get(f"/den/{second}").text
    assert "thành một dự thảo" not in page and f'formaction="/den/{second}/gop/{first}"' in page
    answer = lan.post(f"/den/{second}/gop-phan", data=form_in(page))
    assert answer.status_code == 409 and number_of(office, first) is None
