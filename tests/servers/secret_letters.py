"""Letters that bear a state secret in every wrapping, each with a canary in clear in all its bytes."""

import base64
import io
import quopri
import struct
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache

import docx

from demo.documents import document
from demo.scans import scanned

CANARY = "KHOAxBIMATx7f3e9c"
_STATE_SENDER = "Văn thư Công an tỉnh <vanthu@catinh.example.gov.vn>"


def forms(canary: str = CANARY) -> list[bytes]:
    """The canary as it may stand on a disk: plain, in UTF-16 of both orders, in base64 at each of the three
    places where it may begin, in quoted-printable, in hexadecimal, and as a word of the search index, which writes of
    each word only what differs from the word before it."""
    plain = canary.encode()
    found = [
        canary.casefold()[2:].encode(),
        plain,
        canary.encode("utf-16-le"),
        canary.encode("utf-16-be"),
        plain.hex().encode(),
    ]
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain)
        found.append(coded[-(-shift * 8 // 6) : len(coded) // 4 * 4 - 4])  # without what the neighbours share
    coded = b"".join(b"=%02X" % byte for byte in plain)
    assert quopri.decodestring(coded) == plain
    return [*found, coded]


def mail(number: int, subject: str = "Gửi văn bản", body: str = "Kính gửi quý Sở.", *, html: str = "") -> EmailMessage:
    """A mail whose own headers and text bear the canary too."""
    made = EmailMessage()
    made["From"], made["To"] = _STATE_SENDER, "vanthu@skhcn.example.gov.vn"
    made["Subject"], made["Message-ID"] = subject, f"<{number}.{CANARY}@catinh.example.gov.vn>"
    made["Date"], made["X-Trace"] = "Thu, 04 Jun 2026 08:30:00 +0700", CANARY
    made.set_content(f"{body}\n{CANARY} {number}\n")
    if html:
        made.add_alternative(html, subtype="html")
    return made


def with_file(number: int, name: str, data: bytes, subject: str = "Gửi văn bản") -> EmailMessage:
    """A mail with one file."""
    made = mail(number, subject)
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


@cache
def _pdf(secrecy: str) -> bytes:
    return document("Công văn", secrecy=secrecy)


def pdf(number: int, secrecy: str = "toi_mat") -> bytes:
    """A text PDF with the stamp; the canary stands behind its end, uncompressed."""
    return _pdf(secrecy) + f"\n% {CANARY} {number}\n".encode()


@cache
def _scan(secrecy: str) -> bytes:
    return scanned(_pdf(secrecy), dpi=200)


def scan(number: int) -> bytes:
    """The same page as a picture in a PDF: the stamp is there for eyes only."""
    return _scan("toi_mat") + f"\n% {CANARY} {number}\n".encode()


def word(number: int) -> bytes:
    """A Word file whose first line is the stamp."""
    made, out = docx.Document(), io.BytesIO()
    for line in ("UBND TỈNH LÂM ĐỒNG", "Số: 12/BC-UBND", "TỐI MẬT", f"Nội dung {CANARY} {number}"):
        made.add_paragraph(line)
    made.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = f"{CANARY} {number}".encode()
    return out.getvalue()


def package(number: int) -> bytes:
    """An exchange package that says its secrecy."""
    return (
        "<edXML><MessageHeader><SecurityLevel>2</SecurityLevel>"
        f"<Subject>{CANARY} {number}</Subject></MessageHeader></edXML>"
    ).encode()


def zipped(name: str, data: bytes) -> bytes:
    """A stored zip: what is in it stands in clear."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def locked(number: int) -> bytes:
    """A zip that says it has a password: its flag bit is set in both headers."""
    plain = bytearray(zipped(f"{CANARY}-{number}.pdf", pdf(number, "khong")))
    plain[6] |= 1
    central = plain.rindex(b"PK\x01\x02")
    plain[central + 8] |= 1
    return bytes(plain)


def tnef(name: str, data: bytes) -> bytes:
    """Outlook's winmail.dat with one file (MS-OXTNEF 2.1.3)."""
    out = struct.pack("<IH", 0x223E9F78, 1)
    for kind, value in ((0x00069002, bytes(14)), (0x00018010, name.encode("cp1258") + b"\0"), (0x0006800F, data)):
        out += struct.pack("<BII", 2, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
    return out


def _nested(number: int, inner: EmailMessage) -> EmailMessage:
    made = mail(number, "Chuyển tiếp văn bản")
    made.add_attachment(inner)
    return made


WRAPPINGS: dict[str, Callable[[int], EmailMessage]] = {
    "text PDF": lambda n: with_file(n, f"{n}.pdf", pdf(n)),
    "scan": lambda n: with_file(n, f"{n}.pdf", scan(n)),
    "Word file": lambda n: with_file(n, f"{n}.docx", word(n)),
    "edXML": lambda n: with_file(n, f"{n}.edxml", package(n)),
    "zip": lambda n: with_file(n, f"{n}.zip", zipped(f"{CANARY}.pdf", pdf(n))),
    "zip in zip": lambda n: with_file(n, f"{n}.zip", zipped("trong.zip", zipped(f"{CANARY}.docx", word(n)))),
    "nested mail": lambda n: _nested(n, with_file(n, "9.pdf", pdf(n))),
    "subject": lambda n: mail(n, f"[TỐI MẬT] {CANARY} {n}"),
    "file name": lambda n: with_file(n, f"CV TỐI MẬT {CANARY} {n}.pdf", pdf(n, "khong")),
    "TNEF": lambda n: with_file(n, "winmail.dat", tnef(f"{CANARY}.pdf", pdf(n))),
    "HTML": lambda n: mail(n, html=f"<p>TỐI MẬT</p><p>{CANARY} {n}</p>"),
    "mail in a zip": lambda n: with_file(n, "thu.zip", zipped("thu.eml", with_file(n, "9.pdf", pdf(n)).as_bytes())),
    "text": lambda n: mail(n, body=f"TỐI MẬT\n{CANARY}"),
    "text file in UTF-16": lambda n: with_file(n, "a.txt", f"TỐI MẬT\n{CANARY} {n}".encode("utf-16")),
}


def raw(made: EmailMessage) -> bytes:
    """A mail as a server keeps it."""
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
