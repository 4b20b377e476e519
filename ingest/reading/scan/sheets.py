"""The pages of one scan, each prepared when it is asked for: straight, its inks apart."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from ingest.letter import Box, Word
from ingest.reading.scan.pictures import Picture, file_picture, pdf_picture
from ingest.reading.scan.preparing import Gray, has_upright_lines, inks, is_worth_turning, skew, straightened
from ingest.reading.scan.seal import Seal, find_seal
from ingest.reading.scan.tesseract import Seen

_MOST_KEPT = 3
_INK, _DARK = 250, 130  # shades below which there is red ink, and black
_SMEARED = 22  # pixels around a seal in which there are traces of it
_LEAST_RED = 3000  # pixels of a red seal
_LEAST_STAMPED = 600  # of red beside the seal that may be a name


class Sheet:
    """One page ready to be read, all its pictures made straight alike."""

    def __init__(self, number: int, picture: Picture, quarters: int | None = None) -> None:
        """`quarters` turns the picture to the left so often by 90 degrees; None leaves it as it lies, or lays it down
        where its lines run upwards."""
        self.number = number
        self._inks = inks(picture)
        self.quarters = int(has_upright_lines(self._inks.black)) if quarters is None else quarters
        if self.quarters:
            self._inks = inks(np.ascontiguousarray(np.rot90(picture, self.quarters)))
        self._degrees = skew(self._inks.black)

    @property
    def degrees(self) -> float:
        """By how much the picture was turned to the left to be straight: where on it a word stands that is known from
        elsewhere (scripts/learn_marks.py)."""
        return self._degrees if is_worth_turning(self._degrees) else 0.0

    @cached_property
    def black(self) -> Gray:
        """What is printed in black, without coloured ink."""
        return straightened(self._inks.black, self._degrees)

    @cached_property
    def pen(self) -> Gray:
        """What is printed and written, without red ink."""
        return straightened(self._inks.pen, self._degrees)

    @cached_property
    def seal(self) -> Seal | None:
        """The round seal, red or, on a page without colours, black."""
        red = self.red < _INK
        return find_seal(red if red.sum() > _LEAST_RED else self.black < _DARK)

    @cached_property
    def stamped(self) -> Gray:
        """What is printed in black or red, without a red seal and without blue ink: names and titles are stamped."""
        red = self.red < _INK
        if self.seal:
            red &= ~self.seal.disc(red.shape, _SMEARED)
        return np.where(red, self.red, self.black) if red.sum() > _LEAST_STAMPED else self.black

    @cached_property
    def unsealed(self) -> Gray:
        """`stamped` without anything where the seal is."""
        if self.seal is None:
            return self.stamped
        return np.where(self.seal.disc(self.stamped.shape), np.uint8(255), self.stamped)

    @cached_property
    def red(self) -> Gray:
        """Red ink alone."""
        only = np.where(self._inks.red, self._inks.green, np.uint8(255))
        return straightened(only, self._degrees)

    @cached_property
    def strong(self) -> Gray:
        """Red ink that is not pale: stamps that lie across each other are thinner so."""
        return straightened(self._inks.strong, self._degrees)

    @property
    def sealed(self) -> Box | None:
        """Where the seal is, in fractions of the page."""
        if self.seal is None:
            return None
        height, width = self.black.shape
        row, column, radius = self.seal.row, self.seal.column, self.seal.radius
        return (column - radius) / width, (row - radius) / height, (column + radius) / width, (row + radius) / height

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
        self._quarters: int | None = None

    def __getitem__(self, number: int) -> Sheet:
        """Sheet `number`. Raises Unreadable."""
        if number not in self._kept:
            while len(self._kept) >= _MOST_KEPT:
                self._kept.pop(max(self._kept))
            self._kept[number] = Sheet(number, self._picture(self._path, number), self._quarters)
        return self._kept[number]

    def turn(self, quarters: int | None) -> None:
        """From here on give every sheet turned so; None: each as it seems to lie right."""
        self._quarters = quarters
        self._kept.clear()
