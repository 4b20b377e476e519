"""Báo nhận, thư trả lại: every report is there, with what it says of whom."""

from typing import Any

import pytest

from core import people
from core.errors import NotAllowed
from core.files import StoredFile
from core.letters import Message
from core.listings import reports as listing


def report(recipient: str, action: str, status: str = "", text: str = "", about: str | None = None) -> dict[str, Any]:
    return {"recipient": recipient, "action": action, "status": status, "text": text, "original_message_id": about}


LETTERS: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
    ("report", "Undelivered Mail", [report("ubnd@dakha.vn", "failed", "5.1.1", "550 <b>No such user</b>", "<9@x>")]),
    ("report", "Đã nhận", [report("stc@example.vn", "delivered", "2.0.0"), report("sxd@example.vn", "displayed")]),
    ("report", "Chậm", [report("a@example.vn", "delayed", "4.4.1", 'said "action": "failed"')]),
    ("ignore", "Trả lời tự động: đi vắng", []),
    ("report", "Gửi nhiều nơi", [report(f"{n}@nhieu.example.vn", "failed") for n in range(30)]),
    ("draft", "Một công văn", []),
)  # fmt: skip


@pytest.fixture
def reported(office: Any) -> Any:
    """The office with a letter of each kind."""
    with office.database.writing() as session:
        session.add(StoredFile(sha256="a" * 64, size=1, media_type="x", stored_at=office.clock()))
        session.flush()
        for n, (outcome, subject, reports) in enumerate(LETTERS):
            session.add(
                Message(
                    identity=str(n), raw_sha256="a" * 64, raw_size=1, mail_class="report", outcome=outcome,
                    subject=subject, sender_address=f"postmaster{n}@mail.example.vn", reports=reports,
                    reasons=[], received_at=office.clock(), taken_at=office.clock(),
                )
            )  # fmt: skip
            session.flush()
    return office


def subjects(office: Any, **asked: Any) -> list[str]:
    with office.database.reading() as session:
        clerk = people.by_username(session, "lan")
        assert clerk is not None
        return [row.subject for row in listing.reports(session, clerk, **asked)]


def test_reports_say_of_whom_what_and_in_whose_words(reported: Any, signed_in: Any) -> None:
    page = signed_in("lan").get("/bao-nhan").text
    for words in (
        "ubnd@dakha.vn", "Không gửi được", "(5.1.1)",
        "550 &lt;b&gt;No such user", "Về thư &lt;9@x&gt;", "Máy nhận đã nhận",
        "Người nhận đã mở", "Trả lời tự động: đi vắng", "và 20 người nhận khác",
    ):  # fmt: skip
        assert words in page
    assert "Một công văn" not in page


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("failed", ["Gửi nhiều nơi", "Undelivered Mail"]),
        ("delayed", ["Chậm"]),
        ("delivered", ["Đã nhận"]),
        ("displayed", ["Đã nhận"]),
        ("others", ["Trả lời tự động: đi vắng"]),
    ],
)
def test_each_kind_is_found_by_its_action_only(reported: Any, kind: str, found: list[str]) -> None:
    assert subjects(reported, kind=kind) == found


def test_an_address_finds_sender_and_recipient_whatever_its_case(reported: Any) -> None:
    assert subjects(reported, address="UBND@dakha") == ["Undelivered Mail"]
    assert subjects(reported, address="postmaster3") == ["Trả lời tự động: đi vắng"]
    assert subjects(reported, address="100%") == []


def test_pages_follow_one_another_in_both_orders(reported: Any) -> None:
    with reported.database.reading() as session:
        clerk = people.by_username(session, "lan")
        assert clerk is not None
        for oldest_first in (False, True):
            seen, after = [], None
            while rows := listing.reports(session, clerk, oldest_first=oldest_first, after=after, limit=2):
                seen += [row.id for row in rows]
                after = rows[-1].id
            assert seen == sorted(seen, reverse=not oldest_first) and len(seen) == 5


def test_reports_are_the_clerk_s_alone(reported: Any, signed_in: Any) -> None:
    assert signed_in("kha").get("/bao-nhan").status_code == 404
    with reported.database.reading() as session:
        custodian = people.by_username(session, "kha")
        assert custodian is not None
        with pytest.raises(NotAllowed):
            listing.reports(session, custodian)


def test_an_empty_list_says_what_would_be_here(office: Any, signed_in: Any) -> None:
    lan = signed_in("lan")
    assert "Chưa có thư báo nào" in lan.get("/bao-nhan").text
    assert "Không có thư nào khớp" in lan.get("/bao-nhan?loai=failed").text
    assert lan.get("/bao-nhan?loai=la&tiep=x").status_code == 200
