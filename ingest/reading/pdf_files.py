"""Files that a PDF carries within itself (ISO 32000-1 7.11.4), taken out into the spool to stand among the others."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pypdfium2 as pdfium

from ingest.letter import Attachment
from ingest.mime import sniff
from ingest.mime.files import PartsFolder
from ingest.reading import forked
from ingest.reading.member_names import shown_name
from ingest.reading.unreadable import Unreadable

_MOST_FILES = 20  # of one PDF
_MOST_BYTES = 16 << 20  # of one file


def with_embedded(attachments: Sequence[Attachment], folder: Path) -> tuple[Attachment, ...]:
    """`attachments`, each PDF that carries files ("pdf_files") followed by these, `inside` naming it; written to a
    folder below `folder` under generated names. What is too large, damaged, or within another such PDF stays where it
    is. Raises OSError where the spool fails."""
    if not any("pdf_files" in attachment.warnings for attachment in attachments):
        return tuple(attachments)
    place = folder / "embedded"
    place.mkdir(mode=0o700)
    files = PartsFolder(place)
    out: list[Attachment] = []
    for attachment in attachments:
        out.append(attachment)
        if attachment.path is not None and "pdf_files" in attachment.warnings:
            out += (_kept(name, data, files, attachment.name) for name, data in _embedded(attachment.path))
    return tuple(out)


def _embedded(path: Path) -> Iterator[tuple[str, bytes]]:
    # In a fork: PDFium inflates a file whole before it says how large it is.
    parts = forked.each(_names_and_files, path, memory_bytes=4 * _MOST_BYTES)
    with contextlib.suppress(Unreadable):
        for name in parts:
            yield shown_name(name), next(parts)


def _names_and_files(path: Path) -> Iterator[bytes]:
    with contextlib.suppress(pdfium.PdfiumError), closing(pdfium.PdfDocument(path)) as document:
        for index in range(min(document.count_attachments(), _MOST_FILES)):
            with contextlib.suppress(pdfium.PdfiumError):
                found = document.get_attachment(index)
                data = bytes(found.get_data())
                if 0 < len(data) <= _MOST_BYTES:
                    yield found.get_name().encode("utf-8", "replace")
                    yield data


def _kept(name: str, data: bytes, files: PartsFolder, holder: str) -> Attachment:
    stored = files.store([data])
    kind = sniff.media_type(stored.head, stored.tail, name, "")
    return Attachment(name, stored.size, stored.sha256, kind, "", stored.path, inside=holder)
