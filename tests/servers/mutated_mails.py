"""Mails of all our kinds, damaged at random from a seed and read one after the other: run as a program in a process
of its own, `mutated_mails.py FOLDER FIRST COUNT`, it prints what it saw as one JSON object."""

import base64
import hashlib
import io
import json
import pickle
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from mail_parts import HEADER, mixed, pdf_part

from core.sandbox_child import load_plain
from ingest.describe import read_raw_letter
from ingest.letter import Reading
from ingest.mime import Unreadable

Mutation = Callable[[random.Random, bytes], bytes]

_TOKENS = (
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"--=_b\r\n", b"--=_b--\r\n", b"--", b":", b";", b'"', b"=?utf-8?B?", b"?=",
    b"<", b">", b"(", b"@", b"\0", b"\xff\xfe", b"\xc3", b"=", b" ", b"\t", b"From \r\n", b"begin 644 a\r\n",
    b"Content-Type: multipart/mixed; boundary==_b\r\n", b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: application/pkcs7-mime\r\n", b"Content-Type: application/ms-tnef\r\n", b"\x30\x80", b"\x24\x80",
    b"Content-Disposition: attachment; filename*0*=utf-8''%", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"stream\n",
)  # fmt: skip
_TRANSFERS = (b"base64", b"quoted-printable", b"8bit", b"7bit", b"binary", b"x-uuencode", b"base64;", b"")
_CHARSETS = (b"utf-8", b"windows-1258", b"utf-16", b"utf-7", b"iso-2022-jp", b"klingon", b"idna", b"us-ascii", b"hz")


def _flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: random.Random, data: bytes) -> bytes:
    start, end = sorted(chance.randint(0, len(data)) for _ in range(2))
    return data[:start] if chance.random() < 0.4 else data[:start] + data[end:]


def _splice(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(sources())
    start, end = sorted(chance.randint(0, len(other)) for _ in range(2))
    at = chance.randint(0, len(data))
    return data[:at] + other[start:end] + data[at:]


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 2, 50)) + data[at:]


def _double_field(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\r\n")
    line = chance.choice(lines[:20])
    times = chance.choice((1, 2, 300))
    return b"\r\n".join([*[_flip(chance, line) if chance.random() < 0.5 else line] * times, *lines])


def _swap_boundaries(chance: random.Random, data: bytes) -> bytes:
    old, new = chance.sample((b"=_b", b"alt", b"rel", b"=_bx", b"", b"--", b"=_b--"), 2)
    return data.replace(old, new, chance.choice((-1, 1, 2))) if old else data.replace(b"boundary", b"border")


def _relabel(chance: random.Random, data: bytes) -> bytes:
    options = _TRANSFERS if chance.random() < 0.5 else _CHARSETS
    return data.replace(chance.choice(options) or b"utf-8", chance.choice(options), chance.choice((-1, 1)))


def _turn_lines(chance: random.Random, data: bytes) -> bytes:
    return data.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r")), chance.choice((-1, 1, 5)))


_MUTATIONS: tuple[Mutation, ...] = (
    _flip, _cut, _splice, _insert, _double_field, _swap_boundaries, _relabel, _turn_lines,
)  # fmt: skip


def mutated(seed: int) -> bytes:
    """The mail of this seed, the same each time: one of our mails changed one to four times."""
    chance = random.Random(seed)
    data = chance.choice(sources())
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_MUTATIONS)(chance, data)
    return data


@cache
def sources() -> tuple[bytes, ...]:
    """Sound mails of all the kinds that a reader meets, small, so that a second reads hundreds."""
    letter = mixed(_TEXT, pdf_part("Content-Type: application/pdf; name*=utf-8''C%C3%B4ng%20v%C4%83n.pdf\n", _PDF))
    nested = letter.decode().replace("\r\n", "\n")
    return (
        letter,
        mixed(_RICH, pdf_part('Content-Type: application/zip; name="tep.zip"\n', _zip({"CV 12.pdf": _PDF}))),
        mixed(_TEXT, f"Content-Type: message/rfc822\n\n{nested}"),
        mixed(f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{_encoded(letter)}"),
        mixed(pdf_part('Content-Type: application/ms-tnef; name="winmail.dat"\n', _tnef())),
        mixed(pdf_part('Content-Type: application/pkcs7-mime; name="smime.p7m"\n', _signed(mixed(_TEXT, header="")))),
        mixed(pdf_part('Content-Type: application/octet-stream; name="12.docx"\n', _docx())),
        mixed(pdf_part('Content-Type: application/xml; name="a.edxml"\n', b"<?xml version='1.0'?><edXML>x</edXML>")),
        mixed("Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", _TEXT),
        _REPORT.replace("\n", "\r\n").encode(),
        _BOUNCE.replace("\n", "\r\n").encode(),
        f"{HEADER}Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n#86)C\n`\nend\n".replace(
            "\n", "\r\n"
        ).encode(),
    )


_TEXT = (
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nK=C3=ADnh g=E1=BB=ADi\n"
)
_RICH = (
    "Content-Type: multipart/related; boundary=rel\n\n--rel\nContent-Type: multipart/alternative; boundary=alt\n\n"
    "--alt\nContent-Type: text/plain\n\nxin chao\n--alt\nContent-Type: text/html\n\n<p>xin <img src='cid:l@x'>chao\n"
    "--alt--\n--rel\nContent-Type: image/png\nContent-Id: <l@x>\n\n\x89PNG\n--rel--\n"
)
_PDF = (
    b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
    b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>> endobj\n4 0 obj <</Length 179>>stream\n"
    b"BT /F 14 Tf 90 700 Td (So: 12/SNV-VP) Tj 0 -20 Td (Kinh gui: Giam doc So Khoa hoc va Cong nghe tinh Dak Nong) Tj"
    b" 0 -20 Td (Thuc hien cong van so 15 ngay 02 thang 3 nam 2020) Tj ET\nendstream endobj\n"
    b"trailer <</Root 1 0 R>>\n%%EOF\n"
)
_REPORT = (
    "From: MAILER-DAEMON@b.vn\nTo: vanthu@daknong.gov.vn\nSubject: Undelivered Mail\nContent-Type: multipart/report; "
    "report-type=delivery-status; boundary==_b\n\n--=_b\n\nkhong gui duoc\n--=_b\nContent-Type: message/delivery-status"
    "\n\nReporting-MTA: dns; b.vn\n\nFinal-Recipient: rfc822; a@b.vn\nAction: failed\nStatus: 5.1.1\n\n--=_b\n"
    "Content-Type: text/rfc822-headers\n\nMessage-ID: <1@daknong.gov.vn>\n\n--=_b--\n"
)
_BOUNCE = (
    "From: postmaster@b.vn\nTo: vanthu@daknong.gov.vn\nSubject: failure notice\n\nHi. I was not able to deliver your "
    "message\n<a@b.vn>:\n550 5.1.1 no such user\n--- Below this line is a copy of the message.\n\nReceived: from x\n"
)


def _encoded(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _docx() -> bytes:
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = b"<w:document xmlns:w='%b'><w:body><w:p><w:r><w:t>S\xe1\xbb\x91: 12</w:t></w:r></w:p></w:body></w:document>"
    return _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": text % space})


def _tnef() -> bytes:
    def attribute(number: int, data: bytes) -> bytes:
        return b"\x02" + number.to_bytes(2, "little") + b"\0\0" + len(data).to_bytes(4, "little") + data + b"\0\0"

    title, data = attribute(0x8010, b"baocao.pdf\0"), attribute(0x800F, _PDF)
    return b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x9002, b"\0" * 14) + title + data


def _signed(data: bytes) -> bytes:
    """Signed data without signers, in pieces of 200 bytes, lengths indefinite."""
    pieces = b"".join(
        b"\x04\x81" + bytes([len(piece)]) + piece for piece in (data[at : at + 200] for at in range(0, len(data), 200))
    )
    held = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80" + pieces + b"\0\0" * 3
    inner = b"\x30\x80\x02\x01\x01\x31\x00" + held + b"\x31\x00\0\0"
    return b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + inner + b"\0\0\0\0"


def _fault(raw: bytes, mail: Path, folder: Path) -> str:
    """What is wrong with how `raw` was read; "" for nothing."""
    try:
        reading = read_raw_letter(mail, folder)
    except Unreadable:
        return "unreadable" if raw else ""
    if mail.read_bytes() != raw:
        return "the raw bytes changed"
    plain = load_plain(pickle.dumps(reading))
    if plain != reading or not isinstance(plain, Reading):
        return "no plain data"
    letter = reading.letter
    if letter is not None and (letter.raw_sha256, letter.raw_size) != (hashlib.sha256(raw).hexdigest(), len(raw)):
        return "another digest"
    return ""


def main(spool: Path, first: int, count: int) -> dict[str, object]:
    """Read the mails of the seeds from `first` on; say how many, the slowest, and what was wrong by seed."""
    slowest, faults = (0.0, 0), {}
    for seed in range(first, first + count):
        raw = mutated(seed)
        with tempfile.TemporaryDirectory(dir=spool) as name:
            mail, folder = Path(name, "mail.eml"), Path(name, "parts")
            mail.write_bytes(raw)
            folder.mkdir()
            start = time.process_time()
            try:
                fault = _fault(raw, mail, folder)
            except Exception as error:  # each mail by itself: the seed is what is needed to see it again
                fault = f"{type(error).__name__}: {error}"
            slowest = max(slowest, (time.process_time() - start, seed))
            if fault:
                faults[seed] = fault
    return {"count": count, "seconds": slowest[0], "slowest": slowest[1], "faults": faults}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
