"""Handwritten numbers and days in printed lines: read right, or not at all."""

from datetime import date

import numpy as np
import pytest
from hands import Box, ScannedLine

from ingest.reading.handwriting.day import Day, read_day
from ingest.reading.handwriting.number import Number, read_number
from ingest.reading.handwriting.spelling import agree, spellings

SURE = 0.5


def number_of(*parts: str, ink: int = 30, pen: int = 4) -> Number | None:
    line = ScannedLine("Số: ", *parts, ink=ink, pen=pen)
    x0, y0, _, y1 = line.box
    return read_number(line.page, (x0, y0, line.ends[0], y1), line.ends[-1] + 8)


def day_of(*parts: str) -> Day | None:
    line = ScannedLine("Đắk Nông, ngày", *parts, italic=True)
    x0, y0, x1, y1 = line.box
    return read_day(line.page, (x0, y0, x1 + 8, y1))


@pytest.mark.parametrize("number", ["07", "11", "142", "299", "574", "1695", "2016", "2231", "5067", "83", "360"])
def test_a_number_written_into_its_place_is_read(number: str) -> None:
    found = number_of(f"~{number}", "  /QĐ-UBND")
    assert found is not None
    assert found.text == number
    assert found.probability > SURE


def test_a_faint_thin_pen_is_read() -> None:
    found = number_of("~2107", " /SYT-NVY", ink=150, pen=2)
    assert found is not None
    assert found.text == "2107"


def test_a_printed_number_is_read_too() -> None:
    found = number_of("2325/SYT-NVY")
    assert found is not None
    assert found.text == "2325"


def test_the_box_is_the_number_s() -> None:
    line = ScannedLine("Số: ", "~574", "   /UBND-KTTH")
    found = number_of("~574", "   /UBND-KTTH")
    assert found is not None
    assert abs(found.box[0] - line.ends[0]) < 25
    assert line.ends[1] - 12 < found.box[2] < line.ends[1] + 40


@pytest.mark.parametrize("place", ["        ", "........", "……", "_____", " . ", "  -  "])
def test_a_place_left_blank_has_no_number(place: str) -> None:
    assert number_of(f"{place}/SKHCN-VP") is None


@pytest.mark.parametrize("letter", ["a", "b"])
def test_a_number_with_a_letter_is_left_to_the_reader_of_print(letter: str) -> None:
    found = number_of("~12", f"{letter}/QĐ-UBND")
    assert found is None or found.probability < 0.1


@pytest.mark.parametrize("notation", ["/2020/NĐ-CP", "-HD/VPTW", "-NQ/TU", "/QH15"])
def test_years_and_the_party_s_hyphen_end_a_number(notation: str) -> None:
    found = number_of("~30", notation)
    assert found is not None
    assert found.text == "30"


def test_without_a_slash_nothing_tells_where_the_number_ends() -> None:
    assert number_of("~2107") is None


def test_scribble_is_no_number_to_be_sure_of() -> None:
    line = ScannedLine("Số: ", "      ", " /QĐ-UBND")
    page = line.page.copy()
    wild = np.random.default_rng(7)
    at = line.ends[0]
    page[36:76, at : at + 60] = np.where(wild.random((40, 60)) < 0.4, 40, 255)
    found = read_number(page, (line.box[0], line.box[1], at, line.box[3]), line.ends[-1] + 8)
    assert found is None or found.probability < SURE


DAYS: list[tuple[tuple[str, ...], date]] = [
    ((" ", "~14", " tháng ", "~02", " năm 2025"), date(2025, 2, 14)),
    ((" ", "~31", " tháng 12 năm 2024"), date(2024, 12, 31)),
    ((" ", "~20", " tháng ", "~10", " năm 2026"), date(2026, 10, 20)),
    (("", "~05", "tháng 11 năm 2017"), date(2017, 11, 5)),
    ((" 25 tháng 8 năm 2018",), date(2018, 8, 25)),
]


@pytest.mark.parametrize(("parts", "on"), DAYS)
def test_a_date_filled_in_by_hand_is_read(parts: tuple[str, ...], on: date) -> None:
    found = day_of(*parts)
    assert found is not None
    assert found.on == on


@pytest.mark.parametrize(
    "parts",
    [
        ("      tháng 11 năm 2025",),
        (" … tháng … năm 2025",),
        (" ..... tháng 11 năm 2025",),
        (" ", "~14", " tháng     năm 2025"),
        (" ", "~14", " tháng 02 năm      "),
        (" ", "~31", " tháng 11 năm 2025"),
        (" ", "~45", " tháng 11 năm 2025"),
    ],
)
def test_a_date_with_a_blank_or_that_is_no_day_is_not_completed(parts: tuple[str, ...]) -> None:
    found = day_of(*parts)
    assert found is None or found.probability < 0.1


def test_a_page_without_such_lines_gives_nothing() -> None:
    blank = np.full((200, 900), 255, np.uint8)
    everywhere: Box = (0, 40, 880, 74)
    assert read_number(blank, (60, 40, 110, 74), 880) is None
    assert read_day(blank, everywhere) is None


def test_doubled_digits_need_a_gap_between_them() -> None:
    nothing, one = [1.0, *[0.0] * 10], [0.0, 0.0, 1.0, *[0.0] * 8]
    assert max(spellings(np.array([one, one], np.float32)).items(), key=lambda s: s[1])[0] == "1"
    assert max(spellings(np.array([one, nothing, one], np.float32)).items(), key=lambda s: s[1])[0] == "11"


def test_looks_that_disagree_lower_the_share() -> None:
    both = agree({"16": 0.9}, {"16": 0.9})
    apart = agree({"16": 0.9}, {"46": 0.9})
    assert both[0] == apart[0] == "16"
    assert apart[1] < both[1]
