"""One letter while its bytes come in: room in the spool, the size limit, and the pace of a sender."""

import time
from pathlib import Path

from ingest.spool import Slot, Spool

_LEAST_BYTES_A_SECOND = 4096  # a sender slower than that on the whole is cut off
_GROWTH = 4 << 20
SMALLEST = 64 * 1024


class TooLarge(Exception):
    """The letter is larger than this door or the whole spool takes."""


class NoRoom(Exception):
    """The spool is full, or the memory below it: the sender may try again."""


class Receiving:
    """A letter in the spool that is not complete. `slot` belongs to whoever takes it after `complete`."""

    def __init__(self, spool: Spool, slot: Slot, expected: int, max_bytes: int) -> None:
        """`slot` has room for `expected` bytes, `max_bytes` is the most that is taken.

        Raises OSError when its file can't be made; the slot is released then.
        """
        self.slot = slot
        self.size = 0
        self._spool = spool
        self._held = expected
        self._max_bytes = max_bytes
        try:
            self._file = Path(slot.raw).open("xb", buffering=0)  # noqa: SIM115 (closed by complete and abandon)
        except OSError:
            spool.release(slot)
            raise
        self._began = time.monotonic()

    def add(self, piece: bytes) -> None:
        """Write some bytes. Raises TooLarge and NoRoom, after which the letter must be abandoned."""
        self.size += len(piece)
        if self.size > self._max_bytes:
            raise TooLarge
        if self.size > self._held:
            self._grow()
        view = memoryview(piece)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise NoRoom from error

    def seconds_left(self, patience: float) -> float:
        """How long the next bytes may take: at most `patience`, less for a sender who only drips."""
        allowed = patience + self.size / _LEAST_BYTES_A_SECOND
        return max(0.001, min(patience, self._began + allowed - time.monotonic()))

    def complete(self) -> None:
        """All bytes are there."""
        self._file.close()

    def abandon(self) -> None:
        """Forget the letter and give its room back."""
        self._file.close()
        self._spool.release(self.slot)

    def _grow(self) -> None:
        held = min(max(self.size, self._held + _GROWTH), self._max_bytes)
        grown = self._spool.try_grow(self.slot, held)
        if grown is None:
            raise NoRoom
        self.slot, self._held = grown, held
