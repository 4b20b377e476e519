"""The round seal on a page: where it is, so that what it touches can be read without it."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_CELL = 4  # pixels a side of the coarse picture that is searched
_RADII = range(31, 40)  # cells: seals of 32 to 40 mm
_SMALLEST = 127  # pixels of radius, 32 mm across: no office has a smaller one, and text has many smaller circles
_RIM = 2  # cells that the rim is wide
_LEAST_SHARE = 0.72  # of a circle that is there: parts of it are worn or written over
_MOST_AROUND = 0.6  # of a circle just outside: what has as much there is text
_ROOM = 2  # pixels from the middle of the rim outwards


class Seal:
    """A circle in pixels of its page."""

    def __init__(self, row: int, column: int, radius: int) -> None:
        self.row, self.column, self.radius = row, column, radius

    def disc(self, shape: tuple[int, ...], room: int = _ROOM) -> Mask:
        """The seal with its rim and `room` pixels around it, by default nothing beside, on a page of `shape`."""
        rows, columns = np.arange(shape[0]) - self.row, np.arange(shape[1]) - self.column
        disc: Mask = (rows**2)[:, None] + (columns**2)[None, :] <= (self.radius + room) ** 2
        return disc


def find_seal(ink: Mask) -> Seal | None:
    """The circle as large as a seal that most of its rim is there of in `ink`; None where there is no such circle."""
    height, width = (side // _CELL for side in ink.shape)
    if min(height, width) <= 2 * _RADII[0]:
        return None
    cells = ink[: height * _CELL, : width * _CELL].reshape(height, _CELL, width, _CELL).sum(axis=(1, 3)) >= 3
    if cells.sum() < 4 * _RADII[0]:
        return None
    padding = 2 * (_RADII[-1] + _RIM)
    shape = (height + padding, width + padding)
    found = np.fft.rfft2(cells.astype(np.float32), shape)
    best = (0.0, 0, 0, 0)
    for radius in _RADII:
        rim, middle = _rim(radius)
        hits = np.fft.irfft2(found * np.fft.rfft2(rim, shape), shape)
        row, column = np.unravel_index(int(hits.argmax()), hits.shape)
        # A rim two cells wide is met on one of them: the share of directions in which there is ink decides.
        place = (int(row) - middle, int(column) - middle)
        if _share(cells, place, radius + 4) < _MOST_AROUND:
            best = max(best, (_share(cells, place, radius), *place, radius))
    if best[0] < _LEAST_SHARE:
        return None
    return _exactly(ink, *(side * _CELL + _CELL // 2 for side in best[1:]))


def _exactly(ink: Mask, row: int, column: int, radius: int) -> Seal | None:
    """The circle near the given one, in pixels, whose outline has the most ink; of several the widest."""
    near = range(-_CELL, _CELL + 1, 2)
    places = [(row + down, column + right) for down in near for right in near]
    found = [(_share(ink, place, size, 0), size, place) for place in places for size in range(radius - 6, radius + 7)]
    most = max(share for share, _, _ in found)
    _, size, place = max(one for one in found if one[0] >= most - 0.03)
    return Seal(*place, size) if size >= _SMALLEST else None


@cache
def _rim(radius: int) -> tuple[NDArray[np.float32], int]:
    middle = radius + 1
    grid = np.arange(2 * middle + 1) - middle
    distance = np.sqrt(grid[:, None] ** 2 + grid[None, :] ** 2)
    return (abs(distance - radius) < _RIM / 2).astype(np.float32), middle


def _share(cells: Mask, place: tuple[int, int], radius: int, slack: int = 1) -> float:
    """In how many of all directions from `place` there is ink at `radius`, give or take `slack`, 0..1."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    met = np.zeros(len(angles), bool)
    for distance in range(radius - slack, radius + slack + 1):
        rows = np.round(place[0] + distance * np.sin(angles)).astype(int)
        columns = np.round(place[1] + distance * np.cos(angles)).astype(int)
        inside = (rows >= 0) & (rows < cells.shape[0]) & (columns >= 0) & (columns < cells.shape[1])
        met |= inside & cells[np.clip(rows, 0, cells.shape[0] - 1), np.clip(columns, 0, cells.shape[1] - 1)]
    return float(met.mean())
