"""Stamps of other reds and half beneath a seal; and what stands beneath a stamp and is only text."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from printed_papers import papers
from scanned_papers import BLACK, FONT, noisy, photograph, scan_pdf, sealed, skewed, stamped

from ingest.letter import Page, Word
from ingest.reading import Scans
from ingest.reading.half_stamps import may_hide_secrecy
from ingest.reading.lines import lines_of
from ingest.reading.pages import PDF
from ingest.reading.phrases import is_in_text, text_begins, without_small_print
from ingest.reading.scan.beneath import marks_beneath
from ingest.reading.scan.sheets import Sheets
from ingest.reading.stamps import find_stamps
from ingest.screening import secret_on

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)
LEFT = (0.14, 0.15)  # where nothing is printed
ARRIVED = ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "ĐẾN Số: 6030", "Ngày: 12/12/2019", "Chuyển: ................")


@pytest.fixture
def first(tmp_path: Path) -> Image.Image:
    return photograph(REPORT, tmp_path)[0]


def read(picture: Image.Image, folder: Path) -> Page:
    return Scans(60).read(scan_pdf([picture], folder / "scan.pdf"), PDF)[0]


def is_stopped(page: Page) -> bool:
    return secret_on(page, "scan.pdf", is_first=True) == "secret_stamp" or may_hide_secrecy(page)


@pytest.mark.parametrize("color", [(221, 139, 178), (194, 48, 120)])
def test_a_stamp_is_read_in_purplish_red(first: Image.Image, tmp_path: Path, color: tuple[int, int, int]) -> None:
    page = read(stamped(first, ("TỐI MẬT",), LEFT, color=color), tmp_path)
    assert secret_on(page, "scan.pdf", is_first=True)


def test_the_palest_stamp_is_read_in_a_scan_without_colours(first: Image.Image, tmp_path: Path) -> None:
    pale = stamped(first, ("TỐI MẬT",), LEFT, color=(200, 200, 200))
    assert is_stopped(read(pale.convert("L"), tmp_path))


@pytest.mark.parametrize(("turned", "down"), [(0.0, 0.0178), (5.0, 0.0216)])
def test_a_stamp_put_down_over_the_upper_edge_is_read(
    first: Image.Image, tmp_path: Path, turned: float, down: float
) -> None:
    assert is_stopped(read(noisy(stamped(first, ("TỐI MẬT",), (0.2, down), turned=turned)), tmp_path))


@pytest.mark.parametrize(
    ("lines", "is_asked"),
    [(("M Ậ T",), True), (("Độ mật: Mật",), True), (("HỎA TỐC",), False), (ARRIVED, False)],
)
def test_a_stamp_half_beneath_a_hung_seal_is_for_a_person_to_look_at(
    first: Image.Image, tmp_path: Path, lines: tuple[str, ...], is_asked: bool
) -> None:
    across, size = (0.12, 0.0135) if len(lines) > 1 else (0.14, 0.022) if is_asked else (0.1, 0.022)
    covered = sealed(stamped(first, lines, (across, 0.16), size=size), (0.245, 0.15))
    assert is_stopped(read(noisy(covered), tmp_path)) == is_asked


def test_a_hung_seal_is_found_on_a_photograph_that_shows_more_than_the_paper(
    first: Image.Image, tmp_path: Path
) -> None:
    paper = sealed(stamped(first, ("M Ậ T",), (0.14, 0.16)), (0.245, 0.15))
    around = Image.new("RGB", (int(1.22 * paper.width), int(1.15 * paper.height)), (98, 82, 66))
    around.paste(paper, (int(0.11 * paper.width), int(0.07 * paper.height)))
    assert is_stopped(read(noisy(around), tmp_path))


@pytest.mark.parametrize("across", [-0.06, -0.03, 0.0])
def test_a_heading_beneath_the_receivers_stamp_is_no_mark(first: Image.Image, tmp_path: Path, across: float) -> None:
    draw, font = ImageDraw.Draw(first), ImageFont.truetype(FONT, 37)
    draw.rectangle((0, 390, first.width, 620), fill="white")
    for row, line in ((450, "MẬT KHẨU"), (505, "MẶT TRẬN")):
        draw.text((720, row), line, font=font, fill=BLACK)
    beneath = stamped(first, ARRIVED, (0.45 + across, 0.215 if across else 0.185), size=0.0135)
    assert not is_stopped(read(noisy(skewed(beneath, -1.5)), tmp_path))


def test_a_stamp_whose_frame_is_in_pieces_is_read(first: Image.Image, tmp_path: Path) -> None:
    page = stamped(first, ("MẬT",), LEFT, size=0.018)
    draw = ImageDraw.Draw(page)
    left, font = int(LEFT[0] * page.width), int(0.018 * page.width)
    high = int(2.25 * font)
    top = int(LEFT[1] * page.height) - high // 2
    for x in range(left - 100, left + 100, 24):
        for y in (top, top + high - 9):
            draw.rectangle((x, y, x + 4, y + 9), fill="white")
    assert is_stopped(read(noisy(page), tmp_path))


@pytest.mark.parametrize("is_stamped", [True, False])
def test_the_receivers_stamp_is_known_by_its_number_and_day_where_these_are_stamped(
    first: Image.Image, tmp_path: Path, is_stamped: bool
) -> None:
    path = scan_pdf([noisy(stamped(first, ("MẬT",), LEFT))], tmp_path / "scan.pdf")
    day = (Word("Ngày:", 0.17, 0.16, 0.2, 0.17, 0.9),)
    printed, stamps = ((), day) if is_stamped else (day, ())
    assert bool(marks_beneath(Sheets(path, 1, is_pdf=True)[1], printed, stamps, 20)) == is_stamped


def words(text: str, y: float, *, sure: float = 0.95, x: float = 0.15) -> tuple[Word, ...]:
    """Words side by side, each as wide as its letters."""
    found = []
    for word in text.split():
        found.append(Word(word, x, y, x + 0.012 * len(word), y + 0.014, sure))
        x += 0.012 * len(word) + 0.006
    return tuple(found)


TITLE = words("Về việc lập danh mục bí mật nhà nước độ Tối mật và độ", 0.2)

BODY = words("Thực hiện Nghị quyết số 164-NQ/TW về phát triển rừng, các đơn vị", 0.2)


@pytest.mark.parametrize(
    ("found", "printed", "is_text"),
    [
        (words("MẬT", 0.24), words("MẬT KHẨU", 0.24), True),
        (words("MẬT", 0.24), words("MẬT KHẨU", 0.24, sure=0.6), True),
        (words("MẬT", 0.24), words("MẬTKHẨU", 0.24, sure=0.6), True),
        (words("MẬT", 0.24), words("MẬT KHẨN", 0.24), False),
        (words("MẬT", 0.24), words("MẬT", 0.24), False),
        (words("MẬT", 0.24), (*TITLE, *words("MẤT", 0.24)), True),
        (words("MẬT", 0.24), (*TITLE, *words("MẤT", 0.24, sure=0.5)), False),
        (words("MẬT", 0.16), (*TITLE, *words("MẤT", 0.16)), False),
        (words("MẬT", 0.24, x=0.47), BODY, True),
        (words("MẬT", 0.24), BODY, False),
        (words("MẬT", 0.16, x=0.47), BODY, False),
        (words("Mật", 0.22, x=0.5), TITLE, True),
        (words("Mật", 0.16), TITLE, False),
    ],
)
def test_what_the_page_says_around_a_word_tells_whether_it_is_a_mark(
    found: tuple[Word, ...], printed: tuple[Word, ...], is_text: bool
) -> None:
    assert is_in_text(found[0], printed) == is_text


@pytest.mark.parametrize(
    ("read", "kept"),
    [("LÍ LIIỤC mật,", "LÍ LIIỤC"), ("Độ mật: Tối mật", "Độ mật: Tối mật"), ("MẬT", "MẬT"), ("TỐI Mật", "TỐI Mật")],
)
def test_in_small_print_only_a_label_says_secret(read: str, kept: str) -> None:
    assert " ".join(word.text for word in without_small_print(words(read, 0.15))) == kept


@pytest.mark.parametrize(("y", "is_mark"), [(0.15, True), (0.3, False)])
def test_a_doubtful_word_below_a_full_line_is_no_mark(y: float, is_mark: bool) -> None:
    line = words("Thực hiện Nghị quyết số 164-NQ/TW về phát triển rừng, các đơn vị", 0.25)
    page = Page(1, (*line, *words("MẤT", y, sure=0.7)), is_seen=True)
    assert any(stamp.is_secrecy for stamp in find_stamps(page)) == is_mark


@pytest.mark.parametrize(
    ("stamp", "is_half"),
    [("lộ mạt lối mạt", True), ("[Đạ tất Tối mại", True), ("TUYỆ", True), (".Đô", True), ("ĐÔ", False),
     ("ïMẬT", True), ("Độ mật Thường", False)],
)  # fmt: skip
def test_a_label_most_letters_of_which_were_read_is_for_a_person_to_look_at(stamp: str, is_half: bool) -> None:
    assert may_hide_secrecy(Page(1, (), is_seen=True, stamps=(words(stamp, 0.15),))) == is_half


@pytest.mark.parametrize(("line", "is_half"), [("mật: Tạ, mật", True), ("mật: Thường", False), ("bảo mật:", False)])
def test_a_label_without_its_beginning_is_for_a_person_to_look_at(line: str, is_half: bool) -> None:
    assert may_hide_secrecy(Page(1, words(line, 0.05), is_seen=True)) == is_half


@pytest.mark.parametrize(
    ("row", "is_mark"),
    [
        (words("MẬT", 0.3, x=0.48), False),
        (words("1 |MẤT", 0.3), False),
        (words("MẬT", 0.3), True),
        (words("MẬT", 0.15, x=0.48), True),
    ],
)
def test_one_word_in_the_middle_or_behind_a_number_in_the_body_is_no_mark(row: tuple[Word, ...], is_mark: bool) -> None:
    line = words("Thực hiện Nghị quyết số 164-NQ/TW về phát triển rừng, các đơn vị", 0.25)
    assert any(s.is_secrecy for s in find_stamps(Page(1, (*line, *row), is_seen=True))) == is_mark


def test_on_a_photograph_the_widest_line_tells_where_the_margins_are() -> None:
    date = (*words("Số: 96/BC-UBND tỉnh Hà Giang", 0.1, x=0.2), *words("Hà Nội, ngày 5 tháng 6", 0.1, x=0.7))
    title = words("Về việc tổ chức tập huấn nghiệp vụ cho dân", 0.2, x=0.26)
    begun, widest = words(" ".join(["dân"] * 15), 0.3, x=0.25), words(" ".join(["dân"] * 16), 0.32, x=0.2)
    assert text_begins(lines_of((*date, *title, *begun, *widest))) == 0.3


@pytest.mark.parametrize(
    ("stamp", "is_half"),
    [
        ((*words("ĐẾN", 0.15), *words("TUYỆT", 0.15, x=0.2, sure=0.3), *words("wAr]", 0.15, x=0.28, sure=0.5)), True),
        (words("TUYỆ1", 0.15, sure=0.25), True),
        ((*words("TUYẾT", 0.15), *words("SƯƠNG", 0.15, x=0.22)), False),
        (words("tuyệt", 0.15, sure=0.25), False),
    ],
)
def test_the_beginning_of_a_mark_that_something_lies_across_is_for_a_person_to_look_at(
    stamp: tuple[Word, ...], is_half: bool
) -> None:
    assert may_hide_secrecy(Page(1, (), is_seen=True, stamps=(stamp,))) == is_half
    full = words("Thực hiện Nghị quyết số 164-NQ/TW về phát triển rừng, các đơn vị", 0.25)
    assert may_hide_secrecy(Page(1, (*stamp, *full), is_seen=True)) == is_half
