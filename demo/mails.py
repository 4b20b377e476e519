"""The mails that carry documents, written byte by byte as other offices' mail programs write them."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from enum import StrEnum
from hashlib import sha256
from quopri import encodestring
from urllib.parse import quote

from demo.agencies import OFFICE, OFFICE_ADDRESS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Naming(StrEnum):
    """How a mail program writes a file name that is not ASCII."""

    RFC2231 = "rfc2231"  # filename*=utf-8''...
    CONTINUED = "continued"  # filename*0*=...; filename*1*=... (RFC 2231 section 3)
    RFC2047 = "rfc2047"  # filename="=?utf-8?B?...?=", not allowed and everywhere
    RAW = "raw"  # UTF-8 bytes between the quotes


@dataclass(frozen=True, slots=True)
class File:
    """One attachment before encoding."""

    name: str
    content: bytes
    media_type: str = "application/pdf"
    naming: Naming = Naming.RFC2231


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail before encoding; `raw` writes it.

    `sender` is (shown name, address). `charset` is what the body declares; `body_bytes`, when given, are sent
    instead of the body's own encoding (old Vietnamese encodings). `headers` are added as they stand.
    """

    sender: tuple[str, str]
    subject: str
    body: str
    files: tuple[File, ...] = ()
    to: tuple[str, str] = (f"Văn thư {OFFICE}", OFFICE_ADDRESS)
    cc: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    charset: str = "utf-8"
    body_bytes: bytes | None = None
    html: str = ""

    def raw(self, at: datetime, key: str) -> bytes:
        """The mail as RFC 5322 bytes with CRLF; `at` (aware) is its Date, `key` names it in Message-ID."""
        domain = self.sender[1].rpartition("@")[2]
        head = {
            "Date": format_datetime(at), "From": _address(*self.sender), "To": _address(*self.to),
            **({"Cc": ", ".join(_address(*one) for one in self.cc)} if self.cc else {}),
            "Subject": encoded(self.subject), "Message-ID": f"<{key}.{at:%Y%m%d}@{domain}>",
            "MIME-Version": "1.0", **self.headers,
        }  # fmt: skip
        lines = [f"{name}: {value}" for name, value in head.items()]
        return "\r\n".join(lines).encode() + b"\r\n" + self._parts(sha256(key.encode()).hexdigest()[:20])

    def _parts(self, seed: str) -> bytes:
        text = self._text(f"=_alt_{seed}")
        if not self.files:
            return text
        boundary = f"=_{seed}"
        opening = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()
        separator = f"--{boundary}\r\n".encode()
        pieces = [separator + part + b"\r\n" for part in (text, *map(_attachment, self.files))]
        return opening + b"".join(pieces) + f"--{boundary}--\r\n".encode()

    def _text(self, boundary: str) -> bytes:
        plain = _text_part("plain", self.charset, self.body_bytes or self.body.encode(self.charset))
        if not self.html:
            return plain
        opening = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        rich = _text_part("html", "utf-8", self.html.encode())
        return (
            f"--{boundary}\r\n".encode().join([opening.encode(), plain + b"\r\n", rich + b"\r\n"])
            + f"--{boundary}--\r\n".encode()
        )


def encoded(text: str) -> str:
    """A header value as RFC 2047 encoded words, folded with CRLF; ASCII stays as it is."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=75).encode(linesep="\r\n")


def _address(name: str, address: str) -> str:
    return formataddr((name, address)) if name.isascii() else f"{encoded(name)} <{address}>"


def _text_part(subtype: str, charset: str, content: bytes) -> bytes:
    head = f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    lines = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return head.encode() + encodestring(lines).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _attachment(file: File) -> bytes:
    body = b64encode(file.content)
    lines = b"\r\n".join(body[start : start + 76] for start in range(0, len(body), 76))
    head = (
        f"Content-Type: {file.media_type}; {_parameter('name', file)}\r\n"
        f"Content-Disposition: attachment; {_parameter('filename', file)}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + lines


def _parameter(label: str, file: File) -> str:
    if file.name.isascii() or file.naming is Naming.RAW:
        return f'{label}="{file.name}"'
    if file.naming is Naming.RFC2047:
        return f'{label}="{Header(file.name, "utf-8", maxlinelen=10**6).encode()}"'
    if file.naming is Naming.RFC2231:
        return f"{label}*=utf-8''{quote(file.name, safe='')}"
    pieces = [quote(file.name[start : start + 12], safe="") for start in range(0, len(file.name), 12)]
    marks = [f"{label}*{n}*={'utf-8' + chr(39) * 2 if n == 0 else ''}{piece}" for n, piece in enumerate(pieces)]
    return ";\r\n\t".join(marks)
