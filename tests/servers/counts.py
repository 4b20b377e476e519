"""How often a torture test repeats itself: a few times in `make test`, fully in `make torture`."""

import os


def times(sampled: int, short: int, full: int) -> int:
    """The count for this run: `sampled` in make test, `short` or `full` by the variable COUNT of make torture."""
    return {"short": short, "full": full}.get(os.environ.get("COUNT", ""), sampled)
