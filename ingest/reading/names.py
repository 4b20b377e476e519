"""Names of persons: in a line of text, and in one that tesseract saw beside a seal and a signature."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from config.vocabulary import vocabulary
from core.text import fold, is_syllable, normal, plain, squeeze
from ingest.letter import Word
from ingest.reading.lines import Line
from ingest.reading.patterns import DEGREE, TITLE_WORDS

_HARDLY = 0.6
ONLY_SURNAMES = frozenset(("nguyễn", "trần", "lê", "phạm", "đặng", "bùi", "đỗ", "ngô", "huỳnh"))
_NO_CAPITALS = frozenset("áàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")  # of TCVN3 ("Lê Thị Như ý")
CLOSE = 0.012  # of the page's width between two words of a name


def person_name(text: str) -> str | None:
    """`text` as the name of a person, tidied, or None: two to six words of letters, each with a capital."""
    tidy = squeeze(plain(text)).strip(" .,;:*_-")
    bare = DEGREE.sub("", tidy)
    words = bare.split()
    if not 2 <= len(words) <= 6 or not all(re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?", w) for w in words):
        return None
    if not all(word[0].isupper() or (i > 1 and word[0] in _NO_CAPITALS) for i, word in enumerate(words)):
        return None
    if TITLE_WORDS.search(fold(bare)) and not has_surname(bare):
        return None
    return " ".join(word[:1].upper() + word[1:] for word in tidy.split())


def seen_name(line: Line) -> str | None:
    """The name of a person in a line that tesseract saw beside a seal and a signature, or None.

    Only with a known surname. Its blanks may be lost, its first letter under the seal, its marks
    mistaken where one surname alone has these letters.
    """
    words = [w for w in line.words if sum(c.isalpha() for c in w.text) > 1]
    while len(words) > 2 and words[0].sure < _HARDLY and not _is_surname(words[0]) and _is_surname(words[1]):
        words = words[1:]  # strokes of the signature
    if not words:
        return None
    text = " ".join(_spelled(_apart(bare_name(w))) for w in words)
    end = _just_before(words[0], line.words)
    if len(words) == 2 and bare_name(words[0]).lower() not in ONLY_SURNAMES and _touches(words[0], line.words, end):
        return None  # "Hoàng Anh" of "Lê Hoàng Anh"
    if end and (whole_surname(end) or not has_surname(text)):
        text = f"{end} {text}"
    first, _, rest = DEGREE.sub("", normal(text)).partition(" ")
    if not rest or sum(w.sure for w in words) < 0.3 * len(words):
        return None
    if not has_surname(text):
        whole = whole_surname(first)
        if not whole:
            return None
        first = whole
    return person_name(f"{first[:1].upper()}{first[1:]} {rest}")


def _is_surname(word: Word) -> bool:
    return has_surname(bare_name(word)) or bool(whole_surname(bare_name(word)))


def bare_name(word: Word) -> str:
    return word.text.strip(" .,;:*_-'\"`“”|[](){}~")


def whole_surname(seen: str) -> str:
    """The one surname that `seen` must be, in small letters: its first letter lost ("guyễn"), its marks or one of its
    letters mistaken ("Nguyên", "Pnạm"); "" where there is none, or more than one."""
    key = fold(seen)
    if seen.islower():
        found = {name for name in _common_surnames() if fold(name)[1:] == key}
    else:
        found = {name for name in _surnames() if seen.istitle() and fold(name) == key}
        if not found and seen.istitle() and len(key) > 3:
            found = {name for name in _common_surnames() if _differ_once(fold(name), key)}
    return found.pop() if len(found) == 1 else ""


def _differ_once(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _just_before(word: Word, words: Sequence[Word]) -> str:
    """What is left of a word that begins the name and was hardly seen, as small letters: "é" of "Lê"."""
    before = [w for w in words if w is not word and 0 <= word.x0 - w.x1 < CLOSE and w.x0 < word.x0]
    letters = "".join(c for c in before[-1].text if c.isalpha()) if before else ""
    return letters[-1].lower() if letters else ""


def _touches(word: Word, words: Sequence[Word], end: str) -> bool:
    """Whether something stands close before a name's first word that is not known for the end of a surname."""
    return not whole_surname(end) and any(0 <= word.x0 - w.x1 < CLOSE for w in words if w.x0 < word.x0)


def _spelled(word: str) -> str:
    """ "Glang" -> "Giang": an i without its dot."""
    other = word.replace("l", "i")
    return other if other != word and not is_syllable(word) and is_syllable(other) else word


def _apart(text: str) -> str:
    """ "LêHoàngAnh" -> "Lê Hoàng Anh"."""
    return "".join(f" {c}" if c.isupper() and before.islower() else c for before, c in pairwise(f" {text}"))


@cache
def _common_surnames() -> tuple[str, ...]:
    """Those most people have (the list begins with them)."""
    return tuple(vocabulary("surnames")["surnames"].split()[:20])


@cache
def _surnames() -> frozenset[str]:
    return frozenset(vocabulary("surnames")["surnames"].split())


def has_surname(text: str) -> bool:
    words = DEGREE.sub("", normal(text).strip()).lower().split()
    return bool(words) and (words[0] in _surnames() or words[0][:2] in ("k'", "h'", "y-"))
