"""Documents with a password, PDF (by PDFium) and Office (by msoffcrypto), as the bytes they have without it."""

import logging
import struct
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from xml.parsers.expat import ExpatError

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.mime.sniff import PDF
from ingest.reading import compound, forked
from ingest.reading.unreadable import Unreadable

_SECONDS = 15.0  # of processor time: 10,000,000 rounds, the most that Office allows, take about eight
_MOST_BYTES = 128 << 20  # of one file; the whole of it is in memory several times
_WINDOW_BYTES = 256 << 10
_MOST_INFO_BYTES = 64 << 10
# What msoffcrypto and olefile raise for bytes that were made to break them; their own errors are ValueErrors no more.
_DAMAGE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, TypeError, ValueError,
    RecursionError, ExpatError, struct.error,
)  # fmt: skip


def unlocked_document(path: Path, media_type: str, password: str) -> Iterator[bytes]:
    """The document's bytes without its password, in windows; none for a file that has no password or is of another
    kind. Signatures stay with the original: they are no longer over what is here.

    Raises Unreadable("locked") for another password, for a way of locking that nobody here knows, and past the limits
    of time and memory.
    """
    size = path.stat().st_size
    make = _pdf if media_type == PDF else _office if _is_compound(path) else None
    if make is None:
        return
    if size > _MOST_BYTES:
        raise Unreadable("locked")
    try:
        yield from forked.each(
            make, path, password, seconds=_SECONDS, memory_bytes=forked.MEMORY_BYTES + 4 * size, is_last=True
        )
    except Unreadable as problem:
        raise Unreadable("locked") from problem


def _pdf(path: Path, password: str) -> Iterator[bytes]:
    try:
        pdfium.PdfDocument(path).close()
        return
    except (pdfium.PdfiumError, OSError) as error:
        if "password" not in str(error).lower():
            return  # damaged: its reader says so
    plain = BytesIO()
    try:
        with closing(pdfium.PdfDocument(path, password=password)) as document:
            document.save(plain, flags=pdfium_c.FPDF_REMOVE_SECURITY)
    except (pdfium.PdfiumError, UnicodeError) as error:  # mail brings words that are no Unicode
        raise Unreadable("locked") from error
    yield from _windows(plain)


def _office(path: Path, password: str) -> Iterator[bytes]:
    import msoffcrypto  # here, for few letters need it
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    logging.disable()  # of this fork: at the level «debug» msoffcrypto tells keys and passwords
    plain = BytesIO()
    try:
        with path.open("rb") as file:
            info = compound.CompoundFile(file).stream("EncryptionInfo")
            if info is not None and not _is_plain_xml(info):
                raise Unreadable("locked")
            document = msoffcrypto.OfficeFile(file)
            if not document.is_encrypted():
                return
            document.load_key(password=password, **({"verify_password": True} if info is not None else {}))
            document.decrypt(plain)
    except FileFormatError:
        return  # no Office file: its reader, if any, says so
    except (DecryptionError, InvalidKeyError, ParseError, *_DAMAGE) as error:
        raise Unreadable("locked") from error
    yield from _windows(plain)


def _is_compound(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(compound.MAGIC)) == compound.MAGIC


def _is_plain_xml(info: compound.Stream) -> bool:
    """Whether the description of the lock is small and declares nothing: msoffcrypto builds a tree of it."""
    said = info.read(0, _MOST_INFO_BYTES).replace(b"\0", b"")
    return info.size <= _MOST_INFO_BYTES and b"<!" not in said


def _windows(plain: BytesIO) -> Iterator[bytes]:
    plain.seek(0)
    while window := plain.read(_WINDOW_BYTES):
        yield window
