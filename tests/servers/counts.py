"""How often a torture test repeats itself: a few times where a file is run by hand or by `make mutations`, often in
`make torture SAMPLE=1`, fully in `make torture`."""

import os


def times(sampled: int, short: int, full: int) -> int:
    """The count for this run: `short` or `full` by the variable COUNT of make torture, else `sampled`."""
    return {"short": short, "full": full}.get(os.environ.get("COUNT", ""), sampled)
