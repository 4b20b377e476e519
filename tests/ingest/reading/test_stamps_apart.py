"""Stamps that something else hides on a picture: another stamp, a seal, pale ink, the table under the paper."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from printed_papers import papers
from scanned_papers import BLACK, FONT, RED, noisy, photograph, scan_pdf, sealed, stamped

from ingest.letter import Page, Word
from ingest.reading import Scans
from ingest.reading.half_stamps import may_hide_secrecy
from ingest.reading.pages import PDF
from ingest.reading.scan.beneath import is_mark_among
from ingest.reading.scan.sheets import Sheet, Sheets
from ingest.reading.scan.upright import read_upright
from ingest.reading.stamps import find_stamps, is_print
from ingest.screening import secret_on

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)
LEFT = (0.14, 0.15)  # where nothing is printed
GRAY = (158, 158, 158)


def shows_secret(page: Page) -> bool:
    return secret_on(page, "scan.pdf", is_first=True) == "secret_stamp"


def is_stopped(page: Page) -> bool:
    """Kept out, or for a person to look at: half of it was read."""
    return shows_secret(page) or may_hide_secrecy(page)


def first_of(path: Path) -> Page:
    return Scans(60).read(path, PDF)[0]


ARRIVED = ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "ĐẾN Số: 6030", "Ngày: 12/12/2019", "Chuyển: ................")


@pytest.mark.parametrize(("word", "turned"), [("TUYỆT MẬT", -5.0), ("MẬT", -5.0), ("TỐI MẬT", 4.0)])
def test_a_stamp_closely_above_the_receivers_is_read(tmp_path: Path, word: str, turned: float) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], (word,), LEFT, turned=turned)
    first = stamped(first, ARRIVED, (LEFT[0] + 0.05, LEFT[1] + 0.056), size=0.012)
    assert shows_secret(first_of(scan_pdf([noisy(first)], tmp_path / "scan.pdf")))


@pytest.mark.parametrize("ink", [RED, BLACK])
def test_a_stamp_that_lies_across_the_receivers_is_read(tmp_path: Path, ink: tuple[int, int, int]) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("MẬT",), (0.12, 0.147), color=ink, size=0.02)
    first = stamped(first, ARRIVED, (0.2, 0.17), color=ink, size=0.0135, turned=-1)
    scan = noisy(first) if ink is RED else noisy(first).convert("L")
    assert shows_secret(first_of(scan_pdf([scan], tmp_path / "scan.pdf")))


@pytest.mark.parametrize(
    ("beside", "is_mark"), [(("KHẨU", 0.2), False), (("BẢO", 0.1), False), (("TỐI", 0.1), True), (("rưn", 0.2), True)]
)
def test_beneath_a_stamp_a_part_of_a_phrase_is_no_mark(beside: tuple[str, float], is_mark: bool) -> None:
    text, at = beside
    mark, other = Word("MẬT", 0.15, 0.2, 0.19, 0.21, 0.6), Word(text, at, 0.2, at + 0.04, 0.21, 0.92)
    assert is_mark_among(mark, (mark, other)) == is_mark
    small = Word("Mật", 0.15, 0.2, 0.19, 0.21, 0.9)
    assert is_mark_among(small, (small,)) and not is_mark_among(small, (small, other))


def test_of_two_stamps_aslant_that_nearly_touch_each_is_read(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("T Ố I  M Ậ T",), (0.16, 0.135), turned=-6.0)
    first = stamped(first, ("HỎA TỐC HẸN GIỜ",), (0.19, 0.176))
    page = first_of(scan_pdf([noisy(first)], tmp_path / "scan.pdf"))
    assert shows_secret(page) and "hoa_toc" in {stamp.value for stamp in find_stamps(page)}


@pytest.mark.parametrize("word", ["MẬT", "TỐI MẬT"])
def test_a_pale_stamp_is_read_in_a_scan_without_colours(tmp_path: Path, word: str) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], (word,), LEFT, color=GRAY, turned=3.0)
    assert shows_secret(first_of(scan_pdf([noisy(first).convert("L")], tmp_path / "scan.pdf")))


def test_a_stamp_beside_a_black_seal_over_print_is_read(tmp_path: Path) -> None:
    first = photograph(REPORT, tmp_path)[0]
    ImageDraw.Draw(first).text((110, 270), "TUYỆT MẬT", font=ImageFont.truetype(FONT, 38), fill=BLACK)
    first = sealed(sealed(first, (0.25, 0.13), color=BLACK), (0.65, 0.8), color=BLACK)
    assert is_stopped(first_of(scan_pdf([noisy(first).convert("L")], tmp_path / "scan.pdf")))


@pytest.mark.parametrize("degrees", [1.8, -2.2])
def test_a_stamp_is_read_beside_the_edge_of_a_red_table(tmp_path: Path, degrees: float) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("MẬT",), (0.16, 0.022), color=(236, 150, 150), turned=-3.0)
    table = Image.new("RGB", (first.width + 160, first.height + 200), (128, 72, 52))
    table.paste(first, (80, 90))
    light = np.linspace(0.7, 1.0, table.width)[None, :, None]
    lit = noisy(Image.fromarray((np.asarray(table) * light).astype(np.uint8)))
    turned = lit.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(110, 60, 44))
    path = tmp_path / "photo.jpg"
    turned.save(path, quality=75)
    assert is_stopped(Scans(60).read(path, "image/jpeg")[0])


def test_a_short_page_upside_down_is_turned_though_tesseract_was_sure_of_what_it_read(tmp_path: Path) -> None:
    said = {
        1: "uiọIU3 I9 Ing 'SL'S9d ST LA YNỦ ôuÖN nu dẹ2 ueud o2 Á Buo2 dun dẹ2 tqupÕu H2ÌL nH2 tuạn nñuN",
        3: "UBND HUYỆN KRÔNG BÔNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Số: 83/CĐ-UBND Cư Pui, ngày 02 tháng 12 năm 2025",
    }
    sheet = np.asarray(photograph(REPORT, tmp_path)[0])
    path = scan_pdf([Image.fromarray(np.rot90(sheet))], tmp_path / "scan.pdf")

    def words_of(sheet: Sheet) -> tuple[Word, ...]:
        return tuple(Word(text, 0.1, 0.1, 0.2, 0.12, 0.9) for text in said.get(sheet.quarters, "").split())

    sheet_read, words = read_upright(Sheets(path, 1, is_pdf=True), 1, words_of)
    assert sheet_read.quarters == 3 and words[0].text == "UBND"
    del said[3]
    assert read_upright(Sheets(path, 1, is_pdf=True), 1, words_of)[0].quarters == 1, "as it lies where none makes sense"


@pytest.mark.parametrize(
    ("read", "is_half"),
    [("TOInN", True), ("TỐIñ", True), ("TUYỆTA", True), ("[TUYỆTNV", True), ("TỐI", True), ("tớinn", False),
     ("TOANH", False), ("TỐI KHẨN", False), ("TUYỂN SINH", False), ("HỎA TỐ,", False),
     ("TIẠT", False), ("Độ mật: ì", True), ("Độ mật: Thường", False), ("Độ mật: Không", False)],
)  # fmt: skip
def test_half_a_mark_under_a_seal_is_for_a_person_to_look_at(read: str, is_half: bool) -> None:
    words = tuple(Word(text, 0.1 + 0.05 * n, 0.1, 0.14 + 0.05 * n, 0.12, 0.6) for n, text in enumerate(read.split()))
    assert may_hide_secrecy(Page(1, (), is_seen=True, stamps=(words,))) == is_half


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_sheet_of_few_lines_that_lay_on_its_side_is_turned_by_its_words(tmp_path: Path, quarters: int) -> None:
    paper = photograph(REPORT, tmp_path)[0]
    ImageDraw.Draw(paper).rectangle((0, int(0.4 * paper.height), paper.width, paper.height), fill="white")
    lying = Image.fromarray(np.rot90(np.asarray(stamped(paper, ("TỐI MẬT",), LEFT)), quarters))
    page = first_of(scan_pdf([lying.convert("L")], tmp_path / "scan.pdf"))
    assert page.quarters == 4 - quarters and shows_secret(page)


def test_words_of_lines_that_run_upwards_are_no_page(tmp_path: Path) -> None:
    path = scan_pdf([photograph(REPORT, tmp_path)[0]], tmp_path / "scan.pdf")
    text = "UBND HUYỆN KRÔNG BÔNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".split()

    def words_of(sheet: Sheet) -> tuple[Word, ...]:
        wide, high = (0.05, 0.01) if sheet.quarters == 3 else (0.01, 0.05)
        return tuple(Word(word, 0.1, 0.1, 0.1 + wide, 0.1 + high, 0.9) for word in text)

    assert read_upright(Sheets(path, 1, is_pdf=True), 1, words_of)[0].quarters == 3


def test_a_typed_field_aslant_is_read(tmp_path: Path) -> None:
    first = photograph(REPORT, tmp_path)[0]
    line = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(line).text((5, 10), "Độ mật: Tối mật", font=ImageFont.truetype(FONT, 28), fill=BLACK)
    first.paste(line.rotate(-3.5, Image.Resampling.BICUBIC, fillcolor="white"), (110, 300))
    assert shows_secret(first_of(scan_pdf([noisy(first).convert("L")], tmp_path / "scan.pdf")))


@pytest.mark.parametrize(
    ("read", "value"),
    [("Độ mật: Tuyệt mạy", "tuyet_mat"), ("Độ mật: Tối", "toi_mat"), ("ĐỘ MẬT: TỐI MÂ", "toi_mat"),
     ("TỔI MẬT", "toi_mat"), ("TUYẾT MẤT", "tuyet_mat"), ("Tôi mất", ""), ("MẤT", ""),
     ("Độ mật: Thường", ""), ("Độ mật: Không", ""), ("Bảo mật: Tối đa", ""), ("Độ mật: Tối thiểu theo quy định", "")],
)  # fmt: skip
def test_a_field_whose_last_word_is_misread_still_says_it(read: str, value: str) -> None:
    words = tuple(Word(text, 0.1 + 0.05 * n, 0.2, 0.14 + 0.05 * n, 0.22, 0.9) for n, text in enumerate(read.split()))
    found = [stamp.value for stamp in find_stamps(Page(1, words, is_seen=True)) if stamp.is_secrecy]
    assert found == ([value] if value else [])


def _row(y: float, **words: float) -> tuple[Word, ...]:
    return tuple(Word(text, x, y, x + 0.01 * len(text), y + 0.012, 0.8) for text, x in words.items())


@pytest.mark.parametrize(
    ("head", "row", "is_mark"),
    [
        ({"TT": 0.15, "Tên": 0.19}, {"2": 0.15, "|MẤT": 0.19}, False),
        ({"TT|Tên": 0.15}, {"2_|MẤT": 0.15}, False),
        ({"STT": 0.15}, {"_": 0.15, "MẤT": 0.19}, False),
        ({"TT": 0.15, "Tên": 0.19}, {"MẤT": 0.19}, True),
        ({"TTYT": 0.15}, {"|MẤT": 0.25}, True),
        ({"Số:": 0.15}, {"2": 0.15, "|MẤT": 0.19}, True),
        ({"TT": 0.55}, {"2": 0.15, "|MẤT": 0.19}, True),
    ],
)
def test_a_cell_of_a_numbered_row_is_no_mark(head: dict[str, float], row: dict[str, float], is_mark: bool) -> None:
    page = Page(1, (*_row(0.2, **head), *_row(0.24, **row)), is_seen=True)
    assert any(stamp.is_secrecy for stamp in find_stamps(page)) == is_mark


def test_a_stamp_closely_beside_a_seal_over_print_is_read(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("MẬT",), (0.1, 0.14))
    first = sealed(first, (0.245, 0.13))
    ImageDraw.Draw(first).rectangle((340, 150, 560, 460), fill="white")  # print over it, of which the seal keeps half
    assert shows_secret(first_of(scan_pdf([noisy(first)], tmp_path / "scan.pdf")))


@pytest.mark.parametrize(("read", "is_asked"), [("Độ mật:", True), ("Độ mật: Thường", False), ("Bảo mật:", False)])
def test_a_label_whose_word_was_not_read_is_for_a_person_to_look_at(read: str, is_asked: bool) -> None:
    words = tuple(Word(text, 0.5 + 0.05 * n, 0.2, 0.54 + 0.05 * n, 0.22, 0.9) for n, text in enumerate(read.split()))
    assert may_hide_secrecy(Page(1, words, is_seen=True)) == is_asked


def test_a_stamp_beside_a_seal_that_slipped_is_read(tmp_path: Path) -> None:
    first = stamped(photograph(REPORT, tmp_path)[0], ("MẬT",), (0.1, 0.13), size=0.02)
    for slipped in (0, 0.003):
        first = sealed(first, (0.25 + slipped, 0.13 + slipped))
    assert shows_secret(first_of(scan_pdf([noisy(first)], tmp_path / "scan.pdf")))


@pytest.mark.parametrize(
    ("read", "expected"),
    [("MẶT TRẬN", True), ("Kính gửi", True), ("MẬT KHẨN", False), ("TUYỆT MẬT", False), ("MẬT", False),
     ("Độ mật: Tối mật", False), ("THƯỢNG KHẨN", False)],
)  # fmt: skip
def test_text_that_was_left_unread_is_no_stamp(read: str, expected: bool) -> None:
    words = tuple(Word(text, 0.1 + 0.1 * n, 0.1, 0.14 + 0.1 * n, 0.12, 0.9) for n, text in enumerate(read.split()))
    assert is_print(words) == expected


@pytest.mark.parametrize(
    ("read", "is_mark"),
    [("MẬT@0.40 NG@0.465 RỪNG@0.52 U@0.58 MINH@0.60", False), ("TỐI@0.42 MẬT@0.50", True),
     ("MẬT@0.43 KHẨN@0.50", True), ("MẬT@0.10 QUYẾT@0.42 ĐỊNH@0.50", True), ("MẬT@0.47", True)],
)  # fmt: skip
def test_what_is_left_of_a_heading_that_lost_a_letter_is_no_mark(read: str, is_mark: bool) -> None:
    placed = (word.split("@") for word in read.split())
    words = tuple(Word(text, float(at), 0.3, float(at) + 0.012 * len(text), 0.32, 0.92) for text, at in placed)
    assert any(stamp.is_secrecy for stamp in find_stamps(Page(1, words, is_seen=True))) == is_mark


@pytest.mark.parametrize(("speck", "is_mark"), [("-", False), (".", False), ("[", True), ("|", True)])
def test_a_speck_beside_a_word_is_no_doubt_about_it_but_a_frame_is(speck: str, is_mark: bool) -> None:
    words = (Word(speck, 0.47, 0.26, 0.475, 0.28, 0.21), Word("MẤT", 0.49, 0.26, 0.53, 0.28, 0.91))
    assert any(stamp.is_secrecy for stamp in find_stamps(Page(1, words, is_seen=True))) == is_mark
