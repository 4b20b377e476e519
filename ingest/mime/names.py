"""Parameters of Content-Type and Content-Disposition, and the names of files (RFC 2045 5.1, 2231, 2183)."""

import re
from urllib.parse import unquote_to_bytes

from core.text import nfc
from ingest.mime.charsets import decode
from ingest.mime.headers import Header, decode_words, plain, to_text

MAX_PARAMETERS = 400
MAX_NAME_LETTERS = 250
_PARAMETER = re.compile(r""";\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"(?=\s*(?:;|$|\()|\s+[^\s;=]+=)|[^;]*)""")
_PIECE = re.compile(r"^([^*]+)(?:\*(\d{1,3}))?(\*)?$")


def parse_value(value: str) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """A parametrised field: its lower-case value, its parameters decoded, and warnings."""
    head, _, _ = value[:16_384].partition(";")
    plainly: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value[:65_536])):
        if count >= MAX_PARAMETERS:
            return head.strip().lower(), _merged(plainly, pieces), ("too_many_parameters",)
        key, text = match[1].lower(), _unquoted(match[2])
        piece = _PIECE.match(key)
        if piece is None or (piece[2] is None and piece[3] is None):
            plainly.setdefault(key, text)
        else:
            pieces.setdefault(piece[1], {}).setdefault(int(piece[2] or 0), (text, bool(piece[3])))
    merged = _merged(plainly, pieces)
    differ = any(_folded(plainly[key]) != _folded(merged[key]) for key in pieces if key in plainly)
    return head.strip().lower(), merged, ("names_disagree",) if differ else ()


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        return text.replace('\\"', '"').replace("\\\\", "\\")
    return text


def _merged(plainly: dict[str, str], pieces: dict[str, dict[int, tuple[str, bool]]]) -> dict[str, str]:
    # RFC 6266 4.3 and every mail program: where both stand, the extended form is the better one.
    return plainly | {key: _joined(parts) for key, parts in pieces.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    data, charset = b"", None
    for place, number in enumerate(sorted(parts)):
        text, encoded = parts[number]
        if encoded and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        # An encoded piece is %xx of bytes; senders forget the star on later pieces but keep encoding.
        data += unquote_to_bytes(text) if encoded or (charset and "%" in text) else text.encode("utf-8")
    return decode(data, charset)[0]


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", plain(decode_words(text)))


def file_name(parameters: dict[str, str], disposition: dict[str, str]) -> str:
    """The name of a part as the sender gave it, made safe; "" when it has none (RFC 2183 2.3)."""
    for source, key in (
        (disposition, "filename"),
        (parameters, "name"),
        (disposition, "name"),
        (parameters, "filename"),
    ):
        if given := source.get(key):
            return safe_name(decode_words(given))
    return ""


def safe_name(name: str) -> str:
    """`name` as a bare file name: NFC, no path, no control or direction characters, of bounded length."""
    name = plain(nfc(name.replace("\x00", "")))
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1].strip()
    name = re.sub(r"^\.+(?=$|\s)", "", name)
    if len(name) > MAX_NAME_LETTERS:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: MAX_NAME_LETTERS - 20]}{dot}{ending[:19]}" if dot else name[:MAX_NAME_LETTERS]
    return name


def field_value(header: Header, name: str) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """`parse_value` of a header's field."""
    return parse_value(to_text(header.raw(name)))
