"""Transfer encodings taken off in large chunks: a body of any size costs a few hundred kilobytes of memory."""

import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.mime.parts import Part
from ingest.mime.raw import Raw

_CHUNK_BYTES = 512 * 1024
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_RUBBISH = bytes(set(range(256)) - set(_ALPHABET))
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)


def decoded(raw: Raw, part: Part) -> Iterator[bytes]:
    """The bytes of a part without their transfer encoding. What can't be decoded is kept as it stands and
    noted in `part.warnings` ("damaged_base64", "unknown_transfer_encoding")."""
    if part.transfer == "base64":
        return _base64(raw, part)
    chunks = raw.chunks(part.start, part.end, _CHUNK_BYTES)
    if part.transfer in ("quoted-printable", "quoted_printable"):
        return _quoted_printable(chunks)
    if part.transfer in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uuencoded(raw, part)
    if part.transfer not in ("", "7bit", "8bit", "binary"):
        part.warnings.append("unknown_transfer_encoding")
    return chunks


def _base64(raw: Raw, part: Part) -> Iterator[bytes]:
    """Whole lines of one length, as every program writes them, decode faster without a look at
    each byte; from the first chunk whose length isn't what its lines promise, each byte is looked at."""
    at, length = part.start, raw.read(part.start, min(part.end, part.start + 1_024)).find(b"\n") + 1
    line_end = 2 if raw.read(at + length - 2, at + length) == b"\r\n" else 1
    step = _CHUNK_BYTES // length * length if length > line_end and (length - line_end) % 4 == 0 else _CHUNK_BYTES
    while at < part.end:
        chunk = raw.read(at, min(part.end, at + step))
        data = _whole_lines(chunk, length, line_end)
        if data is None or (at + step < part.end and len(data) % 3):
            yield from loose_base64(raw.chunks(at, part.end, _CHUNK_BYTES), part.warnings)
            return
        yield data
        at += step


def _whole_lines(chunk: bytes, length: int, line_end: int) -> bytes | None:
    """A chunk decoded, None unless it is as long as base64 in lines of `length` bytes must be."""
    try:
        data = binascii.a2b_base64(chunk)
    except binascii.Error:
        return None
    lines, rest = divmod(len(chunk), length) if length else (0, 0)
    letters = len(chunk) - (lines + bool(rest and chunk.endswith(b"\n"))) * line_end
    end = chunk[-8:].rstrip(b"\r\n")
    padding = len(end) - len(end.rstrip(b"="))
    return data if letters % 4 == 0 and len(data) == letters // 4 * 3 - padding else None


def loose_base64(chunks: Iterable[bytes], warnings: list[str]) -> Iterator[bytes]:
    """The bytes of base64 in windows of any length, whatever stands between its letters; "damaged_base64" goes to
    `warnings` where something is wrong with it."""
    rest, is_ended, is_damaged = b"", False, False
    for chunk in chunks:
        data = chunk.translate(None, _RUBBISH)
        if is_ended:
            # Behind the padding stands nothing, or another encoded piece, or a footer some list appended.
            is_damaged = is_damaged or bool(data)
            continue
        is_damaged = is_damaged or len(data) != len(chunk.translate(None, b" \t\r\n"))
        data = rest + data
        if (pad := data.find(b"=")) >= 0:
            is_ended = True
            is_damaged = is_damaged or bool(data[pad:].strip(b"="))
            rest = data[:pad]
            break_at = len(rest) - len(rest) % 4
        else:
            break_at = len(data) - len(data) % 4
            rest = data
        if break_at:
            yield binascii.a2b_base64(rest[:break_at])
        rest = rest[break_at:]
    if len(rest) == 1:
        is_damaged = True
    elif rest:
        is_damaged = is_damaged or not is_ended
        yield binascii.a2b_base64(rest + b"=" * (4 - len(rest)))
    if is_damaged:
        warnings.append("damaged_base64")


def _quoted_printable(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        # Cut behind a line end, or where no "=XX" can be cut in two.
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) > _CHUNK_BYTES:
            cut = len(data) - 3
            escape = data.find(b"=", cut - 2, cut)
            cut = escape if escape >= 0 else cut
        rest = data[cut:]
        if cut:
            yield binascii.a2b_qp(data[:cut])
    if rest:
        yield binascii.a2b_qp(rest)


def _uuencoded(raw: Raw, part: Part) -> Iterator[bytes]:
    rest, has_begun = b"", False
    for chunk in raw.chunks(part.start, part.end):
        data = rest + chunk
        if not has_begun and (match := _UU_BEGIN.search(data)):
            has_begun, data = True, data[match.end() :]
        lines = data.split(b"\n")
        rest = lines.pop()[-_CHUNK_BYTES:]
        if has_begun:
            yield b"".join(_uu_line(line, part) for line in lines)
    if has_begun and rest:
        yield _uu_line(rest, part)
    if not has_begun:
        part.warnings.append("damaged_uuencode")
        yield from raw.chunks(part.start, part.end)


def _uu_line(line: bytes, part: Part) -> bytes:
    line = line.rstrip(b"\r")
    if not line or line == b"end":
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders miscount trailing blanks: read what the length byte promises (Python's own workaround).
        try:
            return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
        except binascii.Error:
            if "damaged_uuencode" not in part.warnings:
                part.warnings.append("damaged_uuencode")
            return b""
