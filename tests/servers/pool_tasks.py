"""What a pool's processes do in its tests."""

import time

UNFINISHED = "unfinished"


def read(job: str, is_long: bool) -> str:
    """A job of pictures takes its time when it has some; a stuck one takes it at its first try too."""
    if job.startswith("pictures"):
        if not is_long:
            return UNFINISHED
        time.sleep(4)
    if job.startswith("stuck"):
        time.sleep(6)
    return job
