"""Compound files, the containers of old Office: their streams by name, read in pieces ([MS-CFB])."""

import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA  # the first of the numbers that name no sector
_ENTRY_BYTES = 128
_MOST_ENTRIES = 4_096  # of the root storage and the directory before it; old Office makes a dozen
_STREAM, _ROOT = 2, 5


class Damaged(ValueError):
    """A compound file that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: `size` in bytes, in sectors of `unit` bytes whose places in `source` are `sectors`."""

    source: "BinaryIO | Stream"
    size: int
    unit: int
    sectors: Sequence[int]

    def read(self, start: int, count: int) -> bytes:
        """Up to `count` bytes from `start`; fewer where the stream, or the file, ends before."""
        end = min(start + max(count, 0), self.size)
        parts = []
        while 0 <= start < end:
            index, offset = divmod(start, self.unit)
            if index >= len(self.sectors):
                break
            wanted = min(self.unit - offset, end - start)
            part = self._at(self.sectors[index] + offset, wanted)
            parts.append(part)
            if len(part) < wanted:
                break
            start += wanted
        return b"".join(parts)

    def _at(self, place: int, count: int) -> bytes:
        if isinstance(self.source, Stream):
            return self.source.read(place, count)
        self.source.seek(place)
        return self.source.read(count)


class CompoundFile:
    """The streams that lie in the root storage of `file`; those of embedded objects are not looked at.

    Memory: four bytes for each sector of the file. Raises Damaged.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(512)
        if len(head) < 512 or not head.startswith(MAGIC):
            raise Damaged("no compound file")
        shift, mini_shift = struct.unpack_from("<HH", head, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Damaged("impossible sector size")
        self._unit, self._mini_unit = 1 << shift, 1 << mini_shift
        self._count = size // self._unit + 1
        self._fat = self._sector_table(self._fat_sectors(head))
        directory, _, self._cutoff, mini_fat = struct.unpack_from("<LLLL", head, 48)
        self._directory = Stream(file, _MOST_ENTRIES * _ENTRY_BYTES, self._unit, self._chain(directory))
        self._mini_fat = self._sector_table(self._numbers(mini_fat))
        root = self._directory.read(0, _ENTRY_BYTES)
        if len(root) < _ENTRY_BYTES or root[66] != _ROOT:
            raise Damaged("no root storage")
        self._mini = self._in_sectors(root)
        self._entries = dict(self._in_root(root))

    def stream(self, *names: str) -> Stream | None:
        """The first of the streams `names` that the root storage has."""
        found = next((self._entries[name] for name in names if name in self._entries), None)
        if found is None:
            return None
        start, size = struct.unpack_from("<LL", found, 116)
        if size >= self._cutoff:
            return self._in_sectors(found)
        chain = _followed(start, self._mini_fat, len(self._mini_fat))
        return Stream(self._mini, size, self._mini_unit, [number * self._mini_unit for number in chain])

    def _in_sectors(self, entry: bytes) -> Stream:
        start, size = struct.unpack_from("<LL", entry, 116)
        return Stream(self._file, size, self._unit, self._chain(start))

    def _fat_sectors(self, head: bytes) -> list[int]:
        """The sectors of the table of sectors: 109 in the head, more in a chain of their own (2.5)."""
        found = [n for n in struct.unpack_from("<109L", head, 76) if n < self._count]
        following, seen = struct.unpack_from("<L", head, 68)[0], set[int]()
        while following < self._count and following not in seen and len(found) < self._count:
            seen.add(following)
            *numbers, following = self._numbers_in(following)
            found += [n for n in numbers if n < self._count]
        return list(dict.fromkeys(found))

    def _numbers_in(self, sector: int) -> tuple[int, ...]:
        self._file.seek((sector + 1) * self._unit)
        data = self._file.read(self._unit)
        data += b"\xff" * (self._unit - len(data))
        return struct.unpack(f"<{self._unit // 4}L", data)

    def _sector_table(self, sectors: Sequence[int]) -> "array[int]":
        table = array("I")
        for sector in sectors:
            table.extend(self._numbers_in(sector))
        return table

    def _numbers(self, start: int) -> list[int]:
        return list(_followed(start, self._fat, self._count))

    def _chain(self, start: int) -> "array[int]":
        return array("Q", ((number + 1) * self._unit for number in self._numbers(start)))

    def _in_root(self, root: bytes) -> Iterator[tuple[str, bytes]]:
        """The streams directly below the root, a tree of siblings (2.6.4)."""
        waiting, seen = [struct.unpack_from("<L", root, 76)[0]], set[int]()
        while waiting:
            number = waiting.pop()
            if number in seen or number >= _MOST_ENTRIES:
                continue
            seen.add(number)
            entry = self._directory.read(number * _ENTRY_BYTES, _ENTRY_BYTES)
            if len(entry) < _ENTRY_BYTES:
                continue
            waiting += struct.unpack_from("<LL", entry, 68)
            length = min(max(struct.unpack_from("<H", entry, 64)[0] - 2, 0), 62)
            if entry[66] == _STREAM:
                yield entry[:length].decode("utf-16-le", "replace"), entry


def _followed(start: int, table: Sequence[int], most: int) -> Iterator[int]:
    """The chain of sectors from `start`; it ends where it leaves the table or has more sectors than there are."""
    while start < _LAST_SECTOR and start < len(table) and most > 0:
        yield start
        start = table[start]
        most -= 1
