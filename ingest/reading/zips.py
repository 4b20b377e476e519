"""What a zip's last bytes say of its directory, asked before anything builds it in memory (APPNOTE 4.3.16)."""

import struct
from pathlib import Path

# Room for folders and for what macOS and Windows add for themselves, beside the files that count.
_SPARE_ENTRIES = 1_000
_MOST_ENTRY_BYTES = 1_024
_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 0xFFFF


def is_readable(path: Path, most_files: int) -> bool:
    """Whether a zip's directory is small enough to be read: at most `most_files` and some spare entries, of at
    most a kB each. What has no end of directory is readable: the library then says that it is damaged."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        return True
    count, size = struct.unpack_from("<HI", tail, at + 10)
    most = most_files + _SPARE_ENTRIES
    # A count of 0xFFFF sends to the 64-bit record: nobody's letter has 65,535 files.
    return bool(count <= most and size <= most * _MOST_ENTRY_BYTES)
