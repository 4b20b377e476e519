"""How the characters and paragraphs of a Word 97-2003 file look: runs, styles and fonts ([MS-DOC] 2.4.6, 2.9.271)."""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, TypeVar

from ingest.reading.doc_text import FONTS, PARAGRAPHS, RUNS, STYLES, WordText
from ingest.reading.layout import draws_capitals

_MOST_FORMAT_PAGES = 1_200  # of 512 bytes, each with up to a hundred runs
_PAGE_BYTES = 512
_MOST_STYLES, _MOST_FONTS, _MOST_ANCESTORS = 4_096, 2_000, 20
_HOW = {1: "center", 2: "right"}
_ARGUMENT_BYTES = (1, 1, 2, 4, 2, 2, 0, 3)  # by the three highest bits of a modifier; 0: says so itself
_TABLE_DEFINITION, _TABS = 0xD608, 0xC615
_DELETED, _HIDDEN, _CAPITALS, _FONT = 0x0800, 0x083C, 0x083B, 0x4A4F
_JUSTIFIED, _JUSTIFIED_80, _IN_TABLE, _ENDS_ROW = 0x2461, 0x2403, 0x2416, 0x2417

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Look:
    """How a run is shown; None leaves it to the paragraph's style."""

    is_hidden: bool = False
    is_capitals: bool | None = None
    font: int | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """How a paragraph is set ("" leaves it to the style), and where it stands in a table."""

    how: str = ""
    in_table: bool = False
    ends_row: bool = False
    style: int = 0


@dataclass(frozen=True, slots=True)
class _Style:
    base: int
    how: str
    look: Look


class Spans(Generic[V]):
    """Values for stretches of the main stream, by byte; of stretches that overlap the first stays."""

    def __init__(self, spans: Iterable[tuple[int, int, V]]) -> None:
        self._spans: list[tuple[int, int, V]] = []
        for span in sorted(spans, key=lambda span: span[:2]):
            if not self._spans or span[0] >= self._spans[-1][1]:
                self._spans.append(span)
        self._starts = [span[0] for span in self._spans]

    def at(self, place: int) -> V | None:
        """The value at byte `place`."""
        index = bisect_right(self._starts, place) - 1
        return self._spans[index][2] if index >= 0 and place < self._spans[index][1] else None

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, V]]:
        """The stretches that touch `start` to `end`, cut to it."""
        for index in range(max(bisect_right(self._starts, start) - 1, 0), len(self._spans)):
            first, after, value = self._spans[index]
            if first >= end:
                return
            if after > start:
                yield max(first, start), min(after, end), value


class Looks:
    """The looks of `text`, read at once. What contradicts itself is passed over: the text counts more."""

    def __init__(self, text: WordText) -> None:
        self.runs = Spans(_spans(text, RUNS, 1, _look))
        self.paragraphs = Spans(_spans(text, PARAGRAPHS, 13, _setting))
        self._styles = _styles(text.in_table(STYLES))
        self._capital_fonts = _capital_fonts(text.in_table(FONTS))

    def how(self, setting: Setting) -> str:
        """How a paragraph is set: "body", "center" or "right"."""
        return setting.how or next((s.how for s in self._with_ancestors(setting.style) if s.how), "body")

    def is_capital(self, look: Look, style: int) -> bool:
        """Whether a run in a paragraph of `style` is shown in capitals."""
        looks = [look, *(s.look for s in self._with_ancestors(style))]
        if next((one.is_capitals for one in looks if one.is_capitals is not None), False):
            return True
        return next((one.font for one in looks if one.font is not None), None) in self._capital_fonts

    def _with_ancestors(self, number: int) -> Iterator[_Style]:
        for _ in range(_MOST_ANCESTORS):
            style = self._styles.get(number)
            if style is None:
                return
            yield style
            number = style.base


def _spans(
    text: WordText, pair: int, entry_bytes: int, read: Callable[[bytes, int], V | None]
) -> Iterator[tuple[int, int, V]]:
    """The stretches of all format pages that the table at `pair` names (2.8.5, 2.8.6)."""
    table = text.in_table(pair)
    count = max((len(table) - 4) // 8, 0)
    for index in range(min(count, _MOST_FORMAT_PAGES)):
        number = struct.unpack_from("<L", table, 4 * (count + 1) + 4 * index)[0] & 0x3FFFFF
        page = text.main.read(number * _PAGE_BYTES, _PAGE_BYTES)
        if len(page) < _PAGE_BYTES:
            continue
        runs = page[-1]
        if 4 * (runs + 1) + entry_bytes * runs >= _PAGE_BYTES:
            continue
        bounds = struct.unpack_from(f"<{runs + 1}L", page)
        for entry, (start, end) in enumerate(pairwise(bounds)):
            offset = 2 * page[4 * (runs + 1) + entry_bytes * entry]
            value = read(page, offset)
            if value is not None and start < end:
                yield start, end, value


def _look(page: bytes, offset: int) -> Look | None:
    if offset == 0:
        return Look()
    return _look_of(page[offset + 1 : offset + 1 + page[offset]])


def _look_of(modifiers: bytes) -> Look:
    look = Look()
    for code, argument in _modifiers(modifiers):
        if code in (_DELETED, _HIDDEN):
            look = replace(look, is_hidden=look.is_hidden or argument[0] == 1)
        elif code == _CAPITALS and argument[0] in (0, 1):
            look = replace(look, is_capitals=argument[0] == 1)
        elif code == _FONT:
            look = replace(look, font=struct.unpack("<H", argument)[0])
    return look


def _setting(page: bytes, offset: int) -> Setting | None:
    if offset == 0:
        return Setting()
    words = page[offset]
    # One byte counts words less half of one; zero says that the next byte counts whole ones (2.9.175).
    data = page[offset + 2 : offset + 2 + 2 * page[offset + 1]] if words == 0 and offset + 1 < _PAGE_BYTES else (
        page[offset + 1 : offset + 2 * words])  # fmt: skip
    if len(data) < 2:
        return Setting()
    return _setting_of(data[2:], Setting(style=struct.unpack_from("<H", data)[0]))


def _setting_of(modifiers: bytes, setting: Setting) -> Setting:
    for code, argument in _modifiers(modifiers):
        if code in (_JUSTIFIED, _JUSTIFIED_80):
            setting = replace(setting, how=_HOW.get(argument[0], "body"))
        elif code == _IN_TABLE:
            setting = replace(setting, in_table=argument[0] == 1)
        elif code == _ENDS_ROW:
            setting = replace(setting, ends_row=argument[0] == 1)
    return setting


def _modifiers(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The single property modifiers of `data`: code and argument (2.6, 2.9.205)."""
    at = 0
    while at + 3 <= len(data):
        code = struct.unpack_from("<H", data, at)[0]
        at += 2
        size = _ARGUMENT_BYTES[code >> 13]
        if code == _TABLE_DEFINITION:
            size = 1 + (struct.unpack_from("<H", data, at)[0] if at + 2 <= len(data) else len(data))
        elif size == 0:
            size = len(data) if code == _TABS and data[at] == 255 else 1 + data[at]
        argument = data[at : at + size]
        if len(argument) < size:
            return
        yield code, argument
        at += size


def _styles(sheet: bytes) -> Mapping[int, _Style]:
    """The paragraph styles by number (2.9.271)."""
    if len(sheet) < 8:
        return {}
    head, count, fixed = struct.unpack_from("<HHH", sheet)
    at = 2 + head
    found: dict[int, _Style] = {}
    for number in range(min(count, _MOST_STYLES)):
        if at + 2 > len(sheet):
            break
        size = struct.unpack_from("<H", sheet, at)[0]
        style = _style(sheet[at + 2 : at + 2 + size], fixed)
        if style:
            found[number] = style
        at += 2 + size + size % 2
    return found


def _style(data: bytes, fixed: int) -> _Style | None:
    if len(data) < fixed + 4 or fixed < 6:
        return None
    kind_and_base = struct.unpack_from("<H", data, 2)[0]
    if kind_and_base & 0xF != 1:  # other kinds than paragraphs
        return None
    at = fixed + 2 + 2 * struct.unpack_from("<H", data, fixed)[0] + 2  # behind the name and its zero
    parts = []
    for _ in range(2):
        if at + 2 > len(data):
            break
        size = struct.unpack_from("<H", data, at)[0]
        parts.append(data[at + 2 : at + 2 + size])
        at += 2 + size + size % 2
    setting = _setting_of(parts[0][2:], Setting()) if parts else Setting()
    look = _look_of(parts[1]) if len(parts) > 1 else Look()
    return _Style(kind_and_base >> 4, setting.how, replace(look, is_hidden=False))


def _capital_fonts(table: bytes) -> frozenset[int]:
    """The numbers of the fonts that draw small letters as capitals (2.9.286)."""
    found, at = set(), 4
    count = struct.unpack_from("<H", table)[0] if len(table) >= 4 else 0
    for number in range(min(count, _MOST_FONTS)):
        if at >= len(table):
            break
        font = table[at : at + 1 + table[at]]
        name = font[40:].decode("utf-16-le", "replace").partition("\0")[0]
        if draws_capitals(name):
            found.add(number)
        at += len(font)
    return frozenset(found)
