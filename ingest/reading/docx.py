"""DOCX files as paragraphs and table rows, laid out as pages of words."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph

from ingest.letter import Page
from ingest.reading import forked, marks, office_zip
from ingest.reading.blocks import LONGEST_BOX
from ingest.reading.layout import Block, Paragraph, Row, draws_capitals, in_capitals, lay_out
from ingest.reading.unreadable import Unreadable

_MOST_BOXES, _MOST_SECTIONS = 20, 10
_PARAGRAPH, _TABLE, _ROW, _CELL, _RUN, _BOX = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc", "w:r", "w:txbxContent"))
# What stands around paragraphs, rows, cells and runs: content controls, what was inserted, fields, links.
_WRAPPERS = tuple(
    map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:fldSimple", "w:hyperlink", "w:smartTag", "w:customXml"))
)

# Broken XML is a SyntaxError in lxml; python-docx trusts its input, so what damaged XML lacks shows as the last three.
_DAMAGE = (
    *office_zip.DAMAGE, PackageNotFoundError, PythonDocxError, XmlchemyError, SyntaxError, AttributeError, TypeError,
    IndexError,
)  # fmt: skip


def docx_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages; page breaks are ours, not Word's.

    Checked before python-docx sees it: number of parts, total size, compression ratio, no DTD and no
    entities in any XML part. Raises Unreadable("damaged") for what fails, "locked" for an encrypted package,
    "too_slow" and "too_large_inside" for one that costs more than a document can.
    """
    return tuple(cast(Page, page) for page in forked.objects(_pages, path))


def _pages(path: Path) -> Iterator[Page]:
    try:
        office_zip.check(path)
        first, *others = lay_out(_blocks(docx.Document(str(path))))
        yield from (replace(first, has_art=_has_pictures(path)), *others)
    except _DAMAGE as error:
        raise Unreadable("locked" if office_zip.is_encrypted(path) else "damaged") from error


def _has_pictures(path: Path) -> bool:
    with zipfile.ZipFile(path) as package:
        return any(name.startswith("word/media/") for name in package.namelist())


@dataclass(frozen=True, slots=True)
class _Style:
    how: str
    is_capitals: bool


def _blocks(document: Document) -> Iterator[Block]:
    styles: dict[str | None, _Style] = {}
    if boxes := tuple(islice(_in_headers(document), _MOST_BOXES)):
        yield Paragraph("", boxes=boxes)
    parent = document._body
    for element in _within(document.element.body, _PARAGRAPH, _TABLE):
        if element.tag == _PARAGRAPH:
            yield _paragraph(WordParagraph(element, parent), styles)
            continue
        for row in _within(element, _ROW):
            cells = dict.fromkeys(_merged(cell) for cell in _within(row, _CELL))
            yield Row(tuple(
                tuple(_paragraph(WordParagraph(p, parent), styles) for p in cell.iter(_PARAGRAPH) if not _is_boxed(p))
                for cell in cells
            ))  # fmt: skip


def _within(element: Any, *wanted: str) -> Iterator[Any]:
    """The parts of an element, those in content controls and in what was inserted too."""
    for child in element.iterchildren(*wanted, *_WRAPPERS):
        if child.tag in wanted:
            yield child
        else:
            yield from _within(child, *wanted)


def _merged(cell: Any) -> Any:
    """The cell whose contents are seen in `cell`, that one itself unless it goes on with the one above."""
    row = cell.getparent()
    while row.tag == _ROW and row.getparent().tag == _TABLE and cell.vMerge == "continue":
        cell = cell._tc_above
        row = cell.getparent()
    return cell


def _is_boxed(element: Any) -> bool:
    return next(element.iterancestors(_BOX), None) is not None


def _paragraph(paragraph: WordParagraph, styles: dict[str | None, _Style]) -> Paragraph:
    name = paragraph._p.style
    if name not in styles:
        styles[name] = _style(paragraph)
    how = _how(paragraph) or styles[name].how
    text = _text(paragraph._p)
    looks = paragraph._p.pPr
    before = "\f" if looks is not None and _is_on(looks.find(qn("w:pageBreakBefore"))) else ""
    after = "\f" if looks is not None and _ends_page(looks.find(qn("w:sectPr"))) else ""
    text = before + (in_capitals(text) if styles[name].is_capitals else text) + after
    return Paragraph(text, how or "body", tuple(_text_boxes(paragraph._p)))


def _text(element: Any) -> str:
    """What is shown of a paragraph: its runs, those of links, fields, controls and insertions, and no deleted ones."""
    return "".join(map(_shown, _within(element, _RUN)))


def _shown(run: Any) -> str:
    """The text of a run, in capitals where it is shown so; "\f" where a page ends."""
    parts, is_capital = [], False
    for child in run.iterchildren():
        match child.tag.rpartition("}")[2]:
            case "t":
                parts.append(child.text or "")
            case "tab" | "ptab":
                parts.append("\t")
            case "br":
                kind = child.get(qn("w:type"), "textWrapping")
                parts.append({"textWrapping": "\n", "page": "\f"}.get(kind, ""))
            case "cr":
                parts.append("\n")
            case "noBreakHyphen":
                parts.append("-")
            case "rPr":
                is_capital = _draws_capitals(child)
    text = "".join(parts)
    return in_capitals(text) if is_capital else text


def _draws_capitals(looks: Any) -> bool:
    font = looks.find(qn("w:rFonts"))
    return (
        _is_on(looks.find(qn("w:caps")))
        or _is_on(looks.find(qn("w:smallCaps")))
        or (font is not None and draws_capitals(font.get(qn("w:ascii"), "")))
    )


def _is_on(setting: Any) -> bool:
    return setting is not None and setting.get(qn("w:val"), "1") not in ("0", "false", "off")


def _ends_page(section: Any) -> bool:
    if section is None:
        return False
    kind = section.find(qn("w:type"))
    return kind is None or kind.get(qn("w:val")) not in ("continuous", "nextColumn")


def _in_headers(document: Document) -> Iterator[str]:
    """The short lines above the text of every page, where stamps are put too; of tables in them, and of what stands
    below, the secrecy marks alone."""
    for number, section in enumerate(islice(document.sections, _MOST_SECTIONS)):
        for header in (section.first_page_header, section.header, section.even_page_header):
            if header.is_linked_to_previous:  # there is none
                continue
            if number == 0:
                yield from _text_boxes(header._element)
                yield from _short(_text(p) for p in islice(_within(header._element, _PARAGRAPH), _MOST_BOXES))
            yield from _marks(header._element)
        for footer in (section.first_page_footer, section.footer, section.even_page_footer):
            if not footer.is_linked_to_previous:
                yield from _marks(footer._element)


def _marks(element: Any) -> Iterator[str]:
    texts = (_text(p) for p in islice(element.iter(_PARAGRAPH), _MOST_BOXES * 2))
    return (text for text in _short(texts) if marks.alone(marks.readable(text)) or marks.field(marks.readable(text)))


def _short(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if 0 < len(text.strip()) <= LONGEST_BOX)


def _text_boxes(element: Any) -> Iterator[str]:
    # mc:Fallback repeats each box for old programs.
    boxes = element.xpath(".//*[local-name()='txbxContent'][not(ancestor::*[local-name()='Fallback'])]")
    for box in boxes[:_MOST_BOXES]:
        yield from _short(_text(p) for p in islice(box.iter(_PARAGRAPH), _MOST_BOXES))
    drawn = element.xpath(".//*[local-name()='textpath']/@string")  # WordArt of old programs
    yield from _short(drawn[:_MOST_BOXES])


def _style(paragraph: WordParagraph) -> _Style:
    # Looking a style up costs python-docx milliseconds, hence once for each.
    style: Any = paragraph.style
    how, is_capitals = "", None
    for _ in range(20):
        if style is None:
            break
        how = how or _how(style.paragraph_format)
        if is_capitals is None and (style.font.all_caps is not None or style.font.small_caps or style.font.name):
            is_capitals = bool(style.font.all_caps or style.font.small_caps) or draws_capitals(style.font.name or "")
        style = style.base_style
    return _Style(how, bool(is_capitals))


def _how(aligned: Any) -> str:
    """How its lines stand, "" where it does not say so, or in words that python-docx does not know ("start")."""
    try:
        alignment = aligned.alignment
    except (XmlchemyError, ValueError):
        return ""
    if alignment is None:
        return ""
    return {WD_ALIGN_PARAGRAPH.CENTER: "center", WD_ALIGN_PARAGRAPH.RIGHT: "right"}.get(alignment, "body")
