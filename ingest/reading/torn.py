"""Words of a text layer that came apart, made whole: letters of another font stand a little off their word."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.text import MARKED_VOWELS, fold, is_syllable
from ingest.letter import Word

_LEAST_SHARE = 0.08  # of the words are bare consonants: no Vietnamese word is
_LEAST = 4
_LEVEL = 0.5  # of a letter's height that two pieces of a word may differ by
_USUAL = 0.95  # of the gaps within words: the widest few may be blanks after an abbreviation
_SLACK = 1.04
_HEADING = 1.3
_CODE_BEGINS = re.compile(r"^\d+[/-]")
_VOWELS = frozenset("aeiouy")


def whole_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """`words` of one page in reading order, those that are torn ("Tỉ nh ủ y") made whole; all others as they are.

    A page is torn where many of its words are consonants alone. How wide the tears are is learned from those;
    pieces so close are joined where they give a syllable.
    """
    tears = [gap for one, other in pairwise(words) if (gap := _tear(one, other)) is not None]
    if len(tears) < max(_LEAST, _LEAST_SHARE * len(words)):
        return tuple(words)
    widest = sorted(tears)[int(_USUAL * (len(tears) - 1))] * _SLACK
    return tuple(whole for run in _runs(words, widest) for whole in _joined(run))


def _tear(one: Word, other: Word) -> float | None:
    """The gap before `other`, in heights of a letter, where that is the end of a word that `one` begins."""
    end = _letters(other.text)
    if not (_VOWELS.isdisjoint(end) and MARKED_VOWELS.isdisjoint(end)) or not end.islower():
        return None
    if not _is_whole(one.text + other.text):
        return None
    return _gap(one, other)


def _gap(one: Word, other: Word) -> float | None:
    height = one.y1 - one.y0
    if height <= 0 or abs(one.y0 + one.y1 - other.y0 - other.y1) > 2 * _LEVEL * height or other.x0 < one.x0:
        return None
    return (other.x0 - one.x1) / height


def _runs(words: Sequence[Word], widest: float) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words:
        if run and ((gap := _gap(run[-1], word)) is None or gap > _limit(run[-1], widest)):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _limit(one: Word, widest: float) -> float:
    """Headings are set wider; there a "Đ" alone still belongs to what follows."""
    return widest * _HEADING if _letters(one.text).upper() == "Đ" else widest


def _joined(run: Sequence[Word]) -> Iterator[Word]:
    """The longest pieces of `run` that are one word each."""
    start = 0
    while start < len(run):
        end = next((end for end in range(len(run), start + 1, -1) if _is_one(run[start:end])), start + 1)
        yield _one(run[start:end])
        start = end


def _is_one(parts: Sequence[Word]) -> bool:
    return len(parts) <= 4 and (_is_whole("".join(part.text for part in parts)) or _is_notation(parts))


def _is_notation(parts: Sequence[Word]) -> bool:
    """ "SGDĐ T": what ends in a marked capital, and capitals without a vowel; with vowels too in "89/Đ A-BYT"."""
    code = _CODE_BEGINS.search(parts[0].text) is not None
    return all(_ends_torn(one.text) and _is_code(other.text, code) for one, other in pairwise(parts))


def _ends_torn(text: str) -> bool:
    return text[-1:].isupper() and not text[-1:].isascii()


def _is_code(text: str, has_vowels: bool) -> bool:
    is_capitals = text.replace("-", "").isalpha() and text.isupper()
    return is_capitals and (has_vowels or _VOWELS.isdisjoint(fold(text)))


def _is_whole(text: str) -> bool:
    letters = _letters(text)
    return is_syllable(letters) and any(not letter.isascii() for letter in letters)


def _letters(text: str) -> str:
    """`text` without the signs around it; "" where there are others than letters within."""
    bare = text.strip(".,;:!?()[]\"'“”…/")
    return bare if bare.isalpha() else ""


def _one(parts: Sequence[Word]) -> Word:
    if len(parts) == 1:
        return parts[0]
    y0, y1 = min(part.y0 for part in parts), max(part.y1 for part in parts)
    return Word("".join(part.text for part in parts), parts[0].x0, y0, parts[-1].x1, y1)
