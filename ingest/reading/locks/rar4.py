"""RAR 3 and 4 archives with a password: the same archive without (technote.txt of RAR 4.20; AES since RAR 2.9)."""

import hashlib
import struct
import zlib
from contextlib import suppress
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import CipherContext

from ingest.reading.locks.keys import Keys, cbc, copy_plain, exactly, move, skip

_MAGIC = b"Rar!\x1a\x07\x00"
_MAIN, _FILE, _SUB, _END = 0x73, 0x74, 0x7A, 0x7B
_LONG = 0x8000
_MAIN_VOLUME, _MAIN_LOCKED, _MAIN_KEPT = 0x0001, 0x0080, 0x0008  # kept: whether the archive is solid
_SPLIT, _LOCKED, _LARGE, _SALTED = 0x0003, 0x0004, 0x0100, 0x0400
_STORED, _FIRST_WITH_AES = 0x30, 29
_SALT_BYTES = 8
_STEPS, _STEP = 16, 0x4000  # rounds of the hash, after the first of each step of which a byte of the vector is taken
_LONGEST_PASSWORD = 26  # letters; with more the hash that RAR made is no SHA-1 any more


def unlock(source: BinaryIO, target: BinaryIO, password: str) -> frozenset[int]:
    """Write the archive to `target` without encryption, comments and recovery records; returns the CRC-32 of its files,
    which libarchive does not compare.

    Raises ValueError, EOFError or IndexError for a wrong password where headers are locked, for volumes, for what is
    locked as before RAR 2.9 and for what is no such archive.
    """
    if exactly(source, len(_MAGIC)) != _MAGIC or len(password) > _LONGEST_PASSWORD:
        raise ValueError("no such archive, or too long a password")
    keys = _keys(password)
    target.write(_MAGIC)
    has_locked_headers = False
    checksums = set()
    while (header := _header(source, keys if has_locked_headers else None)) is not None:
        kind, flags = header[2], struct.unpack_from("<H", header, 3)[0]
        if kind == _MAIN:
            if flags & _MAIN_VOLUME:
                raise ValueError("one of several volumes")
            has_locked_headers = bool(flags & _MAIN_LOCKED)
            target.write(_written(_MAIN, flags & _MAIN_KEPT, header[7:13]))
        elif kind == _FILE:
            _write_file(source, target, header, flags, keys)
            checksums.add(struct.unpack_from("<L", header, 16)[0])
        elif kind == _END:
            break
        elif flags & _LONG or kind == _SUB:
            skip(source, _packed_size(header, flags))
    target.write(_written(_END, 0x4000, b""))
    return frozenset(checksums)


def is_locked(source: BinaryIO) -> bool:
    """Whether the archive has locked headers or files, as far as it can be read."""
    with suppress(EOFError, ValueError, struct.error):
        move(source, len(_MAGIC))
        while (header := _header(source, None)) is not None and header[2] != _END:
            flags = struct.unpack_from("<H", header, 3)[0]
            if flags & {_MAIN: _MAIN_LOCKED, _FILE: _LOCKED}.get(header[2], 0):
                return True
            if flags & _LONG or header[2] in (_FILE, _SUB):
                skip(source, _packed_size(header, flags))
    return False


def _packed_size(header: bytes, flags: int) -> int:
    high = struct.unpack_from("<L", header, 32)[0] if header[2] == _FILE and flags & _LARGE else 0
    low: int = struct.unpack_from("<L", header, 7)[0]
    return low | high << 32


def _write_file(
    source: BinaryIO, target: BinaryIO, header: bytes, flags: int, keys: Keys[tuple[bytes, bytes]]
) -> None:  # fmt: skip
    if flags & _SPLIT:
        raise ValueError("one of several volumes")
    packed, size, version, method, name = struct.unpack_from("<LL9xBBH", header, 7)
    start = 32
    if flags & _LARGE:
        high_packed, high_size = struct.unpack_from("<LL", header, start)
        packed, size, start = packed | high_packed << 32, size | high_size << 32, start + 8
    start += name
    aes: CipherContext | None = None
    rest = header[start:]
    wanted = packed
    if flags & _LOCKED:
        if version < _FIRST_WITH_AES or packed % 16:
            raise ValueError("locked as before RAR 2.9")
        salt, rest = (rest[:_SALT_BYTES], rest[_SALT_BYTES:]) if flags & _SALTED else (b"", rest)
        aes = cbc(*keys.key(salt, 0))
        wanted = min(packed, size) if method == _STORED else packed
    body = bytearray(header[7:start] + rest)
    struct.pack_into("<L", body, 0, wanted & 0xFFFFFFFF)
    if flags & _LARGE:
        struct.pack_into("<L", body, 25, wanted >> 32)
    target.write(_written(_FILE, flags & ~(_LOCKED | _SALTED), bytes(body)))
    copy_plain(source, target, packed, wanted, aes)


def _header(source: BinaryIO, keys: Keys[tuple[bytes, bytes]] | None) -> bytes | None:
    """The next header with its checksum; None at the end of the archive."""
    aes = None
    if keys is not None:
        salt = source.read(_SALT_BYTES)
        if len(salt) < _SALT_BYTES:
            return None
        aes = cbc(*keys.key(salt, 0))
    begun = source.read(16 if aes else 7)
    if not begun:
        return None
    begun = aes.update(begun) if aes else begun
    size = struct.unpack_from("<H", begun.ljust(7, b"\0"), 5)[0]
    if len(begun) < 7 or size < 7:
        raise EOFError
    missing = max(size - len(begun), 0)
    begun += aes.update(exactly(source, -(-missing // 16) * 16)) if aes else exactly(source, missing)
    header = begun[:size]
    if header[2] in (_MAIN, _FILE) and zlib.crc32(header[2:]) & 0xFFFF != struct.unpack_from("<H", header)[0]:
        raise ValueError("a damaged header, or another password")
    return header


def _keys(password: str) -> Keys[tuple[bytes, bytes]]:
    """Keys with the first vector, by salt."""
    word = password.encode("utf-16-le")

    def made(salt: bytes, _rounds: int) -> tuple[bytes, bytes]:
        digest, vector, before = hashlib.sha1(usedforsecurity=False), b"", word + salt
        for start in range(0, _STEPS * _STEP, _STEP):
            rounds = [before + number.to_bytes(3, "little") for number in range(start, start + _STEP)]
            digest.update(rounds[0])
            vector += digest.digest()[19:20]
            digest.update(b"".join(rounds[1:]))
        return struct.pack("<4L", *struct.unpack(">4L", digest.digest()[:16])), vector

    return Keys(made)


def _written(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head
