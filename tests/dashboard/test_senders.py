"""What the desk says of a letter's sender after its DKIM signature was checked."""

from typing import Any

import sqlalchemy as sa
from desk_papers import Paper, lay, open_book
from starlette.testclient import TestClient

from core.dkim_checks import DkimCheck
from core.letters import Message
from core.signing.values import DkimFinding, DkimResult
from dashboard.web import Office

OWN = DkimFinding(DkimResult.PASS, "lamdong.example.gov.vn", is_aligned=True)


def page_after(office: Office, signed_in: Any, before: int, finding: DkimFinding) -> str:
    """The page of a draft with `finding`, after `before` letters of its sender that were signed by their domain."""
    open_book(office, 1)
    browser: TestClient = signed_in("lan")
    for number in range(before + 1):
        draft = lay(office, Paper(number + 1), received_at=office.clock())
    with office.database.writing() as session:
        letters = list(session.scalars(sa.select(Message).order_by(Message.id)))
        for letter in letters:
            letter.sender_address = "vanthu@lamdong.example.gov.vn"
            found = finding if letter is letters[-1] else OWN
            session.add(
                DkimCheck(
                    message_id=letter.id, sender=letter.sender_address, result=found.result, domain=found.domain,
                    is_aligned=found.is_aligned, checked_at=office.clock(),
                )
            )  # fmt: skip
    return browser.get(f"/den/{draft}").text


def test_what_is_as_always_is_said_quietly(office: Office, signed_in: Any) -> None:
    page = page_after(office, signed_in, 3, OWN)
    said = "Tên miền lamdong.example.gov.vn xác nhận đã gửi thư này và thư không bị sửa trên đường (DKIM)."
    assert f'<p class="quiet">{said}</p>' in page and "hỏi lại nơi gửi" not in page


def test_a_letter_unlike_the_senders_others_is_said_aloud(office: Office, signed_in: Any) -> None:
    page = page_after(office, signed_in, 3, DkimFinding(DkimResult.NONE))
    assert "Thư không có chữ ký DKIM. Các thư trước từ vanthu@lamdong.example.gov.vn đều được" in page
    assert "entry-note" in page


def test_of_a_new_sender_nothing_is_said_aloud(office: Office, signed_in: Any) -> None:
    page = page_after(office, signed_in, 1, DkimFinding(DkimResult.FAIL, "lamdong.example.gov.vn", is_aligned=True))
    assert '<p class="quiet">Chữ ký DKIM của lamdong.example.gov.vn không đúng với thư' in page


def test_anothers_signature_is_told_from_the_senders(office: Office, signed_in: Any) -> None:
    page = page_after(office, signed_in, 3, DkimFinding(DkimResult.PASS, "gmail.com"))
    assert "Tên miền gmail.com, không phải tên miền của nơi gửi, xác nhận đã gửi thư này (DKIM). Các thư" in page


def test_where_dns_did_not_answer_nobody_is_alarmed(office: Office, signed_in: Any) -> None:
    page = page_after(office, signed_in, 3, DkimFinding(DkimResult.UNKNOWN))
    assert '<p class="quiet">Chưa kiểm được chữ ký DKIM' in page and "hỏi lại nơi gửi" not in page
