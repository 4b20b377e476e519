"""Where ink stands apart on a page, told by a coarse picture of it: stamps, and what else is no line of text."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.reading.scan.preparing import Mask

CELL = 8  # pixels a side of the coarse picture
_LEAST_IN_CELL = 3  # pixels with ink: fewer are grain
_FINE, _FIRM = 4, 5  # pixels a side of cells that tell stamps apart which nearly touch, and with ink in one of a stroke
_FULL, _SOLID, _DENSE = 56, 8, 40  # pixels of a cell, cells a side, that no stroke fills; pixels at a table's edge
_APART = 5  # white cells between two stamps, some 5 mm; the words of one stand closer
_BROAD, _MOST_OF = 7, 0.85  # cells, more than any letter; of the whole, which a part of it is not
_HIGHEST, _WIDEST = 0.09, 0.4  # of the page's width: of a stamp that was put down over the paper's edge
_BAND = 3  # cells: the least height of one of two stamps, one closely above the other


def places(mask: Mask, least: int) -> Iterator[tuple[slice, slice, int]]:
    """Rows, columns and amount of each group of ink; of things that stand closely together each too."""
    height, width = (side // CELL * CELL for side in mask.shape)
    mask = mask[:height, :width]
    cells = _counts(mask, CELL)
    cells[cells < _LEAST_IN_CELL] = 0
    cells[_from_outside(cells)] = 0
    ink = cells > 0
    for rows, columns in _groups(ink, slice(0, ink.shape[0]), slice(0, ink.shape[1])):
        bands = [_moved(band, rows.start) for band in _runs(_has_ink(ink, rows, columns, across=1), apart=1)]
        parts = [part for band in bands if band.stop - band.start >= _BAND for part in _groups(ink, band, columns)]
        for high, wide in [(rows, columns), *(parts if len(bands) > 1 else _together(mask, rows, columns))]:
            amount = int(cells[high, wide].sum())
            if amount >= least:
                yield _in_pixels(high), _in_pixels(wide), amount


def _counts(mask: Mask, side: int) -> NDArray[np.int64]:
    height, width = mask.shape
    counts: NDArray[np.int64] = mask.reshape(height // side, side, width // side, side).sum(axis=(1, 3))
    return counts


def _groups(ink: Mask, rows: slice, columns: slice) -> Iterator[tuple[slice, slice]]:
    """The parts of `ink` between which white goes across, or down, until none does within any."""
    for high in _runs(_has_ink(ink, rows, columns, across=1)):
        high = _moved(high, rows.start)
        for wide in _runs(_has_ink(ink, high, columns, across=0)):
            wide = _moved(wide, columns.start)
            if (high, wide) == (rows, columns):
                yield high, wide
            else:
                yield from _groups(ink, high, wide)


def _together(mask: Mask, rows: slice, columns: slice) -> list[tuple[slice, slice]]:
    """Where within `rows` and `columns` ink hangs together that may be a stamp of several: aslant above each other, or
    framed closely beside a seal, no white goes across between them."""
    pieces = _pieces(_counts(mask[_in_pixels(rows), _in_pixels(columns)], _FINE) >= _FIRM)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    found = []
    for high, wide in pieces:
        tall, broad = high.stop - high.start, wide.stop - wide.start
        if tall < _BAND or broad < _BROAD or tall * broad >= _MOST_OF * height * width:
            continue
        inner = [one for one in pieces if one != (high, wide) and one[0].stop - one[0].start >= _BAND]
        is_framed = any(_is_within(one, (high, wide)) for one in inner)
        is_above = tall < _MOST_OF * height and 2 * broad > width
        # Words of a phrase ("MẬT ONG") are no stamps, framed or not.
        if (is_framed or is_above) and not any(_is_within((high, wide), one) for one in inner):
            found.append((_moved(high, rows.start), _moved(wide, columns.start)))
    return found


def _pieces(firm: Mask) -> list[tuple[slice, slice]]:
    """The things in `firm` that hang together, in cells of the coarse picture."""
    left = {(int(row), int(column)) for row, column in np.argwhere(firm)}
    many = CELL // _FINE
    found = []
    while left:
        reached, edge = [], [left.pop()]
        while edge:
            row, column = edge.pop()
            reached.append((row, column))
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        high, wide = (slice(min(side) // many, max(side) // many + 1) for side in zip(*reached, strict=True))
        found.append((high, wide))
    return found


def _is_within(inner: tuple[slice, slice], outer: tuple[slice, slice]) -> bool:
    return all(out.start <= part.start and part.stop <= out.stop for part, out in zip(inner, outer, strict=True))


def _has_ink(ink: Mask, rows: slice, columns: slice, *, across: int) -> Mask:
    return np.asarray(ink[rows, columns].any(axis=across))


def _moved(side: slice, by: int) -> slice:
    return slice(side.start + by, side.stop + by)


def _solid(cells: NDArray[np.int64]) -> Mask:
    """Where squares begin that are full of ink and larger than any stroke: no paper, but what it lies upon."""
    solid: Mask = cells >= _FULL
    found = np.zeros_like(solid)
    for _ in range(_SOLID - 1):
        solid = solid[1:, 1:] & solid[:-1, 1:] & solid[1:, :-1] & solid[:-1, :-1]
    found[: solid.shape[0], : solid.shape[1]] = solid
    return found


def _from_outside(cells: NDArray[np.int64]) -> Mask:
    """The ink that is no paper's: a table around it, with its edge; the scanner's shadow, and whatever reaches in from
    the sides or the top, unless it is of a stamp's size. Where a stamp touches the table, it has less ink in a cell."""
    table = np.pad(_reached(cells >= _DENSE, _solid(cells)), 1)
    table = table[:-2] | table[1:-1] | table[2:]
    table = table[:, :-2] | table[:, 1:-1] | table[:, 2:]
    edge = _reached((cells > 0) & ~table, np.zeros_like(table))
    height, width = edge.shape
    for rows, columns in _groups(edge, slice(0, height), slice(0, width)):
        high, wide = rows.stop - rows.start, columns.stop - columns.start
        is_inside = columns.start > 0 and columns.stop < width
        if is_inside and _BAND <= high < _HIGHEST * width and _BROAD <= wide < _WIDEST * width:
            edge[rows, columns] = False
    return table | edge


def _reached(ink: Mask, inner: Mask) -> Mask:
    """The ink that hangs together with that at the sides, at the top, or `inner`."""
    outside = ink & inner
    outside[0], outside[:, 0], outside[:, -1] = ink[0], ink[:, 0], ink[:, -1]
    before = 0
    while (count := int(outside.sum())) > before:
        before = count
        for here, there in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
            reached = outside.copy()
            reached[here] |= outside[there]
            reached[there] |= outside[here]
            outside = reached & ink
    return outside


def _runs(has_ink: Mask, apart: int = _APART) -> list[slice]:
    """The runs of cells with ink; less than `apart` white cells do not part them."""
    where = np.nonzero(has_ink)[0]
    if not len(where):
        return []
    parts = np.split(where, np.nonzero(np.diff(where) > apart)[0] + 1)
    return [slice(int(part[0]), int(part[-1]) + 1) for part in parts]


def _in_pixels(cells: slice) -> slice:
    return slice(cells.start * CELL, cells.stop * CELL)
