"""What the text itself asks for: deadlines, meetings, the document answered."""

import time
from datetime import date

import pytest

from ingest.letter import Word
from ingest.reading.body import find_addressees, find_answered, find_deadline, find_silence
from ingest.reading.lines import Line, lines_of
from ingest.reading.meeting import find_invited, find_meeting, find_place

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
        ("trước 16 giờ 00 phút (thứ Sáu), ngày 12/6/2026", "2026-06-12T16:00"),
        ("trước 16h30' ngày 12/6/2026", "2026-06-12T16:30"),
        ("trước 16 giờ 75 ngày 12/6/2026", "2026-06-12"),  # no such minute: the day alone
        ("trước 4 giờ chiều ngày 12/6/2026", "2026-06-12T16:00"),
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
    ("lines", "event_at", "place"),
    [
        (("Thời gian: 14h00, ngày 09 tháng 6 năm 2026.", "Địa điểm: Phòng A."), "2026-06-09T14:00", "Phòng A"),
        (("- Thời gian: Bắt đầu từ 08h00', thứ Ba (ngày 09/6/2026)",), "2026-06-09T08:00", None),
        (("Thời gian: 01 ngày, bắt đầu từ 7 giờ 30 ngày 09/6/2026.",), "2026-06-09T07:30", None),
        (("Thời gian: từ 14 giờ 00 đến 16 giờ 30, ngày 09/6/2026.",), "2026-06-09T14:00", None),
        (("Thời gian: Ngày 09/6/2026, lúc 14 giờ 00 phút.",), "2026-06-09T14:00", None),
        (("tổ chức vào lúc 14 giờ 00 ngày 09/6/2026, tại Phòng họp số 2,", "tầng 3, Sở Y tế. Đề nghị dự đủ."),
         "2026-06-09T14:00", "Phòng họp số 2, tầng 3, Sở Y tế"),
        (("Thời gian, địa điểm: 14h00 ngày 09/6/2026, tại Hội trường Sở.",), "2026-06-09T14:00", "Hội trường Sở"),
        (("Địa điểm: 36 Trần Phú, phường Xuân Hương - Đà Lạt.",), None, "36 Trần Phú, phường Xuân Hương - Đà Lạt"),
        (("Địa điểm: 36 Hùng Vương, phường Xuân Hương.",), None, "36 Hùng Vương, phường Xuân Hương"),
        (("Thời gian, địa điểm: 14h00.", "Địa điểm: 14 giờ 00"), None, None),
        (("Thời gian: 2 giờ 30 (chiều thứ Ba), ngày 09/6/2026",), "2026-06-09T14:30", None),
        (("Thời gian: từ 8 giờ đến chiều ngày 09/6/2026",), "2026-06-09T08:00", None),
        (("Thời gian đăng ký: trước 16 giờ ngày 05/6/2026.", "Thời gian họp: 14 giờ ngày 09/6/2026."),
         "2026-06-09T14:00", None),
        (("Thời gian: đón đại biểu từ 7 giờ 00, khai mạc lúc 7 giờ 30 ngày 09/6/2026.",), "2026-06-09T07:30", None),
        (("Thời gian đón tiếp: 7 giờ 00 ngày 09/6/2026.", "Khai mạc: 7 giờ 30 ngày 09/6/2026."),
         "2026-06-09T07:30", None),
        (("Thời gian đón tiếp đại biểu: 7 giờ 00 ngày 09/6/2026, khai mạc 7 giờ 30.",), None, None),
        (("Thời gian: sẽ thông báo sau.", "Địa điểm:"), None, None),
        (("Thời gian: gồm 3 giai đoạn, từ ngày 09/6/2026.",), None, None),
        (("Thời gian thực hiện nhiệm vụ: 12 tháng, từ tháng 6 năm 2026.",), None, None),
        (("Thời gian: 14 giờ 00, ngày 09/5/2026.",), None, None),  # before the document's day
    ],
)  # fmt: skip
def test_a_meetings_moment_and_place_are_said_in_many_ways(
    lines: tuple[str, ...], event_at: str | None, place: str | None
) -> None:
    meeting, where = find_meeting(body(*lines), ISSUED), find_place(body(*lines), ISSUED)
    assert (meeting.value if meeting else None, where.value if where else None) == (event_at, place)


@pytest.mark.parametrize(
    ("lines", "invited"),
    [
        (("Sở trân trọng kính mời: UBND xã Đắk Wil; Sở Tài chính.", "Tới dự: Hội nghị tổng kết."),
         "UBND xã Đắk Wil; Sở Tài chính"),
        (("Sở kính mời đồng chí Giám đốc Sở Tài chính", "tham dự cuộc họp, cụ thể:"), "đồng chí Giám đốc Sở Tài chính"),
        (("1. Thành phần", "- Chủ trì: Đồng chí Trần Quốc Khải, Phó Chủ tịch.",
          "- Mời dự họp: Lãnh đạo Sở Tài chính,", "Sở Nội vụ.", "2. Thời gian: 14 giờ 00"),
         "Lãnh đạo Sở Tài chính, Sở Nội vụ"),
        (("Thành phần mời: Lãnh đạo phòng; Chi cục trưởng.", "Trân trọng./."), "Lãnh đạo phòng; Chi cục trưởng"),
        (("Sở trân trọng kính mời các đồng chí tham dự cuộc họp.",), None),
        (("3. Thành phần: như trên", "Trân trọng."), None),
        (("Kính mời quý đại biểu đến dự.",), None),
        (("Chi phí do cơ quan mời chi trả.",), None),
    ],
)  # fmt: skip
def test_who_is_invited_is_named_or_left_blank(lines: tuple[str, ...], invited: str | None) -> None:
    found = find_invited(body(*lines))
    assert (found.value if found else None) == invited


@pytest.mark.parametrize(
    ("text", "silence"),
    [
        ("trước ngày 15/6/2026; quá thời hạn trên, coi như thống nhất với dự thảo./.",
         "quá thời hạn trên, coi như thống nhất với dự thảo"),
        ("Quá thời hạn nêu trên nếu đơn vị không có ý kiến thì xem như đồng ý. Trân trọng.",
         "Quá thời hạn nêu trên nếu đơn vị không có ý kiến thì xem như đồng ý"),
        ("Sau ngày 15/6/2026 nếu không có văn bản coi là đã nhất trí.",
         "Sau ngày 15/6/2026 nếu không có văn bản coi là đã nhất trí"),
        ("Quá thời hạn trên, Sở sẽ báo cáo Ủy ban nhân dân tỉnh.", None),
        ("các thành viên coi như thống nhất nội dung này.", None),
        ("Quá thời hạn trên phải báo cáo. Các nội dung coi như thống nhất.", None),
    ],
)  # fmt: skip
def test_what_silence_means_is_lifted_out(text: str, silence: str | None) -> None:
    found = find_silence(body(text))
    assert (found.value if found else None) == silence


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


def test_a_text_that_invites_without_end_is_looked_at_for_a_moment_only() -> None:
    lines = body("kính mời " * 4000)
    begun = time.process_time()
    assert find_invited(lines) is None
    assert time.process_time() - begun < 1
