"""Outlook's winmail.dat opened (TNEF, MS-OXTNEF): the files inside it, found by offset."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.mime.charsets import decode
from ingest.mime.names import safe_name
from ingest.mime.raw import Raw

MAX_FILES = 1_000
_MAX_PROPERTIES_BYTES = 1024 * 1024
# Attribute numbers of MS-OXTNEF 2.1.3.2.
_BEGIN_FILE, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_NAME, _SHOWN_NAME, _OBJECT = 0x3707, 0x3001, 0x3701
_FIXED_SIZES = {1: 4, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_VARYING = {13, 30, 31, 258}


@dataclass(slots=True)
class TnefFile:
    """One file inside: its name ("" if it has none) and where its bytes lie."""

    name: str = ""
    start: int = 0
    end: int = 0


def files(raw: Raw) -> Iterator[TnefFile]:
    """The files of a TNEF stream in order; what is cut short gives those before the cut."""
    current: TnefFile | None = None
    at, count = 6, 0
    while at + 9 <= raw.size and count < MAX_FILES:
        number, length = struct.unpack("<xHxxI", raw.read(at, at + 9))
        start, end = at + 9, min(at + 9 + length, raw.size)
        if number == _BEGIN_FILE:
            if current is not None and current.end:
                yield current
                count += 1
            current = TnefFile()
        elif current is not None and number == _TITLE and not current.name:
            current.name = safe_name(decode(raw.read(start, min(end, start + 1_024)).split(b"\0")[0], None)[0])
        elif current is not None and number == _DATA:
            current.start, current.end = start, end
        elif current is not None and number == _PROPERTIES:
            _take_properties(current, raw.read(start, min(end, start + _MAX_PROPERTIES_BYTES)), start)
        at = start + length + 2  # the checksum
    if current is not None and current.end:
        yield current


def _take_properties(file: TnefFile, data: bytes, base: int) -> None:
    found = dict(_properties(data))
    for number in (_SHOWN_NAME, _LONG_NAME):
        if number in found:
            kind, start, end = found[number]
            text = data[start:end]
            name = text.decode("utf-16-le", "replace") if kind == 31 else decode(text, None)[0]
            file.name = safe_name(name.split("\0")[0]) or file.name
    if _OBJECT in found and not file.end:
        # A mail or OLE object: 16 bytes of interface number before its bytes (MS-OXTNEF 2.1.3.4.3).
        _, start, end = found[_OBJECT]
        file.start, file.end = base + start + 16, base + end


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """Property number -> its type and the place of its first value (MS-OXTNEF 2.1.3.4)."""
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, 2_000)):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:
                at = _behind_name(data, at)
            values = 1
            if kind & 0x1000 or kind & 0x0FFF in _VARYING:
                (values,) = struct.unpack_from("<I", data, at)
                at += 4
            kind &= 0x0FFF
            for place in range(min(values, 2_000)):
                size = _FIXED_SIZES[kind] if kind in _FIXED_SIZES else struct.unpack_from("<I", data, at)[0]
                at += 0 if kind in _FIXED_SIZES else 4
                if place == 0 and kind in _VARYING:
                    yield number, (kind, at, min(at + size, len(data)))
                at += size + (-size) % 4
    except struct.error:
        return  # cut short: what came before counts


def _behind_name(data: bytes, at: int) -> int:
    """Skip what a named property says of itself: its set, and a number or a text."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    (length,) = struct.unpack_from("<I", data, at + 20)
    return at + 24 + int(length) + (-int(length)) % 4
