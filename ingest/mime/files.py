"""Decoded parts written to the spool while they are hashed, and names for those that have none."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.mime import sniff

_KINDS = {
    "message/rfc822": ("Thư kèm theo", "eml"),
    "text/calendar": ("Lịch hẹn", "ics"),
    "text/vcard": ("Danh thiếp", "vcf"),
    "text/html": ("Trang văn bản", "html"),
    "text/plain": ("Văn bản", "txt"),
    "text/csv": ("Bảng", "csv"),
    "application/pdf": ("Tệp PDF", "pdf"),
    "application/msword": ("Văn bản Word", "doc"),
    "application/rtf": ("Văn bản", "rtf"),
    "application/zip": ("Tệp nén", "zip"),
    "application/gzip": ("Tệp nén", "gz"),
    "application/xml": ("Tệp XML", "xml"),
    "application/pkcs7-signature": ("Chữ ký", "p7s"),
    "application/pgp-signature": ("Chữ ký", "asc"),
    "application/pkcs7-mime": ("Thư mã hóa", "p7m"),
    "application/ms-tnef": ("Gói Outlook", "dat"),
    "image/jpeg": ("Ảnh", "jpg"),
    "image/png": ("Ảnh", "png"),
    "image/gif": ("Ảnh", "gif"),
    "image/tiff": ("Ảnh", "tif"),
    "image/bmp": ("Ảnh", "bmp"),
    "image/webp": ("Ảnh", "webp"),
    "image/avif": ("Ảnh", "avif"),
    "image/heic": ("Ảnh", "heic"),
    "image/jp2": ("Ảnh", "jp2"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("Văn bản Word", "docx"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("Bảng tính", "xlsx"),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One decoded part: its size and SHA-256 (hex), where it lies (None when only measured), its kind."""

    size: int
    sha256: str
    path: Path | None
    head: bytes
    tail: bytes


class PartsFolder:
    """Where decoded parts go: files with running numbers for names, nothing of the mail in them.

    Without a folder parts are only measured.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._count = 0

    def store(self, chunks: Iterable[bytes]) -> Stored:
        """Write and hash a part; nothing stays of chunks that end in an error. Raises OSError on a full spool."""
        digest = hashlib.sha256()
        size, head, tail = 0, b"", b""
        path = self._next_path()
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600) if path else None
        try:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                if len(head) < sniff.HEAD_BYTES:
                    head += chunk[: sniff.HEAD_BYTES - len(head)]
                tail = (
                    chunk[-sniff.HEAD_BYTES :]
                    if len(chunk) >= sniff.HEAD_BYTES
                    else (tail + chunk)[-sniff.HEAD_BYTES :]
                )
                if file is not None:
                    write_all(file, chunk)
        except BaseException:
            if path:
                path.unlink()
            raise
        finally:
            if file is not None:
                os.close(file)
        return Stored(size, digest.hexdigest(), path, head, tail)

    def _next_path(self) -> Path | None:
        if self._folder is None:
            return None
        self._count += 1
        return self._folder / f"part-{self._count:05d}"


def write_all(file: int, data: bytes) -> None:
    """Write all of `data` to a file descriptor, however little one call takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def made_up_name(media_type: str, number: int) -> str:
    """A name for a part without one, in the reader's language: "Ảnh 3.jpg". `number` counts from 1."""
    kind, ending = _KINDS.get(media_type, ("Tệp không tên", "bin"))
    return f"{kind} {number}.{ending}"


def sniffed(stored: Stored, name: str, declared: str = "") -> str:
    """The media type of a stored part."""
    return sniff.media_type(stored.head, stored.tail, name, declared)
