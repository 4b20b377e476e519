"""Which parts of a page are read on the intake path: its head, and the block of the signature."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.reading.scan.preparing import Gray
from ingest.reading.scan.seal import Seal

Shade = TypeVar("Shade", bound=np.generic)

HEAD_DEPTH = 0.46  # motto, offices, code, date, title and trích yếu, stamps (ô 1-5, 10, NĐ 30 Phụ lục I.IV)
_DARK = 140
_CELL = 4  # pixels a side of the coarse picture in which layout is looked for
_FULL_LINE = (0.2, 0.8)  # a line of the body has ink on both sides of these
_GAP = 0.05  # white between "Nơi nhận" and the signer's column, at least; words stand closer
_LEAST_HEIGHT = 0.06  # of a signature block: title, seal, name
_LEAST_WORDS = 3  # pieces in the right half of a line of the body
_ABOVE, _BELOW, _UNDER, _BESIDE = 2.8, 0.5, 2.8, 1.1  # radii of the seal
_SLACK = 0.012  # about half a line


@dataclass(frozen=True)
class Zone:
    """A part of a page: rows from `top` to `bottom`, columns from `left` to its right edge, in pixels."""

    top: int
    bottom: int
    left: int = 0

    def cut(self, picture: NDArray[Shade]) -> NDArray[Shade]:
        """This zone of the page `picture`."""
        return picture[self.top : self.bottom, self.left :]


def head_zone(gray: Gray) -> Zone:
    """The head of the page, down to a row between lines."""
    height = len(gray)
    near = gray[int((HEAD_DEPTH - _SLACK) * height) : int((HEAD_DEPTH + _SLACK) * height)]
    quietest = int((near < _DARK).sum(axis=1).argmin()) if len(near) else 0
    return Zone(0, int((HEAD_DEPTH - _SLACK) * height) + quietest)


def signature_zone(gray: Gray) -> Zone | None:
    """The signer's column, where two columns ("Nơi nhận" and the signer's) end the text of the page; None where
    nothing looks so."""
    ink = _coarse(gray)
    height, width = ink.shape
    last = _last_full_row(ink)
    rest = ink[last:]
    rows = np.nonzero(rest.any(axis=1))[0]
    if not len(rows) or rows[-1] - rows[0] < _LEAST_HEIGHT * height or rest[:, int(0.52 * width) :].sum() < 20:
        return None
    first = last + int(rows[0])
    return Zone(max(0, (first - 2) * _CELL), len(gray), _gutter(rest) * _CELL)


def seal_zones(seal: Seal, height: int) -> tuple[Zone, Zone]:
    """Where titles and name stand around the seal, which covers a third of the signature on its left (Điều 33.1 of
    NĐ 30): from above it to its middle, and from there on."""
    left = max(0, int(seal.column - _BESIDE * seal.radius))
    middle = min(height, int(seal.row + _BELOW * seal.radius))
    top, bottom = (int(seal.row + side * seal.radius) for side in (-_ABOVE, _UNDER))
    return Zone(max(0, min(top, middle)), middle, left), Zone(middle, min(height, bottom), left)


def _coarse(gray: Gray) -> NDArray[np.bool_]:
    """Ink of the page in cells of `_CELL` pixels, without the shadows of the paper's edge."""
    height, width = (side // _CELL * _CELL for side in gray.shape)
    dark = gray[:height, :width] < _DARK
    blocks = dark.reshape(height // _CELL, _CELL, width // _CELL, _CELL)
    cells: NDArray[np.bool_] = np.asarray(blocks.sum(axis=(1, 3)) >= 2)
    margin = int(0.03 * cells.shape[1])
    cells[:, :margin] = cells[:, -margin:] = False
    return cells


def _last_full_row(ink: NDArray[np.bool_]) -> int:
    """The row after the last line of words that runs from margin to margin; 0 if there is none."""
    height, width = ink.shape
    start, end = (int(side * width) for side in _FULL_LINE)
    last = 0
    band = max(3, round(0.006 * height))  # half a line's height: letters of one line are seen together
    for row in range(0, height - band, 2):
        columns: NDArray[np.bool_] = np.logical_or.reduce(ink[row : row + band])
        where = np.nonzero(columns)[0]
        if len(where) < 0.4 * width or where[0] > start or where[-1] < end:
            continue
        inner = where[where <= end]
        # A signature's stroke beside a list runs through too, but is one piece where a line has words.
        if np.diff(inner).max(initial=0) < _GAP * width and _pieces(columns[width // 2 : end]) >= _LEAST_WORDS:
            last = row + band
    while 0 < last < height - 1 and ink[last, start:end].sum() > 0.01 * width:  # to the foot of its letters
        last += 1
    return last


def _pieces(columns: NDArray[np.bool_]) -> int:
    return int((np.diff(columns.astype(np.int8)) == 1).sum())


def _gutter(rest: NDArray[np.bool_]) -> int:
    """The emptiest column between the list of recipients and the signer's block."""
    width = rest.shape[1]
    start, end = int(0.36 * width), int(0.54 * width)
    counts = rest[:, start:end].sum(axis=0)
    # The rightmost of the emptiest: recipients reach far, the signer's column is centred.
    return start + int(np.nonzero(counts == counts.min())[0][-1])
