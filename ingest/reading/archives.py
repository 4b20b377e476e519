"""Archives, and mails kept as files, opened into the spool within limits: what they hold stands among the files."""

import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.text import repair
from ingest.letter import Attachment, Inner
from ingest.mime import read_letter, sniff
from ingest.mime.files import PartsFolder
from ingest.reading import zips

ZIP = "application/zip"
MAIL = "message/rfc822"
# Opened by a later reader; until then the clerk opens them by hand.
SEALED_TYPES = ("application/vnd.rar", "application/x-7z-compressed", "application/gzip", "application/x-xz")
MOST_FILES = 1000
MOST_BYTES = 512 << 20
MOST_RATIO = 1000
MOST_DEPTH = 3
_RATIO_MATTERS_ABOVE = 1 << 20
_WINDOW = 256 << 10
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1


def open_archives(attachments: Sequence[Attachment], folder: Path) -> tuple[tuple[Attachment, ...], tuple[Inner, ...]]:
    """`attachments`, each archive or mail followed by the files it holds (`inside` names it), to a depth of
    three; and what such mails say, to be screened.

    Files are written to a folder below `folder` under generated names: nothing of an archive's own paths is
    used. Limits hold for the whole letter: 1,000 files, 512 MB, a ratio of 1,000. An archive over them or with a
    password stays as it is with the warning "archive_limits", "locked" or "damaged_archive", an opened mail has
    "opened".
    """
    unpacker = _Unpacker(folder)
    out: list[Attachment] = []
    for attachment in attachments:
        out += unpacker.opened(attachment, 0)
    return tuple(out), tuple(unpacker.inner)


class _Limits(Exception):
    """The letter's archives hold more than is taken."""


class _Unpacker:
    def __init__(self, folder: Path) -> None:
        self.inner: list[Inner] = []
        self._folder = folder
        self._mails = 0
        self._place = folder / "unpacked"
        self._files: PartsFolder | None = None
        self._count = 0
        self._bytes = 0

    def opened(self, attachment: Attachment, depth: int) -> Iterator[Attachment]:
        if attachment.media_type in SEALED_TYPES:
            yield _warned(attachment, "unopened")
            return
        is_mail = attachment.media_type == MAIL and "opened" not in attachment.warnings
        if not (is_mail or attachment.media_type == ZIP) or attachment.path is None:
            yield attachment
            return
        if depth >= MOST_DEPTH:
            yield _warned(attachment, "archive_limits")
            return
        inner, warning = (self._read if is_mail else self._unpack)(attachment, attachment.path)
        yield _warned(attachment, warning) if warning else attachment
        for member in inner:
            yield from self.opened(member, depth + 1)

    def _unpack(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        taken: list[Attachment] = []
        try:
            # Asked before the directory is read: making 70,000 entries takes seconds.
            if not zips.is_readable(path, MOST_FILES):
                raise _Limits
            with zipfile.ZipFile(path) as archive:
                members = [m for m in archive.infolist() if not m.is_dir() and not _is_clutter(m.filename)]
                if any(m.header_offset < 0 for m in members):  # zipfile would seek there: OSError, as from a full disk
                    raise zipfile.BadZipFile
                if any(m.flag_bits & _ENCRYPTED_FLAG for m in members):
                    return [], "locked"
                self._allow(len(members), sum(m.file_size for m in members), path.stat().st_size)
                for member in members:
                    taken.append(self._take(archive, member, attachment.name))
        except _Limits:
            return taken, "archive_limits"
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError):
            return taken, "damaged_archive"
        return taken, ""

    def _read(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        """A mail that came as a file of no declared type, or in an archive."""
        self._mails += 1
        place = self._folder / f"mail-{self._mails}"
        place.mkdir(mode=0o700)
        letter = read_letter(path, place)
        self.inner += [Inner(letter.subject, letter.text), *letter.inner]
        self._count += len(letter.attachments)
        warning = "archive_limits" if self._count > MOST_FILES else "opened"
        return [replace(a, inside=a.inside or attachment.name) for a in letter.attachments], warning

    def _allow(self, count: int, size: int, packed: int) -> None:
        """Check what the directory promises; what really comes out is counted again while reading."""
        too_tight = size > _RATIO_MATTERS_ABOVE and size > MOST_RATIO * max(packed, 1)
        if self._count + count > MOST_FILES or self._bytes + size > MOST_BYTES or too_tight:
            raise _Limits

    def _take(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, holder: str) -> Attachment:
        if self._files is None:
            self._place.mkdir(mode=0o700)
            self._files = PartsFolder(self._place)
        self._count += 1
        name = member_name(member)
        stored = self._files.store(self._chunks(archive, member))
        kind = sniff.media_type(stored.head, stored.tail, name, "")
        return Attachment(name, stored.size, stored.sha256, kind, "", stored.path, inside=holder)

    def _chunks(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
        with archive.open(member) as stream:
            while chunk := stream.read(_WINDOW):
                self._bytes += len(chunk)
                if self._bytes > MOST_BYTES:
                    raise _Limits
                yield chunk


def member_name(member: zipfile.ZipInfo) -> str:
    """The name to show for a member: its last path element, NFC, from UTF-8, CP437 or TCVN3 bytes."""
    name = member.filename
    if not member.flag_bits & _UTF8_FLAG:
        # zipfile decoded the bytes as CP437; programs here write UTF-8 or an old encoding without saying so.
        raw = name.encode("cp437", "replace")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = repair(raw.decode("latin-1").replace("_", " ")) if not raw.isascii() else name
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable())
    return clean.strip(" .")[:200] or "tệp không tên"


def _is_clutter(name: str) -> bool:
    """What macOS and Windows put into archives for themselves."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _warned(attachment: Attachment, warning: str) -> Attachment:
    return replace(attachment, warnings=(*attachment.warnings, warning))
