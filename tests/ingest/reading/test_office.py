"""RTF, ODT, tables of figures, web pages and plain texts: what is seen is read, what is not seen is not."""

import contextlib
import random
import struct
from itertools import chain
from pathlib import Path

import pytest
from hostile_files import zipped
from office_papers import odt_file
from word_files import compound, write

from ingest.reading import Unreadable, read_fields, read_pages
from ingest.reading.pages import ODT, RTF, XLS, XLSX

OLD_HEAD = [
    (r"\f1 ", "së néi vô", r"\f1 ", "céng hoµ x· héi chñ nghÜa viÖt nam"),
    (r"\f0 ", "Sè: 63/Q§-SNV", r"\f0 ", "§¾k N«ng, ngµy 04 th¸ng 6 n¨m 2015"),
]


def text_of(path: Path, data: bytes, media_type: str) -> str:
    """What is seen: drawn boxes first, then the rest."""
    pages = read_pages(write(path / "a", data), media_type)
    return " ".join(w.text for page in pages for w in chain(*page.stamps, page.words))


def values_of(path: Path, data: bytes, media_type: str) -> dict[str, str]:
    return {name: e.value for name, e in read_fields(read_pages(write(path / "a", data), media_type)).items()}


def escaped(text: str) -> str:
    return "".join(c if c.isascii() else f"\\'{ord(c):02x}" for c in text)


def test_rtf_in_old_fonts_is_read_with_its_capitals(tmp_path: Path) -> None:
    rows = [
        rf"\pard\intbl\qc{f} {escaped(left)}\cell\qc{g} {escaped(right)}\cell\row" for f, left, g, right in OLD_HEAD
    ]
    data = r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 .VnTime;}{\f1\fcharset0 .VnTimeH;}}" + "\n".join(rows) + "}"
    values = values_of(tmp_path, data.encode("ascii"), RTF)
    assert (values["issuer"], values["code"], values["issued_on"]) == ("Sở Nội vụ", "63/QĐ-SNV", "2015-06-04")


def test_rtf_gives_what_is_seen_only(tmp_path: Path) -> None:
    data = (
        rb"{\rtf1\ansi{\info{\title khac}}{\*\generator may;}{\header dau trang}mot {\v an}{\deleted xoa}{\caps hai} "
        rb"{\field{\*\fldinst HYPERLINK}{\fldrslt ba}}{\pict\bin9 }}}{{{\\\\ abcd} b\u7889?n{\shp{\*\shpinst{\sp"
        rb"{\sn x}{\sv y}}{\shptxt HO\u7842? T\u7888?C}}{\shprslt khac}}\par nam\~sau}"
    )
    assert text_of(tmp_path, data, RTF) == "HOẢ TỐC mot HAI ba bốn nam sau"


def test_rtf_letters_are_not_torn_where_two_windows_meet(tmp_path: Path) -> None:
    for shift in range(4):
        data = b"{\\rtf1 " + b"x" * shift + b"\\'e1" * 70_000 + b"}"
        assert text_of(tmp_path, data, RTF) == "x" * shift + "á" * 70_000


def test_odt_gives_what_is_seen_only_and_capitals_of_styles(tmp_path: Path) -> None:
    styles = (
        '<style:style style:name="hoa" style:family="text"><style:text-properties fo:text-transform="uppercase"/>'
        '</style:style><style:style style:name="con" style:family="paragraph" style:parent-style-name="cha"/>'
        '<style:style style:name="cha" style:family="paragraph"><style:text-properties style:font-name=".VnTimeH"/>'
        "</style:style>"
    )
    body = (
        '<text:tracked-changes>xoa</text:tracked-changes><text:p>m<text:span text:style-name="hoa">ộ</text:span>t'
        '<text:s text:c="2"/>hai<text:note>chú</text:note><draw:frame><draw:text-box><text:p>KHẨN</text:p>'
        "</draw:text-box></draw:frame><text:line-break/>ba</text:p>"
        '<text:p text:style-name="con">§éc lËp - Tù do</text:p>'
    )
    assert text_of(tmp_path, odt_file(body, styles), ODT) == "KHẨN mỘt hai ba ĐỘC LẬP - TỰ DO"


def test_a_locked_odt_and_a_locked_package_say_so(tmp_path: Path) -> None:
    locked = odt_file("", manifest="<manifest:encryption-data/>")
    package = compound({"EncryptedPackage": b"x"})
    for data, media_type in ((locked, ODT), (package, XLSX), (package, "application/x-ole-storage")):
        with pytest.raises(Unreadable, match="locked"):
            read_pages(write(tmp_path / "a", data), media_type)


def xlsx(rows: str, strings: str = "") -> bytes:
    name = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<worksheet {name}><sheetData>{rows}</sheetData></worksheet>"
    parts = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": f"<sst {name}>{strings}</sst>"}
    return zipped((part, text.encode()) for part, text in parts.items())


def test_a_workbook_is_read_row_by_row(tmp_path: Path) -> None:
    strings = "<si><t>Họ tên</t></si><si><r><t>Nguyễn </t></r><r><t>Văn A</t></r><rPh><t>x</t></rPh></si>"
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Tuổi</t></is></c></row>'
        '<row r="9"><c t="s"><v>1</v></c><c><v>41</v></c><c t="s"><v>99</v></c></row>'
    )
    (page,) = read_pages(write(tmp_path / "a", xlsx(rows, strings)), XLSX)
    assert [w.text for w in page.words] == "Họ tên Tuổi Nguyễn Văn A 41".split()
    assert page.words[2].y0 == page.words[0].y0 < page.words[3].y0


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def xls(*records: bytes) -> bytes:
    begin = record(0x809, struct.pack("<HH", 0x600, 5))
    return compound({"Workbook": begin + b"".join(records)})


def test_an_old_workbook_is_read_row_by_row(tmp_path: Path) -> None:
    wide, narrow = "Nguyễn Thị".encode("utf-16-le"), "Bình".encode("latin-1")
    strings = struct.pack("<LLHB", 2, 2, 10, 1) + wide[:8]
    # The first string goes on in the next record, there in wide letters again.
    more = b"\x01" + wide[8:] + struct.pack("<HB", 4, 0) + narrow
    cells = [
        record(0xFD, struct.pack("<HHHL", 0, 0, 0, 0)), record(0xFD, struct.pack("<HHHL", 0, 1, 0, 1)),
        record(0x27E, struct.pack("<HHHL", 1, 0, 0, 41 << 2 | 2)),
        record(0x203, struct.pack("<HHHd", 1, 1, 0, 2.5)),
        record(0xBD, struct.pack("<HH", 2, 0) + struct.pack("<HL", 0, 150 << 2 | 3) * 2 + struct.pack("<H", 1)),
    ]  # fmt: skip
    data = xls(record(0xFC, strings), record(0x3C, more), *cells)
    assert text_of(tmp_path, data, XLS) == "Nguyễn Thị Bình 41 2.5 1.5 1.5"
    with pytest.raises(Unreadable, match="locked"):
        text_of(tmp_path, xls(record(0x2F, bytes(6))), XLS)


def test_a_plain_text_parts_its_columns_by_blanks(tmp_path: Path) -> None:
    text = "SỞ NỘI VỤ        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 1/TB-SNV     Huế, ngày 04 tháng 6 năm 2026\n"
    for data in (text.encode(), text.encode("utf-16")):
        values = values_of(tmp_path, data, "text/plain")
        assert (values["code"], values["issuer"]) == ("1/TB-SNV", "Sở Nội vụ")


def test_nothing_of_a_script_or_comment_is_read_from_a_web_page(tmp_path: Path) -> None:
    page = b"<html><title>t</title><script>var a='<p>x';</script><!-- <p>y --><p>m&#7897;t<br>hai &lt;b&gt;<style>z"
    assert text_of(tmp_path, page, "text/html") == "một hai <b>"


@pytest.mark.parametrize("media_type", [RTF, ODT, XLSX, XLS, "text/html", "text/plain"])
def test_damage_at_any_place_is_no_surprise(tmp_path: Path, media_type: str) -> None:
    whole = {
        RTF: r"{\rtf1{\fonttbl{\f0 .VnTimeH;}}\trowd\intbl một\cell\row{\shptxt KHẨN}\u7889?\'e1\bin3 abc}".encode(),
        ODT: odt_file("<text:p>một</text:p>"), XLSX: xlsx("<row><c><v>1</v></c></row>"),
        XLS: xls(record(0xFC, struct.pack("<LLHB", 1, 1, 1, 0) + b"a"), record(0xFD, bytes(10))),
        "text/html": b"<table><tr><td align=center>m&#7897;t</td></table>", "text/plain": "một".encode(),
    }[media_type]  # fmt: skip
    rng = random.Random(3)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 3, 9))):
            data[rng.randrange(len(data))] = rng.choice((0, 92, 123, 125, 255, rng.randrange(256)))
        with contextlib.suppress(Unreadable):
            read_pages(write(tmp_path / "a", bytes(data)), media_type)
