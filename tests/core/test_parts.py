"""Mails that say «phần 1/3»: known by their subjects, joined with their like, merged by one act."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import files
from core.errors import WrongState
from core.evidence import Evidence, Source
from core.files import Content
from core.incoming import drafts, parts
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.parts import Sending
from core.incoming.tables import FileRole, Incoming, Origin, State
from core.letters import Message
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
SENDER = "vanthu@snv.lamdong.gov.vn"
PDF = "application/pdf"


def come(
    office: Any, subject: str, *, hours: float = 0, sender: str = SENDER, codes: Sequence[str] = ("",)
) -> list[int]:
    """A mail with one draft for each of `codes`; returns their ids."""
    at = MORNING + timedelta(hours=hours)
    key = hashlib.sha256(f"{subject}{at}{sender}".encode()).hexdigest()
    with office.database.writing() as session:
        files.note_stored(session, [Content(Path(), key, 1, PDF)], at=at)
        mail = Message(
            identity=key, raw_sha256=key, raw_size=1, mail_class="letter", outcome="draft", subject=subject,
            sender_address=sender, received_at=at, taken_at=at,
        )  # fmt: skip
        session.add(mail)
        session.flush()
        main = [DraftFile(f"{subject}.pdf", key, PDF, 1, FileRole.MAIN)]
        read = [{"code": Evidence(code, 0.9, Source.TEXT)} if code else {} for code in codes]
        return [
            drafts.insert(session, NewDraft(Origin.MAIL, office.book_id, mail.id, at, 1, values, main))
            for values in read
        ]


def sending(office: Any, draft_id: int) -> Sending | None:
    with office.database.reading() as session:
        return parts.sending_of(
            session, session.get_one(User, office.clerk_id), session.get_one(Incoming, draft_id)
        )  # fmt: skip


def merge(office: Any, draft_id: int) -> int:
    with office.database.writing() as session:
        user = session.get_one(User, office.clerk_id)
        return parts.merge_all(session, user, session.get_one(Incoming, draft_id), at=MORNING)


@pytest.mark.parametrize(
    ("subject", "number", "total", "rest"),
    [
        ("Hồ sơ quy hoạch (phần 1/3)", 1, 3, "ho so quy hoach"),
        ("Fwd: Hồ sơ quy hoạch - PHẦN 02/03", 2, 3, "ho so quy hoach"),
        ("[Phần 3 trên 3] Hồ sơ quy hoạch", 3, 3, "ho so quy hoach"),
        ("Planning file, part 2 of 3", 2, 3, "planning file"),
        ("Hồ sơ quy hoạch mail 2/3", 2, 3, "ho so quy hoach"),
        ("1/3 - Hồ sơ quy hoạch", 1, 3, "ho so quy hoach"),
        ("Hồ sơ quy hoạch [2/3]", 2, 3, "ho so quy hoach"),
        ("Hồ sơ quy hoạch - 3/3", 3, 3, "ho so quy hoach"),
    ],
)
def test_a_subject_says_which_part_it_is(subject: str, number: int, total: int, rest: str) -> None:
    part = parts.part_of(subject)
    assert part is not None
    assert (part.number, part.total, part.rest) == (number, total, rest)


@pytest.mark.parametrize(
    "subject",
    [
        "", "Công văn 12/SNV-VP", "Lịch họp ngày 3/6", "Báo cáo tháng 6/2026", "Báo cáo phần 4/3", "Phần 1/1",
        "Quyết định 2/3/2026", "Báo cáo phần 1/300", "Thông báo số 1/2026", "Kế hoạch phần 0/3",
    ],
)  # fmt: skip
def test_other_subjects_say_nothing_of_the_sort(subject: str) -> None:
    assert parts.part_of(subject) is None


def test_parts_of_one_sending_are_known_and_so_are_the_missing(office: Any) -> None:
    (third,) = come(office, "Hồ sơ quy hoạch (phần 3/3)", hours=1)
    assert (found := sending(office, third)) and found.missing == (1, 2)
    (first,) = come(office, "Hồ sơ quy hoạch (phần 1/3)", hours=2)
    come(office, "Hồ sơ quy hoạch (phần 2/3)", hours=2, sender="ai@mau.example")
    come(office, "Hồ sơ quy hoạch (phần 2/3)", hours=100)
    come(office, "Hồ sơ quy hoạch (phần 2/4)", hours=1)
    come(office, "Hồ sơ thiết kế (phần 2/3)", hours=1)
    found = sending(office, third)
    assert found and [(one.id, one.number) for one in found.documents] == [(first, 1), (third, 3)]
    assert (found.number, found.total, found.missing, found.is_one_document) == (3, 3, (2,), True)


def test_bare_figures_are_believed_when_another_part_has_come(office: Any) -> None:
    (first,) = come(office, "Họp giao ban (1/3)")
    assert sending(office, first) is None
    come(office, "Họp giao ban (2/3)")
    assert (found := sending(office, first)) and found.missing == (3,)


def test_one_act_merges_all_parts_into_the_first(office: Any) -> None:
    (second,), (third,) = (come(office, f"Hồ sơ quy hoạch (phần {n}/3)", hours=n) for n in (2, 3))
    (first,) = come(office, "Hồ sơ quy hoạch (phần 1/3)", hours=5)
    assert merge(office, third) == first
    with office.database.reading() as session:
        documents = [session.get_one(Incoming, one) for one in (first, second, third)]
        assert [document.state for document in documents] == [State.DRAFT, State.DECLINED, State.DECLINED]
        names = [f"Hồ sơ quy hoạch (phần {n}/3).pdf" for n in (1, 2, 3)]
        assert [file.name for file in documents[0].files] == names
    found = sending(office, first)
    assert found and (found.missing, found.is_one_document) == ((), False)
    with pytest.raises(WrongState):
        merge(office, first)


def test_different_documents_are_not_merged_by_one_act(office: Any) -> None:
    come(office, "Bộ văn bản (phần 1/3)", codes=("12/SNV-VP",))
    (second,) = come(office, "Bộ văn bản (phần 2/3)", codes=("13/SNV-VP",))
    assert (found := sending(office, second)) and not found.is_one_document
    (one, _) = come(office, "Tập văn bản (phần 1/2)", codes=("", ""))
    come(office, "Tập văn bản (phần 2/2)")
    assert (found := sending(office, one)) and (len(found.drafts), found.is_one_document) == (3, False)
    with pytest.raises(WrongState, match="gộp từng dự thảo"):
        merge(office, one)
