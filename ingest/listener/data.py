"""What stands between DATA and its end, in pieces as they come, never whole in memory (RFC 5321 4.1.1.4, 4.5.2)."""

from asyncio import LimitOverrunError, StreamReader
from collections.abc import AsyncIterator
from enum import Enum, auto

_CRLF = b"\r\n"
_DOT_LINE = b"\r\n."


class _At(Enum):
    LINE_START = auto()
    CR = auto()  # after a CR that may be half of a line's end
    DOT = auto()  # after the dot that begins a line
    MIDDLE = auto()


async def content(reader: StreamReader) -> AsyncIterator[bytes]:
    """The mail's bytes without the dots that only keep its lines from ending it; what follows stays in `reader`.

    Only CR LF . CR LF ends a mail (or . CR LF as its first line): bare CR and bare LF are content like any other
    byte, so that no two servers can disagree about where a mail ends (SMTP smuggling). Lines may have any length.
    """
    at = _At.LINE_START
    while True:
        if at in (_At.LINE_START, _At.CR):
            octet = await reader.readexactly(1)
            at = _after(octet, at)
            if at is not _At.DOT:
                yield octet
        elif at is _At.DOT:
            is_first = True
            async for piece in _up_to(reader, _CRLF):
                if is_first and piece == _CRLF:
                    return
                is_first = False
                yield piece
            at = _At.LINE_START
        else:
            async for piece in _up_to(reader, _DOT_LINE):
                yield piece.removesuffix(b".") if piece.endswith(_DOT_LINE) else piece
            at = _At.DOT


def _after(octet: bytes, at: _At) -> _At:
    if octet == b"\r":
        return _At.CR
    if octet == b"." and at is _At.LINE_START:
        return _At.DOT
    return _At.LINE_START if octet == b"\n" and at is _At.CR else _At.MIDDLE


async def _up_to(reader: StreamReader, separator: bytes) -> AsyncIterator[bytes]:
    """Pieces up to and with `separator`, which only the last one ends with."""
    while True:
        try:
            piece = await reader.readuntil(separator)
        except LimitOverrunError as more:
            yield await reader.read(more.consumed)
        else:
            yield piece
            return
