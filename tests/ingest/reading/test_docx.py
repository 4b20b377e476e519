"""DOCX files: what is refused before it is opened, and old ways of writing a head."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH

from ingest.reading import Unreadable, read_fields, read_pages
from ingest.reading.pages import DOCX
from ingest.reading.stamps import find_stamps


def rewritten(path: Path, change: Callable[[bytes], bytes], extra: dict[str, bytes] | None = None) -> Path:
    """`path` with its document.xml changed and parts added."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = change(parts["word/document.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in (parts | (extra or {})).items():
            package.writestr(name, data)
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph("Một dòng")
    document.save(str(path))
    return path


def test_entities_are_refused(plain: Path) -> None:
    declaration = b'<!DOCTYPE w [<!ENTITY lol "lol">]><w:document'
    rewritten(plain, lambda xml: xml.replace(b"<w:document", declaration, 1))
    with pytest.raises(Unreadable, match="damaged"):
        read_pages(plain, DOCX)


def test_xml_in_an_encoding_that_nobody_knows_is_damage(plain: Path) -> None:
    rewritten(plain, lambda xml: xml.replace(b"UTF-8", b"UTFJ8", 1))
    with pytest.raises(Unreadable, match="damaged"):
        read_pages(plain, DOCX)


@pytest.mark.parametrize("alignment", [b"", b' w:val="start"', b' w:val="ngang"'])
def test_an_alignment_that_says_nothing_known_does_not_hide_the_words(plain: Path, alignment: bytes) -> None:
    rewritten(plain, lambda xml: xml.replace(b"<w:p>", b"<w:p><w:pPr><w:jc" + alignment + b"/></w:pPr>", 1))
    (page,) = read_pages(plain, DOCX)
    assert [word.text for word in page.words] == ["Một", "dòng"]


def test_what_python_docx_misses_in_damaged_xml_is_damage(plain: Path) -> None:
    rewritten(plain, lambda xml: xml.replace(b"<w:p>", b"<w:p><w:pPr><w:pStyle/></w:pPr>", 1))
    with pytest.raises(Unreadable, match="damaged"):
        read_pages(plain, DOCX)


@pytest.mark.parametrize(
    "extra",
    [
        {"word/bom.bin": b"\0" * (70 << 20)},
        {f"word/{i}.bin": b"" for i in range(2100)},
        {"word/big.xml": b" " * (25 << 20)},
    ],
)
def test_bombs_are_refused(plain: Path, extra: dict[str, bytes]) -> None:
    rewritten(plain, lambda xml: xml, extra)
    with pytest.raises(Unreadable, match="damaged"):
        read_pages(plain, DOCX)


def test_a_locked_document_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(Unreadable, match="locked"):
        read_pages(path, DOCX)


def test_a_head_made_with_tabs_and_a_stamp_in_a_text_box_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    for line in (
        "SỞ NỘI VỤ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "\tĐộc lập - Tự do - Hạnh phúc",
        "Số: 12/TB-SNV\tLâm Đồng, ngày 04 tháng 6 năm 2026",
    ):  # fmt: skip
        document.add_paragraph(line)
    box = document.add_paragraph()
    for line in ("THÔNG BÁO", "Về việc nghỉ lễ"):
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    box.add_run("@@")
    document.save(str(path))
    stamp = b"<w:txbxContent><w:p><w:r><w:t>H\xe1\xbb\x8eA T\xe1\xbb\x90C</w:t></w:r></w:p></w:txbxContent>"
    rewritten(path, lambda xml: xml.replace(b"<w:t>@@</w:t>", b"<w:pict>" + stamp + b"</w:pict>"))
    values = {name: evidence.value for name, evidence in read_fields(read_pages(path, DOCX)).items()}
    assert values["code"] == "12/TB-SNV"
    assert (values["issuer"], values["issued_on"]) == ("Sở Nội vụ", "2026-06-04")
    assert (values["kind"], values["subject"], values["urgency"]) == ("Thông báo", "nghỉ lễ", "hoa_toc")


BOX = "<w:pict><w:txbxContent><w:p><w:r>{}</w:r></w:p></w:txbxContent></w:pict>"
BOXES = {
    "cell": "<w:t>MẬT</w:t>",
    "beside": "<w:t>MẬT</w:t>",
    "header": "",
    "capitals": "<w:rPr><w:caps/></w:rPr><w:t>Mật</w:t>",
    "old font": '<w:rPr><w:rFonts w:ascii=".VnTimeH"/></w:rPr><w:t>mật</w:t>',
}


@pytest.mark.parametrize("where", BOXES)
def test_a_stamp_in_a_drawn_box_counts_wherever_the_box_hangs(tmp_path: Path, where: str) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "SỞ NỘI VỤ"
    if where == "header":
        document.sections[0].header.paragraphs[0].text = "MẬT"
    else:
        hung = cell.paragraphs[0] if where == "cell" else document.add_paragraph("Nội dung của một đoạn văn khá dài")
        hung.add_run("@@")
    document.save(str(path))
    rewritten(path, lambda xml: xml.replace(b"<w:t>@@</w:t>", BOX.format(BOXES[where]).encode()))
    (page,) = read_pages(path, DOCX)
    assert [(stamp.value, stamp.is_secrecy) for stamp in find_stamps(page)] == [("mat", True)]
    assert "MẬT" not in [word.text for word in page.words]


def test_old_encodings_in_a_document_are_repaired(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph("SỞ NỘI VỤ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    document.add_paragraph("Số: 12/SNV-VP\t§¾k N«ng, ngµy 04 th¸ng 6 n¨m 2015")
    document.save(str(path))
    assert read_fields(read_pages(path, DOCX))["issued_on"].value == "2015-06-04"


def test_what_is_shown_in_capitals_is_read_so(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    paragraph = document.add_paragraph("một ")
    paragraph.add_run("hai ").font.all_caps = True
    paragraph.add_run("§éc lËp, tù do").font.name = ".VnTimeH"
    document.styles.add_style("Hoa", WD_STYLE_TYPE.PARAGRAPH).font.all_caps = True
    document.add_paragraph("bốn", style="Hoa")
    document.save(str(path))
    words = [word.text for page in read_pages(path, DOCX) for word in page.words]
    assert " ".join(words) == "một HAI ĐỘC LẬP, TỰ DO BỐN"
