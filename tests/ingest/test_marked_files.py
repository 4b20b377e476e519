"""Secrecy marks wherever files of all kinds keep them: each file alone, as `congvan read` judges it."""

import codecs
import io
import lzma
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pypdfium2 as pdfium
import pytest
from docx.oxml import parse_xml

from demo.documents import document
from ingest.describe import describe_file
from ingest.full_text import read_full_text

_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:xml="http://www.w3.org/XML/1998/namespace"'
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_RUN = "<w:r><w:t>TỐI MẬT</w:t></w:r>"
IN_WORD = {
    "a block control": f"<w:sdt {_W}><w:sdtContent><w:p>{_RUN}</w:p></w:sdtContent></w:sdt>",
    "a control in a line": f"<w:p {_W}><w:sdt><w:sdtContent>{_RUN}</w:sdtContent></w:sdt></w:p>",
    "a field": f'<w:p {_W}><w:fldSimple w:instr="DOCPROPERTY x">{_RUN}</w:fldSimple></w:p>',
    "an insertion": f'<w:p {_W}><w:ins w:id="1" w:author="a">{_RUN}</w:ins></w:p>',
    "a link": f'<w:p {_W}><w:hyperlink w:anchor="x">{_RUN}</w:hyperlink></w:p>',
    "WordArt": f'<w:p {_W}><w:r><w:pict><v:shape><v:textpath string="TỐI MẬT"/></v:shape></w:pict></w:r></w:p>',
    "small capitals": f"<w:p {_W}><w:r><w:rPr><w:smallCaps/></w:rPr><w:t>Tối mật</w:t></w:r></w:p>",
    "urgency too": f"<w:p {_W}><w:r><w:t>TỐI MẬT - HỎA TỐC</w:t></w:r></w:p>",
    "a copy's number": f"<w:p {_W}><w:r><w:t>MẬT Bản số: 03</w:t></w:r></w:p>",
    "what it is": f"<w:p {_W}><w:r><w:t>VĂN BẢN MẬT</w:t></w:r></w:p>",
    "brackets": f"<w:p {_W}><w:r><w:t>(TÀI LIỆU TỐI MẬT)</w:t></w:r></w:p>",
    "fields": f"<w:p {_W}><w:r><w:t>Độ mật: Tối mật; Độ khẩn: Hỏa tốc</w:t></w:r></w:p>",
    "a row in a control": f"<w:tbl {_W}><w:sdt><w:sdtContent><w:tr><w:tc><w:p>{_RUN}</w:p></w:tc></w:tr></w:sdtContent>"
    "</w:sdt></w:tbl>",
}
NOT_IN_WORD = {
    "a deletion": f'<w:p {_W}><w:del w:id="1" w:author="a"><w:r><w:delText>TỐI MẬT</w:delText></w:r></w:del></w:p>',
    "a title on rules": f'<w:p {_W}><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>DANH MỤC</w:t><w:br/>'
    "<w:t>TÀI LIỆU MẬT</w:t></w:r></w:p>",
    "a list of levels": f"<w:p {_W}><w:r><w:t>Độ mật: Mật, Tối mật, Tuyệt mật</w:t></w:r></w:p>",
}  # fmt: skip
SENTENCE = "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh về việc rà soát, báo cáo tình hình trên địa bàn tỉnh."


def outcome(path: Path) -> str:
    return str(describe_file(path)["outcome"])


def word(tmp_path: Path, change: Callable[[Any], None]) -> Path:
    made = docx.Document()
    for line in ("UBND TỈNH LÂM ĐỒNG", "Số: 12/BC-UBND", "Kính gửi: Sở Khoa học và Công nghệ", *[SENTENCE] * 8):
        made.add_paragraph(line)
    change(made)
    made.save(str(tmp_path / "a.docx"))
    return tmp_path / "a.docx"


@pytest.mark.parametrize("where", IN_WORD)
def test_a_mark_in_a_word_file_is_seen_wherever_word_shows_it(tmp_path: Path, where: str) -> None:
    path = word(tmp_path, lambda made: made.element.body.insert(1, parse_xml(IN_WORD[where])))
    assert outcome(path) == "exclude"


@pytest.mark.parametrize("where", NOT_IN_WORD)
def test_what_word_does_not_show_as_a_mark_is_none(tmp_path: Path, where: str) -> None:
    path = word(tmp_path, lambda made: made.element.body.insert(1, parse_xml(NOT_IN_WORD[where])))
    assert outcome(path) == "draft"


def _in_footer(made: Any) -> None:
    made.sections[0].footer.paragraphs[0].text = "TỐI MẬT"


def _in_header_table(made: Any) -> None:
    made.sections[0].header.add_table(1, 1, 100_000).cell(0, 0).text = "TỐI MẬT"


def _in_nested_table(made: Any) -> None:
    made.element.body.insert(0, made.add_table(1, 2)._tbl)
    made.tables[0].cell(0, 0).add_table(1, 1).cell(0, 0).text = "TỐI MẬT"


def _on_an_annex(made: Any) -> None:
    for _ in range(60):
        made.add_paragraph(SENTENCE)
    made.add_page_break()
    for line in ("TỐI MẬT", "PHỤ LỤC", SENTENCE):
        made.add_paragraph(line)


@pytest.mark.parametrize("change", [_in_footer, _in_header_table, _in_nested_table, _on_an_annex])
def test_a_mark_at_the_edge_of_a_word_file_is_seen(tmp_path: Path, change: Callable[[Any], None]) -> None:
    assert outcome(path := word(tmp_path, change)) == "exclude"
    assert read_full_text(path, DOCX, "a.docx", True, 10).secret == "secret_stamp"


def test_a_word_within_an_annex_is_no_mark(tmp_path: Path) -> None:
    def change(made: Any) -> None:
        made.add_page_break()
        table = made.add_table(6, 3)
        for row, level in enumerate(("Độ mật", "MẬT", "TỐI MẬT", "MẬT")):
            table.cell(row, 1).text, table.cell(row, 0).text, table.cell(row, 2).text = level, str(row), "Tên hồ sơ"

    assert outcome(word(tmp_path, change)) == "draft"


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, data)
    return out.getvalue()


_MHT = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; '
    "charset=utf-8\r\n\r\n<p>TỐI MẬT</p>\r\n--b--\r\n"
).encode()
_WORDML = (
    '<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body><w:p>'
    "<w:r><w:t>TỐI MẬT</w:t></w:r></w:p></w:body></w:wordDocument>"
).encode()
_ICS = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:[TỐI MẬT] Họp Ban\r\n  chỉ đạo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
).encode()
_RTF = rb"{\rtf1\ansi{\header T\u7888?I M\u7852?T\par}Kinh gui\par N\u7897?i dung\par}"
_HTML = '<p>UBND</p><p style="TEXT-TRANSFORM: uppercase">tối <b>mật</b></p><p>Nội dung</p>'.encode()
FILES: dict[str, Callable[[], bytes]] = {
    "a.mht": lambda: _MHT, "a.doc": lambda: _MHT, "b.xml": lambda: _WORDML, "b.doc": lambda: _WORDML,
    "c.json": lambda: '{"so": 12, "do_mat":"TỐI MẬT"}'.encode(), "d.md": lambda: "# TỐI MẬT\n\nNội dung".encode(),
    "e.txt": lambda: "TỐI MẬT\nabc\n".encode("utf-16-le"), "f.txt": lambda: "TỐI MẬT\nabc\n".encode("utf-16-be"),
    "g.txt": lambda: codecs.BOM_UTF16_LE + "TỐI MẬT\nabc\n".encode("utf-16-le"),
    "h.ics": lambda: _ICS, "i.rtf": lambda: _RTF, "j.html": lambda: _HTML, "k.csv": lambda: "12;MẬT;Kế hoạch".encode(),
    "a.pdf.lzma": lambda: lzma.compress(document("Công văn", secrecy="toi_mat"), format=lzma.FORMAT_ALONE),
    "a.exe": lambda: b"MZ" + b"\0" * 500 + zipped("a.pdf", document("Công văn", secrecy="toi_mat")),
    "folder.zip": lambda: zipped("TỐI MẬT/2026/a.pdf", document("Công văn")),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_mark_in_a_file_of_any_kind_keeps_it_out(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    assert outcome(tmp_path / name) == "exclude"


def test_a_file_that_is_two_things_is_a_person_s_to_decide(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(document("Công văn", secrecy="toi_mat") + zipped("a.pdf", document("Công văn")))
    found = describe_file(path)
    assert found["outcome"] in ("hold", "exclude")
    path.write_bytes(document("Công văn") + zipped("b.txt", b"abc"))
    assert [reason["rule"] for reason in describe_file(path)["reasons"]] == ["two_in_one"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_lies_turned_is_read_as_it_is_meant(tmp_path: Path, turn: int) -> None:
    for secrecy, expected in (("toi_mat", "exclude"), ("khong", "draft")):
        made = pdfium.PdfDocument(document("Công văn", secrecy=secrecy))
        made[0].set_rotation(turn)
        made.save(str(path := tmp_path / f"{secrecy}.pdf"))
        found = describe_file(path)
        assert found["outcome"] == expected
    assert found["drafts"][0]["fields"]["code_number"]["value"]


HTML = {
    "cells": "<table><tr><td>UBND TỈNH</td><td>TỐI MẬT</td></tr></table>",
    "style": '<p style="text-transform:uppercase">tối mật</p>',
    "letters": '<p><span style="letter-spacing:5px">T Ố I   M Ậ T</span></p>',
    "title": "<title>TỐI MẬT</title><p>Kính gửi</p>",
    "picture": '<p>Kính gửi</p><img width="3" alt="TỐI MẬT" src="cid:x">',
    "drawing": "<svg><text x='1'>TỐI MẬT</text></svg><p>Kính gửi</p>",
}


@pytest.mark.parametrize("form", HTML)
def test_a_mark_in_a_mail_s_html_keeps_it_out(tmp_path: Path, form: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "vanthu@snv.lamdong.gov.vn", "Gửi văn bản", "<1@mau.example>"
    mail.set_content("Kính gửi quý Sở.")
    mail.add_alternative(HTML[form], subtype="html")
    mail.add_attachment(document("Công văn"), maintype="application", subtype="pdf", filename="bao-cao.pdf")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    assert outcome(tmp_path / "a.eml") == "exclude"


def test_titles_and_names_of_pictures_that_say_other_things_stop_nothing(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "vanthu@snv.lamdong.gov.vn", "Gửi văn bản", "<2@mau.example>"
    mail.set_content("<title>Mật ong</title><p>Kính gửi</p><img alt='MẬT KHẨU' src='cid:x'>", subtype="html")
    mail.add_attachment(document("Công văn"), maintype="application", subtype="pdf", filename="bao-cao.pdf")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    assert outcome(tmp_path / "a.eml") == "draft"
