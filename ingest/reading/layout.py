"""Paragraphs and table rows laid out as NĐ 30 would print them, so that the rules of geometry serve files without
pages of their own (DOCX, DOC, ODT, RTF, web pages, plain text)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from core.text import repair
from ingest.letter import Page, Word

MOST_BLOCKS = 3000
MOST_PAGES = 40
MOST_LETTERS = 250_000  # forty full pages have about half of them
_MOST_TABBED, _HEAD_ENDS = 70, 0.25
_MOST_CELLS = 64

# A4 with the margins of Phụ lục I.I: left 3 cm, right 1.5-2 cm; a letter of size 13-14 is about 0.011 wide.
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.14, 0.93, 0.07, 0.94
_LETTER, _PITCH, _HEIGHT, _INDENT = 0.0108, 0.0205, 0.0160, 0.06

# Both are blanks to `str.split` and line ends to `core.text.repair`, so they disturb no word.
_CAPITALS, _CAPITALS_END, _NEXT = "\x1c", "\x1d", "\x1e"
_SHOWN_AS_CAPITALS = re.compile(f"{_CAPITALS}([^{_CAPITALS_END}]*){_CAPITALS_END}?")
_SEPARATORS = re.compile(f"[{_CAPITALS}{_CAPITALS_END}{_NEXT}]")
_CAPITAL_FONT = re.compile(r"\.vn\w*h", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its text ("\\n" breaks a line, "\\f" a page, "\\t" jumps), how it is set ("body", "center",
    "right") and the texts of boxes drawn beside it."""

    text: str
    how: str = "body"
    boxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, its cells from left to right."""

    cells: tuple[tuple[Paragraph, ...], ...]


Block = Paragraph | Row


def in_capitals(text: str) -> str:
    """`text` marked as shown in capitals though written small. Not turned at once: letters of old encodings become
    capitals only after they were repaired (DOMAIN §7 #10)."""
    return f"{_CAPITALS}{plain(text)}{_CAPITALS_END}" if text else ""


def plain(text: str) -> str:
    """`text` without the characters that mark something here."""
    return _SEPARATORS.sub(" ", text)


def draws_capitals(font: str) -> bool:
    """Whether a font draws small letters as capitals: ".VnTimeH" and its kin."""
    return _CAPITAL_FONT.fullmatch(font.strip()) is not None


def lay_out(blocks: Iterable[Block]) -> tuple[Page, ...]:
    """The blocks as synthetic pages of at most A4; page breaks are ours, not the writer's.

    Old encodings are repaired over the whole text: one line alone does not show them. At most MOST_PAGES pages are
    made from the first MOST_BLOCKS blocks and MOST_LETTERS letters.
    """
    sheet = _Sheet()
    was_row = False
    for block in _repaired(list(_first(blocks))):
        if len(sheet.words) > MOST_PAGES:
            break
        if was_row and isinstance(block, Paragraph):
            sheet.y += 0.006
        was_row = isinstance(block, Row)
        if isinstance(block, Row):
            _place_row(block, sheet)
        else:
            _place_paragraph(block, sheet)
    return sheet.pages()


def _first(blocks: Iterable[Block]) -> Iterator[Block]:
    left = MOST_LETTERS
    for block in islice(blocks, MOST_BLOCKS):
        if isinstance(block, Row):
            block = Row(block.cells[:_MOST_CELLS])
        yield block
        left -= sum(map(len, _texts(block)))
        if left < 0:
            return


def _texts(block: Block) -> Iterator[str]:
    paragraphs = (block,) if isinstance(block, Paragraph) else (p for cell in block.cells for p in cell)
    for paragraph in paragraphs:
        yield paragraph.text[:MOST_LETTERS]
        yield from paragraph.boxes


def _repaired(blocks: list[Block]) -> Iterator[Block]:
    whole = repair(_NEXT.join(text.replace(_NEXT, " ") for block in blocks for text in _texts(block)))
    texts = iter(_SHOWN_AS_CAPITALS.sub(lambda found: found[1].upper(), text) for text in whole.split(_NEXT))

    def renewed(paragraph: Paragraph) -> Paragraph:
        return Paragraph(next(texts), paragraph.how, tuple(next(texts) for _ in paragraph.boxes))

    for block in blocks:
        if isinstance(block, Paragraph):
            yield renewed(block)
        else:
            yield Row(tuple(tuple(renewed(paragraph) for paragraph in cell) for cell in block.cells))


@dataclass(frozen=True, slots=True)
class _Set:
    """One line of text ready to be placed."""

    words: list[str]
    x: float
    scale: float
    height: float = _PITCH


@dataclass
class _Sheet:
    """Words laid out from top to bottom; `y` is where the next line goes."""

    words: list[list[Word]] = field(default_factory=lambda: [[]])
    boxes: list[list[tuple[Word, ...]]] = field(default_factory=lambda: [[]])
    y: float = _TOP

    def pages(self) -> tuple[Page, ...]:
        sheets = zip(self.words[:MOST_PAGES], self.boxes, strict=False)
        return tuple(Page(i + 1, tuple(words), stamps=tuple(boxes)) for i, (words, boxes) in enumerate(sheets))

    def place(self, lines: list[_Set], y: float) -> None:
        """Put `lines` down from height `y` of the current page, without breaking."""
        for line in lines:
            self.words[-1].extend(_placed(line, y))
            y += line.height

    def draw(self, text: str) -> None:
        """Put down a box with `text` in the left margin, where ô 10 is, below the boxes there are."""
        boxes = self.boxes[-1]
        y = max(self.y, boxes[-1][0].y1 + _PITCH - _HEIGHT if boxes else _TOP + 0.1)
        if words := tuple(_placed(_Set(text.split(), 0.03, 0.9), y)):
            boxes.append(words)

    def break_if_full(self, height: float) -> None:
        if self.y + height > _BOTTOM:
            self.break_page()

    def break_page(self) -> None:
        """Go on with a new page, unless this one is new."""
        if self.words[-1]:
            self.words.append([])
            self.boxes.append([])
            self.y = _TOP


def _placed(line: _Set, y: float) -> Iterator[Word]:
    x = line.x
    for word in line.words:
        width = len(word) * _LETTER * line.scale
        yield Word(word, x, min(y, 1.0), x + width, min(y + _HEIGHT, 1.0))
        x += width + _LETTER * line.scale * 0.6


def _place_paragraph(paragraph: Paragraph, sheet: _Sheet) -> None:
    for box in paragraph.boxes:
        sheet.draw(box)
    first, *others = paragraph.text.split("\f")
    if first or not others:
        _place_text(first, paragraph.how, sheet)
    for text in others:
        sheet.break_page()
        if text:
            _place_text(text, paragraph.how, sheet)


def _place_text(text: str, how: str, sheet: _Sheet) -> None:
    if len(sheet.words) == 1 and _is_tabbed(text, sheet.y):
        _place_tabbed(text, sheet)
        return
    for piece in text.split("\n"):
        lines = _wrap(piece, _LEFT, _RIGHT, how)
        # Empty paragraphs are the blank lines that separate the parts.
        for line in lines or [_Set([], _LEFT, 1.0)]:
            sheet.break_if_full(_PITCH)
            sheet.place([line], sheet.y)
            sheet.y += _PITCH
    sheet.y += 0.004


def _is_tabbed(text: str, y: float) -> bool:
    """Whether a tab parts two columns here; before a body paragraph it only indents."""
    left, tab, right = text.strip("\n").rstrip().rpartition("\t")
    is_short = len(left.strip()) <= _MOST_TABBED and len(right) <= _MOST_TABBED
    return bool(tab) and is_short and (bool(left.strip()) or y < _HEAD_ENDS)


def _place_tabbed(text: str, sheet: _Sheet) -> None:
    """ "SỞ NỘI VỤ <tab> CỘNG HÒA ...": old letters make their two columns with tabs."""
    left, _, right = text.strip("\n").rpartition("\t")
    sheet.break_if_full(_PITCH)
    sheet.place(_wrap(left.replace("\t", " "), 0.1, 0.46, "center")[:1], sheet.y)
    sheet.place(_wrap(right, 0.48, _RIGHT, "center")[:1], sheet.y)
    sheet.y += _PITCH


def _place_row(row: Row, sheet: _Sheet) -> None:
    columns = []
    for (x0, x1), cell in zip(_edges(len(row.cells)), row.cells, strict=True):
        pieces = [(piece, paragraph.how) for paragraph in cell for piece in paragraph.text.split("\n")]
        columns.append([line for piece, how in pieces for line in (_wrap(piece, x0, x1, how) or [_Set([], x0, 1)])])
    height = _PITCH * max((len(c) for c in columns), default=0)
    sheet.break_if_full(min(height, 0.4))
    for box in (box for cell in row.cells for paragraph in cell for box in paragraph.boxes):
        sheet.draw(box)
    for column in columns:
        sheet.place(column, sheet.y)
    sheet.y += height


def _edges(count: int) -> list[tuple[float, float]]:
    if count == 2:  # the head and the signature block
        return [(0.12, 0.45), (0.47, _RIGHT)]
    width = (_RIGHT - _LEFT) / max(count, 1)
    return [(_LEFT + i * width, _LEFT + (i + 1) * width - 0.01) for i in range(count)]


def _wrap(text: str, x0: float, x1: float, how: str) -> list[_Set]:
    """`text` broken into lines between `x0` and `x1`; body paragraphs of the full width are indented."""
    words = text.split()
    is_cell = x1 - x0 < 0.6
    scale = 1.0
    if is_cell and words:
        # A head cell prints its motto on one line, whatever our letter width says.
        scale = min(1.0, max(0.75, (x1 - x0) / (_LETTER * max(len(text.strip()), 1))))
    lines: list[_Set] = []
    start = x0 + (_INDENT if how == "body" and not is_cell else 0.0)
    current: list[str] = []
    for word in words:
        width = _width([*current, word], scale)
        if current and start + width > x1:
            lines.append(_set(current, start, x0, x1, how, scale))
            current, start = [], x0
        current.append(word)
    if current:
        lines.append(_set(current, start, x0, x1, how, scale))
    return lines


def _set(words: list[str], start: float, x0: float, x1: float, how: str, scale: float) -> _Set:
    width = _width(words, scale)
    x = {"center": (x0 + x1 - width) / 2, "right": x1 - width}.get(how, start)
    return _Set(words, max(x, 0.0), scale)


def _width(words: list[str], scale: float) -> float:
    return sum(len(w) for w in words) * _LETTER * scale + (len(words) - 1) * _LETTER * 0.6 * scale
