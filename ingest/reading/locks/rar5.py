"""RAR 5 archives with a password: the same archive without (RAR 5.0 archive format, rarlab.com/technote.htm)."""

import hashlib
import hmac
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from ingest.reading.locks.keys import Keys, cbc, copy_plain, exactly, move, skip

MAGIC = b"Rar!\x1a\x07\x01\x00"
_MAIN, _FILE, _SERVICE, _LOCK, _END = 1, 2, 3, 4, 5
_HAS_EXTRA, _HAS_DATA, _SPLIT = 1, 2, 8 | 16
_HAS_TIME, _HAS_CRC = 2, 4
_EXTRA_LOCK, _EXTRA_HASH = 1, 2
_IS_VOLUME, _IS_SOLID = 1, 4
_MOST_HEADER_BYTES = 2 << 20
_LAST_BLOCK, _MOST_BLOCKS = 0x40, 200_000  # of one file's packed data
_MOST_ROUNDS = 24  # as a power of two; RAR makes 15 and allows 24


@dataclass(frozen=True, slots=True)
class _Key:
    aes: bytes
    check: bytes  # by what a password is known to be wrong


@dataclass(frozen=True, slots=True)
class _FileLock:
    aes: bytes
    vector: bytes
    hides_checksums: bool

    def packed_size(self, source: BinaryIO, padded: int) -> int:
        """Of a file packed in `padded` bytes from here on, how many are no padding: unpackers take that for more."""
        start, at = source.tell(), 0
        for _ in range(_MOST_BLOCKS):
            flags, *rest = self._at(source, start, at, 5)
            count = (flags >> 3 & 3) + 1
            at += 2 + count + int.from_bytes(bytes(rest[1 : 1 + count]), "little")
            if at > padded:
                raise ValueError("more than there is")
            if flags & _LAST_BLOCK:
                move(source, start)
                return at
        raise ValueError("too many blocks")

    def _at(self, source: BinaryIO, start: int, at: int, count: int) -> bytes:
        whole, offset = divmod(at, 16)
        move(source, start + (whole - 1) * 16 if whole else start)
        before = exactly(source, 16) if whole else self.vector
        cipher = source.read(32)
        plain = cbc(self.aes, before).update(cipher[: len(cipher) // 16 * 16])
        return plain[offset : offset + count]


def unlock(source: BinaryIO, target: BinaryIO, password: str) -> None:
    """Write the archive, read from behind its MAGIC, to `target` without encryption, comments and recovery records.

    Checksums that were made with the key are left out: no reader without it can compare them. Raises ValueError,
    EOFError or IndexError for a wrong password, for volumes and for what is no such archive.
    """
    keys = _keys(password)
    of_headers: bytes | None = None
    target.write(MAGIC)
    while True:
        block = _Block(_header(source, of_headers))
        if block.kind == _LOCK:
            block.number()  # the version
            has_check = block.number() & 1
            of_headers = _checked(keys, block, block.take(17), has_check=bool(has_check)).aes
        elif block.kind == _MAIN:
            flags = block.number()
            if flags & _IS_VOLUME:
                raise ValueError("one of several volumes")
            target.write(_written(_MAIN, b"", None, _number(flags & _IS_SOLID)))
        elif block.kind == _FILE:
            _write_file(source, target, block, keys)
        elif block.kind == _END:
            target.write(_written(_END, b"", None, b"\x00"))
            return
        else:
            skip(source, block.data_size)


def is_locked(source: BinaryIO) -> bool:
    """Whether the archive, read from behind its MAGIC, has locked headers or files, as far as it can be read."""
    with suppress(EOFError, ValueError, IndexError):
        while True:
            header = _header(source, None)
            try:
                block = _Block(header)
                if block.kind == _LOCK or block.has_record(_EXTRA_LOCK):
                    return True
            except (ValueError, IndexError):  # others may read on, where we can't
                return True
            if block.kind == _END:
                break
            skip(source, block.data_size)
    return False


def _write_file(source: BinaryIO, target: BinaryIO, block: "_Block", keys: Keys[_Key]) -> None:
    if block.flags & _SPLIT:
        raise ValueError("one of several volumes")
    flags, size, attributes = block.number(), block.number(), block.number()
    time = block.take(4) if flags & _HAS_TIME else b""
    crc = block.take(4) if flags & _HAS_CRC else b""
    packing = block.number()
    rest = _number(packing) + block.before_extra()
    lock, extra = _extra(block, keys)
    if lock and lock.hides_checksums:
        flags, crc = flags & ~_HAS_CRC, b""
    wanted = block.data_size
    if lock and wanted:
        is_stored = packing >> 7 & 7 == 0
        wanted = min(size, wanted) if is_stored else lock.packed_size(source, wanted)
    head = b"".join(map(_number, (flags, size, attributes)))
    target.write(_written(_FILE, extra, wanted, head + time + crc + rest))
    copy_plain(source, target, block.data_size, wanted, cbc(lock.aes, lock.vector) if lock else None)


def _extra(block: "_Block", keys: Keys[_Key]) -> tuple[_FileLock | None, bytes]:
    """How a file is locked, and the other records about it, without a checksum that only the key makes sense of."""
    records = []
    lock = None
    while block.is_more():
        size = block.number()
        record = _Block.of(block.take(size))
        kind = record.number()
        if kind == _EXTRA_LOCK:
            record.number()  # the version
            flags = record.number()
            first, vector = record.take(17), record.take(16)
            key = _checked(keys, record, first, has_check=bool(flags & 1))
            lock = _FileLock(key.aes, vector, bool(flags & 2))
        else:
            records.append((kind, _number(size) + record.whole))
    hides = lock is not None and lock.hides_checksums
    return lock, b"".join(record for kind, record in records if not (hides and kind == _EXTRA_HASH))


def _checked(keys: Keys[_Key], block: "_Block", first: bytes, *, has_check: bool) -> _Key:
    """The key for a count of rounds and a salt, compared with the check value that follows."""
    key = keys.key(first[1:], first[0])
    if not has_check:
        raise ValueError("nothing tells a wrong password")
    if not hmac.compare_digest(block.take(12)[:8], key.check):
        raise ValueError("another password")
    return key


def _keys(password: str) -> Keys[_Key]:
    word = password.encode("utf-8", "replace")

    def made(salt: bytes, power: int) -> _Key:
        if power > _MOST_ROUNDS:
            raise ValueError("too many rounds")
        aes = hashlib.pbkdf2_hmac("sha256", word, salt, 1 << power)
        value = hashlib.pbkdf2_hmac("sha256", word, salt, (1 << power) + 32)
        check = bytes(value[n] ^ value[n + 8] ^ value[n + 16] ^ value[n + 24] for n in range(8))
        return _Key(aes, check)

    return Keys(made)


def _header(source: BinaryIO, key: bytes | None) -> bytes:
    """A block's header, without its checksum and size."""
    aes = cbc(key, exactly(source, 16)) if key else None
    # The smallest header takes seven bytes; an encrypted one is padded to sixteen.
    begun = aes.update(exactly(source, 16)) if aes else exactly(source, 5)
    while not aes and begun[-1] & 0x80 and len(begun) < 7:
        begun += exactly(source, 1)
    start = 4
    while begun[start] & 0x80:
        start += 1
    start += 1
    size = _Block.of(begun[4:start]).number()
    if not 0 < size <= _MOST_HEADER_BYTES:
        raise ValueError("impossible size")
    missing = max(start + size - len(begun), 0)
    begun += aes.update(exactly(source, -(-missing // 16) * 16)) if aes else exactly(source, missing)
    whole = begun[: start + size]
    if zlib.crc32(whole[4:]) != struct.unpack("<L", whole[:4])[0]:
        raise ValueError("a damaged header, or another password")
    return whole[start:]


class _Block:
    """A header's fields from front to end. Raises IndexError past it."""

    def __init__(self, data: bytes) -> None:
        self.whole = data
        self._at = 0
        self.kind, self.flags = self.number(), self.number()
        extra = self.number() if self.flags & _HAS_EXTRA else 0
        self.data_size = self.number() if self.flags & _HAS_DATA else 0
        self._extra = len(data) - extra
        if self._extra < self._at:
            raise IndexError

    @classmethod
    def of(cls, data: bytes) -> "_Block":
        """Fields alone, without a block's beginning."""
        fields = cls.__new__(cls)
        fields.whole, fields._at = data, 0
        return fields

    def number(self) -> int:
        value = 0
        for place in range(10):
            byte = self.whole[self._at]
            self._at += 1
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise ValueError("too long a number")

    def take(self, count: int) -> bytes:
        if count > len(self.whole) - self._at:
            raise IndexError
        self._at += count
        return self.whole[self._at - count : self._at]

    def before_extra(self) -> bytes:
        return self.take(self._extra - self._at) if self._extra >= self._at else self.take(1 << 30)

    def has_record(self, wanted: int) -> bool:
        """Whether there is such a record in the extra area."""
        self._at = self._extra
        while self.is_more():
            if _Block.of(self.take(self.number())).number() == wanted:
                return True
        return False

    def is_more(self) -> bool:
        return self._at < len(self.whole)


def _written(kind: int, extra: bytes, data_size: int | None, fields: bytes) -> bytes:
    """A block's header with its checksum."""
    flags = (_HAS_EXTRA if extra else 0) | (_HAS_DATA if data_size is not None else 0)
    start = _number(kind) + _number(flags) + (_number(len(extra)) if extra else b"")
    body = start + (_number(data_size) if data_size is not None else b"") + fields + extra
    body = _number(len(body)) + body
    return struct.pack("<L", zlib.crc32(body)) + body


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
