"""DOCX files as pages of words with boxes: laid out as NĐ 30 would print them, so the rules of geometry serve."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from core.text import repair
from ingest.letter import Page, Word
from ingest.reading import zips
from ingest.reading.unreadable import Unreadable

MOST_PARTS = 2000
MOST_BYTES = 64 << 20
MOST_RATIO = 200
MOST_BLOCKS = 3000
MOST_PAGES = 40
_MOST_TABBED, _HEAD_ENDS = 70, 0.25
_XML_BYTES = 24 << 20  # document.xml of a thousand pages; larger ones are no letters

# A4 with the margins of Phụ lục I.I: left 3 cm, right 1.5-2 cm; a letter of size 13-14 is about 0.011 wide.
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.14, 0.93, 0.07, 0.94
_LETTER, _PITCH, _HEIGHT, _INDENT = 0.0108, 0.0205, 0.0160, 0.06


# Broken XML is a SyntaxError in lxml; python-docx trusts its input, so damaged XML shows as the last three.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, PackageNotFoundError,
    expat.ExpatError, SyntaxError, KeyError, ValueError, AttributeError, TypeError, IndexError,
)  # fmt: skip


def docx_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages; page breaks are ours, not Word's.

    Checked before python-docx sees it: number of parts, total size, compression ratio, no DTD and no
    entities in any XML part. Raises Unreadable("damaged") for what fails, "locked" for an encrypted package.
    """
    try:
        _check(path)
        document = docx.Document(str(path))
        sheet = _Sheet()
        _lay_out(document, sheet)
    except _DAMAGE as error:
        raise Unreadable("locked" if _is_encrypted(path) else "damaged") from error
    return sheet.pages()


def _is_encrypted(path: Path) -> bool:
    # An Office file with a password is an OLE container, not a zip ([MS-OFFCRYPTO] 2.3).
    try:
        with path.open("rb") as file:
            return file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    except OSError:
        return False


def _check(path: Path) -> None:
    if not zips.is_readable(path, MOST_PARTS):
        raise ValueError("over the limits")
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        packed = max(path.stat().st_size, 1)
        size = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or size > MOST_BYTES or (size > 8 << 20 and size / packed > MOST_RATIO):
            raise ValueError("over the limits")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                if part.file_size > _XML_BYTES:
                    raise ValueError("over the limits")
                with package.open(part) as stream:
                    _refuse_declarations(stream)


def _refuse_declarations(stream: IO[bytes]) -> None:
    """Raise ValueError for a document type or an entity, in whatever encoding. Bare expat: it builds no tree."""
    parser = expat.ParserCreate()

    def refuse(*_declaration: object) -> None:
        raise ValueError("declares a document type or an entity")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ParseFile(stream)


@dataclass
class _Sheet:
    """Words laid out from top to bottom; `y` is where the next line goes."""

    words: list[list[Word]] = field(default_factory=lambda: [[]])
    y: float = _TOP
    styles: dict[str | None, Any] = field(default_factory=dict)  # alignment by the name of the style

    def pages(self) -> tuple[Page, ...]:
        return tuple(Page(i + 1, tuple(words)) for i, words in enumerate(self.words[:MOST_PAGES]))

    def place(self, lines: list["_Set"], y: float) -> None:
        """Put `lines` down from height `y` of the current page, without breaking."""
        for line in lines:
            x = line.x
            for word in line.words:
                width = len(word) * _LETTER * line.scale
                self.words[-1].append(Word(word, x, min(y, 1.0), x + width, min(y + _HEIGHT, 1.0)))
                x += width + _LETTER * line.scale * 0.6
            y += line.height

    def break_if_full(self, height: float) -> None:
        if self.y + height > _BOTTOM and self.words[-1]:
            self.words.append([])
            self.y = _TOP


@dataclass(frozen=True)
class _Set:
    """One line of text ready to be placed."""

    words: list[str]
    x: float
    scale: float
    height: float = _PITCH


def _lay_out(document: Document, sheet: _Sheet) -> None:
    for count, block in enumerate(document.iter_inner_content()):
        if count >= MOST_BLOCKS or len(sheet.words) > MOST_PAGES:
            return
        if isinstance(block, Table):
            _place_table(block, sheet)
        else:
            _place_paragraph(block, sheet)


def _place_paragraph(paragraph: Paragraph, sheet: _Sheet) -> None:
    for box in _text_boxes(paragraph):
        # A stamp is often drawn as a text box: it goes into the left margin, where ô 10 is.
        sheet.place([_Set(box.split(), 0.03, 0.9)], max(sheet.y, _TOP + 0.1))
    text = repair(paragraph.text)
    if len(sheet.words) == 1 and _is_tabbed(text, sheet.y):
        _place_tabbed(text, sheet)
        return
    for piece in text.split("\n"):
        lines = _wrap(piece, _LEFT, _RIGHT, _alignment(paragraph, sheet))
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


def _text_boxes(paragraph: Paragraph) -> Iterator[str]:
    element: Any = paragraph._p
    # mc:Fallback repeats each box for old programs.
    for box in element.xpath(".//*[local-name()='txbxContent'][not(ancestor::*[local-name()='Fallback'])]")[:20]:
        for inner in box.xpath(".//*[local-name()='p']")[:20]:
            text = "".join(t.text or "" for t in inner.xpath(".//*[local-name()='t']"))
            if 0 < len(text.strip()) <= 60:
                yield repair(text)


def _place_tabbed(text: str, sheet: _Sheet) -> None:
    """ "SỞ NỘI VỤ <tab> CỘNG HÒA ...": old letters make their two columns with tabs."""
    left, _, right = text.strip("\n").rpartition("\t")
    sheet.break_if_full(_PITCH)
    sheet.place(_wrap(left.replace("\t", " "), 0.1, 0.46, "center")[:1], sheet.y)
    sheet.place(_wrap(right, 0.48, _RIGHT, "center")[:1], sheet.y)
    sheet.y += _PITCH


def _place_table(table: Table, sheet: _Sheet) -> None:
    for row in table.rows:
        cells = list(dict.fromkeys(cell._tc for cell in row.cells))
        texts = [[(repair(p.text), _alignment(p, sheet)) for p in _paragraphs(row.cells, tc)] for tc in cells]
        edges = _edges(len(texts))
        columns = []
        for (x0, x1), cell in zip(edges, texts, strict=True):
            pieces = [(piece, how) for text, how in cell for piece in text.split("\n")]
            columns.append([line for piece, how in pieces for line in (_wrap(piece, x0, x1, how) or [_Set([], x0, 1)])])
        height = _PITCH * max((len(c) for c in columns), default=0)
        sheet.break_if_full(min(height, 0.4))
        for column in columns:
            sheet.place(column, sheet.y)
        sheet.y += height
    sheet.y += 0.006


def _paragraphs(cells: tuple[Any, ...], tc: object) -> list[Paragraph]:
    cell = next(c for c in cells if c._tc is tc)
    return list(cell.paragraphs)


def _edges(count: int) -> list[tuple[float, float]]:
    if count == 2:  # the head and the signature block
        return [(0.12, 0.45), (0.47, _RIGHT)]
    width = (_RIGHT - _LEFT) / max(count, 1)
    return [(_LEFT + i * width, _LEFT + (i + 1) * width - 0.01) for i in range(count)]


def _alignment(paragraph: Paragraph, sheet: _Sheet) -> str:
    how = paragraph.alignment
    if how is None:
        name = paragraph._p.style
        if name not in sheet.styles:
            sheet.styles[name] = _style_alignment(paragraph)
        how = sheet.styles[name]
    if how == WD_ALIGN_PARAGRAPH.CENTER:
        return "center"
    return "right" if how == WD_ALIGN_PARAGRAPH.RIGHT else "body"


def _style_alignment(paragraph: Paragraph) -> Any:
    # Looking a style up costs python-docx milliseconds, hence once for each.
    style: Any = paragraph.style
    for _ in range(20):
        if style is None or style.paragraph_format.alignment is not None:
            break
        style = style.base_style
    return style.paragraph_format.alignment if style is not None else None


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
