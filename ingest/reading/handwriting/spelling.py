"""From the network's steps to numbers: how probable each row of digits is (CTC, Graves 2006)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_BEAM = 8
_LONGEST = 6
_TOO_LITTLE = 1e-4
_DOUBT = 0.02  # what no look excludes


def spellings(steps: NDArray[np.float32]) -> dict[str, float]:
    """The numbers that `steps` (rows: nothing, then digits 0 to 9) may spell, each with its probability.

    Probabilities need not add up to 1: what is left is the chance that something else stands there.
    "" is the probability that nothing does.
    """
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}  # prefix -> probability ending in a blank, in its digit
    for step in steps.tolist():
        grown: dict[str, tuple[float, float]] = {}
        for prefix, (rested, wrote) in beam.items():
            again = step[int(prefix[-1]) + 1] if prefix else 0.0
            _add(grown, prefix, (rested + wrote) * step[0], wrote * again)
            if len(prefix) == _LONGEST:
                continue
            for digit in range(10):
                if step[digit + 1] > _TOO_LITTLE:
                    before = rested if prefix.endswith(str(digit)) else rested + wrote
                    _add(grown, f"{prefix}{digit}", 0.0, before * step[digit + 1])
        beam = dict(sorted(grown.items(), key=lambda item: -sum(item[1]))[:_BEAM])
    return {prefix: sum(ends) for prefix, ends in beam.items() if sum(ends) > _TOO_LITTLE}


def _add(grown: dict[str, tuple[float, float]], prefix: str, rested: float, wrote: float) -> None:
    before = grown.get(prefix, (0.0, 0.0))
    grown[prefix] = (before[0] + rested, before[1] + wrote)


def mean(votes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean probability of each number over several looks; {} for no looks."""
    out: dict[str, float] = {}
    for vote in votes:
        for number, probability in vote.items():
            out[number] = out.get(number, 0.0) + probability / len(votes)
    return out


def agree(alone: Mapping[str, float], in_line: Mapping[str, float]) -> tuple[str, float]:
    """The number that looks at it alone and looks at its line support most, with its share; ("", 0.0) if none.

    Alone counts more: there no print misleads. A wrong reading both ways of looking share is rare.
    """
    support = {
        number: (alone.get(number, 0.0) + _DOUBT) * (in_line.get(number, 0.0) + _DOUBT) ** 0.5
        for number in {*alone, *in_line}
    }
    if not support:
        return "", 0.0
    best = max(support, key=support.__getitem__)
    seen = max(alone.get(best, 0.0), in_line.get(best, 0.0))
    return best, seen * support[best] / sum(support.values())
