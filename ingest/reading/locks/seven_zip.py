"""7-Zip archives with a password: the same archive without (7zFormat.txt of the LZMA SDK, method 06 F1 07 01)."""

import hashlib
import lzma
import struct
import zlib
from typing import BinaryIO

from ingest.reading.locks.keys import Keys, copy_plain, exactly, move
from ingest.reading.locks.seven_zip_header import (
    AES,
    COPY,
    ENCODED,
    HEADER,
    MAIN,
    Coder,
    Folder,
    Reader,
    checksums_of,
    streams_of,
    written,
)

_MAGIC = b"7z\xbc\xaf\x27\x1c\x00\x04"
_HEAD = struct.Struct("<QQL")  # where the header lies behind the first 32 bytes, its size, its CRC
_LZMA, _LZMA2 = b"\x03\x01\x01", b"\x21"
_MOST_HEADER_BYTES = 32 << 20
_MOST_CYCLES = 22  # as a power of two; 7-Zip makes 19


class _NeedsPassword(Exception):
    """Something is behind a password, and none was given."""


def is_locked(source: BinaryIO) -> bool:
    """Whether the archive's header or any of its files is locked, as far as it can be read."""
    try:
        header = Reader(_header(source, Keys(_refuse)))
        is_usual = (header.number(), header.number()) == (HEADER, MAIN)
        folders = streams_of(header).folders if is_usual else []
    except _NeedsPassword:
        return True
    except (EOFError, ValueError, IndexError, OverflowError, struct.error):
        return False
    return any(coder.method == AES for folder in folders for coder in folder.coders)


def _refuse(_salt: bytes, _power: int) -> bytes:
    raise _NeedsPassword


def unlock(source: BinaryIO, target: BinaryIO, password: str) -> frozenset[int]:
    """Write the archive to `target` without AES; returns the CRC-32 of its files, by which alone a wrong password
    shows: libarchive compares none that is not there. Raises ValueError, EOFError or IndexError for what is no such
    archive, where the password does not open its header, and where no file has a checksum."""
    keys = _keys(password)
    header = Reader(_header(source, keys))
    if header.number() != HEADER or header.number() != MAIN:
        raise ValueError("a header of another kind")
    streams = streams_of(header)
    checksums = checksums_of(streams, Reader(header.rest()))
    if not any(checksums):
        raise ValueError("nothing tells a wrong password")
    target.write(bytes(32))
    sizes: list[int] = []
    folders: list[Folder] = []
    move(source, 32 + streams.start)
    packed = iter(streams.pack_sizes)
    for folder in streams.folders:
        plain, locks = folder.without_aes()
        folders.append(plain)
        for lock in locks:
            size = next(packed, -1)
            if size < 0 or (lock and size % 16):
                raise ValueError("impossible size")
            sizes.append(min(size, lock[1]) if lock else size)
            copy_plain(source, target, size, sizes[-1], lock[0].aes(keys) if lock else None)
    body = written(sizes, folders, streams.crcs) + header.rest()
    place = target.tell() - 32
    target.write(body)
    head = _HEAD.pack(place, len(body), zlib.crc32(body))
    target.seek(0)
    target.write(_MAGIC + struct.pack("<L", zlib.crc32(head)) + head)
    return checksums


def _header(source: BinaryIO, keys: Keys[bytes]) -> bytes:
    """The header, decrypted and unpacked as often as it was packed."""
    place, size, crc = _HEAD.unpack(exactly(source, 32)[12:])
    if size > _MOST_HEADER_BYTES:
        raise ValueError("too large a header")
    move(source, 32 + place)
    data = exactly(source, size)
    for _ in range(4):
        if zlib.crc32(data) != crc:
            raise ValueError("a damaged header, or another password")
        if not data or data[0] != ENCODED:
            return data
        streams = streams_of(Reader(data[1:]))
        (folder,), (size,) = streams.folders, streams.pack_sizes
        crc = struct.unpack("<L", streams.crcs[1:])[0] if streams.crcs else -1
        move(source, 32 + streams.start)
        data = _unpacked(exactly(source, min(size, _MOST_HEADER_BYTES)), folder, keys)
    raise ValueError("packed too often")


def _unpacked(data: bytes, folder: Folder, keys: Keys[bytes]) -> bytes:
    (stream,) = folder.packed
    for _ in folder.coders:
        out, coder = folder.fed_by(stream)
        size = folder.sizes[out]
        if size > _MOST_HEADER_BYTES:
            raise ValueError("too large a header")
        if coder.method == AES:
            data = coder.aes(keys).update(data)[:size]
        elif coder.method != COPY:
            try:
                data = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_filter(coder, size)]).decompress(data, size)
            except lzma.LZMAError as error:
                raise ValueError("a damaged header, or another password") from error
        stream = next((into for into, of in folder.pairs if of == out), -1)
        if stream < 0:
            break
    return data


def _filter(coder: Coder, size: int) -> dict[str, int]:
    if coder.method == _LZMA2:
        bits = coder.properties[0]
        return {"id": lzma.FILTER_LZMA2, "dict_size": _dictionary((2 | bits & 1) << (bits // 2 + 11), size)}
    if coder.method != _LZMA:
        raise ValueError("another method")
    first, wide = struct.unpack("<BL", coder.properties)
    return {"id": lzma.FILTER_LZMA1, "dict_size": _dictionary(wide, size), "lc": first % 9, "lp": first // 9 % 5,
            "pb": first // 45}  # fmt: skip


def _dictionary(promised: int, size: int) -> int:
    return max(4096, min(promised, size))  # what comes out refers to nothing farther back


def _keys(password: str) -> Keys[bytes]:
    word = password.encode("utf-16-le")

    def made(salt: bytes, power: int) -> bytes:
        if power == 0x3F:
            return (salt + word).ljust(32, b"\0")[:32]
        if power > _MOST_CYCLES:
            raise ValueError("too many cycles")
        digest, before = hashlib.sha256(), salt + word
        for start in range(0, 1 << power, 4096):
            numbers = range(start, min(start + 4096, 1 << power))
            digest.update(b"".join(before + number.to_bytes(8, "little") for number in numbers))
        return digest.digest()

    return Keys(made)
