"""Web pages and plain texts as paragraphs and table rows, laid out as pages of words."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from ingest.letter import Page
from ingest.mime.body import ENDLESS_NUMBER, META_CHARSET
from ingest.mime.charsets import decode, utf16
from ingest.mime.decoding import decoded
from ingest.mime.parts import Scanner
from ingest.mime.raw import Raw
from ingest.reading.blocks import Blocks
from ingest.reading.layout import Block, Paragraph, in_capitals, lay_out, plain

MOST_BYTES = 1 << 20
_MOST_PARTS = 20  # web pages in one file
_BREAKS = frozenset("p div li h1 h2 h3 h4 h5 h6 blockquote pre section article header footer dt dd hr ul ol".split())
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# Every alternative begins with "<" and stops at the next one or runs to the end: linear on any input, which the
# standard library's parser is not.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|title|object|svg|template|noscript)\b[^<>]*>.*?(?:</\1\s*>|\Z)"
    r"|<([a-z][a-z0-9]{0,20})((?:\s[^<>]*|/)?)>"
    r"|</([a-z][a-z0-9]{0,20})[^<>]*>"
    r"|<[!?/][^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_ALIGNED = re.compile(r"\b(?:text-align\s*:\s*|align\s*=\s*[\"']?)(center|right)", re.IGNORECASE)
_CAPITALS = re.compile(
    r"\btext-transform\s*:\s*uppercase|\bfont-variant(?:-caps)?\s*:\s*[a-z-]*small-caps", re.IGNORECASE
)
_MOST_OPEN = 200
_COLUMNS = re.compile(r"(?<=\S)(?: {3,}|\t+)(?=\S)")


def text_pages(path: Path) -> tuple[Page, ...]:
    """A plain text as synthetic pages; three blanks or more part columns. At most MOST_BYTES are read."""
    text = plain(decode(_bytes_of(path), None)[0])
    return lay_out(Paragraph(_COLUMNS.sub("\t", line)) for line in text.split("\n"))


def html_pages(path: Path) -> tuple[Page, ...]:
    """A web page as synthetic pages: its words, tables and centred lines; nothing of it is run or fetched.

    At most MOST_BYTES are read.
    """
    return lay_out(_Markup().blocks(_decoded(_bytes_of(path))))


def archive_pages(path: Path) -> tuple[Page, ...]:
    """The web pages in a file of a page and its pictures (RFC 2557), one after the other, as synthetic pages."""
    with Raw(path) as raw:
        parts = [part for part in Scanner(raw).scan() if part.media_type == "text/html"]
        texts = [_decoded(b"".join(decoded(raw, part))[:MOST_BYTES]) for part in parts[:_MOST_PARTS]]
    return lay_out(block for text in texts for block in _Markup().blocks(text))


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    wide = utf16(data)  # Notepad's "Unicode"
    return data if wide is None else wide.encode("utf-8", "replace")


def _decoded(data: bytes) -> str:
    own = META_CHARSET.search(data[:4_096])
    return decode(data, own[1].decode("ascii") if own else None)[0]


class _Markup:
    def __init__(self) -> None:
        self._out = Blocks()
        self._how = "body"
        self._tables = 0
        self._capitals: list[str] = []  # the open elements within the outermost that shows capitals

    def blocks(self, text: str) -> Iterator[Block]:
        at = 0
        for tag in _MARKUP.finditer(text):
            self._write(text[at : tag.start()])
            at = tag.end()
            if tag[2]:
                self._open(tag[2].lower(), tag[3] or "")
            elif tag[4]:
                self._close(tag[4].lower())
            yield from self._out.take()
        self._write(text[at:])
        self._out.end(self._how)
        yield from self._out.take()

    def _open(self, tag: str, attributes: str) -> None:
        is_open = tag not in _VOID and not attributes.endswith("/")
        if is_open and len(self._capitals) < _MOST_OPEN and (self._capitals or _CAPITALS.search(attributes)):
            self._capitals.append(tag)
        if tag == "br":
            self._out.write("\n")
        elif tag == "table":
            self._break()
            self._tables += 1
        elif tag in _BREAKS or tag in ("td", "th", "center"):
            self._break()
            aligned = _ALIGNED.search(attributes)
            self._how = aligned[1].lower() if aligned else "center" if tag == "center" else "body"

    def _close(self, tag: str) -> None:
        if tag in _BREAKS or tag in ("td", "th", "tr", "table", "center"):
            self._break()
        while tag in self._capitals and self._capitals.pop() != tag:
            pass
        if tag in ("td", "th") and self._tables == 1:
            self._out.end_cell()
        elif tag == "tr" and self._tables == 1:
            self._out.end_row()
        elif tag == "table" and self._tables:
            self._tables -= 1
            if not self._tables:
                self._out.end_row()

    def _write(self, markup: str) -> None:
        if markup:
            text = html.unescape(ENDLESS_NUMBER.sub("", markup))
            text = re.sub(r"\s+", " ", text)
            self._out.write(in_capitals(text) if self._capitals else plain(text))

    def _break(self) -> None:
        if self._out.is_begun:
            self._out.end_paragraph(self._how, in_table=self._tables > 0)
        self._how = "body"
