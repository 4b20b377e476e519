"""Which way up a sheet is to be read: tried where what was read makes no sense."""

import contextlib
from collections.abc import Callable, Sequence

from ingest.letter import Word
from ingest.reading.scan.sheets import Sheet, Sheets
from ingest.reading.scan.tesseract import NotRead

_LEAST_WORDS = 8
_LEAST_SURE = 0.5


def read_upright(
    sheets: Sheets, number: int, read: Callable[[Sheet], tuple[Word, ...]]
) -> tuple[Sheet, tuple[Word, ...]]:
    """Sheet `number` the way up that `read` makes sense of, and its words; as it lies where none does.

    Raises NotRead when it is not read at all, and Unreadable.
    """
    turned = sheets.turned(number)
    first = next(turned)
    words = read(first)
    if is_legible(words):
        return first, words
    with contextlib.suppress(NotRead):  # no time is left: then it stays as it lies
        for sheet in turned:
            others = read(sheet)
            if is_legible(others):
                return sheet, others
    return first, words


def is_legible(words: Sequence[Word]) -> bool:
    """Whether what was read is text: enough words of letters, and tesseract rather sure of them."""
    marked = [word.sure for word in words if any(letter.isalpha() for letter in word.text)]
    return len(marked) >= _LEAST_WORDS and sum(marked) >= _LEAST_SURE * len(marked)
