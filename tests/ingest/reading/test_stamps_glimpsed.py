"""Secrecy marks across the ĐẾN stamp of which no word can be read: they are seen, and what is none is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from printed_papers import papers
from scanned_papers import noisy, photograph, stamped

from ingest.letter import Page, Word
from ingest.reading import Scans
from ingest.reading.half_stamps import may_hide_secrecy
from ingest.reading.pages import PDF
from ingest.reading.scan.glimpsed import glimpsed_marks
from ingest.reading.scan.mark_network import STEP, log_odds, seen_by_network
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.zones import head_zone
from ingest.reading.stamps import UNREAD, shows_secrecy
from ingest.screening import secret_on
from tests.generator import secrecy

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)
RIGHT = (0.7, 0.3)
EVERYTHING = (Word("chữ", 0.0, 0.0, 1.0, 1.0, 0.9),)
ARRIVED = ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "ĐẾN Số: 6030", "Ngày: 12/12/2019", "Chuyển: ................")


def arrived(picture: Image.Image, word: str, *, turned: float = 0.0) -> Image.Image:
    """With a ĐẾN stamp, and a stamp that says `word` across it."""
    received = stamped(picture, ARRIVED, RIGHT, size=0.016)
    return stamped(received, (word,), (RIGHT[0] + 0.08, RIGHT[1] + 0.015), turned=turned) if word else received


def sheet_of(picture: Image.Image) -> Sheet:
    return Sheet(1, np.asarray(noisy(picture)), 0)


def glimpses(sheet: Sheet) -> int:
    return len(glimpsed_marks(sheet, head_zone(sheet.black), (), (), lambda: 60.0))


def is_stopped(page: Page) -> bool:
    return secret_on(page, "picture", is_first=True) == "secret_stamp" or may_hide_secrecy(page)


@pytest.mark.parametrize("seed", [41004, 41016, 41022, 44138])
def test_a_letter_with_a_mark_across_its_arrival_stamp_is_stopped_and_another_is_not(seed: int, tmp_path: Path) -> None:
    for letter in secrecy.received_letters(1, seed):
        path = tmp_path / letter.name
        path.write_bytes(letter.document)
        pages = Scans(60).read(path, PDF if letter.file == "scan" else "image/jpeg")
        assert is_stopped(pages[0]) == (letter.secrecy is not None)


@pytest.mark.parametrize("turned", [0.0, 5.0])
@pytest.mark.parametrize(
    ("word", "is_mark"), [("MẬT", True), ("TỐI MẬT", True), ("TUYỆT MẬT", True), ("HỎA TỐC", False), ("SAO Y", False),
                          ("", False)],
)  # fmt: skip
def test_across_an_arrival_stamp_a_mark_is_told_from_other_stamps(
    word: str, is_mark: bool, turned: float, tmp_path: Path
) -> None:
    assert glimpses(sheet_of(arrived(photograph(REPORT, tmp_path)[0], word, turned=turned))) == is_mark


def test_the_network_says_where_the_word_stands(tmp_path: Path) -> None:
    sheet = sheet_of(stamped(photograph(REPORT, tmp_path)[0], ("TUYỆT MẬT",), RIGHT))
    found = log_odds(seen_by_network(sheet.red, sheet.black))
    row, column = np.unravel_index(int(found.argmax()), found.shape)
    height, width = sheet.black.shape
    assert abs(row * STEP / height - RIGHT[1]) < 0.01 and 0 < column * STEP / width - RIGHT[0] < 0.08
    assert found[: found.shape[0] // 5].max() < 0


def test_what_was_read_of_a_page_without_colours_is_not_looked_at(tmp_path: Path) -> None:
    gray = arrived(photograph(REPORT, tmp_path)[0], "MẬT").convert("L").convert("RGB")
    sheet = Sheet(1, np.asarray(noisy(gray)), 0)
    looks = [glimpsed_marks(sheet, head_zone(sheet.black), words, (), lambda: 60.0) for words in ((), EVERYTHING)]
    assert looks[0] and not looks[1]


def test_the_network_answers_for_each_square_of_any_picture(tmp_path: Path) -> None:
    sheet = sheet_of(photograph(REPORT, tmp_path)[0])
    small = seen_by_network(sheet.red[:131, :77], sheet.black[:131, :77])
    assert log_odds(small).shape == (-(-small.shape[0] // 4), -(-small.shape[1] // 4))


@pytest.mark.parametrize(("seconds", "most"), [(1.0, 10), (0.0, 1)])
def test_a_page_full_of_red_things_is_looked_at_in_so_many_places_and_while_there_is_time(
    seconds: float, most: int
) -> None:
    picture = Image.new("RGB", (1654, 2339), "white")
    for row in range(60, 620, 15):
        ImageDraw.Draw(picture).line([(60, row), (800, row + 460), (1590, row)], fill=(210, 30, 40), width=5)
    asked: list[float] = []

    def left() -> float:
        asked.append(seconds)
        return seconds

    sheet = Sheet(1, np.asarray(picture), 0)
    glimpsed_marks(sheet, head_zone(sheet.black), (), (), left)
    assert len(asked) == most


def test_what_was_only_glimpsed_is_for_a_person_to_look_at() -> None:
    seen = (Word(UNREAD, 0.5, 0.2, 0.8, 0.3),)
    assert may_hide_secrecy(Page(1, (), is_seen=True, stamps=(seen,))) and not shows_secrecy(seen)
    assert shows_secrecy((Word("MẬT", 0.5, 0.2, 0.6, 0.22, 0.9),))
    assert not shows_secrecy((Word("HỎA", 0.5, 0.2, 0.6, 0.22, 0.9), Word("TỐC", 0.61, 0.2, 0.7, 0.22, 0.9)))
