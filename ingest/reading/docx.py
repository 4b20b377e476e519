"""DOCX files as paragraphs and table rows, laid out as pages of words."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph

from ingest.letter import Page
from ingest.reading import office_zip
from ingest.reading.blocks import LONGEST_BOX
from ingest.reading.layout import Block, Paragraph, Row, draws_capitals, in_capitals, lay_out
from ingest.reading.unreadable import Unreadable

_MOST_BOXES = 20

# Broken XML is a SyntaxError in lxml; python-docx trusts its input, so damaged XML shows as the last three.
_DAMAGE = (*office_zip.DAMAGE, PackageNotFoundError, SyntaxError, AttributeError, TypeError, IndexError)


def docx_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages; page breaks are ours, not Word's.

    Checked before python-docx sees it: number of parts, total size, compression ratio, no DTD and no
    entities in any XML part. Raises Unreadable("damaged") for what fails, "locked" for an encrypted package.
    """
    try:
        office_zip.check(path)
        first, *others = lay_out(_blocks(docx.Document(str(path))))
        return (replace(first, has_art=_has_pictures(path)), *others)
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
    if boxes := tuple(_in_headers(document)):
        yield Paragraph("", boxes=boxes)
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = list(dict.fromkeys(cell._tc for cell in row.cells))
                yield Row(tuple(tuple(_paragraph(p, styles) for p in _paragraphs(row.cells, tc)) for tc in cells))
        else:
            yield _paragraph(block, styles)


def _paragraphs(cells: tuple[Any, ...], tc: object) -> list[WordParagraph]:
    cell = next(c for c in cells if c._tc is tc)
    return list(cell.paragraphs)


def _paragraph(paragraph: WordParagraph, styles: dict[str | None, _Style]) -> Paragraph:
    name = paragraph._p.style
    if name not in styles:
        styles[name] = _style(paragraph)
    how = _how(paragraph.alignment) or styles[name].how
    text = in_capitals(paragraph.text) if styles[name].is_capitals else _text(paragraph)
    return Paragraph(text, how or "body", tuple(_text_boxes(paragraph._p)))


def _text(paragraph: WordParagraph) -> str:
    element: Any = paragraph._p
    if not element.xpath("./w:r/w:rPr[w:caps or w:rFonts]"):
        return str(paragraph.text)
    parts = []
    for item in paragraph.iter_inner_content():
        font = getattr(item, "font", None)  # a hyperlink has none
        parts.append(in_capitals(item.text) if font is not None and _is_capital(font) else item.text)
    return "".join(parts)


def _is_capital(font: Any) -> bool:
    return bool(font.all_caps) or draws_capitals(font.name or "")


def _in_headers(document: Document) -> Iterator[str]:
    """The short lines above the text of every page: stamps are put there too."""
    section = document.sections[0] if len(document.sections) else None
    for header in (section.first_page_header, section.header) if section else ():
        if header.is_linked_to_previous:  # there is none
            continue
        yield from _text_boxes(header._element)
        yield from _short(paragraph.text for paragraph in header.paragraphs[:_MOST_BOXES])


def _short(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if 0 < len(text.strip()) <= LONGEST_BOX)


def _text_boxes(element: Any) -> Iterator[str]:
    # mc:Fallback repeats each box for old programs.
    boxes = element.xpath(".//*[local-name()='txbxContent'][not(ancestor::*[local-name()='Fallback'])]")
    for box in boxes[:_MOST_BOXES]:
        paragraphs = box.xpath(".//*[local-name()='p']")[:_MOST_BOXES]
        yield from _short("".join(map(_shown, p.xpath(".//*[local-name()='r']"))) for p in paragraphs)


def _shown(run: Any) -> str:
    """The text of a run in a box, in capitals where it is shown so."""
    text = "".join(t.text or "" for t in run.xpath("./*[local-name()='t']"))
    looks = "./*[local-name()='rPr']/*[local-name()='{}']"
    caps = run.xpath(looks.format("caps") + "[not(@*[local-name()='val']='0' or @*[local-name()='val']='false')]")
    fonts = run.xpath(looks.format("rFonts") + "/@*[local-name()='ascii']")
    return in_capitals(text) if caps or any(map(draws_capitals, fonts)) else text


def _style(paragraph: WordParagraph) -> _Style:
    # Looking a style up costs python-docx milliseconds, hence once for each.
    style: Any = paragraph.style
    how, is_capitals = "", None
    for _ in range(20):
        if style is None:
            break
        how = how or _how(style.paragraph_format.alignment)
        if is_capitals is None and (style.font.all_caps is not None or style.font.name):
            is_capitals = _is_capital(style.font)
        style = style.base_style
    return _Style(how, bool(is_capitals))


def _how(alignment: Any) -> str:
    if alignment is None:
        return ""
    return {WD_ALIGN_PARAGRAPH.CENTER: "center", WD_ALIGN_PARAGRAPH.RIGHT: "right"}.get(alignment, "body")
