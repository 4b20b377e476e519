"""The round seal on a page: where it is, so that what it touches can be read without it."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
_CELL = 4  # pixels a side of the coarse picture that is searched
_RADII = range(31, 40)  # cells: seals of 32 to 40 mm
_SMALLEST = 127  # pixels of radius, 32 mm across: no office has a smaller one, and text has many smaller circles
_FARTHER, _SMALLEST_FARTHER = range(25, 40), 102  # the same where the paper does not fill the picture, in red ink only
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
        disc: Mask = np.zeros(shape, bool)
        reach = self.radius + room
        top, left = max(0, self.row - reach), max(0, self.column - reach)
        part = disc[top : self.row + reach + 1, left : self.column + reach + 1]
        rows, columns = (np.arange(side) for side in part.shape)
        part[:] = ((rows + top - self.row) ** 2)[:, None] + ((columns + left - self.column) ** 2)[None, :] <= reach**2
        return disc


def find_seal(ink: Mask, *, is_red: bool = False) -> Seal | None:
    """The circle as large as a seal that most of its rim is there of in `ink`; None where there is no such circle.

    In ink that `is_red` it may be smaller, as on a photograph, which shows more than the paper.
    """
    radii, smallest = (_FARTHER, _SMALLEST_FARTHER) if is_red else (_RADII, _SMALLEST)
    height, width = (side // _CELL for side in ink.shape)
    if min(height, width) <= 2 * radii[0]:
        return None
    cells = ink[: height * _CELL, : width * _CELL].reshape(height, _CELL, width, _CELL).sum(axis=(1, 3)) >= 3
    if cells.sum() < 4 * radii[0]:
        return None
    padding = 2 * (radii[-1] + _RIM)
    shape = (_composed(height + padding), _composed(width + padding))
    found = np.fft.rfft2(cells.astype(np.float32), shape)
    best = (0.0, 0, 0, 0)
    for radius in radii:
        rim, middle = _rim(radius)
        hits = np.fft.irfft2(found * np.fft.rfft2(rim, shape), shape)
        row, column = np.unravel_index(int(hits.argmax()), hits.shape)
        # A rim two cells wide is met on one of them: the share of directions in which there is ink decides.
        place = (int(row) - middle, int(column) - middle)
        if _share(cells, place, radius + 4) < _MOST_AROUND:
            best = max(best, (_share(cells, place, radius), *place, radius))
    if best[0] < _LEAST_SHARE:
        return None
    seal = _exactly(ink, *(side * _CELL + _CELL // 2 for side in best[1:]))
    return seal if seal.radius >= smallest else None


def _exactly(ink: Mask, row: int, column: int, radius: int) -> Seal:
    """The circle near the given one, in pixels, whose outline has the most ink; of several the widest."""
    near = np.arange(-_CELL, _CELL + 1, 2)
    rows, columns = (side.ravel() for side in np.meshgrid(row + near, column + near, indexing="ij"))
    found = [
        (float(share), size, (int(rows[place]), int(columns[place])))
        for size in range(radius - 6, radius + 7)
        for place, share in enumerate(_met(ink, rows, columns, size).mean(axis=1))
    ]
    most = max(share for share, _, _ in found)
    _, size, place = max(one for one in found if one[0] >= most - 0.03)
    return Seal(*place, size)


@cache
def _composed(size: int) -> int:
    """The next size from `size` on without a prime factor above 5: of those Fourier transforms are quick."""
    rest = size
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    return size if rest == 1 else _composed(size + 1)


@cache
def _rim(radius: int) -> tuple[NDArray[np.float32], int]:
    middle = radius + 1
    grid = np.arange(2 * middle + 1) - middle
    distance = np.sqrt(grid[:, None] ** 2 + grid[None, :] ** 2)
    return (abs(distance - radius) < _RIM / 2).astype(np.float32), middle


def _share(cells: Mask, place: tuple[int, int], radius: int) -> float:
    """In how many of all directions from `place` there is ink at `radius`, give or take one, 0..1."""
    rows, columns = np.array(place[:1]), np.array(place[1:])
    met = [_met(cells, rows, columns, distance) for distance in range(radius - 1, radius + 2)]
    return float(np.logical_or.reduce(met).mean())


def _met(cells: Mask, rows: NDArray[np.int64], columns: NDArray[np.int64], distance: int) -> Mask:
    """For each place (`rows` and `columns`, one axis) whether there is ink at `distance` in each direction."""
    down, right = _circle(distance)
    y, x = rows[:, None] + down, columns[:, None] + right
    inside = (y >= 0) & (y < cells.shape[0]) & (x >= 0) & (x < cells.shape[1])
    met: Mask = inside & cells[np.clip(y, 0, cells.shape[0] - 1), np.clip(x, 0, cells.shape[1] - 1)]
    return met


@cache
def _circle(distance: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    return np.round(distance * np.sin(angles)).astype(np.int64), np.round(distance * np.cos(angles)).astype(np.int64)
