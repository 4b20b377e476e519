"""Tesseract as a child process: pictures in, words with boxes and confidence out."""

import ctypes
import io
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.reading.scan.pictures import DOTS_PER_INCH

Gray = NDArray[np.uint8]  # height x width
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
AS_A_PAGE, AS_A_BLOCK = "3", "6"  # page segmentation: layout looked for, or lines one under the other
_OPTIONS = ("-l", "vie", "--dpi", str(DOTS_PER_INCH), "-c", "tessedit_do_invert=0", "tsv")
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


def see(pictures: Sequence[Gray], seconds: float, layout: str = AS_A_PAGE) -> list[list[Seen]]:
    """The words of each of `pictures` (dark on light), all in one run: starting tesseract costs 0.3 s.

    It runs on one processor, is killed after `seconds` and with its parent. Raises NotRead.
    """
    if seconds <= 0:
        raise NotRead("no_time")
    try:
        done = subprocess.run(
            ["tesseract", "-", "-", "--psm", layout, *_OPTIONS], input=_tiff(pictures), capture_output=True,
            check=False, timeout=seconds, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, preexec_fn=_end_with_parent,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NotRead("time") from error
    except OSError as error:
        raise NotRead("not_there") from error
    if done.returncode != 0:
        raise NotRead(f"exit_{done.returncode}")
    out: list[list[Seen]] = [[] for _ in pictures]
    for page, word in _words(done.stdout.decode("utf-8", "replace")):
        if page < len(out):
            out[page].append(word)
    return out


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _tiff(pictures: Sequence[Gray]) -> bytes:
    first, *rest = (Image.fromarray(picture) for picture in pictures)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=rest)
    return out.getvalue()


def _words(table: str) -> Iterator[tuple[int, Seen]]:
    """Page (from 0) and word of each row of tesseract's TSV that is a word (level 5)."""
    for row in table.splitlines()[: 4 * _MOST_WORDS]:
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        sure = max(0.0, min(1.0, float(cells[10]) / 100))
        yield int(cells[1]) - 1, Seen(cells[11].strip(), left, top, left + width, top + height, sure)
