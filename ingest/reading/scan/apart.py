"""Stamps in the head of a page, however they were put down: urgency and secrecy (ô 10a, 10b, NĐ 30)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from ingest.letter import Word
from ingest.reading.phrases import is_in_text, without_small_print
from ingest.reading.scan.covered import covered
from ingest.reading.scan.places import CELL, places
from ingest.reading.scan.preparing import Gray, Mask, around, slant
from ingest.reading.scan.seal import Seal, find_seal
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.tesseract import AS_A_BLOCK, Seen, see
from ingest.reading.scan.zones import Zone
from ingest.reading.stamps import UNREAD, is_print, shows_stamp

Place = tuple[slice, slice]
_LEAST_RED = 500  # pixels of red ink; "KHẨN" in its frame has several thousand
_LEAST_UNREAD = 350  # pixels of black ink beside all words; "MẬT" of size 13 has some 900
_LEAST_SURE = 0.5  # of a word that counts as read
_LEAST_LIKELY = 0.1  # of a word of a stamp: there are few, and what is none of them counts for nothing
_MARGIN = 24
_MOST_STAMPS = 8
_LARGE = 150  # pixels: both sides of a thing that may be a round seal, or what words leave of one
_MOST_WORDS = 6  # of a black stamp; what has more is a table or a picture
_FRAME_INK = 160
_OUTLINE_WIDTH = 0.75  # of the stamp's: a piece of ink that reaches farther is its frame
_PIECES, _MOST_SIDES = 0.45, 3  # of a side of a stamp with a frame in pieces, and of how many of the four
_OUTLINE_HEIGHT, _THIN = 0.9, 9  # of its height, and pixels: so is a side that stands by itself
_LONGEST_BAR, _FRAME_WIDTH = 50, 0.25  # pixels, and of the stamp's width: a longer run across is its frame
_LONGEST_STEM, _FRAME_HEIGHT = 40, 0.55  # the same downwards, where there is a frame
_TRACES = 8  # pixels around a seal in which its rim leaves traces, which would join it to a stamp
_PALE_SHARE = 0.2  # of the ink of a stamp that is not strong red
_INK, _DARK = 250, 130  # shades below which a pixel is ink, and is surely black ink
# Below which it is, where no red ink is near, or where there is none: a stamp that needed ink, scanned without colours.
_PALE, _PALEST = 205, 232
# Parts of the page's width: what is smaller, larger, or at the paper's edge is no stamp that was overlooked.
_SMALLEST, _WIDEST, _HIGHEST, _EDGE = 0.02, 0.4, 0.12, 0.01


Stamps = tuple[tuple[Word, ...], ...]  # the words of each


@dataclass(frozen=True)
class _Cut:
    """A thing that stands apart at `place`, with a margin, and how many pixels of ink it has."""

    place: Place
    picture: Gray
    ink: int


def hung_seal(sheet: Sheet, zone: Zone) -> Seal | None:
    """A red seal hung over the head, in pixels of `zone`."""
    ink = zone.cut(sheet.red) < _INK
    return _seal_in(ink, ink, is_red=True)


def red_stamps(sheet: Sheet, zone: Zone, seal: Seal | None, seconds: float) -> Stamps:
    """The words of each stamp in red ink in `zone`, level whatever their slant; () where there is little red. `seal` is
    the red one there: of a stamp beneath it that was not read there is `UNREAD` alone.

    Raises NotRead.
    """
    part = zone.cut(sheet.red)
    part, ink = _without(seal, part, part < _INK)
    cuts = _likeliest(_cuts(part, ink, _LEAST_RED), ink.shape)
    read = list(_read(sheet, cuts, seconds))
    # Print that lies across a pale stamp leaves more of it in strong red.
    strong, _ = _without(seal, zone.cut(sheet.strong), ink)
    lost = [int(((cut.picture < _INK) & (strong[cut.place] >= _INK)).sum()) for cut in cuts]
    pale = [
        n
        for n, cut in enumerate(cuts)
        if lost[n] > _PALE_SHARE * cut.ink and not shows_stamp(read[n]) and _may_be_stamp(cut.place, ink.shape)
    ]
    again = _read(sheet, [replace(cuts[n], picture=strong[cuts[n].place]) for n in pale], seconds)
    for n, words in zip(pale, again, strict=True):
        read[n] = max(read[n], words, key=_worth)
    hidden = covered(seal, _TRACES, ink, [cut.place for cut in cuts], read) if seal else []
    return (*_some(read), *((_unread(sheet, place),) for place in hidden))


def unread_stamps(sheet: Sheet, zone: Zone, words: Sequence[Word], seconds: float) -> Stamps:
    """The words in each thing that is black in `zone` and none of `words`; () where everything was read.

    Framed or slanting, tesseract takes a stamp for a picture. Raises NotRead.
    """
    part = zone.cut(sheet.black)
    red = zone.cut(sheet.red) < _INK
    ink = (part < _DARK) | (part < (_PALE if red.any() else _PALEST)) & ~around(red)
    unread = without_words(ink, words, len(sheet.black), zone.top)
    part, ink = _without(_seal_in(unread, ink), part, unread)
    cuts = [cut for cut in _cuts(part, ink, _LEAST_UNREAD) if _may_be_stamp(cut.place, ink.shape)]
    read = _read(sheet, _likeliest(cuts, ink.shape), seconds)
    found = _some([without_small_print(one) for one in read])
    stamps = (one for one in found if len(one) <= _MOST_WORDS and not is_print(one))
    return tuple(one for one in stamps if not (len(one) == 1 and is_in_text(one[0], words)))


def without_words(ink: Mask, words: Sequence[Word], height: int, top: int) -> Mask:
    """`ink` of a page of `height` pixels from row `top` on, without what was read in it as `words`."""
    left, width = ink.copy(), ink.shape[1]
    for word in words:
        if word.sure >= _LEAST_SURE:
            y0, y1 = int(word.y0 * height) - top, int(word.y1 * height) - top
            left[max(0, y0 - CELL) : y1 + CELL, max(0, int(word.x0 * width) - CELL) : int(word.x1 * width) + CELL] = 0
    return left


def _may_be_stamp(place: Place, shape: tuple[int, ...]) -> bool:
    width = shape[1]
    high, wide = (side.stop - side.start - 2 * _MARGIN for side in place)
    edge = int(_EDGE * width)
    is_inside = place[1].start + _MARGIN > edge and place[1].stop - _MARGIN < width - edge
    is_inside = is_inside and place[0].start + _MARGIN > edge
    return bool(is_inside and _SMALLEST * width < wide < _WIDEST * width and 12 < high < _HIGHEST * width)


def _some(read: Sequence[tuple[Word, ...]]) -> Stamps:
    return tuple(words for words in read if words)


def _unread(sheet: Sheet, place: Place) -> Word:
    height, width = sheet.black.shape
    rows, columns = place
    return Word(UNREAD, columns.start / width, rows.start / height, columns.stop / width, rows.stop / height)


def _read(sheet: Sheet, cuts: Sequence[_Cut], seconds: float) -> Stamps:
    """The words of each of `cuts`, frames taken off in some ways: what touches one is lost in one or the other."""
    if not cuts:
        return ()
    level = [_level(_deepened(cut.picture)) for cut in cuts]
    ways = [[without_bars(picture), _without_outline(picture), *_without_edges(picture)] for picture in level]
    seen = iter(see([way for of_one in ways for way in of_one], seconds, AS_A_BLOCK))
    # Where a word stood before its stamp was turned does not matter, only which stamp it belongs to.
    return tuple(
        max((sheet.words(_likely(next(seen)), *(side.start for side in cut.place)) for _ in of_one), key=_worth)
        for cut, of_one in zip(cuts, ways, strict=True)
    )


def _worth(words: Sequence[Word]) -> tuple[bool, float]:
    return shows_stamp(words), sum(word.sure * len(word.text) for word in words)


def _likely(words: Sequence[Seen]) -> list[Seen]:
    return [s for s in words if s.sure >= _LEAST_LIKELY and 2 * sum(c.isalpha() for c in s.text) > len(s.text)]


def _deepened(cut: Gray) -> Gray:
    """`cut` with its ink black: a stamp that needed ink, or stands in the shade."""
    ink = cut[cut < _INK]
    if not len(ink):
        return cut
    darkest = float(np.percentile(ink, 10))
    deepened: Gray = np.clip((cut - darkest) * (255 / max(255 - darkest, 1)), 0, 255).astype(np.uint8)
    return deepened


def _likeliest(cuts: Sequence[_Cut], shape: tuple[int, ...]) -> list[_Cut]:
    """The largest of `cuts`, those first that are shaped like a stamp: a table's edge beside the paper is larger."""
    return sorted(cuts, key=lambda cut: (not _may_be_stamp(cut.place, shape), -cut.ink))[:_MOST_STAMPS]


def _cuts(part: Gray, ink: Mask, least: int) -> list[_Cut]:
    """Where in `part` stamps stand, each by itself: a frame or a slant is that of one stamp, and a seal has its own."""
    found = ((_with_margin(rows), _with_margin(columns), amount) for rows, columns, amount in places(ink, least))
    return [_Cut((rows, columns), part[rows, columns], amount) for rows, columns, amount in found]


def _seal_in(ink: Mask, whole: Mask, *, is_red: bool = False) -> Seal | None:
    """A seal hung over the head; `whole` is the ink in which it is whole, `ink` that without words."""
    large = (min(rows.stop - rows.start, columns.stop - columns.start) for rows, columns, _ in places(ink, 0))
    return find_seal(whole, is_red=is_red) if max(large, default=0) > _LARGE else None


def _without(seal: Seal | None, part: Gray, ink: Mask) -> tuple[Gray, Mask]:
    """`part` and `ink` without a seal, which touches what is stamped beside it."""
    if seal is None:
        return part, ink
    disc = seal.disc(ink.shape, _TRACES)
    return np.where(disc, np.uint8(255), part), ink & ~disc


def _with_margin(side: slice) -> slice:
    return slice(max(0, side.start - _MARGIN), side.stop + _MARGIN)


def _level(cut: Gray) -> Gray:
    degrees = slant(cut)
    if abs(degrees) < 2:
        return cut
    turned = Image.fromarray(cut).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return np.asarray(turned)


def _without_edges(cut: Gray) -> list[Gray]:
    """`cut` without its outermost pixels, where these are a frame in pieces; else nothing."""
    ink = cut < _FRAME_INK
    ys, xs = np.nonzero(ink)
    if not len(ys):
        return []
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    inner = ink[top:bottom, left:right]
    across = (inner[:_THIN].any(axis=0), inner[-_THIN:].any(axis=0))
    down = (inner[:, :_THIN].any(axis=1), inner[:, -_THIN:].any(axis=1))
    if sum(side.mean() > _PIECES for side in (*across, *down)) < _MOST_SIDES or min(inner.shape) < 4 * _THIN:
        return []
    framed = np.full_like(cut, 255)
    inside = np.s_[top + _THIN : bottom - _THIN, left + _THIN : right - _THIN]
    framed[inside] = cut[inside]
    return [without_bars(framed)]


def _without_outline(cut: Gray) -> Gray:
    """`cut` without pieces of ink that reach farther than a letter: frames of any shape, an arrow's too."""
    image = Image.fromarray(np.where(cut < _FRAME_INK, 0, 255).astype(np.uint8))
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
            is_side = np.ptp(gone_ys) > _OUTLINE_HEIGHT * high and np.ptp(gone_xs) < _THIN
            if np.ptp(gone_xs) < _OUTLINE_WIDTH * wide and not is_side:
                break
            image = trial
    return np.asarray(image)


def without_bars(cut: Gray) -> Gray:
    """`cut` without runs of ink longer than any stroke of a letter; what touches the frame, such as the dot below a
    vowel, stays."""
    ink = cut < _FRAME_INK
    if not ink.any():
        return cut
    high, wide = (int(np.ptp(side)) for side in np.nonzero(ink))
    frame = _long_runs(ink, max(_LONGEST_BAR, int(_FRAME_WIDTH * wide)))
    if frame.any():
        frame |= _long_runs(ink.T, max(_LONGEST_STEM, int(_FRAME_HEIGHT * high))).T
    return np.where(frame, np.uint8(255), cut)


def _long_runs(ink: Mask, least: int) -> Mask:
    """The ink of `ink` that goes on for `least` pixels along its row."""
    padded = np.pad(ink, ((0, 0), (1, 1))).astype(np.int8)
    rows, edges = np.nonzero(np.diff(padded, axis=1))
    out = np.zeros_like(ink)
    for row, start, end in zip(rows[::2], edges[::2], edges[1::2], strict=True):
        if end - start >= least:
            out[max(0, row - 1) : row + 2, start:end] = True
    return out
