"""Files made to hurt whoever opens them, each small and made anew: bombs, loops, traversal, disguises, scripts."""

import bz2
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable

from hostile_packages import hostile_packages
from hostile_pdfs import SCRIPT, hostile_pdfs
from word_files import Para, compound, word_file

_DECLARED = (
    '<?xml version="1.0"?><!DOCTYPE r [{}]><w:document xmlns:w="{}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p>'
    "</w:body></w:document>"
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def hostile_files() -> dict[str, bytes]:
    """File name -> bytes. The names are part of the attack."""
    return {
        **_archives(),
        **_documents(),
        **_words(),
        **_texts(),
        **hostile_pdfs(),
        **_disguises(),
        **hostile_packages(),
    }


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, names as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.compress_type = name, method  # set afterwards, so that nothing tidies the name
            archive.writestr(entry, data)
    return out.getvalue()


def _archives() -> dict[str, bytes]:
    bomb = zipped([("van ban.pdf", bytes(200 << 20))])
    deep = b"%PDF-1.4"
    for _ in range(40):
        deep = zipped([("trong.zip", deep)])
    wide = zipped([("a.bin", bytes(4 << 20))])
    for _ in range(4):
        wide = zipped([(f"{number}.zip", wide) for number in range(10)])
    link = zipfile.ZipInfo("lien ket")
    link.external_attr = 0o120777 << 16
    with_link = io.BytesIO()
    with zipfile.ZipFile(with_link, "w") as archive:
        archive.writestr(link, "/etc")
        archive.writestr("lien ket/passwd", "x")
    locked = bytearray(zipped([("mat.pdf", b"%PDF-1.4")]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    return {
        "bomb.zip": bomb,
        "deep.zip": deep,
        "wide.zip": wide,
        "many.zip": zipped(((str(number), b"") for number in range(60_000)), zipfile.ZIP_STORED),
        "overlap.zip": _overlapping(),
        "traversal.zip": zipped([("../../../thoat.txt", b"x"), ("/thoat.txt", b"x"), ("C:\\thoat.txt", b"x")]),
        "link.zip": with_link.getvalue(),
        "nul.zip": zipped([("a.pdf\0.exe", b"MZ")]),
        "cut.zip": zipped([("a.pdf", b"%PDF-1.4")])[:-30],
        "locked.zip": bytes(locked),
        "bomb.gz": gzip.compress(bytes(100 << 20), 1),
        "bomb.bz2": bz2.compress(bytes(100 << 20), 1),
        "traversal.tar.gz": _tar(),
        "many.tar.gz": gzip.compress(b"".join(tarfile.TarInfo(str(n)).tobuf() for n in range(60_000)), 1),
        "pax.tar.gz": gzip.compress(_endless_header() + bytes(40 << 20), 1),
        "window.7z": _seven_zip_of_a_large_window(),
    }


def _overlapping() -> bytes:
    """2,000 entries of the directory over the same 8 MB."""
    data = zipped([("0", bytes(8 << 20))])
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entries = data[start:end] * 2_000
    counts = (2_000).to_bytes(2, "little") * 2
    return data[:start] + entries + data[end : end + 8] + counts + len(entries).to_bytes(4, "little") + data[end + 16 :]


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, kind in (("../../thoat.txt", tarfile.REGTYPE), ("sda", tarfile.BLKTYPE), ("l", tarfile.LNKTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    return out.getvalue()


def _endless_header() -> bytes:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    return header.tobuf()


def _seven_zip_of_a_large_window() -> bytes:
    """One file, said to be packed with a window of 1.5 GB (7zFormat.txt)."""
    coder = b"\x23\x03\x01\x01\x05" + struct.pack("<BL", 0x5D, 0x60000000)
    head = b"\x01\x04\x06\x00\x01\x09\x40\x00\x07\x0b\x01\x00\x01" + coder + b"\x0c\xc0\x00\x10\x00\x00"
    head += b"\x05\x01\x11\x05\x00a\x00\x00\x00\x00\x00"
    start = struct.pack("<QQL", 64, len(head), zlib.crc32(head))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(start)) + start + bytes(64) + head


def _word(document: str) -> bytes:
    return zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.encode())])


def _word_of(rows: bytes) -> bytes:
    """A DOCX with one table, whole as far as python-docx looks."""
    kind = "application/vnd.openxmlformats-"
    types = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Default Extension="rels" ContentType="{kind}package.relationships+xml"/>
        <Override PartName="/word/document.xml" ContentType="{kind}officedocument.wordprocessingml.document.main+xml"/>
        </Types>"""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    links = f"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r" Type="{office}" Target="word/document.xml"/></Relationships>"""
    body = b'<w:document xmlns:w="%b"><w:body><w:tbl>%b</w:tbl></w:body></w:document>' % (_WORD.encode(), rows)
    parts = (("[Content_Types].xml", types.encode()), ("_rels/.rels", links.encode()), ("word/document.xml", body))
    return zipped(parts)


def _documents() -> dict[str, bytes]:
    entities = '<!ENTITY x0 "ha">' + "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
    return {
        "laughs.docx": _word(_DECLARED.format(entities + '<!ENTITY x "&x11;">', _WORD)),
        "file.docx": _word(_DECLARED.format('<!ENTITY x SYSTEM "file:///etc/passwd">', _WORD)),
        "bomb.docx": zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<" + b"a" * (100 << 20))]),
        "many.docx": zipped([("[Content_Types].xml", b""), *((f"word/{n}", b"") for n in range(50_000))]),
        "macro.docm": zipped(
            [("[Content_Types].xml", b""), ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")]
        ),
        "columns.docx": _word_of(
            b'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000"/></w:tcPr><w:p/></w:tc></w:tr>' * 20
        ),
        "attributes.docx": _word_of(b"<w:tr %b/>" % b" ".join(b'a%d="1"' % n for n in range(300_000))),
        "attributes.odt": zipped([("content.xml", b"<o %b/>" % b" ".join(b'a%d="1"' % n for n in range(300_000)))]),
        "wide.edxml": b'<?xml version="1.0"?><edXML>' + b"<a/>" * 3_000_000 + b"</edXML>",
        "deep.edxml": b'<?xml version="1.0"?><edXML>' + b"<a>" * 500_000,
        "attributes.edxml": b'<?xml version="1.0"?><edXML %b/>' % b" ".join(b'a%d="b"' % n for n in range(300_000)),
        "names.edxml": b'<?xml version="1.0"?><edXML><%b</edXML>' % (b"secure" * 43_000),
        "open.edxml": b'<?xml version="1.0"?><edXML>' + b"<secure" * 36_000,
        "blanks.edxml": b'<?xml version="1.0"?><edXML><security>' + b" " * 260_000 + b"</edXML>",
        "words.edxml": b'<?xml version="1.0"?><edXML>' + (b"<secure " + b"a" * 3_900 + b">") * 260,
        "file.edxml": b'<?xml version="1.0"?><!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><edXML>&x;</edXML>',
    }


def _words() -> dict[str, bytes]:
    """Old Word files: chains that loop, thousands of pieces over the same letters, a run for each letter."""
    loop = bytearray(word_file([Para("x" * 9_000)]))
    table = 512 + struct.unpack_from("<L", loop, 76)[0] * 512
    for number in range(100):
        struct.pack_into("<L", loop, table + 4 * number, number // 2)
    text = [Para("chữ " * 200) for _ in range(300)]
    long = word_file(text, boxes=["MẬT"] * 2_000)
    pieces = bytearray(compound({"WordDocument": _main(20_000 * 15), "1Table": _pieces(20_000, 15)}))
    tree = bytearray(compound({f"{number:05d}": b"" for number in range(20_000)}))
    return {"loop.doc": bytes(loop), "long.doc": long, "pieces.doc": bytes(pieces), "tree.doc": bytes(tree)}


def _texts() -> dict[str, bytes]:
    """RTF, ODT, workbooks and web pages that never end, nest without end or promise what is not there."""
    cell = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    odt = b'<o xmlns:text="t">%b</o>'
    records = b"".join(struct.pack("<HHHHd", 0x27E, 10, 0, 0, 0)[:14] for _ in range(300_000))
    strings = struct.pack("<HHLLHB", 0xFC, 11, 1 << 31, 1 << 31, 0xFFFF, 0) + struct.pack("<HH", 0x3C, 0) * 9_000
    return {
        "braces.rtf": b"{\\rtf1" + b"{" * (8 << 20),
        "words.rtf": b"{\\rtf1" + b"\\caps a\\caps0 b" * (1 << 19),
        "cells.rtf": b"{\\rtf1\\trowd\\intbl" + b"\\cell" * (1 << 20),
        "bin.rtf": b"{\\rtf1 a\\bin4000000000 b}",
        "deep.odt": zipped([("content.xml", odt % (b"<text:p>" * 100_000))]),
        "long.odt": zipped([("content.xml", odt % (b"<text:p>" + b"<text:tab/>" * 900_000 + b"</text:p>"))]),
        "laughs.odt": zipped([("content.xml", b'<!DOCTYPE r [<!ENTITY x "ha">]><r>&x;</r>')]),
        "cells.xlsx": zipped([("[Content_Types].xml", b""), ("xl/worksheets/sheet1.xml", cell * 250_000)]),
        "wide.xlsx": zipped(
            [("[Content_Types].xml", b""), ("xl/worksheets/sheet1.xml", b"<row>" + cell[9:32] * 400_000)]
        ),
        "cells.xls": compound({"Workbook": struct.pack("<HHHH", 0x809, 4, 0x600, 5) + records}),
        "strings.xls": compound({"Workbook": struct.pack("<HHHH", 0x809, 4, 0x600, 5) + strings}),
        "tags.html": b"<html>" + b"<table><tr><td>a" * (1 << 16),
        "open.html": b"<html>" + b"<a " * (1 << 19),
        "line.txt": b"a\tb " * (1 << 20),
    }


def _main(count: int) -> bytes:
    head = bytearray(4096) + b"a\r" * 8 + bytes(8192)
    struct.pack_into("<HH6xH", head, 0, 0xA5EC, 0xC1, 0x0200)
    struct.pack_into("<L", head, 0x4C, count)
    struct.pack_into("<LL", head, 0x1A2, 0, 1 << 30)
    # One table of 4,000 format pages, all the same one: a run for each letter.
    struct.pack_into("<LL", head, 0xFA, 1 << 19, 8 * 4_000 + 4)
    page = struct.pack("<102L", *range(4096, 4198)) + bytes(103) + b"\x65"
    head[4608:5120] = page.ljust(512, b"\0")[:511] + b"\x65"
    return bytes(head)


def _pieces(count: int, letters: int) -> bytes:
    starts = struct.pack(f"<{count + 1}L", *range(0, (count + 1) * letters, letters))
    body = starts + struct.pack("<HLH", 0, 4096 * 2 | 1 << 30, 0) * count
    table = b"\x02" + struct.pack("<L", len(body)) + body
    return table.ljust(1 << 19, b"\0") + bytes(4 * 4_001) + struct.pack("<L", 9) * 4_000


def _disguises() -> dict[str, bytes]:
    harmless_virus = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
    return {
        "page.html": SCRIPT,
        "zip.pdf": hostile_pdfs()["loop.pdf"] + zipped([("a.exe", b"MZ")]),
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'owned\'">'
        + SCRIPT
        + b"</svg>",
        "invite.ics": b"BEGIN:VCALENDAR\r\nSUMMARY:" + SCRIPT + b"\r\nEND:VCALENDAR\r\n",
        "cong van.pdf.exe": b"MZ" + bytes(200),
        "chuong trinh.pdf": b"MZ" + bytes(200),
        "van ban\u202efdp.exe": b"MZ",
        "eicar.com.txt": harmless_virus,
        "eicar.zip": zipped([("eicar.com", harmless_virus)]),
        SCRIPT.decode() + ".txt": b"x",
        '"><img src=x onerror="document.title=1">.pdf': b"%PDF-1.4",
    }
