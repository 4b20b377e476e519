"""The parts of a package that are small enough to be kept: header, traces, manifest, what its files are called."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.edxml.scanning import Piece, Sort
from core.text import nfc

MOST_LETTERS = 1 << 20  # of all texts together
_LONGEST_VALUE = 20_000


@dataclass(slots=True)
class Node:
    """One element: its local name in lower case and as written, the text of a leaf, what stands within."""

    name: str
    own: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, path: str) -> Iterator["Node"]:
        """The elements at `path` below this one, in order; names in any case."""
        name, _, rest = path.lower().partition("/")
        for child in self.children:
            if child.name == name:
                yield from child.all(rest) if rest else (child,)

    def one(self, *paths: str) -> str:
        """The first text at any of `paths` that says something; "" if none does."""
        said = (node.text for path in paths for node in self.all(path) if not node.children)
        # What a program writes that has no value is none.
        return next((text for text in said if text and text.lower() != "null"), "")

    def leaves(self, above: str = "") -> Iterator[tuple[str, str]]:
        """Every text with its path of names as written, from this element on."""
        path = f"{above}/{self.own}" if above else self.own
        if not self.children:
            yield path, self.text
        for child in self.children:
            yield from child.leaves(path)


class Grower:
    """Builds the trees of the elements in `tops` while a package goes by; what stands in none of them is dropped.

    A tree is whole when its element was closed; `grown` holds those begun too, cut off where the package was."""

    def __init__(self, tops: frozenset[str], without_text: frozenset[str] = frozenset()) -> None:
        self.grown: list[Node] = []
        self._tops = tops
        self._without_text = without_text
        self._open: list[Node] = []
        self._texts: list[str] = []
        self._length = self._letters = 0  # of the value being read, and of all that was kept

    def take(self, piece: Piece) -> None:
        """The next piece of the package."""
        if piece.sort is Sort.OPEN:
            self._opened(piece)
        elif self._open and piece.sort is Sort.TEXT:
            if self._open[-1].name not in self._without_text:
                kept = piece.text[: min(_LONGEST_VALUE - self._length, MOST_LETTERS - self._letters)]
                self._texts.append(kept)
                self._length += len(kept)
                self._letters += len(kept)
        elif self._open:
            node = self._open.pop()
            if not node.children:
                node.text = _tidy("".join(self._texts))
            self._forget()

    def _forget(self) -> None:
        self._texts.clear()
        self._length = 0

    def _opened(self, piece: Piece) -> None:
        if not self._open and piece.text not in self._tops:
            return
        # As many as the scanner lets through: a file whose name was dropped could not be told from another.
        node = Node(piece.text, piece.own, {key: _tidy(value[:2_000]) for key, value in piece.attributes[:20]})
        (self._open[-1].children if self._open else self.grown).append(node)
        self._open.append(node)
        self._forget()


def _tidy(text: str) -> str:
    """On one line, NFC, what was escaped twice unescaped."""
    return nfc(" ".join((html.unescape(text) if "&" in text else text).split()))
