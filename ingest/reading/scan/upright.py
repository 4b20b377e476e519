"""Which way up a sheet is to be read: tried where what was read makes no sense."""

import contextlib
from collections.abc import Callable, Sequence

from ingest.letter import Word
from ingest.reading.scan.sheets import Sheet, Sheets
from ingest.reading.scan.tesseract import NotRead

_LEAST_WORDS = 8
_LEAST_SURE = 0.5
_OTHERWISE = {0: (2,), 1: (3, 0), 2: (0,), 3: (1, 0)}  # quarters that may be right where others were not


def read_upright(
    sheets: Sheets, number: int, read: Callable[[Sheet], tuple[Word, ...]]
) -> tuple[Sheet, tuple[Word, ...]]:
    """Sheet `number` the way up that `read` makes sense of, and its words; as it lies where none does.

    Raises NotRead when it is not read at all, and Unreadable.
    """
    first = sheets[number]
    words = read(first)
    if is_legible(words):
        return first, words
    with contextlib.suppress(NotRead):  # no time is left: then it stays as it lies
        for quarters in _OTHERWISE[first.quarters]:
            sheets.turn(quarters)
            others = read(sheets[number])
            if is_legible(others):
                return sheets[number], others
    sheets.turn(None)
    return first, words


def is_legible(words: Sequence[Word]) -> bool:
    """Whether what was read is text: enough words of letters, and tesseract rather sure of them."""
    marked = [word.sure for word in words if any(letter.isalpha() for letter in word.text)]
    return len(marked) >= _LEAST_WORDS and sum(marked) >= _LEAST_SURE * len(marked)
