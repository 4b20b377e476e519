"""Tesseract in a fork of this process: pictures in, words with boxes and confidence out."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from ingest.reading import forked
from ingest.reading.scan.pictures import DOTS_PER_INCH
from ingest.reading.unreadable import Unreadable

if TYPE_CHECKING:
    from tesserocr import PyTessBaseAPI

Gray = NDArray[np.uint8]  # height x width
# Page segmentation: layout looked for, lines one under the other, words anywhere.
AS_A_PAGE, AS_A_BLOCK, SCATTERED = 3, 6, 11
_DATA = "/usr/share/tesseract-ocr/5/tessdata"  # of Debian's tesseract-ocr-vie
_MEMORY_BYTES = 256 << 20
_MOST_WORDS = 20_000


class NotRead(Exception):
    """Tesseract is not there, took too long, or failed. `why` is a short code for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Seen:
    """One word that tesseract saw: text, box in pixels of its picture (x0, y0, x1, y1), confidence 0..1."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    sure: float


def see(pictures: Sequence[Gray], seconds: float, layout: int = AS_A_PAGE) -> list[list[Seen]]:
    """The words of each of `pictures` (dark on light), in a fork that is ended after `seconds` of processor time.

    Raises NotRead.
    """
    if seconds <= 0:
        raise NotRead("no_time")
    try:
        _vietnamese()  # once for all forks to come: it takes 0.1 s
    except RuntimeError as error:
        raise NotRead("not_there") from error
    try:
        seen = forked.objects(_see, pictures, layout, seconds=seconds, memory_bytes=_MEMORY_BYTES)
        return [cast(list[Seen], words) for words in seen]
    except Unreadable as problem:
        raise NotRead(problem.why) from problem


def has_vietnamese() -> bool:
    """Whether tesseract finds what it knows of Vietnamese on this machine."""
    try:
        _vietnamese()
    except RuntimeError:
        return False
    return True


@cache
def _vietnamese() -> "PyTessBaseAPI":
    from tesserocr import PyTessBaseAPI  # takes time that who reads no scan need not wait

    api = PyTessBaseAPI(path=os.environ.get("TESSDATA_PREFIX", _DATA), lang="vie")
    api.SetVariable("tessedit_do_invert", "0")
    return api


def _see(pictures: Sequence[Gray], layout: int) -> Iterator[list[Seen]]:
    api = _vietnamese()
    api.SetPageSegMode(layout)
    for picture in pictures:
        height, width = picture.shape
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        api.SetSourceResolution(DOTS_PER_INCH)
        yield list(_words(api.GetTSVText(0)))


def _words(table: str) -> Iterator[Seen]:
    """Each row of tesseract's TSV that is a word (level 5)."""
    for row in table.splitlines()[: 4 * _MOST_WORDS]:
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        sure = max(0.0, min(1.0, float(cells[10]) / 100))
        yield Seen(cells[11].strip(), left, top, left + width, top + height, sure)
