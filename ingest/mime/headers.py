"""Header fields: folded bytes to decoded text, however broken (RFC 5322, RFC 2047)."""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from core.text import nfc
from ingest.mime.charsets import decode

MAX_FIELDS = 2_000
MAX_VALUE_BYTES = 256 * 1024
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.*?)(?:\?=|$)", re.DOTALL)
_Q_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
# C0 and C1 controls, line separators, and the overrides that make "exe.pdf" of "fdp.exe".
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of one header block in their order: lower-case name and unfolded raw value."""

    fields: tuple[tuple[str, bytes], ...]
    warnings: tuple[str, ...] = ()

    def raw(self, name: str) -> bytes:
        """The first field of this name, b"" if there is none. `name` is lower-case."""
        return next(self.all(name), b"")

    def all(self, name: str) -> Iterator[bytes]:
        """Every field of this name, in order."""
        return (value for field, value in self.fields if field == name)

    def text(self, name: str) -> str:
        """The first field of this name, decoded, NFC, free of control characters; "" if there is none."""
        return plain(decode_words(to_text(self.raw(name))))


def never(_line: bytes) -> bool:
    """For header blocks that stand outside a multipart: no line is a boundary."""
    return False


def split_header(block: bytes, is_delimiter: Callable[[bytes], bool] = never) -> tuple[Header, int]:
    """Read a header block; also return how many of its bytes belong to it.

    A line that is no field ends the header (its blank line was lost), unless fields follow: then it is a
    folded line that lost its blank, or rubbish, and is taken to the field before.
    """
    lines = block.split(b"\n")
    fields: list[tuple[str, list[bytes]]] = []
    warnings: set[str] = set()
    consumed = 0
    for number, line in enumerate(lines):
        bare = line.rstrip(b"\r")
        match = _FIELD.match(bare)
        if match and len(fields) < MAX_FIELDS:
            fields.append((match[1].decode("ascii").lower(), [bare[match.end() :]]))
        elif match:
            warnings.add("too_many_fields")
        elif not bare:
            consumed += len(line) + 1
            break
        elif bare[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(bare)
        elif not bare.startswith((b"From ", b">From ")):  # the separator of mailbox files (RFC 4155)
            if is_delimiter(bare) or not _goes_on(lines, number):
                warnings.add("header_not_ended")
                break
            warnings.add("damaged_header")
            if fields:
                fields[-1][1].append(b" " + bare)
        consumed += len(line) + 1
    unfolded = tuple((name, b"".join(parts).strip()[:MAX_VALUE_BYTES]) for name, parts in fields)
    return Header(unfolded, tuple(sorted(warnings))), min(consumed, len(block))


def _goes_on(lines: list[bytes], number: int) -> bool:
    """Whether a field follows within a few lines and before a blank one."""
    for line in lines[number + 1 : number + 4]:
        if _FIELD.match(line):
            return True
        if not line.strip():
            return False
    return False


def to_text(value: bytes, charset: str | None = None) -> str:
    """A raw value as text: ASCII, raw UTF-8, or whatever charset fits. Encoded words are left as they are."""
    return value.decode("ascii") if value.isascii() else decode(value, charset)[0]


def decode_words(value: str) -> str:
    """RFC 2047 encoded words as text, in all the forms mails have: glued together, split within a letter,
    with blanks inside, without an end, with a charset that lies."""
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: tuple[str, bytes] = ("", b"")
    at = 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[at : match.start()]
        charset = match[1].split("*")[0].lower()
        data = _b_word(match[3]) if match[2] in "bB" else _q_word(match[3])
        at = match.end()
        if between.strip() or charset != pending[0]:
            out.append(decode(pending[1], pending[0])[0])
            out.append(between if between.strip() or not pending[0] else "")
            pending = (charset, data)
        else:
            # RFC 2047 6.2: blanks between words go. One letter may be split over two words by careless senders.
            pending = (charset, pending[1] + data)
    out.append(decode(pending[1], pending[0])[0])
    out.append(value[at:])
    return "".join(out)


def _b_word(text: str) -> bytes:
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", text.encode("ascii", "ignore"))
    if len(data) % 4 == 1:
        data = data[:-1]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _q_word(text: str) -> bytes:
    data = text.replace("_", " ").encode("utf-8")
    return _Q_BYTE.sub(lambda match: bytes([int(match[1], 16)]), data)


def plain(text: str) -> str:
    """`text` in NFC on one line, without control characters and direction overrides."""
    text = text.replace("\t", " ")
    if not text.isascii() or not text.isprintable():
        text = nfc(_UNSAFE.sub("", re.sub(r"[\r\n]+", " ", text)))
        # A lone surrogate can't be stored or printed.
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.strip()


def message_ids(value: bytes) -> list[str]:
    """The message identifiers of a field, angle brackets kept (RFC 5322 3.6.4)."""
    return _MESSAGE_ID.findall(to_text(value[:16_384]))


def message_id(value: bytes) -> str | None:
    """The one identifier of Message-ID or In-Reply-To; a value without brackets is kept as it stands."""
    found = message_ids(value)
    if found:
        return plain(found[0])
    bare = plain(to_text(value[:900])).strip("<> ")
    return f"<{bare}>" if re.search(r"\w", bare) and " " not in bare else None


def date(value: bytes) -> datetime | None:
    """The Date field as a UTC instant, None if it is missing or says no date (RFC 5322 3.3)."""
    try:
        when = parsedate_to_datetime(to_text(value[:200]))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
