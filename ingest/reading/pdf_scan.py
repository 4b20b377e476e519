"""What a PDF would do and what it would cost, looked up in its bytes before PDFium opens it (ISO 32000-1)."""

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# A page of a planning map has 3 MB of drawing; PDFium needs nine times that.
MAX_STREAM_BYTES = 4 << 20
MAX_INFLATED_BYTES = 24 << 20
MAX_STREAMS = 20_000
MAX_ANNOTATIONS = 20_000  # PDFium makes all of a page whenever it opens it
_WINDOW_BYTES = 1 << 20
_OVERLAP_BYTES = 2_048
_PIECE_BYTES = 64 << 10
_KEPT_BYTES = 1 << 20
_STREAM = re.compile(rb"stream\r?\n")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
# Streams that PDFium does not take apart to find the words of a page.
_NO_CONTENT = re.compile(rb"/Subtype\s*/Image|/Type\s*/(?:EmbeddedFile|Metadata)")
_OBJECTS = re.compile(rb"/Type\s*/ObjStm")
# An action that only says which page to show is harmless and common; these do something.
_ACTIONS = {
    "pdf_script": re.compile(rb"/JavaScript\b|/JS\s*[(<\d]"),
    "pdf_launch": re.compile(rb"/S\s*/(?:Launch|ImportData|SubmitForm|GoToE|Rendition|RichMediaExecute)\b"),
    "pdf_signed": re.compile(rb"/ByteRange\b"),
    "pdf_files": re.compile(rb"/Type\s*/EmbeddedFile\b|/EmbeddedFiles\b"),
}


@dataclass(slots=True)
class PdfScan:
    """`actions`: the names of `_ACTIONS`. `is_bomb`: it inflates to more than is taken."""

    actions: set[str] = field(default_factory=set)
    is_bomb: bool = False
    _inflated: int = 0
    _streams: int = 0
    _annotations: int = 0


def scan_pdf(path: Path) -> PdfScan:
    """Look through the PDF at `path`, its object streams too. Takes some 5 ms for each MB, and at most
    MAX_INFLATED_BYTES of inflating. Raises OSError."""
    found = PdfScan()
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        for base, window, fresh in _windows(file):
            _note_actions(found, window)
            for match in _STREAM.finditer(window, fresh):
                if match.start() >= 3 and window[match.start() - 3 : match.start()] == b"end":
                    continue
                head = window[max(0, match.start() - 1_024) : match.start()]
                _take_stream(found, file, head[head.rfind(b" obj") + 1 :], base + match.end())
                if found.is_bomb:
                    return found
    finally:
        os.close(file)
    return found


def _windows(file: int) -> Iterator[tuple[int, bytes, int]]:
    """Offset, bytes, and from where in them they are new: what stands across an edge is seen once, whole."""
    at, kept = 0, b""
    while chunk := os.pread(file, _WINDOW_BYTES, at):
        window = kept + chunk
        yield at - len(kept), window, max(0, len(kept) - len(b"stream\r\n"))
        at += len(chunk)
        kept = window[-_OVERLAP_BYTES:]


def _note_actions(found: PdfScan, data: bytes) -> None:
    if b"#" in data:  # names may hide their letters: /J#61vaScript (7.3.5)
        data = _HEX.sub(lambda match: bytes([int(match[1], 16)]), data)
    found._annotations += data.count(b"/Rect")
    found.is_bomb = found.is_bomb or found._annotations > MAX_ANNOTATIONS
    found.actions.update(code for code, pattern in _ACTIONS.items() if pattern.search(data))


def _take_stream(found: PdfScan, file: int, head: bytes, start: int) -> None:
    found._streams += 1
    rounds = len(_FLATE.findall(head))
    if not rounds or _NO_CONTENT.search(head) or found._streams > MAX_STREAMS:
        return
    has_objects = _OBJECTS.search(head) is not None
    size, kept = 0, b""
    for piece in _inflated(_read(file, start), min(rounds, 4)):
        size += len(piece)
        found._inflated += len(piece)
        if has_objects and len(kept) < _KEPT_BYTES:
            kept += piece
        if size > MAX_STREAM_BYTES or found._inflated > MAX_INFLATED_BYTES:
            found.is_bomb = True
            break
    _note_actions(found, kept)


def _read(file: int, at: int) -> Iterator[bytes]:
    while piece := os.pread(file, _PIECE_BYTES, at):
        at += len(piece)
        yield piece


def _inflated(pieces: Iterator[bytes], rounds: int) -> Iterator[bytes]:
    """`pieces` inflated `rounds` times, in small pieces, to the end of the stream or of what is sound."""
    if rounds > 1:
        pieces = _inflated(pieces, rounds - 1)
    inflater = zlib.decompressobj()
    try:
        for piece in pieces:
            data = piece
            while data and not inflater.eof:
                yield inflater.decompress(data, _PIECE_BYTES)
                data = inflater.unconsumed_tail
            if inflater.eof:
                return
    except zlib.error:
        return
