"""What clerks' corrections teach, and how a wrong lesson goes away again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import NotAllowed, WrongState
from core.evidence import Evidence, Source
from core.files import StoredFile
from core.incoming import drafts, filling, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin
from core.learning import teaching
from core.learning.tables import Lesson
from core.letters import Message
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
CLEAN = {"issued_on": "2026-06-03", "kind": "Công văn", "subject": "góp ý dự thảo quy chế chuyển đổi số"}
MISREAD, MEANT = "Uỷ BAN NHAN DÂN tinh Lâm Đông", "Ủy ban nhân dân tỉnh Lâm Đồng"
SENDER = "vanthu@lamdong.gov.vn"


class Desk:
    """Letters of one sender, entered one after the other."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self._number = 0

    def arrives(self, *, uses_lessons: bool = True, sender: str = SENDER, **read: str) -> int:
        self._number += 1
        values = CLEAN | {"issuer": MISREAD, "code": f"{self._number}/UBND-VX"} | read
        proposed = {name: Evidence(value, 0.8, Source.OCR) for name, value in values.items() if value}
        with self.office.database.writing() as session:
            letter = Message(
                identity=f"{self._number}", raw_size=1, mail_class="letter", outcome="draft", sender_address=sender,
                received_at=MORNING, taken_at=MORNING,
            )  # fmt: skip
            session.add(letter)
            session.flush()
            new = NewDraft(
                Origin.MAIL, self.office.book_id, letter.id, MORNING, 0, proposed, (), sender=sender,
                uses_lessons=uses_lessons,
            )  # fmt: skip
            return drafts.insert(session, new)

    def proposed(self, draft_id: int, field: str = "issuer") -> Evidence | None:
        with self.office.database.reading() as session:
            stored = session.get_one(Incoming, draft_id).proposed.get(field)
            return Evidence.from_json(stored) if stored else None

    def value(self, draft_id: int, field: str = "issuer") -> str:
        with self.office.database.reading() as session:
            return str(getattr(session.get_one(Incoming, draft_id), field))

    def enter(self, draft_id: int, **corrected: str) -> None:
        with self.office.database.writing() as session:
            clerk, document = session.get_one(User, self.office.clerk_id), session.get_one(Incoming, draft_id)
            drafts.amend(session, document, corrected, version=document.version, by=clerk, at=MORNING)
            seen = registration.unsure_fields(document)
            registration.register(session, document, by=clerk, at=MORNING, looked_at=seen)

    def lesson(self, value: str = MEANT) -> Lesson:
        with self.office.database.reading() as session:
            found: Lesson = session.scalars(sa.select(Lesson).where(Lesson.value == value, Lesson.key != "")).one()
            session.expunge(found)
            return found


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


def test_what_was_corrected_is_proposed_the_next_time_and_says_why(desk: Desk) -> None:
    desk.enter(desk.arrives(), issuer=MEANT)
    draft = desk.arrives()
    proposed = desk.proposed(draft)
    assert proposed is not None and (desk.value(draft), proposed.value) == (MEANT, MEANT)
    assert (proposed.source, proposed.as_read) == (Source.LESSON, MISREAD)
    assert proposed.text == f"đọc được «{MISREAD}», 1 lần trước văn thư sửa thành «{MEANT}»"
    assert desk.lesson().first_at == MORNING and desk.lesson().is_correction


def test_a_lesson_holds_wherever_the_same_is_read_however_it_is_spelt(desk: Desk) -> None:
    desk.enter(desk.arrives(), issuer=MEANT)
    assert desk.value(desk.arrives(issuer=f" {MISREAD.lower()} ", sender="khac@daknong.gov.vn")) == MEANT
    assert desk.value(desk.arrives(issuer="Sở Nội vụ", sender="")) == "Sở Nội vụ"


def test_with_lessons_off_the_fields_are_as_read(desk: Desk) -> None:
    for _ in range(3):
        desk.enter(desk.arrives(), issuer=MEANT)
    proposed = desk.proposed(desk.arrives(uses_lessons=False))
    assert proposed == Evidence(MISREAD, 0.8, Source.OCR)


def test_codes_secrecy_and_urgency_are_never_learned(desk: Desk) -> None:
    for _ in range(3):
        desk.enter(desk.arrives(code="7/UBND"), code="8/UBND", urgency="khan", subject="khác", issued_on="01/06/2026")
    draft = desk.arrives(code="7/UBND")
    assert desk.value(draft, "code") == "7/UBND" and desk.value(draft, "urgency") == "thuong"
    with desk.office.database.reading() as session:
        fields = set(session.scalars(sa.select(Lesson.field)))
    assert fields == {"issuer", "due_at"}  # the deadline: that none was entered


def test_one_wrong_correction_among_right_ones_proposes_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.enter(desk.arrives(issuer=MEANT))
    desk.enter(desk.arrives(issuer=MEANT), issuer="Sở Tư pháp")
    assert desk.value(desk.arrives(issuer=MEANT)) == MEANT


def test_a_wrong_first_correction_is_outvoted_by_the_next_two(desk: Desk) -> None:
    desk.enter(desk.arrives(), issuer="Sở Tư pháp")
    assert desk.value(desk.arrives()) == "Sở Tư pháp"
    desk.enter(desk.arrives(), issuer=MEANT)
    assert desk.value(desk.arrives()) == MISREAD, "one against one: what was read stays"
    desk.enter(desk.arrives(), issuer=MEANT)
    assert desk.value(desk.arrives()) == MEANT


def test_a_lesson_is_taken_back_by_one_act_and_stays_so(desk: Desk) -> None:
    desk.enter(desk.arrives(), issuer=MEANT)
    lesson = desk.lesson()
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        teaching.revert(session, session.get_one(Lesson, lesson.id), by=clerk, at=MORNING)
        with pytest.raises(WrongState):
            teaching.revert(session, session.get_one(Lesson, lesson.id), by=clerk, at=MORNING)
        with pytest.raises(NotAllowed):
            leader = session.get_one(User, desk.office.leader_id)
            teaching.restore(session, session.get_one(Lesson, lesson.id), by=leader, at=MORNING)
    assert desk.value(desk.arrives()) == MISREAD
    desk.enter(desk.arrives(), issuer=MEANT)
    assert desk.value(desk.arrives()) == MISREAD and desk.lesson().votes == 1
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        teaching.restore(session, session.get_one(Lesson, lesson.id), by=clerk, at=MORNING + timedelta(days=1))
    assert desk.value(desk.arrives()) == MEANT


def test_a_signer_is_known_at_his_office_only(desk: Desk) -> None:
    desk.enter(desk.arrives(issuer=MEANT, signer_name="Nguyễn Ván Mẫu"), signer_name="Nguyễn Văn Mẫu")
    assert desk.value(desk.arrives(issuer=MEANT, signer_name="Nguyễn Ván Mẫu"), "signer_name") == "Nguyễn Văn Mẫu"
    elsewhere = desk.arrives(issuer="Sở Nội vụ", signer_name="Nguyễn Ván Mẫu")
    assert desk.value(elsewhere, "signer_name") == "Nguyễn Ván Mẫu"


def test_what_is_usual_is_proposed_after_two_entries_that_agree_and_must_be_looked_at(desk: Desk) -> None:
    for entered in range(3):
        draft = desk.arrives(issuer=MEANT)
        assert desk.value(draft, "receiver") == ("Phòng Quản lý khoa học" if entered > 1 else "")
        desk.enter(draft, receiver="Phòng Quản lý khoa học")
    draft = desk.arrives(issuer=MEANT)
    with desk.office.database.reading() as session:
        assert "receiver" in registration.unsure_fields(session.get_one(Incoming, draft))
    proposed = desk.proposed(draft, "receiver")
    assert proposed is not None
    assert proposed.text == "không đọc được, 3 lần trước văn thư ghi «Phòng Quản lý khoa học»"
    assert desk.value(desk.arrives(issuer=MEANT, kind="Giấy mời"), "receiver") == ""


def test_what_is_odd_of_a_stranger_is_not_said_of_one_who_always_writes_so(desk: Desk) -> None:
    def notes() -> list[str]:
        new = NewDraft(
            Origin.MAIL, desk.office.book_id, None, MORNING, 0, {}, (), ("sender_private:a@gmail.com", "macro:a.docm"),
            sender=SENDER,
        )  # fmt: skip
        with desk.office.database.writing() as session:
            return list(session.get_one(Incoming, drafts.insert(session, new)).notes)

    assert len(notes()) == 2
    for _ in range(2):
        desk.enter(desk.arrives(issuer=MEANT))
    assert notes() == ["macro:a.docm"]


def test_whose_issuer_is_not_read_has_the_one_that_usually_writes_from_there(desk: Desk) -> None:
    for _ in range(2):
        desk.enter(desk.arrives(issuer=MEANT))
    proposed = desk.proposed(desk.arrives(issuer=""))
    assert proposed is not None and (proposed.value, proposed.confidence < registration.UNSURE_BELOW) == (MEANT, True)
    assert desk.value(desk.arrives(issuer="", sender="ai@daknong.gov.vn")) == ""
    desk.enter(desk.arrives(issuer="Sở Nội vụ"))
    assert desk.value(desk.arrives(issuer="")) == "", "several write from there"


def test_a_usual_deadline_counts_working_days_from_arrival(desk: Desk) -> None:
    for _ in range(2):  # Thursday 4 June; five working days later it is Thursday again
        desk.enter(desk.arrives(issuer=MEANT), due_at="11/06/2026")
    proposed = desk.proposed(desk.arrives(issuer=MEANT), "due_at")
    assert proposed is not None and (proposed.value, proposed.source) == ("2026-06-11", Source.LESSON)
    assert proposed.confidence < 0.6
    assert proposed.text == "văn bản không ghi hạn, 2 lần trước văn thư ghi «5 ngày làm việc» kể từ ngày đến"
    assert desk.proposed(desk.arrives(issuer=MEANT, kind="Báo cáo"), "due_at") is None
    assert desk.proposed(desk.arrives(issuer="Sở Nội vụ"), "due_at") is None


def test_a_deadline_that_stands_in_the_document_is_taken_and_teaches_nothing(desk: Desk) -> None:
    for _ in range(3):
        desk.enter(desk.arrives(issuer=MEANT, due_at="2026-06-12"))
    assert desk.proposed(desk.arrives(issuer=MEANT), "due_at") is None
    for _ in range(3):
        desk.enter(desk.arrives(issuer=MEANT), due_at="11/06/2026")
    assert desk.value(desk.arrives(issuer=MEANT, due_at="2026-06-20T11:00"), "due_at") == "2026-06-20T11:00"


def test_entries_without_a_deadline_outvote_a_few_with_one(desk: Desk) -> None:
    for due_at in ("", "11/06/2026", "11/06/2026"):
        desk.enter(desk.arrives(issuer=MEANT), due_at=due_at)
    assert desk.proposed(desk.arrives(issuer=MEANT), "due_at") is None


def test_what_is_read_later_takes_the_place_of_a_usual_deadline(desk: Desk) -> None:
    for _ in range(2):
        desk.enter(desk.arrives(issuer=MEANT), due_at="11/06/2026")
    draft = desk.arrives(issuer=MEANT)
    sha256 = "ab" * 32
    with desk.office.database.writing() as session:
        session.add(StoredFile(sha256=sha256, size=1, media_type="application/pdf", stored_at=MORNING))
        session.flush()
        drafts.add_files(session, draft, [DraftFile("vb.pdf", sha256, "application/pdf", 1, FileRole.MAIN)])
        read = {"due_at": Evidence("2026-06-30", 0.7, Source.OCR, file=sha256)}
        filling.fill_drafts(session, sha256, read, at=MORNING)
    assert desk.value(draft, "due_at") == "2026-06-30"
