"""The text of a Word 97-2003 file: its head and the pieces in which the characters lie ([MS-DOC] 2.5, 2.8.35)."""

import struct
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.reading.compound import CompoundFile, Damaged, Stream

MOST_LETTERS = 300_000
_MOST_PIECES = 20_000
_MOST_TABLE_BYTES = 4 << 20
_WORD97, _WORD6 = 0xA5EC, (0xA5DC, 0xA5DB)
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
# Where the head says where a table lies: byte of the pair (offset, length) in the main stream.
STYLES, RUNS, PARAGRAPHS, FONTS, PIECES = 0xA2, 0xFA, 0x102, 0x112, 0x1A2
_STORIES = ("text", "footnotes", "heads", "macros", "notes", "endnotes", "boxes")  # in this order in the pieces


class Locked(Exception):
    """A file with a password."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `first` to `after` of the document, from byte `at` of the main stream, one or two bytes each."""

    first: int
    after: int
    at: int
    width: int

    def place(self, character: int) -> int:
        """The byte of the main stream where a character lies."""
        return self.at + (character - self.first) * self.width


class WordText:
    """The characters of a file and the streams they lie in.

    `main` bears the text, `table` what says where (None in files before Word 97, whose text is one piece).
    Raises Damaged, and Locked for a file with a password.
    """

    def __init__(self, file: CompoundFile) -> None:
        main = file.stream("WordDocument")
        if main is None:
            raise Damaged("no text")
        self.main = main
        self._head = head = main.read(0, 0x1B0)
        if len(head) < 0x60:
            raise Damaged("no head")
        magic, flags = struct.unpack_from("<H8xH", head)
        if flags & _ENCRYPTED:
            raise Locked
        self.table: Stream | None = None
        if magic in _WORD6:
            begin, end = struct.unpack_from("<LL", head, 0x18)
            self.pieces = [Piece(0, min(max(end - begin, 0), MOST_LETTERS), begin, 1)]
            self._lengths: Mapping[str, int] = {"text": self.pieces[0].after}
            return
        if magic != _WORD97 or len(head) < 0x1B0:
            raise Damaged("no Word file")
        self.table = file.stream("1Table" if flags & _SECOND_TABLE else "0Table", "0Table", "1Table")
        if self.table is None:
            raise Damaged("no table stream")
        self._lengths = dict(zip(_STORIES, struct.unpack_from("<7L", head, 0x4C), strict=True))
        self.pieces = list(_pieces(self.in_table(PIECES)))

    def in_table(self, pair: int) -> bytes:
        """The bytes of one of the tables that the head names (STYLES, RUNS, ...); b"" where there is none."""
        if self.table is None:
            return b""
        start, size = struct.unpack_from("<LL", self._head, pair)
        return self.table.read(start, min(size, _MOST_TABLE_BYTES))

    def story(self, name: str) -> tuple[int, int]:
        """First and after-last character of a story: "text" or "boxes" (texts of drawn boxes)."""
        first = sum(self._lengths.get(before, 0) for before in _STORIES[: _STORIES.index(name)])
        return first, first + min(self._lengths.get(name, 0), MOST_LETTERS)

    def read(self, first: int, after: int) -> str:
        """The characters `first` to `after`; fewer where the pieces end before, or have a gap."""
        return "".join(self._of(piece, first, after) for piece in self.between(first, after))

    def between(self, first: int, after: int) -> Iterator[Piece]:
        """The pieces from character `first` to `after`, cut to these, in the order of the text."""
        start = max(bisect_right(self.pieces, first, key=lambda piece: piece.first) - 1, 0)
        for index in range(start, len(self.pieces)):
            piece = self.pieces[index]
            if piece.first >= after:
                return
            if piece.after > first:
                begin, end = max(piece.first, first), min(piece.after, after)
                yield Piece(begin, end, piece.place(begin), piece.width)

    def _of(self, piece: Piece, first: int, after: int) -> str:
        count = min(piece.after, after) - max(piece.first, first)
        data = self.main.read(piece.at, count * piece.width)
        text = data.decode("utf-16-le" if piece.width == 2 else "cp1252", "replace")
        return text.ljust(count, " ") if len(text) < count else text[:count]


def _pieces(clx: bytes) -> Iterator[Piece]:
    """The piece table, behind the modifications of fast saves, which are not followed (2.9.38)."""
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        raise Damaged("no pieces")
    size = min(struct.unpack_from("<L", clx, at + 1)[0], len(clx) - at - 5)
    count = min((size - 4) // 12, _MOST_PIECES)
    starts = struct.unpack_from(f"<{count + 1}L", clx, at + 5) if count > 0 else ()
    descriptors = at + 5 + 4 * ((size - 4) // 12 + 1)
    previous = 0
    for index in range(len(starts) - 1):
        place = struct.unpack_from("<L", clx, descriptors + 8 * index + 2)[0]
        first, after = starts[index], starts[index + 1]
        if first != previous or after < first:
            raise Damaged("pieces out of order")
        previous = after
        # Bit 30: one byte a character, at half the place (2.9.73).
        is_narrow = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        yield Piece(first, after, place // 2 if is_narrow else place, 1 if is_narrow else 2)
