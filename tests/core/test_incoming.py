"""The clerk's drafts: corrected, checked, left out, taken back; two clerks on one draft."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import NotAllowed, Permanent, WrongState
from core.incoming import drafts, registration, values
from core.incoming.drafts import DraftFile
from core.incoming.tables import FileRole, Incoming, State
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def amend(office: Any, draft_id: int, version: int, by: int | None = None, **form: str) -> set[str]:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, by or office.clerk_id)
        return drafts.amend(session, document, form, version=version, by=clerk, at=MORNING)


def one(office: Any, draft_id: int) -> Incoming:
    with office.database.reading() as session:
        document: Incoming = session.get_one(Incoming, draft_id)
        return document


def test_what_was_read_stands_in_the_form(office: Any) -> None:
    document = one(office, office.draft(urgency="hoa_toc", page_count="4"))
    assert document.code == "1234/UBND-KGVX"
    assert (document.code_number, document.code_notation) == ("1234", "UBND-KGVX")
    assert document.issued_on == date(2026, 6, 3)
    assert (document.urgency, document.page_count) == ("hoa_toc", 4)


def test_a_correction_is_kept_beside_what_was_read(office: Any) -> None:
    draft_id = office.draft()
    assert amend(office, draft_id, 1, subject="  góp ý\n Quy chế  ", issued_on="02/6/2026") == {"subject", "issued_on"}
    document = one(office, draft_id)
    assert (document.subject, document.issued_on) == ("góp ý Quy chế", date(2026, 6, 2))
    assert document.proposed["subject"]["value"] == "góp ý dự thảo quy chế chuyển đổi số"
    assert document.version == 2


def test_the_second_clerk_on_one_draft_is_told_and_overwrites_nothing(office: Any) -> None:
    draft_id = office.draft()
    amend(office, draft_id, 1, subject="chị Lan sửa")
    with pytest.raises(WrongState, match="Người khác vừa sửa"):
        amend(office, draft_id, 1, by=office.second_clerk_id, subject="chị Hoa sửa")
    assert one(office, draft_id).subject == "chị Lan sửa"


def test_saving_what_has_not_changed_changes_nothing(office: Any) -> None:
    draft_id = office.draft()
    assert amend(office, draft_id, 1, code="1234/UBND-KGVX", issued_on="03/06/2026") == set()
    assert one(office, draft_id).version == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("issued_on", "31/02/2026", "ngày/tháng/năm"),
        ("issued_on", "hôm qua", "ngày/tháng/năm"),
        ("issued_on", "06/06/2026", "tương lai"),
        ("issued_on", "01/01/1900", "1945"),
        ("urgency", "gấp", "Chọn độ khẩn"),
        ("due_at", "32/1/2026", "ngày/tháng/năm"),
        ("due_at", "05/01/2026 25:00", "Giờ không đọc được"),
        ("page_count", "-1", "Số trang"),
        ("page_count", "1e9", "Số trang"),
        ("page_count", "²", "Số trang"),
        ("page_count", "1" * 5000, "Số trang"),
        ("subject", "a" * 2001, "2000 ký tự"),
    ],
)
def test_bad_input_names_the_field_and_says_what_to_do(office: Any, field: str, typed: str, sentence: str) -> None:
    draft_id = office.draft()
    with pytest.raises(Permanent, match=sentence) as caught:
        amend(office, draft_id, 1, None, **{field: typed})
    assert caught.value.field == field
    assert one(office, draft_id).version == 1


@pytest.mark.parametrize("typed", ["05/01/2026", "5/1/2026", "2026-01-05", "5.1.2026", " 05-01-2026 "])
def test_a_day_may_be_typed_as_people_write_it(typed: str) -> None:
    assert values.read_form({"issued_on": typed}, today=date(2026, 6, 4)) == {"issued_on": date(2026, 1, 5)}


def test_a_deadline_keeps_its_hour() -> None:
    assert values.read_form({"due_at": "12/06/2026 16h00"}, today=date(2026, 6, 4)) == {"due_at": "2026-06-12T16:00"}


@pytest.mark.parametrize("field", ["code", "issued_on", "issuer", "kind", "subject"])
def test_nothing_enters_the_book_without_its_required_fields(office: Any, field: str) -> None:
    draft_id = office.draft(**{field: ""})
    with pytest.raises(Permanent) as caught, office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        registration.register(session, document, by=clerk, at=MORNING)
    assert caught.value.field == field
    assert one(office, draft_id).state == State.DRAFT


def test_an_unsure_value_must_be_looked_at_or_corrected(office: Any) -> None:
    draft_id = office.draft(confidence=0.5)
    with pytest.raises(Permanent, match="chưa chắc") as caught, office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        registration.register(session, document, by=clerk, at=MORNING)
    assert caught.value.field == "code"
    amend(office, draft_id, 1, code="77/SNV-VP")
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        looked_at = {"issued_on", "issuer", "kind", "subject"}
        assert registration.register(session, document, by=clerk, at=MORNING, looked_at=looked_at) == 1


def test_a_declined_draft_keeps_its_reason_and_can_be_taken_back(office: Any) -> None:
    draft_id = office.draft()
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        drafts.decline(session, document, "gửi nhầm cơ quan", by=clerk, at=MORNING)
        assert (document.state, document.closed_reason) == (State.DECLINED, "gửi nhầm cơ quan")
        with pytest.raises(WrongState):
            registration.register(session, document, by=clerk, at=MORNING)
        drafts.take_back(session, document, by=clerk, at=MORNING)
        assert (document.state, document.closed_reason) == (State.DRAFT, "")


def test_a_paper_document_and_a_letter_share_one_series(office: Any) -> None:
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        paper_id = drafts.begin_by_hand(session, office.book_id, by=clerk, at=MORNING)
        with pytest.raises(NotAllowed):
            leader = session.get_one(User, office.leader_id)
            drafts.begin_by_hand(session, office.book_id, by=leader, at=MORNING)
    amend(
        office, paper_id, 1,
        code="5/TB-SNV", issued_on="03/06/2026", issuer="Sở Nội vụ", kind="Thông báo", subject="nghỉ lễ",
    )  # fmt: skip
    numbers = []
    for draft_id in (office.draft(), paper_id, office.draft()):
        with office.database.writing() as session:
            document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
            numbers.append(registration.register(session, document, by=clerk, at=MORNING))
    assert numbers == [1, 2, 3]


def test_one_file_is_the_main_one(office: Any) -> None:
    draft_id = office.draft()
    with office.database.writing() as session:
        for sha in ("a" * 64, "b" * 64):
            session.execute(
                sa.text("INSERT INTO files (sha256, size, media_type, stored_at) VALUES (:s, 1, 'x', :t)"),
                {"s": sha, "t": "2026-06-04 00:00:00"},
            )
        new = [
            DraftFile("cv.pdf", "a" * 64, "application/pdf", 1, FileRole.MAIN),
            DraftFile("pl.pdf", "b" * 64, "application/pdf", 1, FileRole.ANNEX),
        ]
        drafts.add_files(session, draft_id, new)
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        drafts.set_file_role(session, document, document.files[1].position, FileRole.MAIN, by=clerk, at=MORNING)
        assert [file.role for file in document.files] == ["annex", "main"]
        with pytest.raises(Permanent, match="Không có tệp"):
            drafts.set_file_role(session, document, 99, FileRole.MAIN, by=clerk, at=MORNING)


@pytest.mark.parametrize(
    ("kind", "subject", "expected"),
    [
        ("Giấy mời", "họp giao ban", True), ("Công văn", "mời họp góp ý dự thảo Quy chế", True),
        ("Công văn", "V/v mời tham dự Hội nghị", True), ("Công văn", "góp ý Quy chế mời họp", False),
        ("Thông báo", "mời thầu gói số 3", False),
    ],
)  # fmt: skip
def test_letters_that_ask_to_a_meeting_are_invitations_too(kind: str, subject: str, expected: bool) -> None:
    assert values.is_invitation(kind, subject) is expected
