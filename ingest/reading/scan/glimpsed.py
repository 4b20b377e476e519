"""Secrecy marks that a network sees where the receiver's ĐẾN stamp lies, though no word of theirs could be read."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

import numpy as np
from PIL import Image, ImageFilter

from ingest.letter import Box, Word
from ingest.reading.scan.apart import without_words
from ingest.reading.scan.mark_network import HALF, STEP, log_odds, seen_by_network
from ingest.reading.scan.places import places
from ingest.reading.scan.preparing import Gray, Mask
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.zones import Zone
from ingest.reading.stamps import UNREAD

_SURE = 0.75  # logarithm of the odds, on average of squares side by side
_REDDEST, _NEAR = 10, (5, 1)  # shade of red ink, at least, on average of the squares around: print in black has less
_INK, _DARK, _LEAST = 250, 130, 1500  # shades, and pixels of ink: the frame of a ĐẾN stamp alone has more
_COLOURLESS = 8000  # pixels of red ink, less than a ĐẾN stamp has
_LEAST_WIDE, _LEAST_HIGH = 0.1, 0.045  # of the page's width: of a ĐẾN stamp whose frame is in pieces
_MOST = 10  # places looked at
_SMALLEST = 20  # pixels of the network
_MARGIN = 0.02  # of the page's width, around it

Place = tuple[slice, slice]


def glimpsed_marks(
    sheet: Sheet, zone: Zone, words: Sequence[Word], arrivals: Sequence[Box], left: Callable[[], float]
) -> tuple[tuple[Word, ...], ...]:
    """`UNREAD` for each place in `zone` where a mark seems to stand: around `arrivals`, the ĐẾN stamps that were found
    by their words, in red things as large as one, and, on a page without colours, in such things that are none of
    `words`; while `left` says that there are seconds, the largest first."""
    height, width = sheet.black.shape
    red = np.asarray(zone.cut(sheet.red) < _INK)
    black = np.asarray(zone.cut(sheet.black) < _DARK)
    has_colours = bool(red.sum() >= _COLOURLESS)
    inks = [red] if has_colours else [red, without_words(black, words, height, zone.top)]
    found = []
    large = sorted(chain.from_iterable(_large(ink, zone) for ink in inks), key=_area, reverse=True)
    for rows, columns in islice(chain(_around(arrivals, height, width), large), _MOST):
        if left() <= 0:
            break
        seen = seen_by_network(sheet.red[rows, columns], sheet.black[rows, columns])
        if min(seen.shape[:2]) > _SMALLEST and _shows_mark(seen, has_colours=has_colours):
            place = columns.start / width, rows.start / height, columns.stop / width, rows.stop / height
            found.append((Word(UNREAD, *place),))
    return tuple(found)


def _shows_mark(seen: Gray, *, has_colours: bool) -> bool:
    odds = log_odds(seen)
    sure = (odds[:, :-2] + odds[:, 1:-1] + odds[:, 2:]) / 3 > _SURE
    return bool((sure & _is_red(seen)[:, 1:-1]).any() if has_colours else sure.any())


def _is_red(seen: Gray) -> Mask:
    squares = Image.fromarray(np.ascontiguousarray(seen[:, :, 0])).reduce(STEP // HALF)
    return np.asarray(squares.filter(ImageFilter.BoxBlur(_NEAR))) >= _REDDEST


def _around(boxes: Sequence[Box], height: int, width: int) -> Iterator[Place]:
    for x0, y0, x1, y1 in boxes:
        yield slice(int(y0 * height), int(y1 * height)), slice(int(x0 * width), int(x1 * width))


def _large(ink: Mask, zone: Zone) -> Iterator[Place]:
    """The things in `ink`, that of `zone`, in the upper part of it, that are as large as a ĐẾN stamp, with what is
    around them."""
    height, width = ink.shape
    margin = int(_MARGIN * width)
    for rows, columns, _ in places(ink, _LEAST):
        high, wide = rows.stop - rows.start, columns.stop - columns.start
        if wide > _LEAST_WIDE * width and high > _LEAST_HIGH * width:
            yield _wider(rows, margin, zone.top, height), _wider(columns, margin, zone.left, width)


def _wider(side: slice, by: int, first: int, length: int) -> slice:
    return slice(first + max(0, side.start - by), first + min(length, side.stop + by))


def _area(place: Place) -> int:
    rows, columns = place
    return int((rows.stop - rows.start) * (columns.stop - columns.start))
