"""Archives and office files that come with letters: zip, zip with a password, XLSX, DOCX."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from random import Random
from xml.sax.saxutils import escape

from docx import Document as new_word_file
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from demo.documents import Document, dateline, letterhead

_MOMENT = (2026, 1, 1, 8, 0, 0)  # every entry's time stamp, so that the same letter has the same bytes


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip archive of (name, content); names as UTF-8 (APPNOTE 4.4.4, bit 11)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def locked(name: str, content: bytes, password: str) -> bytes:
    """A zip of one stored file under traditional PKWARE encryption (APPNOTE 6.1), which stdlib can only "
    "read."""
    checksum = zlib.crc32(content)
    # The last of the 12 header bytes must be the high byte of the CRC: the reader's check of the password.
    header = Random(name).randbytes(11) + bytes([checksum >> 24])
    secret = _encrypted(header + content, password.encode())
    encoded = name.encode()
    flags = 0x0801  # bit 0: encrypted, bit 11: UTF-8 name
    common = struct.pack(
        "<HHHHHLLLHH", 20, flags, 0, 0x4000, 0x5C21, checksum, len(secret), len(content), len(encoded), 0
    )
    local = b"PK\x03\x04" + common + encoded + secret
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + encoded
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def _encrypted(plain: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = _crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _crc_step(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in plain:
        mask = (keys[2] | 2) & 0xFFFF
        out.append(byte ^ (mask * (mask ^ 1) >> 8 & 0xFF))
        update(byte)
    return bytes(out)


def _crc_step(crc: int, byte: int) -> int:
    # zlib.crc32 inverts before and after; the cipher wants the bare table step.
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def workbook(title: str, rows: Sequence[Sequence[str]]) -> bytes:
    """A small XLSX (ECMA-376) with one sheet of text cells."""
    sheet = "".join(
        f'<row r="{number}">{"".join(_cell(chr(65 + column), number, text) for column, text in enumerate(row))}</row>'
        for number, row in enumerate(rows, start=1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped([
        ("[Content_Types].xml", _xml(
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>')),
        ("_rels/.rels", _xml(
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>')),
        ("xl/workbook.xml", _xml(
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="{escape(title)[:31]}" '
            'sheetId="1" r:id="rId1"/></sheets></workbook>')),
        ("xl/_rels/workbook.xml.rels", _xml(
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')),
        ("xl/worksheets/sheet1.xml", _xml(f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')),
    ])  # fmt: skip


def _cell(column: str, row: int, text: str) -> str:
    return f'<c r="{column}{row}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{body}'.encode()


def word_file(document: Document) -> bytes:
    """The document as DOCX in the form of NĐ 30, unsigned, with its head in a table of two columns."""
    word = new_word_file()
    word.styles["Normal"].font.name = "Times New Roman"
    word.styles["Normal"].font.size = Pt(14)
    _word_head(word, document)
    for to in document.addressees:
        _line(word, to if to.startswith("-") else f"Kính gửi: {to}", centred=True)
    for text in (*document.bases, *document.paragraphs):
        _line(word, text)
    _word_foot(word, document)
    out = io.BytesIO()
    word.save(out)
    with zipfile.ZipFile(out) as made:
        return zipped([(name, made.read(name)) for name in made.namelist()])


def _word_head(word: WordFile, document: Document) -> None:
    agency = document.agency
    table = word.add_table(rows=2, cols=2)
    is_named = document.kind not in ("", "Công văn")
    about = "" if is_named else f"\nV/v {document.subject}"
    cells = (
        f"{letterhead(agency.parent)}\n{letterhead(agency.name)}".strip(),
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
        f"Số: {document.code}{about}",
        dateline(agency.place, document.issued_on),
    )
    for place, text in enumerate(cells):
        cell = table.cell(place // 2, place % 2)
        cell.text = text
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    if is_named:
        _line(word, document.kind.upper(), centred=True, bold=True)
        _line(word, document.subject[:1].upper() + document.subject[1:], centred=True, bold=True)


def _word_foot(word: WordFile, document: Document) -> None:
    signer = document.signer or document.agency.signer
    foot = word.add_table(rows=1, cols=2)
    foot.cell(0, 0).text = "\n".join(("Nơi nhận:", *document.copies))
    foot.cell(0, 1).text = "\n".join((*signer.titles, "", "", signer.name))
    foot.cell(0, 1).paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _line(word: WordFile, text: str, *, centred: bool = False, bold: bool = False) -> None:
    paragraph = word.add_paragraph()
    paragraph.add_run(text).bold = bold
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
