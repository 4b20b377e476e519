"""Stamps in red ink in the head of a page, however they were put down: urgency and secrecy (ô 10a, 10b, NĐ 30)."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ingest.letter import Word
from ingest.reading.scan.preparing import Gray, slant
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.tesseract import AS_A_BLOCK, see
from ingest.reading.scan.zones import Zone

_LEAST_PIXELS = 700  # of red ink; "KHẨN" in its frame has several thousand
_LEAST_SURE = 0.5
_MARGIN = 24
_CELL = 8  # pixels a side of the coarse picture in which stamps are told apart
_LEAST_IN_CELL = 3  # red pixels: fewer are grain
_APART = 5  # white cells between two stamps, some 5 mm; the words of one stand closer
_MOST_STAMPS = 5
_WORD_WIDTH, _WORD_HEIGHT = 0.75, 0.7  # of the stamp: a piece that reaches farther is its frame


def red_words(sheet: Sheet, zone: Zone, seconds: float) -> tuple[Word, ...]:
    """The words of red ink in `zone`, level whatever their slant; () where there is little red. Raises NotRead."""
    part = zone.cut(sheet.red)
    places = _places(part)
    if not places:
        return ()
    seen = see([_unframed(_level(part[place])) for place in places], seconds, AS_A_BLOCK)
    # Where a word stood before its stamp was turned does not matter, only which stamp it belongs to.
    height, width = sheet.black.shape
    return tuple(
        Word(s.text, (place[1].start + s.x0) / width, (place[0].start + s.y0) / height,
             (place[1].start + s.x1) / width, (place[0].start + s.y1) / height, s.sure)
        for place, words in zip(places, seen, strict=True)
        for s in words
        if s.sure >= _LEAST_SURE and 2 * sum(c.isalpha() for c in s.text) > len(s.text)
    )  # fmt: skip


def _places(part: Gray) -> list[tuple[slice, slice]]:
    """Where stamps stand, each by itself: a frame or a slant is that of one stamp, and a seal has its own."""
    height, width = (side // _CELL * _CELL for side in part.shape)
    dark = part[:height, :width] < 200
    cells = dark.reshape(height // _CELL, _CELL, width // _CELL, _CELL).sum(axis=(1, 3))
    cells[cells < _LEAST_IN_CELL] = 0
    found = []
    for rows in _runs(cells.any(axis=1)):
        for columns in _runs(cells[rows].any(axis=0)):
            for inner in _runs(cells[rows, columns].any(axis=1)):
                high = slice(rows.start + inner.start, rows.start + inner.stop)
                ink = int(cells[high, columns].sum())
                if ink >= _LEAST_PIXELS:
                    found.append((ink, _with_margin(high), _with_margin(columns)))
    return [(high, wide) for _, high, wide in sorted(found, key=lambda place: -place[0])[:_MOST_STAMPS]]


def _runs(has_ink: NDArray[np.bool_]) -> list[slice]:
    """The runs of cells with ink; less than `_APART` white cells do not part them."""
    where = np.nonzero(has_ink)[0]
    if not len(where):
        return []
    parts = np.split(where, np.nonzero(np.diff(where) > _APART)[0] + 1)
    return [slice(int(part[0]), int(part[-1]) + 1) for part in parts]


def _with_margin(cells: slice) -> slice:
    return slice(max(0, cells.start * _CELL - _MARGIN), cells.stop * _CELL + _MARGIN)


def _level(cut: Gray) -> Gray:
    degrees = slant(cut)
    if abs(degrees) < 2:
        return cut
    turned = Image.fromarray(cut).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return np.asarray(turned)


def _unframed(cut: Gray) -> Gray:
    """`cut` without the frames around its words: pieces of ink that reach farther than words do."""
    image = Image.fromarray(np.where(cut < 160, 0, 255).astype(np.uint8))
    if not (np.asarray(image) == 0).any():
        return cut
    wide, high = (np.ptp(side) for side in np.nonzero(np.asarray(image).T == 0))
    for side in range(4):
        for _ in range(3):
            ink = np.asarray(image) == 0
            ys, xs = np.nonzero(ink)
            if not len(ys):
                break
            place = (xs.argmin(), xs.argmax(), ys.argmin(), ys.argmax())[side]
            trial = image.copy()
            ImageDraw.floodfill(trial, (int(xs[place]), int(ys[place])), 255)
            gone_ys, gone_xs = np.nonzero(ink & (np.asarray(trial) != 0))
            if np.ptp(gone_xs) < _WORD_WIDTH * wide and np.ptp(gone_ys) < _WORD_HEIGHT * high:
                break
            image = trial
    return np.asarray(image)
