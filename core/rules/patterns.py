"""Texts made comparable for rules, and regular expressions that take time in proportion to the text (RE2)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import re2

from core.errors import Permanent
from core.text import bare, normal, plain, squeeze

MOST_PATTERN = 300  # letters of a pattern
MOST_TEXT = 20_000  # letters of one text that rules look at
_MOST_MEMORY = 1 << 20  # bytes of one pattern, its automaton included
_MOST_STEPS = 2000  # of a compiled pattern: the worst of that size takes 150 ms on the longest text
_LETTERS = "A-Za-z0-9_À-ÿĂăĐđĨĩŨũƠơƯưẠ-ỹ"  # RE2's \w knows ASCII alone, and \pL is a thousand steps
# RE2's own words for what is wrong with a pattern, each followed by the piece that is.
_FAULTS = {
    "missing )": "thiếu dấu đóng ngoặc «)»", "unexpected )": "thừa dấu đóng ngoặc «)»",
    "missing ]": "thiếu dấu đóng ngoặc «]»", "trailing \\": "dấu «\\» đứng cuối, sau nó phải có một ký tự",
    "invalid escape sequence": "sau dấu «\\» là ký tự không dùng được",
    "no argument for repetition operator": "trước dấu lặp phải có thứ để lặp",
    "bad repetition operator": "hai dấu lặp liền nhau", "invalid repetition size": "số lần lặp sai hoặc quá 1.000",
    "invalid character class range": "khoảng ký tự trong ngoặc vuông sai",
    "invalid named capture group": "tên nhóm sai hoặc trùng", "invalid perl operator": "kiểu nhóm này không dùng được",
    "pattern too large - compile failed": "biểu thức quá phức tạp, bớt số lần lặp",
}  # fmt: skip
_OPENED = ("missing )", "missing ]")


class Words:
    """One text as rules look at it: its first letters only, in the forms that conditions ask for, each made once."""

    def __init__(self, text: str | Callable[[], str]) -> None:
        self._text = text

    @cached_property
    def printed(self) -> str:
        """As it stands, in NFC, blanks squeezed."""
        text = self._text if isinstance(self._text, str) else self._text()
        return squeeze(plain(text[:MOST_TEXT]))

    @cached_property
    def marked(self) -> str:
        """As long as `printed`, tones placed the new way."""
        return normal(self.printed)

    @cached_property
    def unmarked(self) -> str:
        """As long as `printed`, without marks."""
        return bare(self.printed)

    @cached_property
    def folded(self) -> str:
        """Without marks and case: for words that it contains."""
        return self.unmarked.lower()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled regular expression; case does not count. `is_bare` when marks don't either."""

    compiled: Any
    is_bare: bool

    @property
    def names(self) -> dict[str, int]:
        """The named groups with their numbers, from 1."""
        return dict(self.compiled.groupindex)

    @property
    def count(self) -> int:
        """How many groups it has."""
        return int(self.compiled.groups)

    def groups(self, words: Words) -> tuple[str, ...] | None:
        """What its groups caught of the text as printed ("" where one took no part); None where it doesn't match."""
        found = self.compiled.search(words.unmarked if self.is_bare else words.marked)
        if found is None:
            return None
        spans = (found.span(number) for number in range(1, self.count + 1))
        return tuple(words.printed[max(start, 0) : max(end, 0)] for start, end in spans)


@lru_cache(maxsize=1024)
def pattern(text: str, *, is_bare: bool) -> Pattern:
    """Compile `text`. Raises Permanent, saying where it is wrong."""
    if len(text) > MOST_PATTERN:
        raise Permanent(f"Biểu thức dài quá {MOST_PATTERN} ký tự.")
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MOST_MEMORY
    try:
        compiled = re2.compile("".join(_in_vietnamese(text, is_bare=is_bare)), options)
    except re2.error as error:
        raise Permanent(_said(text, error)) from None
    if compiled.programsize > _MOST_STEPS:
        raise Permanent("Biểu thức sai: biểu thức quá phức tạp, bớt số lần lặp.")
    return Pattern(compiled, is_bare)


def _in_vietnamese(text: str, *, is_bare: bool) -> Iterator[str]:
    r"""The pattern in the form of the texts, with \w and \W for Vietnamese letters."""
    in_class = False
    for piece in re.findall(r"\\.|[^\\]|\\$", bare(plain(text)) if is_bare else normal(text), re.DOTALL):
        if piece in ("\\b", "\\B") and not is_bare:
            # RE2 would see a border of a word on either side of each marked letter.
            raise Permanent(f"Biểu thức sai: «{piece}» chỉ dùng được với «không kể dấu».")
        if piece == "\\w":
            yield _LETTERS if in_class else f"[{_LETTERS}]"
        elif piece == "\\W" and not in_class:
            yield f"[^{_LETTERS}]"
        else:
            in_class = piece == "[" or (in_class and piece != "]")
            yield piece


def _said(text: str, error: Exception) -> str:
    raw = error.args[0]
    said = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    key = next((key for key in _FAULTS if said.startswith(key)), "")
    piece = said.removeprefix(key).removeprefix(": ") if key else ""
    piece = piece or ("\\" if key.startswith("trailing") else "")
    if key in _OPENED:
        piece, place = _unclosed(text)
    else:
        place = text.rfind(piece) + 1 if piece and piece != text else 0
    where = f", ở ký tự thứ {place}: «{piece}»" if place else f": «{piece}»" if piece else ""
    return f"Biểu thức sai: {_FAULTS.get(key, said)}{where}."


def _unclosed(text: str) -> tuple[str, int]:
    """The innermost bracket that is not closed, and its place from 1."""
    opened: list[int] = []
    for found in re.finditer(r"\\.|[()\[\]]", text, re.DOTALL):
        in_class = bool(opened) and text[opened[-1]] == "["
        if found[0] in "([" and not in_class:
            opened.append(found.start())
        elif opened and found[0] == ("]" if in_class else ")"):
            opened.pop()
    return (text[opened[-1]], opened[-1] + 1) if opened else ("", 0)
