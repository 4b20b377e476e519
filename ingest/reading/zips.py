"""What a zip's last bytes say of its directory, asked before anything builds it in memory (APPNOTE 4.3.16)."""

import struct
from pathlib import Path

# Room for folders and for what macOS and Windows add for themselves, beside the files that count.
_SPARE_ENTRIES = 1_000
_MOST_ENTRY_BYTES = 1_024
_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_END_BYTES = 22
_LONGEST_COMMENT = 0xFFFF


def is_readable(path: Path, most_files: int) -> bool:
    """Whether a zip's directory is small enough to be read: at most `most_files` and some spare entries, of at
    most a kB each. What has no end of directory is readable: the library then says that it is damaged."""
    tail = _tail(path)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        return True
    count, size = struct.unpack_from("<HI", tail, at + 10)
    most = most_files + _SPARE_ENTRIES
    # A count of 0xFFFF sends to the 64-bit record: nobody's letter has 65,535 files.
    return bool(count <= most and size <= most * _MOST_ENTRY_BYTES)


def ends_as_zip(path: Path) -> bool:
    """Whether a file, whatever its beginning, ends as a zip does: a directory, its end, and nothing behind it."""
    tail = _tail(path)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        return False
    count, size, _, comment = struct.unpack_from("<HIIH", tail, at + 10)
    if at + _END_BYTES + comment != len(tail) or not count:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(tail) + at - size))
        return file.read(len(_ENTRY)) == _ENTRY


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES - _LONGEST_COMMENT))
        return file.read()
