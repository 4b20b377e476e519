"""The pages of one scan, each prepared when it is asked for: upright, straight, its inks apart."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.letter import Word
from ingest.reading.scan.pictures import Picture, file_picture, pdf_picture
from ingest.reading.scan.preparing import Gray, Mask, inks, skew, straightened
from ingest.reading.scan.tesseract import Seen

_MOST_KEPT = 3


@dataclass(frozen=True)
class Sheet:
    """One page ready to be read: `black` what is printed, `written` with blue ink too. `turned` is by how many degrees,
    clockwise, its picture was turned before."""

    number: int
    black: Gray
    red: Mask
    written: Gray
    turned: int = 0

    def words(self, seen: list[Seen], top: int = 0, left: int = 0) -> tuple[Word, ...]:
        """`seen` in a picture cut from this sheet at (`left`, `top`) pixels, as words in fractions of the page."""
        height, width = self.black.shape
        return tuple(
            Word(s.text, (left + s.x0) / width, (top + s.y0) / height, (left + s.x1) / width, (top + s.y1) / height,
                 s.sure)
            for s in seen
        )  # fmt: skip


class Sheets:
    """The sheets of one file, numbered from 1; the last few are kept."""

    def __init__(self, path: Path, count: int, *, is_pdf: bool) -> None:
        self.count = count
        self._path = path
        self._picture: Callable[[Path, int], Picture] = pdf_picture if is_pdf else file_picture
        self._kept: dict[int, Sheet] = {}

    def __getitem__(self, number: int) -> Sheet:
        """Sheet `number`. Raises Unreadable."""
        if number not in self._kept:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(max(self._kept))
            self._kept[number] = _prepared(number, self._picture(self._path, number))
        return self._kept[number]

    def turned(self, sheet: Sheet, degrees: int) -> Sheet:
        """`sheet` as it would be if the page lay `degrees` (90, 180, 270; clockwise) otherwise."""
        picture = np.rot90(self._picture(self._path, sheet.number), -(sheet.turned + degrees) // 90)
        return _prepared(sheet.number, picture, (sheet.turned + degrees) % 360)


def _prepared(number: int, picture: Picture, turned: int = 0) -> Sheet:
    separate = inks(picture)
    degrees = skew(separate.black)
    black = straightened(separate.black, degrees)
    return Sheet(number, black, separate.red, straightened(separate.written, degrees), turned)
