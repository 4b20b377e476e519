"""When what could not be sent is tried again: growing pauses with an end."""

import hashlib
from datetime import timedelta

_MINUTE = timedelta(minutes=1)
# First pause, longest pause, and all of them together: what is urgent is tried, and given up, sooner.
_PLAIN = (5 * _MINUTE, 240 * _MINUTE, timedelta(days=2))
_URGENT = (1 * _MINUTE, 30 * _MINUTE, timedelta(hours=12))
_LEAST_URGENT_RANK = 1  # thượng khẩn
_SPREAD = 0.2


def pause_after(tries: int, rank: int, delivery_id: int) -> timedelta | None:
    """How long to wait after `tries` (1, 2, …) attempts came to nothing; None: it was the last.

    `rank` is the delivery's urgency, 0 the highest. Pauses of several deliveries that failed together differ by up to a
    fifth; those of one are always the same.
    """
    first, longest, all_together = _URGENT if rank <= _LEAST_URGENT_RANK else _PLAIN
    pause, passed = first, timedelta(0)
    for _ in range(tries - 1):
        passed += pause
        pause = min(2 * pause, longest)
    if passed + pause > all_together:
        return None
    digest = hashlib.sha256(f"{delivery_id}.{tries}".encode()).digest()
    return pause * (1 + _SPREAD * (digest[0] / 255 - 0.5))
