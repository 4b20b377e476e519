"""Which parts of a page are read on the intake path: its head, and the block of the signature."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.reading.scan.preparing import Gray

HEAD_DEPTH = 0.46  # motto, offices, code, date, title and trích yếu, stamps (ô 1-5, 10, NĐ 30 Phụ lục I.IV)
_DARK = 140
_CELL = 4  # pixels a side of the coarse picture in which layout is looked for
_FULL_LINE = (0.2, 0.8)  # a line of the body has ink on both sides of these
_GAP = 0.05  # white between "Nơi nhận" and the signer's column, at least; words stand closer
_LEAST_HEIGHT = 0.06  # of a signature block: title, seal, name
_LABEL_HEIGHT = 0.05  # of the left column that is read: "Nơi nhận:" and a line or two


@dataclass(frozen=True)
class Zone:
    """A part of a page, as rows of its picture from `top` to `bottom` (pixels), and what in it is painted white:
    everything left of `blank_left` below `blank_from`."""

    top: int
    bottom: int
    blank_left: int = 0
    blank_from: int = 0

    def cut(self, gray: Gray) -> Gray:
        """This zone of the page `gray`, as a picture of its own."""
        part = gray[self.top : self.bottom].copy()
        if self.blank_left:
            part[max(0, self.blank_from - self.top) :, : self.blank_left] = 255
        return part


def head_zone(gray: Gray) -> Zone:
    """The head of the page."""
    return Zone(0, int(len(gray) * HEAD_DEPTH))


def signature_zone(gray: Gray) -> Zone | None:
    """Where two columns, "Nơi nhận" and the signer's, end the text of the page; None where nothing looks so."""
    ink = _coarse(gray)
    height, width = ink.shape
    last = _last_full_row(ink)
    rest = ink[last:]
    if len(rest) < _LEAST_HEIGHT * height:
        return None
    rows = np.nonzero(rest.any(axis=1))[0]
    left, right = rest[:, : int(0.4 * width)], rest[:, int(0.52 * width) :]
    if not len(rows) or right.sum() < 20 or rows[-1] - rows[0] < _LEAST_HEIGHT * height:
        return None
    gutter = _gutter(rest)
    first = last + int(rows[0])
    has_list = left.sum() >= 20
    return Zone(
        max(0, (first - 3) * _CELL), len(gray), gutter * _CELL if has_list else 0,
        (first + int(_LABEL_HEIGHT * height)) * _CELL,
    )  # fmt: skip


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
    """The row after the last line that runs through from margin to margin; 0 if there is none."""
    height, width = ink.shape
    widest = int(_GAP * width)
    start, end = (int(side * width) for side in _FULL_LINE)
    last = 0
    band = max(3, round(0.006 * height))  # half a line's height: letters of one line are seen together
    for row in range(0, height - band, 2):
        columns = np.nonzero(ink[row : row + band].any(axis=0))[0]
        if len(columns) < 0.25 * width or columns[0] > start or columns[-1] < end:
            continue
        inner = columns[(columns >= columns[0]) & (columns <= end)]
        if np.diff(inner).max(initial=0) < widest:
            last = row + band
    return last


def _gutter(rest: NDArray[np.bool_]) -> int:
    """The emptiest column between the list of recipients and the signer's block."""
    width = rest.shape[1]
    start, end = int(0.36 * width), int(0.54 * width)
    counts = rest[:, start:end].sum(axis=0)
    # The rightmost of the emptiest: recipients reach far, the signer's column is centred.
    return start + int(np.nonzero(counts == counts.min())[0][-1])
