"""Hostile XML as a stream of openings, texts and closings, within limits and in flat memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from core.edxml.windows import windows
from core.errors import Permanent

MOST_BYTES = 512 << 20
MOST_DEPTH = 40
MOST_ELEMENTS = 20_000
_LONGEST_TOKEN = 256 << 10  # one tag, comment or instruction: the parser keeps it whole
_TEXT_BYTES = 64 << 10


class Sort(Enum):
    """What one piece of a package is."""

    OPEN = auto()
    TEXT = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """An element's opening (`text` is its local name in lower case, `own` as written), a run of text, or a closing.

    Long texts come in several pieces. `attributes` of an opening are by local names, in lower case."""

    sort: Sort
    text: str = ""
    own: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


class Broken(Permanent):
    """The package could not be read to its end; what came before it holds."""


def scan(source: BinaryIO) -> Iterator[Piece]:
    """The pieces of a package in their order. Prefixes are cut off, bound or not: gateways leave them unbound.

    Raises Broken where it is no well-formed XML any more, is over a limit of size, depth, elements or one tag's
    length, and Permanent, before any piece, for a DTD: entities are not expanded. What stands behind the root is passed
    over. Raises OSError.
    """
    found: list[Piece] = []
    parser, is_over = _parser(found.append)
    fed = 0
    for window in windows(source):
        try:
            parser.Parse(window, False)
            fed += len(window)
        except expat.ExpatError as error:
            parser.buffer_text = False  # hands on the text before the damage
            yield from found
            if is_over():
                return
            raise Broken("Gói edXML hỏng hoặc bị cắt cụt.") from error
        except Permanent:
            yield from found
            raise
        yield from found
        found.clear()
        if fed > MOST_BYTES:
            raise Broken("Gói edXML lớn hơn giới hạn 512 MB.")
        if fed - parser.CurrentByteIndex > _LONGEST_TOKEN and not is_over():
            raise Broken("Gói edXML có phần tử quá lớn.")
    if not is_over():
        raise Broken("Gói edXML hỏng hoặc bị cắt cụt.")


def _parser(take: Callable[[Piece], None]) -> tuple[expat.XMLParserType, Callable[[], bool]]:
    """A parser that hands each piece to `take`, and whether it has seen the end of the root."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text, parser.buffer_size = True, _TEXT_BYTES
    depth = elements = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MOST_DEPTH:
            raise Broken("Gói edXML lồng quá sâu.")
        if elements > MOST_ELEMENTS:
            raise Broken("Gói edXML có quá nhiều phần tử.")
        own = name.rpartition(":")[2]
        known = tuple((key.rpartition(":")[2].lower(), value) for key, value in attributes.items())
        take(Piece(Sort.OPEN, own.lower(), own, known))

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1
        take(Piece(Sort.CLOSE))

    def refused(*_: object) -> NoReturn:
        # Entities grow a thousandfold and name files of this machine; the standard has no use for them.
        raise Permanent("Gói edXML có DTD hoặc thực thể, không được nhận.")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = lambda text: take(Piece(Sort.TEXT, text))
    parser.StartDoctypeDeclHandler = refused
    parser.EntityDeclHandler = refused
    return parser, lambda: bool(elements) and not depth
