"""RAR, 7-Zip, tar and single compressed files, opened by Debian's libarchive (libarchive13, BSD) in chunks."""

import ctypes
import os
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_OK, _END, _WARN, _FATAL = 0, 1, -20, -30
_REGULAR, _KIND = 0o100000, 0o170000
_WINDOW = 256 << 10
# Named one by one: "all" would start programs (lrzip, grzip) and bring readers of disks, which no office sends.
_FILTERS = ("gzip", "bzip2", "xz", "lzma", "zstd")
_FORMATS = ("7zip", "rar", "rar5", "tar", "gnutar")
_MOST_HEADERS = 20_000


class Damaged(Exception):
    """An archive that can't be read further."""


class Locked(Exception):
    """An archive with a password."""


class TooMany(Exception):
    """An archive with more entries than are looked at."""


@dataclass(frozen=True, slots=True)
class Member:
    """One regular file: its name as bytes in whatever encoding, its promised size (None if not told), its chunks, to
    be read before the next member is asked for."""

    name: bytes
    size: int | None
    chunks: Iterator[bytes]


def is_there() -> bool:
    """Whether this machine has libarchive."""
    return _library() is not None


def members(path: Path, *, is_single: bool = False, passwords: Sequence[str] = ()) -> Iterator[Member]:
    """The regular files of an archive; links, devices and folders are passed over. With `is_single` the one file that
    a compressed file without an archive in it holds; with passwords zips too, of which it opens those that are locked
    by one of them (neither RAR nor 7-Zip: libarchive knows no way, `ingest.reading.locks` does).

    Raises Damaged (also where libarchive is missing), Locked for a password, and TooMany behind 20,000 entries.
    """
    library = _library()
    if library is None:
        raise Damaged("no libarchive")
    archive = library.archive_read_new()
    try:
        for name in _FILTERS:
            getattr(library, f"archive_read_support_filter_{name}")(archive)
        if passwords:
            library.archive_read_support_format_zip_seekable(archive)
        for password in passwords:
            library.archive_read_add_passphrase(archive, password.encode("utf-8", "replace"))
        for name in ("raw",) if is_single else _FORMATS:
            getattr(library, f"archive_read_support_format_{name}")(archive)
        if library.archive_read_open_filename(archive, os.fsencode(path), _WINDOW) != _OK:
            raise Damaged("no archive")  # asked what is encrypted then, libarchive 3.6 reads from nowhere
        yield from _members(library, archive, has_key=bool(passwords))
    finally:
        library.archive_read_free(archive)


def checked(chunks: Iterator[bytes], checksums: Collection[int]) -> Iterator[bytes]:
    """The chunks of a file. Raises Damaged at its end where its CRC-32 is none of `checksums`."""
    found = 0
    for chunk in chunks:
        found = zlib.crc32(chunk, found)
        yield chunk
    if found not in checksums:
        raise Damaged("another checksum")


def _members(library: ctypes.CDLL, archive: int, *, has_key: bool) -> Iterator[Member]:
    entry = ctypes.c_void_p()
    for _ in range(_MOST_HEADERS):
        status = library.archive_read_next_header(archive, ctypes.byref(entry))
        if status == _END:
            return
        _check(library, archive, status)
        if not has_key and library.archive_entry_is_encrypted(entry):
            raise Locked
        if library.archive_entry_filetype(entry) & _KIND == _REGULAR and not library.archive_entry_hardlink(entry):
            size = library.archive_entry_size(entry) if library.archive_entry_size_is_set(entry) else None
            yield Member(_name(library, entry), size, _chunks(library, archive))
    raise TooMany


def _name(library: ctypes.CDLL, entry: ctypes.c_void_p) -> bytes:
    wide = library.archive_entry_pathname_w(entry)
    if wide:
        return str(wide).encode("utf-8", "replace")
    return library.archive_entry_pathname(entry) or b""


def _chunks(library: ctypes.CDLL, archive: int) -> Iterator[bytes]:
    buffer = ctypes.create_string_buffer(_WINDOW)
    while True:
        count = library.archive_read_data(archive, buffer, _WINDOW)
        if count < 0:  # a warning here says that the checksum is another
            _check(library, archive, _FATAL if count == _WARN else int(count))
        if count <= 0:
            return
        yield buffer.raw[:count]


def _check(library: ctypes.CDLL, archive: int, status: int) -> None:
    if status in (_OK, _WARN):  # a warning: a name that this machine's locale can't write
        return
    said = (library.archive_error_string(archive) or b"").lower()
    if library.archive_read_has_encrypted_entries(archive) > 0 or b"encrypt" in said or b"passphrase" in said:
        raise Locked
    raise Damaged(said.decode("utf-8", "replace"))


@cache
def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libarchive.so.13")
    except OSError:
        return None
    library.archive_read_new.restype = ctypes.c_void_p
    calls = ["read_free", "error_string", "read_has_encrypted_entries"]
    calls += [f"read_support_filter_{name}" for name in _FILTERS]
    calls += [f"read_support_format_{name}" for name in (*_FORMATS, "raw")]
    calls += [f"entry_{name}" for name in _ENTRY_CALLS]
    for name in calls:
        getattr(library, f"archive_{name}").argtypes = [ctypes.c_void_p]
    library.archive_read_open_filename.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.archive_read_support_format_zip_seekable.argtypes = [ctypes.c_void_p]
    library.archive_read_add_passphrase.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.archive_read_next_header.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.archive_read_data.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    library.archive_read_data.restype = ctypes.c_ssize_t
    library.archive_error_string.restype = ctypes.c_char_p
    library.archive_entry_pathname.restype = library.archive_entry_hardlink.restype = ctypes.c_char_p
    library.archive_entry_pathname_w.restype = ctypes.c_wchar_p
    library.archive_entry_size.restype = ctypes.c_int64
    return library


_ENTRY_CALLS = ("filetype", "hardlink", "is_encrypted", "pathname", "pathname_w", "size", "size_is_set")
