"""The header of a 7-Zip archive, read and written: packed streams and the coders that unpack them (7zFormat.txt)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO

from cryptography.hazmat.primitives.ciphers import CipherContext

from ingest.reading.locks.keys import Keys, cbc

HEADER, MAIN, ENCODED = 1, 4, 23
_PACKED, _CODERS, _FILES, _PACK_SIZES, _CRCS, _FOLDERS, _SIZES, _COUNTS, _END = 6, 7, 8, 9, 10, 11, 12, 13, 0
COPY, AES = b"\x00", b"\x06\xf1\x07\x01"
_MOST_FOLDERS, _MOST_CODERS, _MOST_FILES = 10_000, 32, 20_000


@dataclass(frozen=True, slots=True)
class Coder:
    method: bytes
    ins: int
    outs: int
    properties: bytes

    def aes(self, keys: Keys[bytes]) -> CipherContext:
        """What decrypts the stream of this coder."""
        first, second = self.properties[0], self.properties[1] if len(self.properties) > 1 else 0
        salt_size, vector_size = (first >> 7 & 1) + (second >> 4), (first >> 6 & 1) + (second & 15)
        salt, vector = self.properties[2 : 2 + salt_size], self.properties[2 + salt_size :][:vector_size]
        return cbc(keys.key(salt, first & 0x3F), vector.ljust(16, b"\0"))


@dataclass(frozen=True, slots=True)
class Folder:
    """Coders that make one stream of `packed` ones; `pairs` bind an in-stream to the out-stream that feeds it."""

    coders: list[Coder]
    pairs: list[tuple[int, int]]
    packed: list[int]
    sizes: list[int] = field(default_factory=list)  # of each out-stream

    def fed_by(self, stream: int) -> tuple[int, Coder]:
        """The coder that an in-stream feeds, and its first out-stream. Only coders with one of each are asked for."""
        ins = outs = 0
        for coder in self.coders:
            if ins <= stream < ins + coder.ins:
                return outs, coder
            ins, outs = ins + coder.ins, outs + coder.outs
        raise ValueError("no such stream")

    def without_aes(self) -> tuple["Folder", list[tuple[Coder, int] | None]]:
        """The folder as it is once its packed streams are decrypted, and for each of these the coder that does it with
        the size it gives."""
        locks: list[tuple[Coder, int] | None] = []
        packed, pairs, gone = list(self.packed), list(self.pairs), set[int]()
        for place, stream in enumerate(self.packed):
            out, coder = self.fed_by(stream)
            if coder.method != AES:
                locks.append(None)
                continue
            if (coder.ins, coder.outs) != (1, 1):
                raise ValueError("no AES coder has that many streams")
            locks.append((coder, self.sizes[out]))
            if len(self.coders) == 1:
                return replace(self, coders=[Coder(COPY, 1, 1, b"")]), locks
            (pair,) = (pair for pair in pairs if pair[1] == out)
            pairs.remove(pair)
            packed[place] = pair[0]
            gone.add(out)
        return self._less(gone, pairs, packed), locks

    def _less(self, gone: set[int], pairs: list[tuple[int, int]], packed: list[int]) -> "Folder":
        """Without the coders whose out-streams are `gone`: the streams behind them move up."""
        ins: list[int] = []  # the streams that stay, by their old numbers
        outs: list[int] = []
        coders, first_in, first_out = [], 0, 0
        for coder in self.coders:
            if first_out not in gone:
                ins += range(first_in, first_in + coder.ins)
                outs += range(first_out, first_out + coder.outs)
                coders.append(coder)
            first_in, first_out = first_in + coder.ins, first_out + coder.outs
        sizes = [size for out, size in enumerate(self.sizes) if out not in gone]
        bound = [(ins.index(into), outs.index(out)) for into, out in pairs]
        return Folder(coders, bound, [ins.index(stream) for stream in packed], sizes)


@dataclass(frozen=True, slots=True)
class Streams:
    start: int  # of the packed streams behind the first 32 bytes
    pack_sizes: list[int]
    folders: list[Folder]
    crcs: bytes  # as they stand in the header


class Reader:
    """A header's bytes from front to end. Raises IndexError past it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise IndexError
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self) -> int:
        first, value = self.byte(), 0
        for place in range(8):
            mask = 0x80 >> place
            if not first & mask:
                return value | (first & mask - 1) << 8 * place
            value |= self.byte() << 8 * place
        return value

    def few(self, most: int) -> int:
        value = self.number()
        if value > most:
            raise ValueError("too many")
        return value

    def expect(self, mark: int) -> None:
        if self.number() != mark:
            raise ValueError("another order")

    def crcs(self, count: int) -> bytes:
        """The checksums of `count` streams as they stand there."""
        start = self._at
        defined = count
        if not self.byte():
            defined = sum(bits.bit_count() for bits in self.take((count + 7) // 8))
        self.take(4 * defined)
        return self._data[start : self._at]

    def rest(self) -> bytes:
        return self._data[self._at :]


def streams_of(header: Reader) -> Streams:
    header.expect(_PACKED)
    start, count = header.number(), header.few(_MOST_FOLDERS)
    header.expect(_PACK_SIZES)
    sizes = [header.number() for _ in range(count)]
    mark = header.number()
    if mark == _CRCS:
        header.crcs(count)
        mark = header.number()
    if mark != _END:
        raise ValueError("another order")
    header.expect(_CODERS)
    header.expect(_FOLDERS)
    count = header.few(_MOST_FOLDERS)
    if header.byte():
        raise ValueError("folders elsewhere")
    bare = [_folder(header) for _ in range(count)]
    header.expect(_SIZES)
    folders = [replace(f, sizes=[header.number() for _ in range(sum(c.outs for c in f.coders))]) for f in bare]
    mark, crcs = header.number(), b""
    if mark == _CRCS:
        crcs = header.crcs(count)
        mark = header.number()
    if mark != _END:
        raise ValueError("another order")
    return Streams(start, sizes, folders, crcs)


def checksums_of(streams: Streams, header: Reader) -> frozenset[int]:
    """The CRC-32 of the files that have one, of their folders, and of what is empty; `header` is behind `streams`."""
    counts = [1] * len(streams.folders)
    whole = _checksums(streams.crcs, len(counts)) if streams.crcs else [None] * len(counts)
    found = {0, *(crc for crc in whole if crc is not None)}
    if header.number() != _FILES:
        return frozenset(found)
    mark = header.number()
    if mark == _COUNTS:
        counts = [header.few(_MOST_FILES) for _ in counts]
        mark = header.number()
    if mark == _PACK_SIZES:
        for _ in range(sum(max(count - 1, 0) for count in counts)):
            header.number()
        mark = header.number()
    if mark == _CRCS:
        untold = sum(count for count, crc in zip(counts, whole, strict=True) if count != 1 or crc is None)
        found.update(crc for crc in _checksums(header.crcs(untold), untold) if crc is not None)
    return frozenset(found)


def _checksums(said: bytes, count: int) -> list[int | None]:
    marks = count * [True]
    place = 1
    if not said[0]:
        place += (count + 7) // 8
        marks = [bool(said[1 + n // 8] & 0x80 >> n % 8) for n in range(count)]
    crcs = (crc for (crc,) in struct.iter_unpack("<L", said[place:]))
    return [next(crcs) if is_there else None for is_there in marks]


def _folder(header: Reader) -> Folder:
    coders = []
    for _ in range(header.few(_MOST_CODERS)):
        kind = header.byte()
        method = header.take(kind & 15)
        ins, outs = (header.few(_MOST_CODERS), header.few(_MOST_CODERS)) if kind & 0x10 else (1, 1)
        coders.append(Coder(method, ins, outs, header.take(header.number()) if kind & 0x20 else b""))
    ins, outs = sum(coder.ins for coder in coders), sum(coder.outs for coder in coders)
    pairs = [(header.number(), header.number()) for _ in range(outs - 1)]
    bound = {pair[0] for pair in pairs}
    packed = [stream for stream in range(ins) if stream not in bound]
    if ins - len(pairs) > 1:
        packed = [header.number() for _ in range(ins - len(pairs))]
    return Folder(coders, pairs, packed)


def written(pack_sizes: list[int], folders: list[Folder], crcs: bytes) -> bytes:
    numbers = [HEADER, MAIN, _PACKED, 0, len(pack_sizes), _PACK_SIZES, *pack_sizes, _END]
    numbers += [_CODERS, _FOLDERS, len(folders), 0]
    out = BytesIO()
    out.write(b"".join(map(_number, numbers)))
    for folder in folders:
        out.write(b"".join(_folder_bytes(folder)))
    out.write(b"".join(map(_number, [_SIZES, *(size for folder in folders for size in folder.sizes)])))
    out.write((_number(_CRCS) + crcs if crcs else b"") + _number(_END))
    return out.getvalue()


def _folder_bytes(folder: Folder) -> Iterator[bytes]:
    yield _number(len(folder.coders))
    for coder in folder.coders:
        is_simple = (coder.ins, coder.outs) == (1, 1)
        yield bytes([len(coder.method) | (0 if is_simple else 0x10) | (0x20 if coder.properties else 0)]) + coder.method
        if not is_simple:
            yield _number(coder.ins) + _number(coder.outs)
        if coder.properties:
            yield _number(len(coder.properties)) + coder.properties
    for pair in folder.pairs:
        yield from map(_number, pair)
    if len(folder.packed) > 1:
        yield from map(_number, folder.packed)


def _number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else b"\xff" + value.to_bytes(8, "little")
