"""Texts that make a careless pattern slow: long runs of the pieces that it is made of."""

import re
from collections.abc import Iterator
from itertools import pairwise

_PIECE = re.compile(r"[^\W\d_]+|[^\w\\?*+|(){}^$]")
_BLANKS_AND_SIGNS = ("\n", "\r\n", " ", "_", ".", "-", "/", "1", "a", "_\n", "-\n", "a ", "a.", "1 ", "http://a")


def long_runs(pattern: str, letters: int) -> Iterator[str]:
    """Texts of about `letters` letters: each piece of the pattern's source without end, alone, in turn with the
    piece that follows it, and as a run of signs behind all of its words."""
    pieces = list(dict.fromkeys(_PIECE.findall(pattern)))[:40]
    words = " ".join(piece for piece in pieces if piece[0].isalpha())
    for unit in dict.fromkeys((*_BLANKS_AND_SIGNS, *pieces, *(f"{a}{b}" for a, b in pairwise(pieces)))):
        yield unit * (letters // len(unit))
    for sign in _BLANKS_AND_SIGNS:
        yield words + sign * (letters // len(sign))
        yield f"{words}{sign * 9}" * (letters // len(f"{words}{sign * 9}"))
