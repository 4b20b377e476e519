"""Red stamps over which a seal was hung: what of them remains beside it may not be enough to read them."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from core.text import fold
from ingest.letter import Word
from ingest.reading.scan.preparing import Mask
from ingest.reading.scan.seal import Seal
from ingest.reading.stamps import shows_stamp

Place = tuple[slice, slice]
_HUNG = (0.3, 0.45)  # of the page's width: a seal farther down, or to the right, is the signer's
_NEAR, _LEAST_NEAR = 5, 6  # pixels from a seal, and how many of them have ink where it lies upon a stamp
_LEAST_REACH, _LEAST_HEIGHT = 40, 14  # pixels, from the seal and of the stamp: less is a trace of the seal itself
_TALL = 0.11  # of the page's width, with what is cut around it
_FAR_HIGHER = 1.8  # than one of its stamps is a group of two
_MOST_UPRIGHT = 1.3  # times as high as wide
_RECEIVERS, _NEARLY = ("den", "so", "ngay", "chuyen"), 0.75


def covered(seal: Seal, room: int, ink: Mask, places: Sequence[Place], read: Sequence[Sequence[Word]]) -> list[Place]:
    """Those of `places` with red `ink` upon which `seal`, taken out with `room` pixels around, lies, and that were
    `read` neither as a stamp nor as a part of one."""
    width = ink.shape[1]
    if seal.row > _HUNG[0] * width or seal.column > _HUNG[1] * width:
        return []
    found = list(zip(places, read, strict=True))
    known = [place for place, words in found if shows_stamp(words)]
    received = [place for place, words in found if _is_tall(place, width) or any(map(_is_receivers, words))]
    return [
        place
        for place in places
        if not any(_is_same(place, one) for one in known)
        and not any(_is_within(place, one) or _is_within(one, place) for one in received)
        and _is_upon(seal, room, ink, place)
    ]


def _is_tall(place: Place, width: int) -> bool:
    """Whether `place` is higher than stamps of one line are, aslant or not: the receiver's has four or five."""
    return bool(place[0].stop - place[0].start > _TALL * width)


def _is_receivers(word: Word) -> bool:
    """Whether `word` is one of the receiver's stamp, or nearly."""
    letters = "".join(filter(str.isalpha, fold(word.text)))
    return any(SequenceMatcher(None, letters, one).ratio() >= _NEARLY for one in _RECEIVERS)


def _is_same(place: Place, known: Place) -> bool:
    """Whether the one is a part of the other, and no group of stamps."""
    inner, outer = sorted((place, known), key=lambda one: one[0].stop - one[0].start)
    is_group = outer[0].stop - outer[0].start >= _FAR_HIGHER * (inner[0].stop - inner[0].start)
    return _is_within(inner, outer) and not is_group


def _is_within(inner: Place, outer: Place) -> bool:
    return all(out.start <= part.start and part.stop <= out.stop for part, out in zip(inner, outer, strict=True))


def _is_upon(seal: Seal, room: int, ink: Mask, place: Place) -> bool:
    rows, columns = np.nonzero(ink[place])
    if not len(rows) or np.ptp(rows) < _LEAST_HEIGHT or np.ptp(rows) > _MOST_UPRIGHT * np.ptp(columns):
        return False
    away = np.hypot(rows + place[0].start - seal.row, columns + place[1].start - seal.column) - seal.radius - room
    return bool((away < _NEAR).sum() >= _LEAST_NEAR and away.max() > _LEAST_REACH)
