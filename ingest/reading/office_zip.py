"""Office files that are zips of XML (DOCX, XLSX, ODT): what is refused before anything is read from them."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ingest.reading import compound, zips

MOST_PARTS = 2000
MOST_BYTES = 64 << 20
MOST_RATIO = 200
_XML_BYTES = 24 << 20  # document.xml of a thousand pages; larger ones are no letters
_LONGEST_TAG = 50_000  # bytes; thousands of attributes cost a parser of trees seconds and all its memory
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % _LONGEST_TAG)
_RATIO_MATTERS_ABOVE = 8 << 20
WINDOW_BYTES = 64 << 10

# What a damaged package, and damaged XML in it, raise.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, expat.ExpatError, LookupError,
    ValueError,
)  # fmt: skip


def is_encrypted(path: Path) -> bool:
    """Whether a file is an Office package with a password: a compound file, no zip ([MS-OFFCRYPTO] 2.3)."""
    try:
        with path.open("rb") as file:
            return file.read(8) == compound.MAGIC
    except OSError:
        return False


def check(path: Path) -> None:
    """Raise ValueError, or another of DAMAGE, for a package with too many parts, too large or too tightly packed, and
    for a document type or an entity in any of its XML parts."""
    if not zips.is_readable(path, MOST_PARTS):
        raise ValueError("over the limits")
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        packed = max(path.stat().st_size, 1)
        size = sum(part.file_size for part in parts)
        is_tight = size > _RATIO_MATTERS_ABOVE and size / packed > MOST_RATIO
        if len(parts) > MOST_PARTS or size > MOST_BYTES or is_tight:
            raise ValueError("over the limits")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                if part.file_size > _XML_BYTES:
                    raise ValueError("over the limits")
                with package.open(part) as stream:
                    _look_through(stream)


def _look_through(stream: IO[bytes]) -> None:
    parser, before = refusing_parser(), b""
    for chunk, is_last in windows(stream):
        if _LONG_TAG.search(before + chunk):
            raise ValueError("over the limits")
        parser.Parse(chunk, is_last)
        before = chunk[-_LONGEST_TAG:]


def refusing_parser(separator: str | None = None) -> expat.XMLParserType:
    """A bare expat parser, which builds no tree, that raises ValueError for a document type or an entity, in whatever
    encoding. With a `separator` names come as namespace, separator, name."""
    parser = expat.ParserCreate(namespace_separator=separator)

    def refuse(*_declaration: object) -> None:
        raise ValueError("declares a document type or an entity")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def windows(stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """A part's bytes, piece by piece, and whether the piece is the last."""
    while chunk := stream.read(WINDOW_BYTES):
        yield chunk, False
    yield b"", True
