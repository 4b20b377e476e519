"""Text to the words that are indexed and looked for: the same cut on both databases, so that both find the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.text import fold, normal

WORD = re.compile(r"[^\W_]+")  # letters and digits; "1234/UBND-KGVX" is three words in a row
BREAK = "\u01c1"  # a letter to every index and in no Vietnamese text: no phrase runs over it
LONGEST_WORD = 64
MOST_LETTERS = 600_000  # of one document: some 250 pages
_MOST_BYTES = 900_000  # of different words: PostgreSQL's tsvector ends at 1 MiB


@dataclass(frozen=True, slots=True)
class Words:
    """Words parted by one blank, with a blank before the first and behind the last."""

    exact: str
    folded: str


def exact_words(text: str) -> list[str]:
    """The words of `text` with their marks: NFC, tones placed the new way, case folded."""
    return [found[:LONGEST_WORD] for found in WORD.findall(normal(text).casefold())]


def folded_words(text: str) -> list[str]:
    """The words of `text` as typed without marks: đ as d, no tones."""
    return [found[:LONGEST_WORD] for found in WORD.findall(fold(text.casefold()))]


def has_marks(text: str) -> bool:
    """Whether somebody typed it with Vietnamese marks (dấu), which then count."""
    return exact_words(text) != folded_words(text)


def of_parts(parts: Iterable[str]) -> Words:
    """The words of a document's fields and pages, in order; what is longer than `MOST_LETTERS` is cut off."""
    left, kept = MOST_LETTERS, []
    for part in parts:
        if part and left > 0:
            kept.append(part[:left])
            left -= len(part)
    return Words(_joined(map(exact_words, kept)), _joined(map(folded_words, kept)))


def _joined(parts: Iterable[list[str]]) -> str:
    room, seen, kept = _MOST_BYTES, {BREAK}, [BREAK]
    for words in parts:
        for word in words:
            if word not in seen:
                seen.add(word)
                room -= len(word.encode())
            if room < 0:
                return f" {' '.join(kept)} "
            kept.append(word)
        kept.append(BREAK)
    return f" {' '.join(kept)} "
