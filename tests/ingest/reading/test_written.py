"""Scans whose number and day were written by hand become fields that say so, or stay blank."""

from pathlib import Path

import numpy as np
import pytest
from hands import ScannedLine, head_page
from PIL import Image
from scanned_papers import scan_pdf

from core.evidence import Evidence, Source
from ingest.letter import Word
from ingest.reading import Scans, read_fields
from ingest.reading.fields import read_fields as fields_of
from ingest.reading.pages import PDF
from ingest.reading.scan.written import with_handwriting

PAGE = (2339, 1654)


def fields(picture: Image.Image, folder: Path) -> dict[str, Evidence]:
    path = scan_pdf([picture], folder / "scan.pdf")
    return read_fields(Scans(60).read(path, PDF), source=Source.OCR)


@pytest.mark.parametrize("blue", [False, True])
def test_a_number_and_a_day_written_by_hand_become_fields(tmp_path: Path, blue: bool) -> None:
    code = ScannedLine("Số: ", "~2107", "  /QĐ-UBND", left=10)
    day = ScannedLine("Quảng Ngãi, ngày ", "~14", " tháng 11 năm 2017", italic=True, left=10)
    found = fields(head_page(code, day, blue=blue), tmp_path)
    assert found["code"].value == "2107/QĐ-UBND"
    assert found["issued_on"].value == "2017-11-14"
    assert found["code"].source is Source.HANDWRITING
    x0, y0, x1, y1 = found["code"].box or (0, 0, 0, 0)
    assert x1 - x0 < 0.1 and y1 - y0 < 0.03


def test_blanks_of_a_scan_stay_blank(tmp_path: Path) -> None:
    code = ScannedLine("Số:              /QĐ-UBND", left=10)
    day = ScannedLine("Quảng Ngãi, ngày        tháng 11 năm 2017", italic=True, left=10)
    found = fields(head_page(code, day), tmp_path)
    assert "code" not in found
    assert "issued_on" not in found
    assert found["code_notation"].value == "QĐ-UBND"


def words_of(line: ScannedLine, texts: list[tuple[str, int, int]], sure: float) -> tuple[np.ndarray, list[Word]]:
    page = np.full(PAGE, 255, np.uint8)
    page[300:420, 100:1100] = line.page
    height, width = PAGE
    return page, [
        Word(t, (100 + x0) / width, 340 / height, (100 + x1) / width, 374 / height, sure) for t, x0, x1 in texts
    ]


def test_what_another_reader_guessed_at_the_number_gives_way() -> None:
    line = ScannedLine("Số: ", "~574", "/UBND-KTTH")
    page, words = words_of(line, [("Sé:.514/UBND-KTTH", line.box[0], line.box[2])], 0.5)
    texts = [word.text for word in with_handwriting(words, page)]
    assert texts == ["Số:", "574", "/UBND-KTTH"]


def both_readers(printed: str, sure: float) -> Word:
    line = ScannedLine("Số: ", "~574", " /UBND-KTTH")
    places = [("Số:", line.box[0], line.ends[0]), (printed, line.ends[0], line.ends[1]),
              ("/UBND-KTTH", line.ends[1] + 8, line.ends[2])]  # fmt: skip
    page, words = words_of(line, places, sure)
    return next(word for word in with_handwriting(words, page) if word.text == "574")


def test_what_both_readers_see_is_print_and_surer() -> None:
    both = both_readers("574", 0.9)
    assert not both.by_hand
    assert both.sure > 0.95


def test_a_denial_by_the_reader_of_print_lowers_the_trust() -> None:
    guessed, denied = both_readers("$+", 0.3), both_readers("544", 0.95)
    assert guessed.by_hand and denied.by_hand
    assert denied.sure < 0.7 < guessed.sure


@pytest.mark.parametrize(
    ("guess", "notation"),
    [
        ("Số:30/2020/NĐ-CP", "/2020/NĐ-CP"),
        ("Só/15)/QĐ-SYT", "/QĐ-SYT"),
        ("Số:£4/57QĐ-SYT", "/QĐ-SYT"),
        ("Số:12/QĐÐ-UBND", "/QĐ-UBND"),
    ],
)
def test_only_the_notation_is_taken_from_the_reader_of_print(guess: str, notation: str) -> None:
    line = ScannedLine("Số: ", "~83", " /QĐ-UBND")
    page, words = words_of(line, [(guess, line.box[0], line.box[2])], 0.5)
    assert [word.text for word in with_handwriting(words, page)] == ["Số:", "83", notation]


def test_a_cited_number_further_down_is_no_number_of_the_document() -> None:
    line = ScannedLine("Căn cứ công văn số: ", "~574", " /UBND-KTTH ngày 05 tháng 11 năm 2017")
    page, words = words_of(line, [("văn", 250, 300), ("số:", 305, 370), ("574/UBND-KTTH", 380, 640)], 0.5)
    assert with_handwriting(words, page) == tuple(words)


def test_a_field_is_as_sure_as_its_unsurest_part() -> None:
    from ingest.letter import Page

    sure = [Word("Số:", 0.2, 0.15, 0.23, 0.165), Word("574", 0.24, 0.15, 0.28, 0.165, 0.9, by_hand=True)]
    motto = [Word(text, 0.5 + i * 0.05, 0.05, 0.54 + i * 0.05, 0.065)
             for i, text in enumerate("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".split())]  # fmt: skip
    for notation, expected in ((0.95, 0.9), (0.5, 0.675)):
        words = (*motto, *sure, Word("/UBND-KTTH", 0.29, 0.15, 0.4, 0.165, notation))
        found = fields_of([Page(1, words, is_seen=True)], source=Source.OCR)
        assert found["code"].confidence == pytest.approx(expected)
