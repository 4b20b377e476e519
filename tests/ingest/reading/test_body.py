"""What the text itself asks for: deadlines, meetings, the document answered."""

from datetime import date

import pytest

from ingest.letter import Word
from ingest.reading.body import find_addressees, find_answered, find_deadline, find_meeting, find_place
from ingest.reading.lines import Line, lines_of

ISSUED = date(2026, 6, 1)


def body(*lines: str) -> list[tuple[int, Line]]:
    words = []
    for row, line in enumerate(lines):
        x = 0.14
        for word in line.split():
            words.append(Word(word, x, 0.3 + 0.02 * row, x + 0.01 * len(word), 0.315 + 0.02 * row))
            x += 0.01 * len(word) + 0.006
    return [(1, line) for line in lines_of(words)]


@pytest.mark.parametrize(
    ("text", "due_at"),
    [
        ("gửi về Sở trước ngày 15/6/2026 để tổng hợp", "2026-06-15"),
        ("chậm nhất 16 giờ 00 ngày 12/6", "2026-06-12T16:00"),
        ("trước 10h30 ngày 12 tháng 6 năm 2026", "2026-06-12T10:30"),
        ("hạn cuối là ngày 20/6/2026", "2026-06-20"),
        ("báo cáo định kỳ trước ngày 20 hằng tháng", None),
        ("báo cáo trước ngày 20/6 hằng năm", None),
        ("các công trình xây dựng trước ngày 01/7/2014", None),
        ("trước ngày 31/12", None),  # more than six months after it: ask
        ("trước ngày 31/02/2026", None),
        ("Công văn số 12/SNV-VP ngày 15/6/2026", None),
    ],
)
def test_only_a_deadline_is_a_deadline(text: str, due_at: str | None) -> None:
    found = find_deadline(body(text), ISSUED)
    assert (found.value if found else None) == due_at


def test_without_the_documents_date_no_deadline_is_proposed() -> None:
    assert find_deadline(body("trước ngày 15/6/2026"), None) is None


def test_a_deadline_may_run_over_a_lines_end() -> None:
    found = find_deadline(body("đề nghị gửi ý kiến trước", "ngày 15/6/2026 để tổng hợp"), ISSUED)
    assert found is not None
    assert (found.value, found.line.text) == ("2026-06-15", "đề nghị gửi ý kiến trước")


def test_a_meeting_has_its_hour_and_place() -> None:
    lines = body(
        "1. Thời gian: Vào lúc 08 giờ 00 phút, ngày 09/6/2026 (sáng Thứ Ba).", "2. Địa điểm: Phòng họp số 1,",
        "trụ sở Sở Khoa học và Công nghệ.", "3. Thành phần: như trên",
    )  # fmt: skip
    meeting, place = find_meeting(lines, ISSUED), find_place(lines)
    assert meeting is not None and meeting.value == "2026-06-09T08:00"
    assert place is not None and place.value == "Phòng họp số 1, trụ sở Sở Khoa học và Công nghệ"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Phúc đáp Công văn số 45/SKHCN-QLCN ngày 01/6/2026 của Sở", "45/SKHCN-QLCN"),
        ("Trả lời văn bản số 12a/BC-SKHCN", "12a/BC-SKHCN"),
        ("Trả lời công văn của Quý Sở, căn cứ Quyết định số 63/QĐ-SKHCN", None),
        ("Thực hiện Quyết định số 63/QĐ-SKHCN", None),
    ],
)
def test_only_an_answer_names_what_it_answers(text: str, code: str | None) -> None:
    found = find_answered(body(text))
    assert (found.value if found else None) == code


def test_addressees_are_listed() -> None:
    one = find_addressees(body("Kính gửi: Sở Khoa học và Công nghệ", "Thực hiện chỉ đạo của tỉnh"))
    many = find_addressees(body("Kính gửi:", "- Các sở, ban, ngành;", "- UBND các xã, phường.", "Thực hiện chỉ đạo"))
    assert one is not None and one.value == "Sở Khoa học và Công nghệ"
    assert many is not None and many.value == "Các sở, ban, ngành; UBND các xã, phường"
