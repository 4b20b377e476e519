"""The cells of an Excel 97-2003 workbook, from its records ([MS-XLS] 2.4; Excel 5.0/95 as far as it is alike)."""

import struct
from collections.abc import Iterator

from ingest.reading.compound import Damaged, Stream

_MOST_RECORDS = 80_000
_MOST_STRINGS, _MOST_LETTERS = 40_000, 2_000_000
_LONGEST = 2_000
_BEGIN, _LOCKED, _STRINGS, _GOES_ON = 0x809, 0x2F, 0xFC, 0x3C
_LABEL, _SHARED, _NUMBER, _SHORT, _SHORTS, _FORMULA, _RESULT = 0x204, 0xFD, 0x203, 0x27E, 0xBD, 0x06, 0x207


class Locked(Exception):
    """A workbook with a password."""


def cells_of(book: Stream) -> Iterator[tuple[int, str]]:
    """Row and text of each cell that has one, sheet after sheet; rows of later sheets go on counting.

    Raises Damaged, and Locked for a workbook with a password.
    """
    strings: list[str] = []
    first, last, formula_row = 0, 0, 0
    is_unicode = True
    for kind, data, more in _records(book):
        if kind == _BEGIN and len(data) >= 2:
            is_unicode = struct.unpack_from("<H", data)[0] >= 0x600
            first = last + 2
        elif kind == _LOCKED:
            raise Locked
        elif kind == _STRINGS:
            strings = list(_shared_strings(data, more))
        elif kind == _RESULT:
            yield formula_row, _text(data, 0, is_unicode)
        elif len(data) >= 6:
            row = first + struct.unpack_from("<H", data)[0]
            last = max(last, row)
            formula_row = row if kind == _FORMULA else formula_row
            for text in _cell(kind, data, strings, is_unicode):
                yield row, text


def _cell(kind: int, data: bytes, strings: list[str], is_unicode: bool) -> Iterator[str]:
    if kind == _SHARED and len(data) >= 10:
        place = struct.unpack_from("<L", data, 6)[0]
        yield strings[place] if place < len(strings) else ""
    elif kind == _LABEL:
        yield _text(data, 6, is_unicode)
    elif kind == _NUMBER and len(data) >= 14:
        yield f"{struct.unpack_from('<d', data, 6)[0]:.15g}"
    elif kind == _SHORT and len(data) >= 10:
        yield _short(struct.unpack_from("<L", data, 6)[0])
    elif kind == _SHORTS:
        for at in range(4, len(data) - 6, 6):
            yield _short(struct.unpack_from("<L", data, at + 2)[0])
    elif kind == _FORMULA and len(data) >= 14 and data[12:14] != b"\xff\xff":  # else a text, in the next record
        yield f"{struct.unpack_from('<d', data, 6)[0]:.15g}"


def _short(packed: int) -> str:
    """A number in 30 bits (2.5.217)."""
    if packed & 2:
        value: float = struct.unpack("<l", struct.pack("<L", packed & ~3))[0] >> 2
    else:
        value = struct.unpack("<d", bytes(4) + struct.pack("<L", packed & ~3))[0]
    return f"{value / 100 if packed & 1 else value:.15g}"


def _text(data: bytes, at: int, is_unicode: bool) -> str:
    if len(data) < at + 3:
        return ""
    count = min(struct.unpack_from("<H", data, at)[0], _LONGEST)
    if not is_unicode:
        return data[at + 2 : at + 2 + count].decode("cp1252", "replace")
    if data[at + 2] & 1:
        return data[at + 3 : at + 3 + 2 * count].decode("utf-16-le", "replace")
    return data[at + 3 : at + 3 + count].decode("latin-1")


def _records(book: Stream) -> Iterator[tuple[int, bytes, list[bytes]]]:
    """Kind and data of each record, and the records that only go on with the table of strings."""
    at = count = 0
    while at + 4 <= book.size and count < _MOST_RECORDS:
        head = book.read(at, 4)
        if len(head) < 4:
            return
        kind, size = struct.unpack("<HH", head)
        data = book.read(at + 4, size)
        at, count = at + 4 + size, count + 1
        more: list[bytes] = []
        while kind == _STRINGS and count < _MOST_RECORDS and sum(map(len, more[-1:])) + 8224 * len(more) < 8 << 20:
            head = book.read(at, 4)
            if len(head) < 4 or struct.unpack("<HH", head)[0] != _GOES_ON:
                break
            size = struct.unpack("<HH", head)[1]
            more.append(book.read(at + 4, size))
            at, count = at + 4 + size, count + 1
        yield kind, data, more


class _Parts:
    """The table of strings over its records: letters go on in the next one behind a new byte of flags (2.5.293)."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts, self._index, self._at = parts, 0, 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes; they may lie in two records. Raises Damaged at the end."""
        out = b""
        while len(out) < count:
            if self._index >= len(self._parts):
                raise Damaged("strings cut short")
            part = self._parts[self._index][self._at : self._at + count - len(out)]
            out += part
            self._at += len(part)
            if self._at >= len(self._parts[self._index]):
                self._index, self._at = self._index + 1, 0
        return out

    def letters(self, count: int, is_wide: bool) -> str:
        """The next `count` letters of a string."""
        out: list[str] = []
        while count > 0:
            if self._index >= len(self._parts):
                raise Damaged("strings cut short")
            here = (len(self._parts[self._index]) - self._at) // (2 if is_wide else 1)
            taken = min(count, here)
            if taken:
                data = self.take(taken * (2 if is_wide else 1))
                out.append(data.decode("utf-16-le" if is_wide else "latin-1", "replace"))
            count -= taken
            if count > 0:
                if not taken:
                    self._index, self._at = self._index + 1, 0
                is_wide = bool(self.take(1)[0] & 1)
        return "".join(out)


def _shared_strings(data: bytes, more: list[bytes]) -> Iterator[str]:
    parts = _Parts([part for part in (data, *more) if part])
    left = _MOST_LETTERS
    try:
        count = struct.unpack("<LL", parts.take(8))[1]
        for _ in range(min(count, _MOST_STRINGS)):
            length, flags = struct.unpack("<HB", parts.take(3))
            runs = struct.unpack("<H", parts.take(2))[0] if flags & 8 else 0
            phonetic = struct.unpack("<L", parts.take(4))[0] if flags & 4 else 0
            text = parts.letters(length, bool(flags & 1))
            parts.take(4 * runs + min(phonetic, 1 << 16))
            left -= length
            if left < 0:
                return
            yield text[:_LONGEST]
    except Damaged:
        return
