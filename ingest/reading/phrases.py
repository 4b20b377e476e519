"""Whether a word that was read by itself is one of a phrase ("MẬT KHẨU", "MẶT TRẬN"): no secrecy mark is."""

from collections.abc import Sequence

from core.text import fold, is_syllable
from ingest.letter import Word
from ingest.reading.lines import Line, lines_of, segments_of

_BESIDE = 0.03  # of the page's width, at most, between the words of one phrase
_SURE = 0.85
_ALIKE, _RATHER_SURE, _LEAST = 0.6, 0.55, 3  # of the higher word's height, and letters: of a word that is less sure
_FULL_WORDS, _FULL = 6, (0.3, 0.7)  # a line of the body, or of a long title, has so many words, and reaches from to
_MIDDLE = (0.4, 0.6)  # of the page's width
_WIDE, _NEARLY_WIDEST = 0.6, 0.91  # of the page's width, and of its widest line, beside its indent: titles are narrower
_STAMPED = ("toi", "tuyet", "den", "khan", "thuong", "hoa", "toc", "do")  # words that stand beside a mark in stamps


def text_begins(rows: Sequence[Line]) -> float:
    """Where the body of the page begins, with a line from margin to margin; below the page where there is none.

    A photograph shows more than the paper, so that the margins are told by the widest line.
    """
    full = [row for row in rows if _is_full(row) and len(segments_of([row])) == 1]
    least = max(_WIDE, _NEARLY_WIDEST * max((row.x1 - row.x0 for row in full), default=1.0))
    return min((row.y0 for row in full if row.x1 - row.x0 >= least), default=1.0)


def is_in_middle(thing: Word | Line) -> bool:
    """Whether `thing` stands in the middle of the page's width, where headings do."""
    return _MIDDLE[0] < (thing.x0 + thing.x1) / 2 < _MIDDLE[1]


def is_in_text(word: Word, printed: Sequence[Word]) -> bool:
    """Whether `word` is one of a phrase of the words `printed` around it; or stands below the first full line of them,
    where hardly anything is stamped, and is in small letters, or was surely read there: then it is what the page says.
    In the middle of the body stand headings.
    """
    if is_of_phrase(word, printed) or any(_is_longer(one, word) for one in printed):
        return True
    rows = lines_of(printed)
    if is_in_middle(word) and word.y0 > text_begins(rows):
        return True
    full = [row.y0 for row in rows if _is_full(row)]
    same = (one for one in printed if one.sure >= _SURE and _is_upon(one, word))
    return bool(full) and word.y0 > min(full) and (not _letters(word).isupper() or any(same))


def _is_full(line: Line) -> bool:
    surely = [word for word in line.words if word.sure >= _SURE and _letters(word)]
    return len(surely) >= _FULL_WORDS and line.x0 < _FULL[0] and line.x1 > _FULL[1] and not line.is_capitals


def _is_longer(one: Word, other: Word) -> bool:
    """Whether `one` is the phrase that `other` begins or ends, read in one ("MẬTKHẨU")."""
    letters, part = fold(_letters(one)), fold(_letters(other))
    rest = letters.removeprefix(part) if letters.startswith(part) else letters.removesuffix(part)
    is_phrase = len(letters) > len(rest) > 1 and rest not in _STAMPED
    return is_phrase and one.text.isupper() and one.sure >= _RATHER_SURE and _is_upon(other, one)


def _is_upon(one: Word, other: Word) -> bool:
    x, y = (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2
    return other.x0 < x < other.x1 and other.y0 < y < other.y1 and bool(_letters(one))


def without_small_print(words: Sequence[Word]) -> tuple[Word, ...]:
    """`words`, read together in black, without "mật" in small letters, which a label alone says: "Độ mật: Tối mật"."""
    if any(word.text.startswith("Đ") for word in words):
        return tuple(words)
    return tuple(word for word in words if _letters(word) != "mật")


def is_of_phrase(word: Word, others: Sequence[Word]) -> bool:
    """Whether a word in capitals that makes no stamp of it stands closely beside `word` among `others`: surely read, or
    rather so and of its size."""
    level = (one for one in others if one is not word and one.y0 < (word.y0 + word.y1) / 2 < one.y1)
    beside = (one for one in level if -_BESIDE < one.x0 - word.x1 < _BESIDE or -_BESIDE < word.x0 - one.x1 < _BESIDE)
    return any(_is_sure(one) or _is_alike(one, word) for one in beside if _is_capital(one))


def _is_capital(word: Word) -> bool:
    return word.text.isupper() and fold(_letters(word)) not in _STAMPED


def _is_sure(word: Word) -> bool:
    return word.sure >= _SURE


def _is_alike(word: Word, other: Word) -> bool:
    letters, heights = _letters(word), sorted((word.y1 - word.y0, other.y1 - other.y0))
    is_word = len(letters) >= _LEAST and is_syllable(letters) and word.sure >= _RATHER_SURE
    return is_word and heights[0] > _ALIKE * heights[1]


def _letters(word: Word) -> str:
    return "".join(filter(str.isalpha, word.text))
