"""Which way up a sheet is to be read: tried where what was read makes no sense."""

import contextlib
from collections.abc import Callable, Sequence

from core.text import is_syllable
from ingest.letter import Word
from ingest.reading.scan.sheets import Sheet, Sheets
from ingest.reading.scan.tesseract import NotRead

_LEAST_WORDS = 8
_LEAST_SURE = 0.5
_LEAST_WELL_FORMED = 0.6  # of the words; pages the right way up have 0.9, upside down at most 0.45
_OTHERWISE = {0: (2,), 1: (3, 0), 2: (0,), 3: (1, 0)}  # quarters that may be right where others were not
_LAID_DOWN = {0: (1, 3), 1: (0, 2), 2: (1, 3), 3: (0, 2)}  # the same where the lines run up or down
_LONG = 3  # letters of a word that is wider than high, unless its line runs up or down


def read_upright(
    sheets: Sheets, number: int, read: Callable[[Sheet], tuple[Word, ...]]
) -> tuple[Sheet, tuple[Word, ...]]:
    """Sheet `number` the way up that `read` makes sense of, and its words; as it lies where none does.

    Raises NotRead when it is not read at all, and Unreadable.
    """
    first = sheets[number]
    ways = [(first, read(first))]
    if _makes_sense(ways[0][1]):
        return ways[0]
    with contextlib.suppress(NotRead):  # no time is left: then it stays as it lies
        others = _OTHERWISE if _is_level(ways[0][1]) else _LAID_DOWN
        for quarters in others[first.quarters]:
            sheets.turn(quarters)
            ways.append((sheets[number], read(sheets[number])))
            if _makes_sense(ways[-1][1]):
                return ways[-1]
    best = next((way for way in ways if is_legible(way[1])), ways[0])
    sheets.turn(None if best is ways[0] else best[0].quarters)
    return best


def _makes_sense(words: Sequence[Word]) -> bool:
    """Whether `words` are legible in level lines, and most of them have the shape of our syllables: of a short page
    upside down tesseract may be sure, too."""
    bare = ("".join(filter(str.isalpha, word.text)) for word in words)
    known = [
        is_syllable(word) and (word.istitle() or word.isupper() or word.islower()) for word in bare if len(word) > 1
    ]
    return is_legible(words) and _is_level(words) and sum(known) >= _LEAST_WELL_FORMED * len(known)


def _is_level(words: Sequence[Word]) -> bool:
    """Whether the lines run across: tesseract reads those that run up or down too, and says nothing of it."""
    long = [word for word in words if sum(map(str.isalpha, word.text)) >= _LONG]
    # Sides are fractions of the page's: those of a sheet of paper differ too little to matter.
    return sum(word.y1 - word.y0 > word.x1 - word.x0 for word in long) <= len(long) / 2


def is_legible(words: Sequence[Word]) -> bool:
    """Whether what was read is text: enough words of letters, and tesseract rather sure of them."""
    marked = [word.sure for word in words if any(letter.isalpha() for letter in word.text)]
    return len(marked) >= _LEAST_WORDS and sum(marked) >= _LEAST_SURE * len(marked)
