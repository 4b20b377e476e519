"""Word documents saved as one XML file (WordprocessingML 2003, and the flat form of DOCX), laid out as pages."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ingest.letter import Page
from ingest.reading import marks, office_zip
from ingest.reading.blocks import Blocks
from ingest.reading.layout import Block, in_capitals, lay_out, plain

_MOST_BYTES = 24 << 20
_HEAD_BYTES = 4096
_IS_WORD = re.compile(rb"<(?:\w{1,20}:)?(?:wordDocument|package)[\s>]")
_ROOTS = ("wordDocument", "package")
_MARGINS = ("hdr", "ftr")
_NOT_READ = frozenset("del moveFrom instrText binData binaryData styles fonts lists docPr Fallback".split())


def word_xml_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages, read in windows without a tree; () where it is other XML, or damaged."""
    if path.stat().st_size > _MOST_BYTES:
        return ()
    try:
        with path.open("rb") as file:
            # Asked before anything is parsed: XML of others may be made to cost much.
            if not _IS_WORD.search(file.read(_HEAD_BYTES).replace(b"\0", b"")):
                return ()
            file.seek(0)
            return lay_out(_Reader().blocks(file))
    except (expat.ExpatError, ValueError):
        return ()


class _Reader:
    def __init__(self) -> None:
        self._out = Blocks()
        self._depth = 0
        self._skipped = 0
        self._tables = 0
        self._how = "body"
        self._is_text = self._is_capital = False
        self._aside: list[str] = []  # open boxes, headers and footers
        self._said: list[str] = []

    def blocks(self, file: IO[bytes]) -> Iterator[Block]:
        parser = office_zip.refusing_parser(" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        for chunk, is_last in office_zip.windows(file):
            parser.Parse(chunk, is_last)
            yield from self._out.take()
        self._out.end("body")
        yield from self._out.take()

    def _start(self, name: str, about: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self._depth += 1
        if self._depth == 1 and local not in _ROOTS:
            raise ValueError("no document of Word")
        if self._skipped or local in _NOT_READ:
            self._skipped += 1
            return
        value = next((value for key, value in about.items() if key.endswith(" val")), "")
        match local:
            case "r":
                self._is_capital = False
            case "caps" | "smallCaps":
                self._is_capital = value not in ("0", "off", "false")
            case "jc":
                self._how = {"center": "center", "right": "right", "end": "right"}.get(value, "body")
            case "t":
                self._is_text = True
            case "tab":
                self._write("\t")
            case "br":
                self._write("\n")
            case "tbl" if not self._aside:
                self._tables += 1
            case "txbxContent" | "hdr" | "ftr":
                self._aside.append(local)
            case "textpath":
                self._out.box(plain(about.get("string", "")))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
            return
        match name.rpartition(" ")[2]:
            case "t":
                self._is_text = False
            case "p" if self._aside:
                self._end_aside()
            case "p":
                self._out.end_paragraph(self._how, in_table=self._tables > 0)
                self._how = "body"
            case "tc" if self._tables == 1 and not self._aside:
                self._out.end_cell()
            case "tr" if self._tables == 1 and not self._aside:
                self._out.end_row()
            case "tbl" if self._tables and not self._aside:
                self._tables -= 1
            case "txbxContent" | "hdr" | "ftr" if self._aside:
                self._aside.pop()

    def _end_aside(self) -> None:
        """A paragraph in a box; of headers and footers only marks are taken."""
        text = "".join(self._said)
        self._said = []
        readable = marks.readable(text)
        if self._aside[0] not in _MARGINS or marks.alone(readable) or marks.field(readable):
            self._out.box(text)

    def _data(self, text: str) -> None:
        if self._is_text and not self._skipped:
            self._write(in_capitals(text) if self._is_capital else plain(text))

    def _write(self, text: str) -> None:
        if not self._aside:
            self._out.write(text)
        elif len(self._said) < 100:
            self._said.append(text)
