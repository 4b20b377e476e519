"""OpenDocument texts (ODT) as paragraphs and table rows, laid out as pages of words (OpenDocument 1.3, part 3)."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.letter import Page
from ingest.reading import office_zip
from ingest.reading.blocks import Blocks
from ingest.reading.layout import Block, draws_capitals, in_capitals, lay_out, plain
from ingest.reading.unreadable import Unreadable

_MOST_STYLES, _MOST_ANCESTORS, _MOST_DEPTH = 5_000, 20, 400
_MOST_BLANKS = 200  # of one text:s
_HOW = {"center": "center", "end": "right", "right": "right", "start": "body", "left": "body", "justify": "body"}
_NOT_READ = frozenset(
    "text:note office:annotation text:tracked-changes text:table-of-content text:sequence-decls office:forms "
    "text:variable-decls text:ruby-text svg:title svg:desc".split()
)


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str = ""
    how: str = ""
    is_capitals: bool | None = None


def odt_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages. Its XML is read in windows and no tree is built of it.

    Raises Unreadable("damaged"), or "locked" for a document with a password.
    """
    try:
        if _is_locked(path):
            raise Unreadable("locked")
        office_zip.check(path)
        with zipfile.ZipFile(path) as package:
            styles: dict[str, _Style] = {}
            if "styles.xml" in package.namelist():
                for _ in _Reader(styles).blocks(package, "styles.xml"):
                    pass
            return lay_out(_Reader(styles).blocks(package, "content.xml"))
    except office_zip.DAMAGE as error:
        raise Unreadable("damaged") from error


def _is_locked(path: Path) -> bool:
    with zipfile.ZipFile(path) as package:
        try:
            with package.open("META-INF/manifest.xml") as stream:
                return b"encryption-data" in stream.read(1 << 20)
        except KeyError:
            return False


class _Reader:
    """One XML part. Styles that it defines are added to `styles`."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self._styles = styles
        self._out = Blocks()
        self._skipped = 0  # depth within what is not read
        self._depth = 0
        self._style = ""  # being defined
        self._paragraphs: list[str] = []  # styles of the open paragraphs, one within the other in drawn boxes
        self._spans: list[bool] = []  # of the open spans: whether they show capitals
        self._tables = 0
        self._box: list[str] | None = None

    def blocks(self, package: zipfile.ZipFile, part: str) -> Iterator[Block]:
        parser = office_zip.refusing_parser()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        with package.open(part) as stream:
            for chunk, is_last in office_zip.windows(stream):
                parser.Parse(chunk, is_last)
                yield from self._out.take()
        self._out.end("body")
        yield from self._out.take()

    def _start(self, name: str, about: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise ValueError("nested too deeply")
        if self._skipped or name in _NOT_READ:
            self._skipped += 1
            return
        match name:
            case "text:p" | "text:h":
                self._paragraphs.append(about.get("text:style-name", ""))
            case "text:span":
                self._spans.append(self._is_capital(about.get("text:style-name", "")))
            case "text:tab":
                self._text("\t")
            case "text:line-break":
                self._text("\n")
            case "text:s":
                count = about.get("text:c", "1")
                self._text(" " * min(int(count) if count.isdecimal() else 1, _MOST_BLANKS))
            case "draw:text-box" if self._box is None and self._paragraphs:
                self._box = []
            case "table:table":
                self._tables += 1
            case _ if name.startswith("style:"):
                self._define(name, about)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
            return
        match name:
            case "text:p" | "text:h":
                self._end_paragraph(self._paragraphs.pop() if self._paragraphs else "")
            case "text:span" if self._spans:
                self._spans.pop()
            case "draw:text-box" if self._box is not None and len(self._paragraphs) == 1:
                self._out.box("".join(self._box))
                self._box = None
            case "table:table":
                self._tables -= 1
            case "table:table-cell" if self._tables == 1:
                self._out.end_cell()
            case "table:table-row" if self._tables == 1:
                self._out.end_row()
            case "style:style" | "style:default-style":
                self._style = ""

    def _end_paragraph(self, style: str) -> None:
        if self._box is not None:
            self._box.append(" ")
            return
        self._out.end_paragraph(self._how(style), in_table=self._tables > 0)

    def _text(self, text: str) -> None:
        if self._skipped or not self._paragraphs:
            return
        if self._box is not None:
            if len(self._box) < 100:
                self._box.append(plain(text))
            return
        is_capital = self._spans[-1] if self._spans else self._is_capital(self._paragraphs[-1])
        self._out.write(in_capitals(text) if is_capital else plain(text))

    def _define(self, name: str, about: Mapping[str, str]) -> None:
        if name == "style:style" and len(self._styles) < _MOST_STYLES:
            self._style = about.get("style:name", "")
            self._styles[self._style] = _Style(about.get("style:parent-style-name", ""))
        elif name == "style:paragraph-properties" and self._style:
            how = _HOW.get(about.get("fo:text-align", ""), "")
            self._styles[self._style] = replace(self._styles[self._style], how=how)
        elif name == "style:text-properties" and self._style:
            font = about.get("style:font-name") or about.get("fo:font-family", "")
            case = about.get("fo:text-transform")
            if case or font:
                is_capitals = case == "uppercase" or draws_capitals(font.strip("'\" "))
                self._styles[self._style] = replace(self._styles[self._style], is_capitals=is_capitals)

    def _how(self, style: str) -> str:
        return next((one.how for one in self._with_ancestors(style) if one.how), "body")

    def _is_capital(self, style: str) -> bool:
        looks = (one.is_capitals for one in self._with_ancestors(style))
        return next((look for look in looks if look is not None), False)

    def _with_ancestors(self, name: str) -> Iterator[_Style]:
        for _ in range(_MOST_ANCESTORS):
            style = self._styles.get(name)
            if style is None:
                return
            yield style
            name = style.parent
