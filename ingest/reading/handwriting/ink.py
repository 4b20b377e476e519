"""Whether anything is written in a place: dots, blanks and the neighbours' tails are not."""

import numpy as np
from numpy.typing import NDArray

from ingest.reading.handwriting.recognition import Gray

_HEIGHT = 0.4  # of the printed line: dotted lines and commas stay below
_EDGE = 0.12  # of the place, left and right, where slanted neighbours reach in
_FAINT = 0.3  # how far from paper to print a pen's ink must go


def is_written(place: Gray, line: Gray) -> bool:
    """Whether `place`, cut out of `line` (the printed line's own height, no more), holds a stroke as high as a digit.

    An empty place must not be read: the network finds a one in a speck and a seven in a row of dots.
    """
    if place.size == 0 or line.size == 0:
        return False
    paper, ink = float(np.median(line)), float(np.percentile(line, 1))
    edge = int(place.shape[1] * _EDGE)
    rows = place[:, edge : place.shape[1] - edge].min(axis=1, initial=255) < paper - _FAINT * (paper - ink)
    return _longest_run(rows) >= round(_HEIGHT * len(line))


def _longest_run(rows: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
