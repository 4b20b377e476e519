"""DOC files: cells kept apart, what is not seen left out, old fonts, and what is refused."""

import contextlib
import random
import struct
from pathlib import Path

import pytest
from word_files import Para, compound, row, word_file, write

from ingest.letter import Page
from ingest.reading import Unreadable, read_fields, read_pages
from ingest.reading.pages import DOC

HIDDEN, DELETED, CAPITALS = (struct.pack("<HB", code, 1) for code in (0x083C, 0x0800, 0x083B))
HEAD = row(
    ["UBND TỈNH LÂM ĐỒNG", "SỞ NỘI VỤ", "-------", "Số: 12/TB-SNV"],
    ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "", "Lâm Đồng, ngày 04 tháng 6 năm 2026"],
)
TITLE = [Para("THÔNG BÁO", how=1), Para("Về việc nghỉ lễ", how=1), Para("Sở Nội vụ thông báo như sau:")]


def pages_of(path: Path, data: bytes) -> tuple[Page, ...]:
    return read_pages(write(path / "a.doc", data), DOC)


def text_of(pages: tuple[Page, ...]) -> str:
    return " ".join(word.text for page in pages for word in page.words)


def values_of(pages: tuple[Page, ...]) -> dict[str, str]:
    return {name: evidence.value for name, evidence in read_fields(pages).items()}


def test_a_head_in_a_table_is_read(tmp_path: Path) -> None:
    values = values_of(pages_of(tmp_path, word_file([*HEAD, *TITLE])))
    assert (values["code"], values["issued_on"]) == ("12/TB-SNV", "2026-06-04")
    assert (values["issuer"], values["parent_issuer"]) == ("Sở Nội vụ", "UBND tỉnh Lâm Đồng")
    assert (values["kind"], values["subject"]) == ("Thông báo", "nghỉ lễ")


def test_a_stamp_in_a_drawn_box_is_read(tmp_path: Path) -> None:
    drawn = [Para("\x08"), *TITLE]
    assert values_of(pages_of(tmp_path, word_file([*HEAD, *drawn], boxes=["HỎA TỐC"])))["urgency"] == "hoa_toc"


def test_a_stamp_above_the_text_of_every_page_is_read(tmp_path: Path) -> None:
    marked = word_file([*HEAD, *TITLE], heads=["", "Trang 1", "HỎA TỐC"])
    assert values_of(pages_of(tmp_path, marked))["urgency"] == "hoa_toc"


def test_the_soft_hyphen_of_an_old_font_is_a_letter(tmp_path: Path) -> None:
    texts = ["§éc lËp - Tù do - H¹nh phóc", "Nh\x1f trªn, c«ng t¸c v¨n th\x1f cña c¸c ®¬n vÞ"]
    (page,) = pages_of(tmp_path, word_file([*map(Para, texts)], wide=False))
    assert "Như trên, công tác văn thư của" in " ".join(word.text for word in page.words)


def test_one_byte_letters_of_an_old_font_are_repaired_and_its_small_letters_are_capitals(tmp_path: Path) -> None:
    old = row(
        [Para("së khoa häc vµ c«ng nghÖ", how=1, font=1), Para("Sè: 63/Q§-SKHCN", how=1)],
        [Para("céng hoµ x· héi chñ nghÜa viÖt nam", how=1, font=1), Para("§éc lËp - Tù do - H¹nh phóc", how=1),
         Para("§¾k N«ng, ngµy 04 th¸ng 6 n¨m 2015", how=1)],
    )  # fmt: skip
    title = [Para("quyÕt ®Þnh", how=1, font=1), Para("VÒ viÖc ban hµnh Quy chÕ c«ng t¸c v¨n th-", how=1)]
    fonts = (".VnTime", ".VnTimeH")
    values = values_of(pages_of(tmp_path, word_file([*old, *title], fonts=fonts, wide=False)))
    assert (values["code"], values["issued_on"]) == ("63/QĐ-SKHCN", "2015-06-04")
    assert (values["issuer"], values["kind"]) == ("Sở Khoa học và Công nghệ", "Quyết định")


def test_capitals_come_from_the_style_and_its_base_too(tmp_path: Path) -> None:
    styles = [(0xFFF, b""), (0, CAPITALS), (1, b"")]
    paras = [Para("một"), Para("hai", style=1), Para("ba", style=2), Para("bốn", modifiers=CAPITALS)]
    assert text_of(pages_of(tmp_path, word_file(paras, styles=styles))) == "một HAI BA BỐN"


def test_hidden_and_deleted_words_and_codes_of_fields_are_not_read(tmp_path: Path) -> None:
    paras = [
        Para("thấy"), Para("ẩn", modifiers=HIDDEN), Para("xóa", modifiers=DELETED),
        Para('Trang \x13 HYPERLINK "http://x" \x14\x13 PAGE \x14bảy\x15\x15, dòng\x1ehai\x0bba'),
    ]  # fmt: skip
    assert text_of(pages_of(tmp_path, word_file(paras))) == "thấy Trang bảy, dòng-hai ba"


def test_an_empty_cell_keeps_the_others_in_their_columns(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, word_file(row([], ["phải"])))
    assert page.words[0].x0 > 0.45


@pytest.mark.parametrize("count", [1, 2_000])  # the streams lie in the mini stream, and in sectors of the file
def test_files_of_all_lengths_are_read(tmp_path: Path, count: int) -> None:
    paras = [Para(f"dòng{number}", how=number % 3) for number in range(count)]
    words = text_of(pages_of(tmp_path, word_file(paras))).split()
    assert words == [f"dòng{number}" for number in range(count)][: len(words)]
    assert len(words) == min(count, 1_400)  # forty pages of it


def test_damage_at_any_place_is_no_surprise(tmp_path: Path) -> None:
    whole = word_file([*HEAD, *TITLE], boxes=["HỎA TỐC"], styles=[(0xFFF, b""), (0, CAPITALS)])
    rng = random.Random(8)
    read = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 4, 40))):
            data[rng.randrange(len(data))] = rng.choice((0, 1, 255, rng.randrange(256)))
        with contextlib.suppress(Unreadable):
            read += len(pages_of(tmp_path, bytes(data)))
    assert read > 30


def test_a_file_with_a_password_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="locked"):
        pages_of(tmp_path, word_file([Para("x")], flags=0x0100))


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 90, compound({"Khác": b"x"})])
def test_what_is_no_word_file_is_damaged(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        pages_of(tmp_path, data)
