"""Tables of figures (XLSX and XLS) as rows of words: annexes that are searched, and now and then a document."""

import re
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ingest.letter import Page
from ingest.reading import office_zip
from ingest.reading.compound import CompoundFile, Damaged
from ingest.reading.layout import Block, Paragraph, Row, lay_out, plain
from ingest.reading.unreadable import Unreadable
from ingest.reading.xls_records import Locked, cells_of

_MOST_STRINGS = 40_000
_MOST_STRING_LETTERS = 2_000_000  # of all shared strings together
_LONGEST_TEXT = 2_000
_MOST_SHEETS = 50
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml", re.IGNORECASE)


def xlsx_pages(path: Path) -> tuple[Page, ...]:
    """The sheets of a workbook one under the other, in windows. Dates stay the numbers that the file has.

    Raises Unreadable("damaged"), or "locked" for a workbook with a password.
    """
    try:
        office_zip.check(path)
        with zipfile.ZipFile(path) as package:
            return lay_out(_rows(_xlsx_cells(package)))
    except office_zip.DAMAGE as error:
        raise Unreadable("locked" if office_zip.is_encrypted(path) else "damaged") from error


def xls_pages(path: Path) -> tuple[Page, ...]:
    """The sheets of an Excel 97-2003 workbook. Raises Unreadable as `xlsx_pages`."""
    try:
        with path.open("rb") as file:
            book = CompoundFile(file).stream("Workbook", "Book")
            if book is None:
                raise Damaged("no workbook")
            return lay_out(_rows(cells_of(book)))
    except Locked as error:
        raise Unreadable("locked") from error
    except (Damaged, struct.error, IndexError, OSError) as error:
        raise Unreadable("damaged") from error


def _rows(cells: Iterator[tuple[int, str]]) -> Iterator[Block]:
    """Cells with the numbers of their rows to blocks: two cells alone may be the two columns of a head."""
    row, texts = -1, list[str]()
    for number, text in cells:
        if number != row:
            yield from _row(texts)
            row, texts = number, []
        if text.strip():
            texts.append(plain(text[:_LONGEST_TEXT]))
    yield from _row(texts)


def _row(texts: Sequence[str]) -> Iterator[Block]:
    if len(texts) == 1:
        yield Paragraph(texts[0], "center")
    elif texts:
        if len(texts) > 2:  # a table, whose head is no part of the lines above it
            yield Paragraph("")
        yield Row(tuple((Paragraph(text, "center"),) for text in texts))


def _xlsx_cells(package: zipfile.ZipFile) -> Iterator[tuple[int, str]]:
    names = package.namelist()
    strings = list(_texts(package, "xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
    sheets = sorted((int(found[1]), name) for name in names if (found := _SHEET.fullmatch(name)))
    first = 0
    for _, name in sheets[:_MOST_SHEETS]:
        last = first
        for row, text in _Sheet(strings).cells(package, name):
            last = first + row
            yield last, text
        first = last + 2


def _texts(package: zipfile.ZipFile, part: str) -> Iterator[str]:
    left = _MOST_STRING_LETTERS
    for number, (_, text) in enumerate(_Sheet(()).cells(package, part)):
        if number >= _MOST_STRINGS or left < 0:
            return
        left -= len(text)
        yield text[:_LONGEST_TEXT]


class _Sheet:
    """One part: cells of a sheet, or the items of the table of strings, which count as cells of one row."""

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = strings
        self._found: list[tuple[int, str]] = []
        self._text: list[str] = []
        self._row, self._kind = 0, ""
        self._is_text = False
        self._is_phonetic = False

    def cells(self, package: zipfile.ZipFile, part: str) -> Iterator[tuple[int, str]]:
        parser = office_zip.refusing_parser(" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        with package.open(part) as stream:
            for chunk, is_last in office_zip.windows(stream):
                parser.Parse(chunk, is_last)
                yield from self._found
                self._found.clear()

    def _start(self, name: str, about: Mapping[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                number = about.get("r", "")
                self._row = int(number) if number.isdecimal() and len(number) < 9 else self._row + 1
            case "c" | "si":
                self._kind, self._text = about.get("t", ""), []
            case "rPh":  # how to say a Japanese word
                self._is_phonetic = True
            case "v" | "t":
                self._is_text = not self._is_phonetic

    def _end(self, name: str) -> None:
        match name.rpartition(" ")[2]:
            case "c" | "si":
                self._found.append((self._row, self._shown("".join(self._text))))
            case "rPh":
                self._is_phonetic = False
            case "v" | "t":
                self._is_text = False

    def _data(self, text: str) -> None:
        if self._is_text:
            self._text.append(text)

    def _shown(self, text: str) -> str:
        if self._kind != "s":
            return text
        place = int(text) if text.isdecimal() and len(text) < 9 else -1
        return self._strings[place] if 0 <= place < len(self._strings) else ""
