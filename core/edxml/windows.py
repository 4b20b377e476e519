"""A package's bytes as windows of clean UTF-8 without its declaration, whatever charset it is or says to be in."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

WINDOW_BYTES = 256 << 10
_HEAD_LETTERS = 1_024  # junk before the declaration, and the declaration itself, end within these
# Declared charsets that are believed; any other codec of the machine is none that a package is written in.
_BELIEVED = re.compile(r"(?i)(?:iso-?8859-\d{1,2}|latin-?1|(?:windows-|cp)125\d|us-ascii)")
_DECLARED = re.compile(rb"""<\?xml[^<>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"\s{0,500}<\?xml[^<>]{0,500}\?>")
_CONTROLS = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)")
_LONGEST_REFERENCE = 12
_MOST_STRAY = 5_000  # in one window: text has a few, and mending millions takes seconds


def windows(source: BinaryIO) -> Iterator[bytes]:
    """What `source` holds from its first "<" on, in UTF-8, without declaration, control characters and stray "&".

    Bytes that are no text of its charset become U+FFFD. Raises OSError where it can't be read.
    """
    first = source.read(WINDOW_BYTES)
    decoder = codecs.getincrementaldecoder(_charset(first))("replace")
    text = _from_first_tag(decoder.decode(first))
    while True:
        raw = source.read(WINDOW_BYTES)
        # A reference that the window's end cuts in two waits for its other half.
        cut = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE)) if raw else -1
        rest, text = (text[cut:], text[:cut]) if cut >= 0 else ("", text)
        if text:
            yield _clean(text)
        if not raw:
            break
        text = rest + decoder.decode(raw)
    if last := decoder.decode(b"", final=True):
        yield _clean(last)


def _charset(first: bytes) -> str:
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    at = first.find(b"<", 0, _HEAD_LETTERS)
    # Every other byte of a tag's name is 0; a stray 0 beside one "<" is damage.
    if at >= 0 and first.count(0, at, at + 40) >= 15:
        return "utf-16-be" if at % 2 else "utf-16-le"
    declared = _DECLARED.search(first[:_HEAD_LETTERS])
    name = declared[1].decode("ascii") if declared else ""
    return name if _BELIEVED.fullmatch(name) and not _is_utf8(first) else "utf-8"


def _is_utf8(data: bytes) -> bool:
    """Whether marked letters stand there in UTF-8: programs declare one charset and write another."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return not data.isascii()


def _from_first_tag(text: str) -> str:
    start = text.find("<", 0, _HEAD_LETTERS)
    declared = text.find("<?xml", 0, _HEAD_LETTERS)
    text = text[max(start, declared) :]
    return _DECLARATION.sub("", text, count=1) if declared >= 0 else text


def _clean(text: str) -> bytes:
    if 0 < text.count("&") <= _MOST_STRAY:
        text = _BARE_AMPERSAND.sub("&amp;", text)
    data = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    # The two code points that are no characters (XML 1.0 2.2).
    return data.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"") if b"\xef\xbf" in data else data
