"""Word 97-2003 files written from paragraphs: as little of the format as Word itself would open ([MS-DOC])."""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

from msoffcrypto.method.rc4 import DocumentRC4

SECTOR = 512
_SALT, _CLEAR_BYTES, _IS_LOCKED = bytes(range(16, 32)), 0x44, 0x0100
_HEAD_BYTES = 2048  # of the main stream; the text begins behind
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@dataclass(frozen=True)
class Para:
    """One paragraph and its mark: "\\r", or "\\x07" for the end of a cell or, with `ends_row`, of a row."""

    text: str
    mark: str = "\r"
    how: int = 0  # 0 left, 1 centre, 2 right
    in_table: bool = False
    ends_row: bool = False
    font: int = 0
    modifiers: bytes = b""  # of its characters, besides the font
    style: int = 0


def row(*cells: Sequence[Para | str]) -> list[Para]:
    """The paragraphs of one table row."""
    out = []
    for cell in cells:
        paras = [one if isinstance(one, Para) else Para(one) for one in cell] or [Para("")]
        for index, one in enumerate(paras):
            mark = "\x07" if index == len(paras) - 1 else "\r"
            out.append(Para(one.text, mark, one.how, True, False, one.font, one.modifiers, one.style))
    return [*out, Para("", "\x07", in_table=True, ends_row=True)]


def word_file(
    paras: Sequence[Para], *, fonts: Sequence[str] = ("Times New Roman",), boxes: Sequence[str] = (),
    heads: Sequence[str] = (), wide: bool = True, styles: Sequence[tuple[int, bytes]] = (), flags: int = 0,
    password: str = "",
) -> bytes:  # fmt: skip
    """The bytes of a .doc. `styles` are the modifiers of characters of style 0, 1, ..., each with its base."""
    story = [*paras, *map(Para, heads), *map(Para, boxes)]
    text = "".join(p.text + p.mark for p in story)
    width = 2 if wide else 1
    main = bytearray(_HEAD_BYTES) + text.encode("utf-16-le" if wide else "cp1252")
    bounds, at = [_HEAD_BYTES], _HEAD_BYTES
    for para in story:
        at += width * len(para.text + para.mark)
        bounds.append(at)
    lock = _lock(password) if password else b""
    flags |= _IS_LOCKED if lock else 0
    table = bytearray(lock or b"\0" * 8)
    places = {}

    def put(pair: int, data: bytes) -> None:
        places[pair] = (len(table), len(data))
        table.extend(data)

    put(0xA2, _style_sheet(styles))
    put(0x112, struct.pack("<HH", len(fonts), 0) + b"".join(map(_font, fonts)))
    looks = [struct.pack("<HH", 0x4A4F, p.font) + p.modifiers if p.font or p.modifiers else b"" for p in story]
    put(0xFA, _formatted(main, bounds, [bytes([len(look)]) + look for look in looks], 1))
    put(0x102, _formatted(main, bounds, list(map(_setting, story)), 13))
    place = _HEAD_BYTES if wide else _HEAD_BYTES * 2 | 0x40000000
    pieces = struct.pack("<LL", 0, len(text)) + struct.pack("<HLH", 0, place, 0)
    put(0x1A2, b"\x02" + struct.pack("<L", len(pieces)) + pieces)
    shown, above = (sum(len(p.text + p.mark) for p in part) for part in (paras, [*map(Para, heads)]))
    struct.pack_into("<HH", main, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", main, 10, 0x0200 | flags)
    struct.pack_into("<7L", main, 0x4C, shown, 0, above, 0, 0, 0, len(text) - shown - above)
    for pair, (start, size) in places.items():
        struct.pack_into("<LL", main, pair, start, size)
    struct.pack_into("<L", main, 14, len(lock))
    if lock:
        main[_CLEAR_BYTES:] = _rc4(password, bytes(main))[_CLEAR_BYTES:]
        table[len(lock) :] = _rc4(password, bytes(table))[len(lock) :]
    return compound({"WordDocument": bytes(main), "1Table": bytes(table)})


def _lock(password: str) -> bytes:
    """What stands before the table of a file under 40 bit RC4: a salt, and what tells a wrong password (2.2.6)."""
    verifier = bytes(range(16))
    return b"\x01\x00\x01\x00" + _SALT + _rc4(password, verifier + md5(verifier, usedforsecurity=False).digest())


def _rc4(password: str, data: bytes) -> bytes:
    """The same both ways."""
    made: bytes = DocumentRC4.decrypt(password, _SALT, io.BytesIO(data)).read()
    return made


def _font(name: str) -> bytes:
    body = bytes(39) + (name + "\0").encode("utf-16-le")
    return bytes([len(body)]) + body


def _style_sheet(styles: Sequence[tuple[int, bytes]]) -> bytes:
    out = struct.pack("<HHH", 18, len(styles), 10) + bytes(14)
    for number, (base, modifiers) in enumerate(styles):
        name = f"Kiểu {number}"
        style = struct.pack("<HHHHH", 0x0FFE, 1 | base << 4, 2, 0, 0)
        style += struct.pack("<H", len(name)) + (name + "\0").encode("utf-16-le")
        paragraph, look = struct.pack("<H", number), modifiers
        for part in (paragraph, look):
            style += struct.pack("<H", len(part)) + part + b"\0" * (len(part) % 2)
        out += struct.pack("<H", len(style)) + style + b"\0" * (len(style) % 2)
    return out


def _setting(para: Para) -> bytes:
    data = struct.pack("<H", para.style)
    data += struct.pack("<HB", 0x2403, para.how) if para.how else b""
    data += struct.pack("<HB", 0x2416, 1) if para.in_table else b""
    data += struct.pack("<HB", 0x2417, 1) if para.ends_row else b""
    # Whole words are counted in the second byte, else words less half of one.
    return bytes([0, len(data) // 2]) + data if len(data) % 2 == 0 else bytes([(len(data) + 1) // 2]) + data


def _formatted(main: bytearray, bounds: Sequence[int], entries: Sequence[bytes], entry_bytes: int) -> bytes:
    """Append the format pages to the main stream; their table."""
    firsts, numbers = [], []
    at = 0
    while at < len(entries):
        main.extend(b"\0" * (-len(main) % SECTOR))
        end = min(at + 20, len(entries))
        page, used, placed = bytearray(SECTOR), SECTOR - 2, {b"": 0}
        struct.pack_into(f"<{end - at + 1}L", page, 0, *bounds[at : end + 1])
        for index, entry in enumerate(entries[at:end]):
            key = entry if entry != b"\0" else b""
            if key not in placed:
                used = (used - len(entry)) & ~1
                page[used : used + len(entry)] = entry
                placed[key] = used // 2
            page[4 * (end - at + 1) + entry_bytes * index] = placed[key]
        page[-1] = end - at
        firsts.append(bounds[at])
        numbers.append(len(main) // SECTOR)
        main.extend(page)
        at = end
    return struct.pack(f"<{len(firsts) + 1}L{len(numbers)}L", *firsts, bounds[-1], *numbers)


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams in its root; those below 4,096 bytes lie in the mini stream."""
    sectors = bytearray()
    fat: list[int] = []

    def put(data: bytes) -> int:
        count = -(-len(data) // SECTOR)
        start = len(fat)
        fat.extend([*range(start + 1, start + count), _END] if count else [])
        sectors.extend(data + b"\0" * (-len(data) % SECTOR))
        return start if count else _END

    mini, mini_fat, entries = bytearray(), list[int](), []
    for number, (name, data) in enumerate(streams.items(), 1):
        if len(data) >= 4096:
            start = put(data)
        else:
            start = len(mini) // 64
            count = -(-len(data) // 64)
            mini_fat += [*range(start + 1, start + count), _END]
            mini.extend(data + b"\0" * (-len(data) % 64))
        following = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, start, len(data), following))
    root = _entry("Root Entry", 5, put(bytes(mini)), len(mini), child=1)
    mini_table = put(b"".join(struct.pack("<L", n) for n in mini_fat) + b"\xff" * (-4 * len(mini_fat) % SECTOR))
    directory = put(b"".join([root, *entries]))
    count = 1
    while 4 * (len(fat) + count) > count * SECTOR:
        count += 1
    tables = list(range(len(fat), len(fat) + count))
    fat += [_TABLE] * count
    fat += [_FREE] * (-len(fat) % (SECTOR // 4))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<LLLLLLLLL", 0, count, directory, 0, 4096, mini_table, 1, _END, 0)
    head += struct.pack("<109L", *tables, *[_FREE] * (109 - count))
    return head + bytes(sectors) + struct.pack(f"<{len(fat)}L", *fat)


def _entry(name: str, kind: int, start: int, size: int, following: int = _FREE, child: int = _FREE) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    entry = raw.ljust(64, b"\0") + struct.pack("<HBBLLL", len(raw), kind, 1, _FREE, following, child)
    return entry + bytes(36) + struct.pack("<LLL", start, size, 0)


def write(path: Path, data: bytes) -> Path:
    """`data` as the file `path`."""
    path.write_bytes(data)
    return path
