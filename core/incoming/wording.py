"""Whether two trích yếu say the same: shortened, abbreviated or badly read, but of one matter."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from core.agencies.names import is_near
from core.text import fold

_LONGEST = 400  # letters of a trích yếu that are compared
_MOST_WORDS = 60
_LEAST_EXACT = 0.3  # with fewer letters in words that are the same, misread ones are not looked for
_FEWEST = 3  # words that say something: "gửi văn bản" does not
_SHARE = 0.8  # of the shorter one's letters that must stand in the longer
_SHARE_OF_THREES = 0.88  # of its runs of three letters, blanks left out
_ABOUT = re.compile(r"^(?:[a-z ]{0,20} )?(?:v ?/ ?v|vv|ve viec)\b ?:? ?")
_WORD = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"\d+|[ivx]{1,4}")
_REVISION = re.compile(r"\b(?:dinh chinh|thay the|ban sua(?: doi)?|sua lai|thu hoi|dieu chinh lai|co sai sot)\b")
_PLAIN = frozenset("gui lai van ban cong tai lieu den fwd fw re tr kem theo".split())


class Said(Enum):
    """How two wordings stand to each other."""

    ALIKE = auto()
    UNLIKE = auto()
    UNKNOWN = auto()  # one says too little


def compare(
    one: str, other: str, *, kinds: Sequence[str] = (), is_exact: bool = False, is_whole: bool = False
) -> Said:  # fmt: skip
    """Compare two trích yếu; `kinds` are the documents' tên loại, which may stand before them.

    `is_exact` when neither was typed or read from a picture: then one whole word that differs makes them unlike.
    A number that differs always does, unless one leaves it out. `is_whole`: neither may leave out anything.
    """
    here, there = _words(one, kinds), _words(other, kinds)
    shorter, longer = sorted((here, there), key=len)
    if len(set(shorter) - _PLAIN) < _FEWEST:
        return Said.ALIKE if here == there and here else Said.UNKNOWN
    if is_exact:
        return Said.ALIKE if longer[: len(shorter)] == shorter else Said.UNLIKE
    numbers = [{word for word in words if _NUMBER.fullmatch(word)} for words in (shorter, longer)]
    if numbers[0] - numbers[1] and numbers[1] - numbers[0]:
        return Said.UNLIKE
    ways = ((shorter, longer), (longer, shorter)) if is_whole else ((shorter, longer),)
    return Said.ALIKE if all(_is_said_in(here, there) for here, there in ways) else Said.UNLIKE


def _is_said_in(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether most letters of `words` stand among `others`, abbreviated on either side or not."""
    known = set(others)
    initials, short_of = ("".join(word[0] for word in some) for some in (others, words))
    whole = sum(map(len, words))
    plain = [word for word in words if word in known or (2 <= len(word) <= 6 and word in initials)]
    covered = sum(map(len, plain))
    if covered >= _LEAST_EXACT * whole:
        covered += sum(len(word) for word in words if word not in plain and _is_misread(word, known))
    short_forms = [word for word in known if 2 <= len(word) <= 6 and word not in words and word in short_of]
    covered += sum(_spelled_out(word, words, known) for word in short_forms)
    if covered >= _SHARE * whole:
        return True
    # Blanks lost or set wrongly: "giảipháp".
    here, there = _threes(words), _threes(others)
    return len(here & there) >= _SHARE_OF_THREES * len(here)


def _threes(words: Sequence[str]) -> set[str]:
    letters = "".join(words)
    return {letters[n : n + 3] for n in range(len(letters) - 2)}


def is_revision(text: str) -> bool:
    """Whether words of a correction stand in it: đính chính, thay thế, bản sửa đổi."""
    return _REVISION.search(fold(text[:_LONGEST])) is not None


def _words(text: str, kinds: Sequence[str]) -> list[str]:
    folded = fold(text[:_LONGEST])
    for kind in kinds:
        folded = folded.removeprefix(fold(kind)).strip()
    return _WORD.findall(_ABOUT.sub("", folded))[:_MOST_WORDS]


def _is_misread(word: str, known: set[str]) -> bool:
    return len(word) > 2 and any(is_near(word, other) for other in known)


def _spelled_out(short: str, words: Sequence[str], known: set[str]) -> int:
    """Letters of those words that an abbreviation on the other side stands for."""
    initials = "".join(word[0] for word in words)
    at = initials.find(short)
    return sum(len(word) for word in words[at : at + len(short)] if word not in known)
