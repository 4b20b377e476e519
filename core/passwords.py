"""Passwords that a mail brings for files that came with another: found by what is said before them."""

import re
from collections.abc import Iterable
from datetime import timedelta

MOST = 6  # of one mail: each that is tried costs a locked archive up to a second
PAIRED_WITHIN = timedelta(days=14)  # of a locked file and its password
_LONGEST = 64
_READ_LETTERS = 20_000  # of a mail; who sends a password says so at the beginning
# "mật khẩu: …", "mật khẩu giải nén là …", "password: …", "MK file = …"; a sentence's end ends it.
_SAID = re.compile(
    r"\b(?:mật\s{1,3}khẩu|mat\s{1,3}khau|mk|pass(?:word|code)?|pwd?)\b(?:(?!\.\s)[^\n:=]){0,60}?"
    r"(?:[:=]|\b(?:là|la|is)\b\s{0,3}[:=]?)\s{0,5}(\S{1,64})([^\n]{0,64})",
    re.IGNORECASE,
)
_QUOTES, _ENDS = "\"'“”‘’«»()[]<>`*", ".,;"


def said_in(*texts: str) -> tuple[str, ...]:
    """What may be passwords in a mail's subject and text, likely ones first, at most MOST; () where none is said."""
    found: dict[str, None] = {}
    for text in texts:
        for said in _SAID.finditer(text[:_READ_LETTERS]):
            found.update(dict.fromkeys(_readings(said[1], said[2])))
    return tuple(found)[:MOST]


def _readings(word: str, rest: str) -> Iterable[str]:
    bare = word.strip(_QUOTES)
    yield from filter(None, (bare, bare.rstrip(_ENDS).strip(_QUOTES), word))
    if rest.strip():  # of several words
        yield (word + rest).strip().strip(_QUOTES)[:_LONGEST]
