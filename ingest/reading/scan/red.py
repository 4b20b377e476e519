"""Stamps in red ink in the head of a page, however they were put down: urgency and secrecy (ô 10a, 10b, NĐ 30)."""

import numpy as np
from PIL import Image, ImageDraw

from ingest.letter import Word
from ingest.reading.scan.preparing import Gray, slant
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.tesseract import AS_A_BLOCK, see
from ingest.reading.scan.zones import Zone

_LEAST_PIXELS = 700  # of red ink; "KHẨN" in its frame has several thousand
_LEAST_SURE = 0.5
_MARGIN = 24
_WORD_WIDTH, _WORD_HEIGHT = 0.75, 0.7  # of the stamp: a piece that reaches farther is its frame


def red_words(sheet: Sheet, zone: Zone, seconds: float) -> tuple[Word, ...]:
    """The words of red ink in `zone`, level whatever their slant; () where there is little red. Raises NotRead."""
    part = zone.cut(sheet.red)
    ys, xs = np.nonzero(part < 200)
    if len(ys) < _LEAST_PIXELS:
        return ()
    (top, bottom), (left, right) = (map(int, np.percentile(side, (0.5, 99.5))) for side in (ys, xs))
    cut = part[max(0, top - _MARGIN) : bottom + _MARGIN, max(0, left - _MARGIN) : right + _MARGIN]
    (seen,) = see([_unframed(_level(cut))], seconds, AS_A_BLOCK)
    # Where a word stood before its stamp was turned does not matter.
    high, width = sheet.black.shape
    sure = [s for s in seen if s.sure >= _LEAST_SURE and 2 * sum(c.isalpha() for c in s.text) > len(s.text)]
    return tuple(
        Word(s.text, (left + s.x0) / width, (top + s.y0) / high, (left + s.x1) / width, (top + s.y1) / high, s.sure)
        for s in sure
    )


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
