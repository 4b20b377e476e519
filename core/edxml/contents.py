"""The encoded contents of the files within a package, one after the other, in windows."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from core.edxml.scanning import Broken, Piece, Sort, scan

HOLDER, CONTENT = "attachment", "contenttransferencoded"
_HEADS = frozenset({"messageheader", "traceheaderlist", "edxmlmanifest", "manifest"})  # what stands in them is no file
# Base64, also for addresses (RFC 4648 5), and what web programs put before it. Placeholders of templates are neither.
_ENCODED = re.compile(r"[A-Za-z0-9+/_=\s-]+")
_PREFIX = re.compile(r"\Adata:[^,<>]{0,200},")
_ADDRESS_SAFE = str.maketrans("-_", "+/")
_LOOKED_AT = 1_000


class Follower:
    """Follows the pieces of a package and tells which text is content of a file; files count from 0."""

    def __init__(self) -> None:
        self.count = 0  # files opened so far
        self._stack: list[str] = []
        self._holder = self._content = self._head = 0  # depths at which each was opened

    def take(self, piece: Piece) -> int | None:
        """The number of the file whose content the text `piece` is, else None."""
        if piece.sort is Sort.OPEN:
            self._opened(piece.text)
        elif piece.sort is Sort.CLOSE:
            self._closed()
        elif self._holder and (self._content or len(self._stack) == self._holder):
            return self.count - 1
        return None

    def _opened(self, name: str) -> None:
        self._stack.append(name)
        depth = len(self._stack)
        if self._holder:
            if name == CONTENT and not self._content:
                self._content = depth
        elif name in _HEADS and not self._head:
            self._head = depth
        elif name == HOLDER and not self._head:
            self._holder, self.count = depth, self.count + 1

    def _closed(self) -> None:
        depth = len(self._stack)
        self._holder = 0 if self._holder == depth else self._holder
        self._content = 0 if self._content == depth else self._content
        self._head = 0 if self._head == depth else self._head
        self._stack.pop()


class Sample:
    """The first letters of one file's content, to see whether it is encoded at all."""

    def __init__(self) -> None:
        self._said = ""

    def take(self, text: str) -> None:
        """The next run of the content."""
        if len(self._said) < _LOOKED_AT:
            self._said = (self._said + text).lstrip()[:_LOOKED_AT]

    @property
    def is_encoded(self) -> bool:
        """Whether it can be base64."""
        return _ENCODED.fullmatch(_PREFIX.sub("", self._said, count=1)) is not None


def contents(source: BinaryIO) -> Iterator[tuple[int, Iterator[bytes]]]:
    """The number of each file that has a content, with its base64 in windows of plain letters (RFC 4648 4).

    Each is to be read before the next is asked for. Ends silently where the package breaks off; raises Permanent for a
    package with a DTD, OSError.
    """
    runs = _runs(source)
    waiting = next(runs, None)
    while waiting is not None:
        number, text = waiting
        following: list[tuple[int, str]] = []
        yield number, _encoded(_of_one(runs, number, text, following))
        for _ in _of_one(runs, number, "", following) if not following else ():
            pass  # what the caller left unread
        waiting = following[0] if following else None


def _of_one(
    runs: Iterator[tuple[int, str]], number: int, first: str, following: list[tuple[int, str]]
) -> Iterator[str]:  # fmt: skip
    """The texts of one file; the first text of the next is left in `following`."""
    yield first
    for other, text in runs:
        if other != number:
            following.append((other, text))
            return
        yield text


def _runs(source: BinaryIO) -> Iterator[tuple[int, str]]:
    follower = Follower()
    try:
        for piece in scan(source):
            number = follower.take(piece)
            if number is not None and not piece.text.isspace():
                yield number, piece.text
    except Broken:
        return


def _encoded(texts: Iterator[str]) -> Iterator[bytes]:
    is_first = True
    for text in texts:
        if is_first:
            text, is_first = _PREFIX.sub("", text.lstrip(), count=1), False
        if "-" in text or "_" in text:
            text = text.translate(_ADDRESS_SAFE)
        yield text.encode("utf-8", "replace")
