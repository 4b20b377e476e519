"""The text of a mail that a person would read, as plain text."""

import html
import re
from dataclasses import dataclass

from core.text import nfc
from ingest.mime.charsets import decode
from ingest.mime.parts import Part

MAX_TEXT_LETTERS = 200_000
MAX_TEXT_BYTES = 1024 * 1024
# Every alternative begins with "<" or "&" and stops at the next one or runs to the end: linear on any input.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|head|title|object|svg|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)"
    r"|<(/?[a-z][a-z0-9]*)(?:\s[^<>]*|/)?>"
    r"|<[!?][^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_BESIDE = re.compile(
    r"<title\b[^<>]*>([^<]*)|<(?:img|area|input|v:textpath)\b[^<>]{0,2000}?\s(?:alt|title|string)\s*=\s*([\"'])([^\"'<>]{0,500})\2"
    r"|<text\b[^<>]*>((?:[^<]|<(?!/text))*)",
    re.IGNORECASE,
)
META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# No character has such a number, and Python refuses to read one of thousands of digits.
ENDLESS_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_NEW_LINE = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"} | {
    "blockquote", "pre", "section", "article", "header", "footer", "dt", "dd", "title", "body",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """One text part that belongs to the mail's own text; `data` is decoded but still bytes, cut at
    MAX_TEXT_BYTES. Parts with the same `choice` say the same thing in different forms."""

    part: Part
    data: bytes
    choice: int


def text_of(bodies: list[Body]) -> tuple[str, bool]:
    """The mail's text in NFC, at most MAX_TEXT_LETTERS long, and whether a charset had to be overruled.

    Of alternatives the plain one is taken unless it is empty; texts in a row are all taken (some mail
    programs put an attachment between two of them).
    """
    texts: list[str] = []
    repaired, length = False, 0
    choices: dict[int, list[Body]] = {}
    for body in bodies:
        choices.setdefault(body.choice, []).append(body)
    for alternatives in choices.values():
        text = ""
        for body in sorted(alternatives, key=_rank):
            text, overruled = _text(body)
            if text:
                repaired = repaired or overruled
                texts.append(text)
                length += len(text)
                break
        if length > MAX_TEXT_LETTERS:
            break
    return "\n\n".join(texts)[:MAX_TEXT_LETTERS], repaired


def _rank(body: Body) -> int:
    return {"text/plain": 0, "text/html": 1}.get(body.part.media_type, 2)


def said_beside(body: Body) -> str:
    """What an HTML part says beside its words (`beside_text`); "" for other parts."""
    return beside_text(_decoded(body)[0]) if body.part.media_type == "text/html" else ""


def linked_text(body: Body) -> str:
    """The words of a text part; in HTML the address of each link stands in angle brackets before its words."""
    text = _decoded(body)[0]
    if body.part.media_type != "text/plain":
        text = html_to_text(text, with_addresses=True)
    return nfc(text[:MAX_TEXT_LETTERS])


def _text(body: Body) -> tuple[str, bool]:
    text, repaired = _decoded(body)
    return _tidy(text if body.part.media_type == "text/plain" else html_to_text(text)), repaired


def _decoded(body: Body) -> tuple[str, bool]:
    charset = body.part.parameters.get("charset")
    if charset is None and body.part.media_type == "text/html" and (own := META_CHARSET.search(body.data[:4_096])):
        charset = own[1].decode("ascii")
    return decode(body.data, charset)


def html_to_text(markup: str, *, with_addresses: bool = False) -> str:
    """The words of an HTML text in reading order. Nothing of its markup, scripts or comments is kept; `with_addresses`
    keeps where its links lead, in angle brackets."""
    flat = re.sub(r"[ \t\r\n]+", " ", markup[:MAX_TEXT_BYTES])
    return html.unescape(ENDLESS_NUMBER.sub("", _MARKUP.sub(_address if with_addresses else _mark, flat)))


def beside_text(markup: str) -> str:
    """What an HTML text says beside its words, a line for each: its title, names of its pictures, words in drawings."""
    flat = re.sub(r"[ \t\r\n]+", " ", markup[:MAX_TEXT_BYTES])
    said = (found[1] or found[3] or html_to_text(found[4] or "") for found in _BESIDE.finditer(flat))
    return html.unescape(ENDLESS_NUMBER.sub("", "\n".join(said)))


def _address(match: re.Match[str]) -> str:
    if (match[2] or "").lower() == "a" and (found := _HREF.search(match[0])):
        return f" <{(found[1] or found[2] or found[3] or '').strip()}> "
    return _mark(match)


def _mark(match: re.Match[str]) -> str:
    tag = (match[2] or "").lower()
    if tag.lstrip("/") in _NEW_LINE:
        return "\n"
    return "\t" if tag in ("td", "th") else ""


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return nfc(re.sub(r"\n{3,}", "\n\n", text)).strip()
