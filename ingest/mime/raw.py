"""The raw bytes of a mail, read in windows: a 100 MB mail costs one window of memory, not 100 MB."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

WINDOW_BYTES = 256 * 1024
# No line that matters to structure is longer; a window is reloaded when less than this lies ahead.
_AHEAD_BYTES = 4096


class Raw:
    """Bytes of a file at offsets, through one cached window.

    Mails whose only line end is a bare CR (old Macs, broken gateways) are read as if each were an LF: the
    offsets stay the same (`turn_cr` false: for what is no mail). `sha256` is always of the bytes as they
    are. Raises OSError as the file does.
    """

    def __init__(self, path: Path, *, turn_cr: bool = True) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = os.fstat(self._file).st_size
        self.window = b""
        self.base = 0
        self._turn_cr = False
        self.load(0)
        self._turn_cr = turn_cr and b"\n" not in self.window and b"\r" in self.window
        if self._turn_cr:
            self.base, self.window = 0, b""

    def __enter__(self) -> "Raw":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def sha256(self) -> str:
        """SHA-256 (hex) of the whole file as received."""
        digest = hashlib.sha256()
        at = 0
        while chunk := os.pread(self._file, WINDOW_BYTES, at):
            digest.update(chunk)
            at += len(chunk)
        return digest.hexdigest()

    def load(self, at: int) -> int:
        """Make the window hold what lies at offset `at`; return the place of `at` within the window."""
        place = at - self.base
        reach = len(self.window) - place
        if place >= 0 and (reach >= _AHEAD_BYTES or (reach >= 0 and self.base + len(self.window) == self.size)):
            return place
        self.window, self.base = self.read(at, at + WINDOW_BYTES), at
        return 0

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`, fewer at the end of the file; the caller bounds the length."""
        data = os.pread(self._file, max(0, min(end, self.size) - start), start)
        return data.replace(b"\r", b"\n") if self._turn_cr else data

    def chunks(self, start: int, end: int, length: int = WINDOW_BYTES) -> Iterator[bytes]:
        """The bytes from `start` to before `end` in pieces of at most `length`."""
        while start < end:
            chunk = self.read(start, min(end, start + length))
            if not chunk:
                return
            start += len(chunk)
            yield chunk
