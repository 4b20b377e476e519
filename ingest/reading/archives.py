"""Archives, and mails kept as files, opened into the spool within limits: what they hold stands among the files."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.text import is_syllable, nfc, repair
from ingest.letter import Attachment, Inner
from ingest.mime import read_letter, sniff
from ingest.mime.charsets import decode
from ingest.mime.files import PartsFolder
from ingest.reading import libarchive, zips

MAIL = "message/rfc822"
MOST_FILES = 1000
MOST_BYTES = 512 << 20
MOST_RATIO = 1000
MOST_DEPTH = 3
_RATIO_MATTERS_ABOVE = 1 << 20
_MOST_FOLDERS = 20  # one within the other
_WINDOW = 256 << 10
_WORDS, _CYRILLIC = re.compile(r"[^\W\d_]+"), re.compile(r"[А-яЁё]{2,}")
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1


def open_archives(
    attachments: Sequence[Attachment], folder: Path, password: str = ""
) -> tuple[tuple[Attachment, ...], tuple[Inner, ...]]:
    """`attachments`, each archive or mail followed by the files it holds (`inside` names it), to a depth of
    three; and what such mails say, to be screened. `password` is tried on zips that have one.

    Files are written to a folder below `folder` under generated names: nothing of an archive's own paths is
    used. Limits hold for the whole letter: 1,000 files, 512 MB, a ratio of 1,000. An archive over them or with a
    password stays as it is with the warning "archive_limits", "locked" or "damaged_archive", one that this machine
    can't open has "unopened", an opened mail "opened".
    """
    unpacker = _Unpacker(folder, password)
    out: list[Attachment] = []
    for attachment in attachments:
        out += unpacker.opened(attachment, 0)
    return tuple(out), tuple(unpacker.inner)


class _Limits(Exception):
    """The letter's archives hold more than is taken."""


class _Unpacker:
    def __init__(self, folder: Path, password: str) -> None:
        self._password = password
        self.inner: list[Inner] = []
        self._folder = folder
        self._mails = 0
        self._place = folder / "unpacked"
        self._files: PartsFolder | None = None
        self._folders: set[str] = set()
        self._count = 0
        self._bytes = 0

    def opened(self, attachment: Attachment, depth: int) -> Iterator[Attachment]:
        if attachment.path is not None and _may_hide_zip(attachment) and zips.ends_as_zip(attachment.path):
            yield from self._unhidden(attachment, attachment.path, depth)
            return
        is_mail = attachment.media_type == MAIL and "opened" not in attachment.warnings
        if not (is_mail or attachment.media_type in sniff.ARCHIVES) or attachment.path is None:
            yield attachment
            return
        if attachment.media_type in sniff.ARCHIVES - {sniff.ZIP} and not libarchive.is_there():
            yield _warned(attachment, "unopened")
            return
        if depth >= MOST_DEPTH:
            yield _warned(attachment, "archive_limits")
            return
        open_it = self._read if is_mail else self._unzip if attachment.media_type == sniff.ZIP else self._unpack
        inner, warning = open_it(attachment, attachment.path)
        yield _warned(attachment, warning) if warning else attachment
        for member in inner:
            yield from self.opened(member, depth + 1)

    def _unhidden(self, attachment: Attachment, path: Path, depth: int) -> Iterator[Attachment]:
        """A program that unpacks itself; anything else that is an archive too is two things, and a person must look."""
        inner, warning = self._unzip(attachment, path) if depth < MOST_DEPTH else ([], "archive_limits")
        if attachment.media_type != sniff.PROGRAM:
            attachment = _warned(attachment, "two_in_one")
        yield _warned(attachment, warning) if warning else attachment
        for member in inner:
            yield from self.opened(member, depth + 1)

    def _unpack(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        """An archive that libarchive opens, or the one file that was compressed."""
        taken: list[Attachment] = []
        begun, packed = self._bytes, path.stat().st_size
        try:
            if attachment.media_type in sniff.COMPRESSED and not _holds_tar(path):
                names = [PurePosixPath(attachment.name).stem.encode()]
                members = libarchive.members(path, is_single=True)
            else:
                names, members = [], libarchive.members(path, password=self._password)
            for member in members:
                raw = names.pop() if names else member.name
                self._note_folders(raw)
                name = shown_name(raw)
                if not _is_clutter(name):
                    self._allow(1, member.size or 0, packed)
                    taken.append(self._keep(name, self._counted(member.chunks, begun, packed), attachment.name))
        except _Limits:
            return taken, "archive_limits"
        except libarchive.Locked:
            return [], "locked"
        except libarchive.Damaged:
            return taken, "damaged_archive"
        return taken, ""

    def _unzip(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
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
                    is_openable = self._password and libarchive.is_there()
                    return self._unpack(attachment, path) if is_openable else ([], "locked")
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
        raw = _raw_name(member)
        self._note_folders(raw)
        return self._keep(shown_name(raw), self._chunks(archive, member), holder)

    def _note_folders(self, raw: bytes) -> None:
        """The names of the folders that a member lies in, to be screened: they say what it is, and are not kept."""
        for folder in PurePosixPath(_decoded(raw).replace("\\", "/")).parts[:-1][:_MOST_FOLDERS]:
            if folder not in self._folders and len(self._folders) < MOST_FILES:
                self._folders.add(folder)
                self.inner.append(Inner("", "", folder))

    def _keep(self, name: str, chunks: Iterator[bytes], holder: str) -> Attachment:
        if self._files is None:
            self._place.mkdir(mode=0o700)
            self._files = PartsFolder(self._place)
        self._count += 1
        stored = self._files.store(chunks)
        kind = sniff.media_type(stored.head, stored.tail, name, "")
        return Attachment(name, stored.size, stored.sha256, kind, "", stored.path, inside=holder)

    def _chunks(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
        with archive.open(member) as stream:
            yield from self._counted(iter(lambda: stream.read(_WINDOW), b""), self._bytes, 0)

    def _counted(self, chunks: Iterator[bytes], begun: int, packed: int) -> Iterator[bytes]:
        """`chunks` within the limits, whatever a directory promised. `begun` is what had come out before this archive,
        `packed` its size, or 0 where its directory showed the ratio."""
        for chunk in chunks:
            self._bytes += len(chunk)
            size = self._bytes - begun
            too_tight = packed and size > _RATIO_MATTERS_ABOVE and size > MOST_RATIO * packed
            if self._bytes > MOST_BYTES or too_tight:
                raise _Limits
            yield chunk


def _holds_tar(path: Path) -> bool:
    """Whether a compressed file holds a tar: libarchive finds one by its first header."""
    try:
        return next(libarchive.members(path), None) is not None
    except (libarchive.Damaged, libarchive.Locked):
        return False


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    # zipfile decoded bytes of no declared encoding as CP437.
    return member.filename.encode("utf-8" if member.flag_bits & _UTF8_FLAG else "cp437", "replace")


def shown_name(raw: bytes) -> str:
    """The name to show for a file in an archive: its last path element, NFC, from UTF-8, Windows-1258, TCVN3, VNI,
    CP437 or CP866 bytes, whichever makes Vietnamese syllables of it."""
    last = PurePosixPath(_decoded(raw).replace("\\", "/")).name
    clean = "".join(c for c in nfc(last) if c.isprintable())
    return clean.strip(" .")[:200] or "tệp không tên"


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [decode(raw, None)[0], repair(raw.decode("latin-1").replace("_", " ")), raw.decode("cp437")]
    best = max(readings, key=_sense)
    cyrillic = raw.decode("cp866")
    return cyrillic if all(map(_CYRILLIC.fullmatch, _marked(cyrillic))) else best


def _sense(text: str) -> float:
    """The share of Vietnamese syllables among the words with marks."""
    marked = _marked(text)
    return sum(map(is_syllable, marked)) / len(marked) if marked else 0.0


def _marked(text: str) -> list[str]:
    return [word for word in _WORDS.findall(text) if not word.isascii()]


def _is_clutter(name: str) -> bool:
    """What macOS and Windows put into archives for themselves."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _may_hide_zip(attachment: Attachment) -> bool:
    """Whether a file is of a kind that is read from its beginning, so that a zip may follow: those are read from their
    end."""
    return attachment.media_type in (sniff.PROGRAM, sniff.PDF) or attachment.media_type.startswith("image/")


def _warned(attachment: Attachment, warning: str) -> Attachment:
    return replace(attachment, warnings=(*attachment.warnings, warning))
