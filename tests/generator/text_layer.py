"""Another text behind the same picture: a PDF's ToUnicode maps rewritten, as old fonts leave them."""

import re
import zlib
from collections.abc import Callable
from itertools import pairwise

_START = re.compile(rb"startxref\s+(\d+)")
_ENTRY = re.compile(rb"(\d{10}) 00000 ([nf])")
_LENGTH = re.compile(rb"/Length \d+")
_CHAR = re.compile(rb"(?<=> )?<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_FAMILY = {"tcvn3": b".VnTime", "vni": b"VNI-Times"}


def with_letters_as(pdf: bytes, letter: Callable[[str], str], encoding: str) -> bytes:
    """`pdf` (of typst: a plain cross-reference table) with each letter of its text layer stored as `letter` says.

    What is seen on the page stays. Raises ValueError if the file has another kind of table.
    """
    start = _START.search(pdf, len(pdf) - 60)
    if start is None or pdf[int(start[1]) : int(start[1]) + 4] != b"xref":
        raise ValueError("not a plain cross-reference table")
    table = int(start[1])
    trailer = pdf[pdf.index(b"trailer", table) : pdf.rindex(b"startxref")]
    places = [int(offset) for offset, kind in _ENTRY.findall(pdf, table) if kind == b"n"]
    bounds = [*sorted(places), table]
    out, moved = bytearray(pdf[: bounds[0]]), {}
    for at, end in pairwise(bounds):
        moved[at] = len(out)
        out += _changed(pdf[at:end], letter, encoding)
    lines = b"".join(b"%010d 00000 n\r\n" % moved[place] for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(places) + 1)
    return bytes(out) + head + lines + trailer + b"startxref\n%d\n%%%%EOF" % len(out)


def _changed(item: bytes, letter: Callable[[str], str], encoding: str) -> bytes:
    if b"/BaseFont" in item and encoding in _FAMILY:
        return re.sub(rb"(?<=\+)Lib[A-Za-z]+", _FAMILY[encoding], item)
    begin = item.find(b"stream\n")
    if begin < 0 or b"/FlateDecode" not in item[:begin]:
        return item
    end = item.rindex(b"\nendstream")
    text = zlib.decompress(item[begin + 7 : end])
    if b"begincmap" not in text:
        return item
    packed = zlib.compress(_CHAR.sub(lambda found: _stored(found, letter), text))
    return _LENGTH.sub(b"/Length %d" % len(packed), item[:begin]) + b"stream\n" + packed + item[end:]


def _stored(found: re.Match[bytes], letter: Callable[[str], str]) -> bytes:
    text = bytes.fromhex(found[2].decode()).decode("utf-16-be")
    new = "".join(map(letter, text)).encode("utf-16-be").hex().upper().encode()
    return b"<%s> <%s>" % (found[1], new)
