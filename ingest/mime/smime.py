"""Signed mails in one piece opened (smime.p7m: CMS SignedData, RFC 8551 3.5.2, RFC 5652 5): the content, by offset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.mime.parts import Part
from ingest.mime.raw import Raw

TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
SIGNATURE_TYPES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
MAX_ELEMENTS = 200_000
MAX_DEPTH = 24
_PKCS = bytes.fromhex("2a864886f70d01")
_SIGNED = _PKCS + b"\x07\x02"
_CLOSED = {_PKCS + b"\x07\x03", _PKCS + b"\x09\x10\x01\x17"}  # EnvelopedData, AuthEnvelopedData
_OID, _SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _CONTEXT_0 = 0x06, 0x30, 0x04, 0x24, 0xA0


@dataclass(frozen=True, slots=True)
class Content:
    """What a CMS file holds: `pieces` of its content as offsets [start, end), none where the signature stands
    apart from what it signs; `is_closed` for encrypted content."""

    pieces: tuple[tuple[int, int], ...] = ()
    is_closed: bool = False


def signed_entity(parts: Sequence[Part], signature: Part) -> tuple[int, int] | None:
    """Where what `signature` signs lies in the mail: the first part of the multipart/signed around both."""
    if signature.parent < 0 or parts[signature.parent].media_type != "multipart/signed":
        return None
    first = next(part for part in parts if part.parent == signature.parent)
    return (first.head, first.end) if first is not signature else None


def content(raw: Raw) -> Content | None:
    """The content of the CMS file `raw`; None for what is none, or is damaged before its content."""
    try:
        return _content(_Ber(raw))
    except _Damaged:
        return None


class _Damaged(Exception):
    """Not BER, or too much of it."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One element of X.690: its tag, its contents [start, end), and where the next one begins."""

    tag: int
    start: int
    end: int
    next: int


class _Ber:
    """Elements at offsets; lengths may be indefinite, as programs write them that sign while they send."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self._left = MAX_ELEMENTS

    def element(self, at: int, limit: int, depth: int = 0) -> _Element:
        self._left -= 1
        head = self.raw.read(at, min(at + 10, limit))
        if len(head) < 2 or head[0] & 0x1F == 0x1F or depth > MAX_DEPTH or self._left < 0:
            raise _Damaged
        tag, length = head[0], head[1]
        if length == 0x80:
            return self._indefinite(tag, at + 2, limit, depth)
        start = at + 2
        if length > 0x80:
            width = length & 0x7F
            if width > 6 or len(head) < 2 + width:
                raise _Damaged
            start += width
            length = int.from_bytes(head[2 : 2 + width], "big")
        end = min(start + length, limit)  # cut short: what is there counts
        return _Element(tag, start, end, end)

    def _indefinite(self, tag: int, start: int, limit: int, depth: int) -> _Element:
        at = start
        while at < limit and self.raw.read(at, at + 2) != b"\0\0":
            at = self.element(at, limit, depth + 1).next
        return _Element(tag, start, min(at, limit), min(at + 2, limit))

    def children(self, holder: _Element) -> Iterator[_Element]:
        at = holder.start
        while at < holder.end:
            child = self.element(at, holder.end)
            yield child
            at = child.next

    def child(self, holder: _Element, tag: int) -> _Element:
        for child in self.children(holder):
            if child.tag == tag:
                return child
        raise _Damaged


def _content(ber: _Ber) -> Content:
    size = ber.raw.size
    info = ber.element(0, size)
    if info.tag != _SEQUENCE:
        raise _Damaged
    kind = ber.child(info, _OID)
    said = ber.raw.read(kind.start, min(kind.end, kind.start + 32))
    if said in _CLOSED:
        return Content(is_closed=True)
    if said != _SIGNED:
        raise _Damaged
    signed = ber.child(ber.child(info, _CONTEXT_0), _SEQUENCE)
    held = ber.child(signed, _SEQUENCE)
    explicit = [element for element in ber.children(held) if element.tag == _CONTEXT_0]
    if not explicit:
        return Content()
    return Content(tuple(_pieces(ber, ber.element(explicit[0].start, explicit[0].end), 0)))


def _pieces(ber: _Ber, octets: _Element, depth: int) -> Iterator[tuple[int, int]]:
    if octets.tag == _OCTETS:
        yield octets.start, octets.end
    elif octets.tag == _OCTETS_IN_PIECES and depth < MAX_DEPTH:
        for piece in ber.children(octets):
            yield from _pieces(ber, piece, depth + 1)
    else:
        raise _Damaged
