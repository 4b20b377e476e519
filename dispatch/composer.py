"""A delivery as it travels: RFC 5322 and MIME, in bytes that every mail program reads alike.

Written here, not by `email.message`: its folding has lost quotes and blanks of names, it writes file names in one of
the two ways that mail programs read, and takes five times as long for a large file.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from core.deliveries.tables import Delivery
from core.office import OFFICE_ZONE
from core.text import nfc

_LINE = 76
_WORD_OCTETS = 42  # of UTF-8 in one encoded word: 56 letters of base64 and "=?utf-8?B??=" stay below 75 (RFC 2047 2)
_PARAMETER_LETTERS = 50
_MOST_REFERENCES = 20
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~. -]+")
_SPECIAL_NAMES = re.compile(r'[/\\:*?"<>|]')
_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,60}", re.ASCII)
_LONGEST_NAME_OCTETS = 200


@dataclass(frozen=True, slots=True)
class Office:
    """From whom mail goes out: an ASCII address, and a name as people read it."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A composed mail with its envelope; `is_utf8` where the server must know SMTPUTF8 (RFC 6531)."""

    sender: str
    recipient: str
    data: bytes
    envelope_id: str
    is_utf8: bool


def compose(delivery: Delivery, office: Office, content_of: Callable[[str], bytes], *, at: datetime) -> Mail:
    """The mail of a delivery that was claimed; `content_of` gives a stored content by its SHA-256.

    Lines end with CR LF and have at most 998 octets. Whatever stands in names, subjects and addresses, no header comes
    of it. Raises what `content_of` raises.
    """
    assert delivery.message_id is not None
    recipient = in_ascii_domain(delivery.recipient_address)
    mark = hashlib.sha256(delivery.message_id.encode()).hexdigest()[:24]
    head = "".join(_head(delivery, office, recipient, at))
    text = _part("text/plain; charset=utf-8", "", _body(delivery.body))
    if not delivery.files:
        data = head.encode() + text
    else:
        boundary = f"=_{mark}"  # cannot stand in base64, and nothing else is inside
        parts = [text, *(_attachment(file.name, file.media_type, content_of(file.sha256)) for file in delivery.files)]
        line = b"--" + boundary.encode()
        kind = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        data = (head + kind).encode() + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"
    return Mail(office.address, recipient, data, delivery.message_id.strip("<>"), not recipient.isascii())


def in_ascii_domain(address: str) -> str:
    """The address with its domain as DNS writes it; a local part beyond ASCII stays."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def clean(text: str) -> str:
    """Text as a header can hold it: one line in NFC, without controls, invisible or half letters; blanks squeezed."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    visible = "".join(letter for letter in kept if unicodedata.category(letter) not in ("Cf", "Cs"))
    return " ".join(nfc(visible).split())


def clean_name(name: str) -> str:
    """A file's name as it travels: nothing that a folder, or Windows, takes for something else; at most 200 octets with
    its ending kept."""
    name = _SPECIAL_NAMES.sub("_", clean(name)).strip(". ") or "tep"
    stem, dot, ending = name.rpartition(".")
    if len(name.encode()) <= _LONGEST_NAME_OCTETS:
        return name
    if not dot or len(ending.encode()) > 16:
        stem, ending, dot = name, "", ""
    room = _LONGEST_NAME_OCTETS - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + ending


def _head(delivery: Delivery, office: Office, recipient: str, at: datetime) -> Iterator[str]:
    yield _mailbox("From", office.name, office.address)
    yield _mailbox("To", delivery.recipient_name, recipient)
    yield _text("Subject", delivery.subject)
    yield f"Date: {format_datetime(at.astimezone(OFFICE_ZONE))}\r\n"
    yield f"Message-ID: {delivery.message_id}\r\n"
    if delivery.in_reply_to and _MESSAGE_ID.fullmatch(delivery.in_reply_to):
        yield f"In-Reply-To: {delivery.in_reply_to}\r\n"
    if named := _references(delivery.reference_ids):
        yield "References: " + "\r\n ".join(named) + "\r\n"
    if delivery.is_automatic:  # RFC 3834 5: no program is to answer it
        yield f"Auto-Submitted: {'auto-replied' if delivery.in_reply_to else 'auto-generated'}\r\n"
        yield "X-Auto-Response-Suppress: OOF, AutoReply\r\n"
    yield "MIME-Version: 1.0\r\n"


def _references(ids: Sequence[str]) -> list[str]:
    named = [one for one in ids if _MESSAGE_ID.fullmatch(one)]
    return named if len(named) <= _MOST_REFERENCES else [named[0], *named[1 - _MOST_REFERENCES :]]


def _mailbox(field: str, name: str, address: str) -> str:
    name = clean(name)
    if not name:
        return f"{field}: {address}\r\n"
    if name.isascii() and len(name) <= _LINE - len(field) and not _looks_encoded(name):
        shown = name if _ATOMS.fullmatch(name) and "." not in name else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    else:
        shown = "\r\n ".join(_encoded(name))
    return f"{field}: {shown}\r\n <{address}>\r\n"


def _text(field: str, text: str) -> str:
    text = clean(text)
    words = text.split(" ")
    if not text.isascii() or _looks_encoded(text) or any(len(word) > _LINE - len(field) - 2 for word in words):
        return f"{field}: " + "\r\n ".join(_encoded(text)) + "\r\n"
    lines, room = [field + ":"], _LINE
    for word in words:
        if len(lines[-1]) + 1 + len(word) > room and lines[-1] != field + ":":
            lines.append("")
        lines[-1] += " " + word
    return "\r\n".join(lines) + "\r\n"


def _looks_encoded(text: str) -> bool:
    return "=?" in text


def _encoded(text: str) -> list[str]:
    """RFC 2047 encoded words, each whole letters; folded side by side they read as one."""
    words, run = [], b""
    for letter in text:
        octets = letter.encode()
        if len(run) + len(octets) > _WORD_OCTETS:
            words.append(run)
            run = b""
        run += octets
    return [f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in (*words, run)]


def _body(body: str) -> bytes:
    lines = body.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    return "\r\n".join([*lines, ""]).encode("utf-8", "replace")


def _attachment(name: str, media_type: str, content: bytes) -> bytes:
    name = clean_name(name)
    kind = media_type if _TYPE.fullmatch(media_type) else "application/octet-stream"
    if kind.startswith(("message/", "multipart/")):  # RFC 2046 allows these no base64
        kind = "application/octet-stream"
    # Outlook and old gateways read the name of Content-Type, as encoded words though RFC 2047 5 has none there; others,
    # and we, the RFC 2231 one of Content-Disposition. This is how Thunderbird and Gmail write it.
    simple = name.isascii() and '"' not in name and len(name) <= _PARAMETER_LETTERS and not _looks_encoded(name)
    shown = name if simple else "\r\n  ".join(_encoded(name))
    disposition = f'attachment;\r\n filename="{name}"' if simple else "attachment;" + _extended(name)
    return _part(f'{kind};\r\n name="{shown}"', f"Content-Disposition: {disposition}\r\n", content)


def _extended(name: str) -> str:
    """RFC 2231: in one piece where that fits in a line, else in numbered ones."""
    letters = re.findall(r"%[0-9A-F]{2}|.", quote(name, safe="", encoding="utf-8"))
    pieces = ["".join(piece) for piece in _in_pieces(letters)]
    if len(pieces) == 1:
        return f"\r\n filename*=utf-8''{pieces[0]}"
    first = [f"\r\n filename*0*=utf-8''{pieces[0]}"]
    return ";".join(first + [f"\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces[1:], start=1)])


def _in_pieces(letters: Sequence[str]) -> Iterable[list[str]]:
    piece: list[str] = []
    for letter in letters:
        if sum(map(len, piece)) + len(letter) > _PARAMETER_LETTERS:
            yield piece
            piece = []
        piece.append(letter)
    yield piece


def _part(kind: str, more: str, content: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\n{more}Content-Transfer-Encoding: base64\r\n\r\n"
    text = base64.b64encode(content)
    return head.encode() + b"".join(text[start : start + _LINE] + b"\r\n" for start in range(0, len(text), _LINE))
