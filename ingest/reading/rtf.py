"""RTF files as paragraphs and table rows, laid out as pages of words (Rich Text Format 1.9.1)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ingest.letter import Page
from ingest.reading import marks
from ingest.reading.blocks import Blocks
from ingest.reading.layout import Block, draws_capitals, in_capitals, lay_out, plain

_WINDOW_BYTES = 256 << 10
_LONGEST_TOKEN = 128  # of those that may not be cut: a control word and its number
_MOST_TOKENS = 120_000  # a second of work; the longest of our samples, five pages, has seven thousand
_MOST_DEPTH = 1_000
_MOST_FONTS = 2_000
_TOKEN = re.compile(
    rb"\\(?:([A-Za-z]{1,32})(-?\d{1,10})?[ ]?|'([0-9A-Fa-f]{2})|([^A-Za-z']|'))|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_CODE_PAGES = {
    0: "cp1252", 2: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250",
}  # fmt: skip
# Groups whose text is none of the document's. A group that begins with \* is one too, unless it is known.
_OTHER = frozenset(
    "fonttbl colortbl stylesheet info pict footnote annotation atnid atnauthor fldinst object objdata nonshppict "
    "shprslt sn sv sp listtable listoverridetable xe tc txe rxe filetbl revtbl rsidtbl generator datafield themedata "
    "latentstyles bkmkstart bkmkend pntxta "
    "pntxtb listtext ftnsep ftnsepc aftnsep aftnsepc".split()
)
_STARRED = frozenset("shpinst shptxt do dptxbxtext".split())
_BOXES = frozenset(("shptxt", "dptxbxtext"))
_MARGINS = frozenset("header headerl headerr headerf footer footerl footerr footerf".split())
_SIGNS = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "endash": "–", "emdash": "—", "enspace": " ", "emspace": " ",
}  # fmt: skip
_ESCAPED = {"~": " ", "_": "-", "{": "{", "}": "}", "\\": "\\"}
_SETTINGS = {"qc": "center", "qr": "right", "ql": "body", "qj": "body"}


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until the next closing brace."""

    kind: str = ""  # "" text of the document, "other", "fonts", "box", "margin" (above and below every page)
    font: int = 0
    is_capitals: bool = False
    is_hidden: bool = False
    fallback: int = 1  # characters after each \u that only old programs read
    is_fresh: bool = True
    is_starred: bool = False


def rtf_pages(path: Path) -> tuple[Page, ...]:
    """The document as synthetic pages. It is read in windows, and where it is damaged, as far as it goes."""
    with path.open("rb") as file:
        return lay_out(_Reader().blocks(file))


def _tokens(file: BinaryIO, skip: Callable[[], int]) -> Iterator[re.Match[bytes]]:
    """The tokens of a file. After each, `skip()` says how many bytes behind it are none."""
    data, count, is_last = b"", 0, False
    while not is_last and count < _MOST_TOKENS:
        chunk = file.read(_WINDOW_BYTES)
        is_last = not chunk
        data += chunk
        safe = len(data) if is_last else len(data) - _LONGEST_TOKEN
        at = 0
        while at < safe and count < _MOST_TOKENS:
            found = _TOKEN.match(data, at)
            if found is None:  # a lone backslash at the very end
                at += 1
                continue
            count += 1
            at = found.end()
            yield found
            if leap := skip():
                over = at + leap - len(data)
                at = min(at + leap, len(data))
                if over > 0:
                    file.seek(over, 1)
        data = data[at:]


class _Reader:
    def __init__(self) -> None:
        self._out = Blocks()
        self._groups = [_Group()]
        self._code_page = "cp1252"
        self._fonts: dict[int, tuple[str, bool]] = {}  # charset's codec, and whether it draws capitals
        self._how = "body"
        self._in_table = False
        self._to_ignore = 0  # characters behind a \u
        self._bytes = bytearray()  # of letters that may take two
        self._box: list[str] = []
        self._font_name: list[str] = []
        self._font, self._charset = 0, 0
        self._leap = 0

    def blocks(self, file: BinaryIO) -> Iterator[Block]:
        for token in _tokens(file, self._skip):
            self._take(token)
            yield from self._out.take()
        self._flush()
        self._out.end(self._how)
        yield from self._out.take()

    def _skip(self) -> int:
        leap, self._leap = self._leap, 0
        return leap

    def _take(self, token: re.Match[bytes]) -> None:
        word, number, code, escaped, brace, text = token.groups()
        if text is not None:
            self._write_bytes(text)
        elif code is not None:
            self._write_bytes(bytes([int(code, 16)]))
        elif word is not None:
            self._control(word.decode("ascii"), int(number) if number else None)
        elif brace == b"{":
            self._flush()
            if len(self._groups) < _MOST_DEPTH:
                self._groups.append(replace(self._groups[-1], is_fresh=True, is_starred=False))
            else:
                self._groups.append(self._groups[-1])
                del self._groups[1]
        elif brace == b"}":
            self._close()
        elif escaped == b"*":
            self._groups[-1] = replace(self._groups[-1], is_starred=True)
        elif escaped is not None:
            self._flush()
            self._write(_ESCAPED.get(escaped.decode("latin-1"), ""))
            if escaped in b"\r\n" and self._groups[-1].kind == "":  # the same as \par
                self._mark("par")

    def _close(self) -> None:
        self._flush()
        group = self._groups.pop() if len(self._groups) > 1 else self._groups[0]
        if group.kind in ("box", "margin") and self._groups[-1].kind != group.kind:
            self._end_box(group.kind)

    def _end_box(self, kind: str) -> None:
        for line in plain("".join(self._box)).split("\n"):
            text = marks.readable(line)
            if kind == "box" or marks.alone(text) or marks.field(text):
                self._out.box(line)
        self._box = []

    def _control(self, word: str, number: int | None) -> None:
        self._flush()
        group = self._groups[-1]
        if group.is_fresh:
            group = self._groups[-1] = replace(group, kind=_kind(group, word), is_fresh=False)
        if word == "bin":
            self._leap = max(number or 0, 0)
        elif group.kind == "fonts":
            self._describe_font(word, number)
        elif group.kind != "other":
            self._shown(group, word, number)

    def _shown(self, group: _Group, word: str, number: int | None) -> None:
        if word in _SIGNS:
            self._write(_SIGNS[word])
        elif group.kind == "margin" and (word in _SETTINGS or word in ("pard", "intbl")):
            return
        elif word == "u" and number is not None:
            self._write(_letter(number))
            self._to_ignore = group.fallback
        elif word in ("par", "sect", "page", "cell", "row", "nestcell", "nestrow"):
            self._mark(word)
        elif word in _SETTINGS:
            self._how = _SETTINGS[word]
        elif word == "pard":
            self._how, self._in_table = "body", False
        elif word == "intbl":
            self._in_table = True
        elif word == "ansicpg" and number is not None and f"cp{number}" in _CODE_PAGES.values():
            self._code_page = f"cp{number}"
        else:
            self._groups[-1] = _changed(group, word, number)

    def _mark(self, word: str) -> None:
        if self._groups[-1].kind == "box":
            self._box.append(" ")
        elif self._groups[-1].kind == "margin":
            self._box.append("\n")
        elif word == "cell":
            self._out.end_paragraph(self._how, in_table=True)
            self._out.end_cell()
        elif word == "row":
            self._out.end_row()
        elif word != "nestrow":
            self._out.end_paragraph(self._how, in_table=self._in_table or word == "nestcell")
            if word == "page" and not self._in_table:
                self._out.write("\f")

    def _describe_font(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            self._font, self._charset, self._font_name = number, 0, []
        elif word == "fcharset" and number is not None:
            self._charset = number

    def _write_bytes(self, data: bytes) -> None:
        group = self._groups[-1]
        self._groups[-1] = replace(group, is_fresh=False) if group.is_fresh else group
        if group.kind == "fonts":
            self._name_font(data)
            return
        if self._to_ignore:
            ignored = min(self._to_ignore, len(data))
            self._to_ignore -= ignored
            data = data[ignored:]
        if data and group.kind != "other" and not group.is_hidden:
            self._bytes += data

    def _name_font(self, data: bytes) -> None:
        name, semicolon, _ = data.decode("latin-1").partition(";")
        self._font_name.append(name)
        if semicolon and len(self._fonts) < _MOST_FONTS:
            whole = "".join(self._font_name)
            self._fonts[self._font] = (_CODE_PAGES.get(self._charset, self._code_page), draws_capitals(whole))

    def _flush(self) -> None:
        if self._bytes:
            codec = self._fonts.get(self._groups[-1].font, (self._code_page, False))[0]
            text = bytes(self._bytes).decode(codec, "replace")
            self._bytes.clear()
            self._write(text)

    def _write(self, text: str) -> None:
        group = self._groups[-1]
        if group.kind in ("other", "fonts") or group.is_hidden:
            return
        if group.kind in ("box", "margin"):
            if len(self._box) < 100:
                self._box.append(text)
            return
        is_capitals = group.is_capitals or self._fonts.get(group.font, ("", False))[1]
        self._out.write(in_capitals(text) if is_capitals else plain(text))


def _kind(group: _Group, word: str) -> str:
    if word == "fonttbl":
        return "fonts"
    if group.kind in ("other", "fonts"):
        return group.kind
    if word in _BOXES:
        return "box"
    if word in _MARGINS:
        return "margin"
    return "other" if word in _OTHER or (group.is_starred and word not in _STARRED) else group.kind


def _changed(group: _Group, word: str, number: int | None) -> _Group:
    is_on = number != 0
    match word:
        case "f" if number is not None:
            return replace(group, font=number)
        case "caps" | "scaps":
            return replace(group, is_capitals=is_on)
        case "v" | "deleted":
            return replace(group, is_hidden=is_on)
        case "plain":
            return replace(group, is_capitals=False, is_hidden=False)
        case "uc" if number is not None:
            return replace(group, fallback=min(max(number, 0), 8))
    return group


def _letter(number: int) -> str:
    code = number & 0xFFFF
    if 0xF020 <= code < 0xF100:  # letters of symbol fonts, as old Vietnamese ones are
        code -= 0xF000
    return chr(code) if not 0xD800 <= code < 0xE000 else ""
