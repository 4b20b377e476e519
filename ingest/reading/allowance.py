"""How long the pictures of one letter may be read: by the work that it takes, not by what else the machine does."""

import time

from ingest.reading import forked

_BY_THE_CLOCK = 2  # times the processor time that the same may take by the clock


class Allowance:
    """`seconds` of processor time, of this process and its forks together, and twice as many by the clock.

    By the clock alone a busy machine would leave pictures unread that it reads when it is idle, stamps among them.
    """

    def __init__(self, seconds: float) -> None:
        self._work_ends = forked.worked() + seconds
        self._ends = time.monotonic() + _BY_THE_CLOCK * seconds

    def left(self) -> float:
        """Seconds of processor time that are left, 0 or less where none is."""
        return min(self._work_ends - forked.worked(), self._ends - time.monotonic())
