"""Archives, and mails kept as files, opened into the spool within limits: what they hold stands among the files."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath

from ingest.letter import Attachment, Inner
from ingest.mime import read_letter, sniff
from ingest.reading import libarchive, locks, package_files, zips
from ingest.reading.locks.documents import unlocked_document
from ingest.reading.member_names import is_clutter, raw_name, shown_name
from ingest.reading.packages import PACKAGE_TYPES, read_package
from ingest.reading.unpacked import MOST_FILES, TooMuch, Unpacked
from ingest.reading.unreadable import Unreadable

MAIL = "message/rfc822"
MOST_DEPTH = 3
_WINDOW = 256 << 10
_ENCRYPTED_FLAG = 0x1


def open_archives(
    attachments: Sequence[Attachment], folder: Path, passwords: Sequence[str] = ()
) -> tuple[tuple[Attachment, ...], tuple[Inner, ...]]:
    """`attachments`, each archive, mail or edXML package followed by the files it holds (`inside` names it), to a
    depth of three; and what such mails say, to be screened. Each of `passwords` is tried on archives, PDFs and Office
    files that have one: such a document ("unlocked") is followed by its copy without.

    Files are written to a folder below `folder` under generated names: nothing of an archive's own paths is
    used. Limits hold for the whole letter: 1,000 files, 512 MB, a ratio of 1,000. An archive over them or with a
    password stays as it is with the warning "archive_limits", "locked" or "damaged_archive", one that this machine
    can't open has "unopened", an opened mail "opened", a package that breaks off "damaged_package".
    """
    unpacker = _Unpacker(folder, passwords)
    out: list[Attachment] = []
    for attachment in attachments:
        out += unpacker.opened(attachment, 0)
    return tuple(out), tuple(unpacker.out.inner)


class _Unpacker:
    def __init__(self, folder: Path, passwords: Sequence[str]) -> None:
        self._passwords = passwords
        self._folder = folder
        self.out = Unpacked(folder)
        self._mails = 0
        self._unlocked = 0

    def opened(self, attachment: Attachment, depth: int) -> Iterator[Attachment]:
        if attachment.path is not None and _may_hide_zip(attachment) and zips.ends_as_zip(attachment.path):
            yield from self._unhidden(attachment, attachment.path, depth)
            return
        if attachment.media_type in PACKAGE_TYPES and attachment.path is not None:
            yield from self._of_package(attachment, attachment.path, depth)
            return
        is_mail = attachment.media_type == MAIL and "opened" not in attachment.warnings
        if not (is_mail or attachment.media_type in sniff.ARCHIVES) or attachment.path is None:
            yield from self._with_copy(attachment, depth)
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

    def _with_copy(self, attachment: Attachment, depth: int) -> Iterator[Attachment]:
        """A document, and behind one that opens with a password its copy without, whatever that turns out to be."""
        try:
            plain = self._without_password(attachment) if self._passwords and depth <= MOST_DEPTH else None
        except TooMuch:
            yield _warned(attachment, "archive_limits")
            return
        yield _warned(attachment, "unlocked") if plain else attachment
        if plain:
            yield from self.opened(plain, depth + 1)

    def _unhidden(self, attachment: Attachment, path: Path, depth: int) -> Iterator[Attachment]:
        """A program that unpacks itself; anything else that is an archive too is two things, and a person must look."""
        inner, warning = self._unzip(attachment, path) if depth < MOST_DEPTH else ([], "archive_limits")
        if attachment.media_type != sniff.PROGRAM:
            attachment = _warned(attachment, "two_in_one")
        yield _warned(attachment, warning) if warning else attachment
        for member in inner:
            yield from self.opened(member, depth + 1)

    def _of_package(self, attachment: Attachment, path: Path, depth: int) -> Iterator[Attachment]:
        """An edXML package and the files it brings; other XML as it is."""
        package = read_package(path)
        inner: list[Attachment] = []
        if package is not None and depth >= MOST_DEPTH and any(file.has_content for file in package.attachments):
            attachment = _warned(attachment, "archive_limits")
        elif package is not None:
            inner, warnings = package_files.take(package, path, self.out, attachment.name)
            attachment = replace(attachment, warnings=(*attachment.warnings, *warnings))
        yield attachment
        for member in inner:
            yield from self.opened(member, depth + 1)

    def _unpack(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        taken, warning = self._unpacked(attachment, path)
        if warning == "locked" and self._passwords:
            return self._unlock(attachment, path)
        return taken, warning

    def _unpacked(
        self, attachment: Attachment, path: Path, checksums: frozenset[int] = frozenset()
    ) -> tuple[list[Attachment], str]:
        """An archive that libarchive opens, or the one file that was compressed. With `checksums` (CRC-32) a file that
        has none of them is damage."""
        taken: list[Attachment] = []
        begun, packed = self.out.bytes, path.stat().st_size
        if locks.is_locked(path, attachment.media_type):
            return [], "locked"
        try:
            if attachment.media_type in sniff.COMPRESSED and not _holds_tar(path):
                names = [PurePosixPath(attachment.name).stem.encode()]
                members = libarchive.members(path, is_single=True)
            else:
                is_zip = attachment.media_type == sniff.ZIP
                names, members = [], libarchive.members(path, passwords=self._passwords if is_zip else ())
            for member in members:
                raw = names.pop() if names else member.name
                self.out.note_folders(raw)
                name = shown_name(raw)
                if not is_clutter(name):
                    self.out.allow(1, member.size or 0, packed)
                    chunks = libarchive.checked(member.chunks, checksums) if checksums else member.chunks
                    taken.append(self.out.keep(name, self.out.counted(chunks, begun, packed), attachment.name))
        except (TooMuch, libarchive.TooMany):
            return taken, "archive_limits"
        except libarchive.Locked:
            return [], "locked"
        except libarchive.Damaged:
            return taken, "damaged_archive"
        return taken, ""

    def _unlock(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        """A RAR or 7-Zip that has a password, by the first that opens it."""
        begun = self.out.count, self.out.bytes
        for password in self._passwords:
            plain = self._folder / f"plain-{self._unlocked}"
            self._unlocked += 1
            try:
                checksums = locks.unlock_archive(path, attachment.media_type, password, plain)
                taken, warning = self._unpacked(attachment, plain, checksums)
            except Unreadable:
                continue
            finally:
                plain.unlink(missing_ok=True)
            if warning in ("", "archive_limits"):
                return taken, warning
            # Another password, or damage: checksums tell no more.
            self.out.drop(taken, begun)
        return [], "locked"

    def _unlock_zip(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        if not self._passwords or not libarchive.is_there():
            return [], "locked"
        begun = self.out.count, self.out.bytes
        taken, warning = self._unpacked(attachment, path)
        if warning == "damaged_archive":  # old zips let one wrong password in 256 through to the checksum
            self.out.drop(taken, begun)
            return [], "locked"
        return taken, warning

    def _without_password(self, attachment: Attachment) -> Attachment | None:
        """The copy of a document that opens with one of the passwords; None for one that none opens, or without."""
        if attachment.path is None:
            return None
        for password in self._passwords:
            with suppress(Unreadable):
                windows = unlocked_document(attachment.path, attachment.media_type, password)
                if (first := next(windows, None)) is None:
                    return None
                counted = self.out.counted(chain((first,), windows), self.out.bytes, 0)
                return _warned(self.out.keep(attachment.name, counted, attachment.name), "plain_copy")
        return None

    def _unzip(self, attachment: Attachment, path: Path) -> tuple[list[Attachment], str]:
        taken: list[Attachment] = []
        try:
            # Asked before the directory is read: making 70,000 entries takes seconds.
            if not zips.is_readable(path, MOST_FILES):
                raise TooMuch
            with zipfile.ZipFile(path) as archive:
                members = [m for m in archive.infolist() if not m.is_dir() and not is_clutter(m.filename)]
                if any(m.header_offset < 0 for m in members):  # zipfile would seek there: OSError, as from a full disk
                    raise zipfile.BadZipFile
                if any(m.flag_bits & _ENCRYPTED_FLAG for m in members):
                    return self._unlock_zip(attachment, path)
                self.out.allow(len(members), sum(m.file_size for m in members), path.stat().st_size)
                for member in members:
                    taken.append(self._take(archive, member, attachment.name))
        except TooMuch:
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
        self.out.inner += [Inner(letter.subject, letter.text), *letter.inner]
        self.out.count += len(letter.attachments)
        warning = "archive_limits" if self.out.count > MOST_FILES else "opened"
        return [replace(a, inside=a.inside or attachment.name) for a in letter.attachments], warning

    def _take(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, holder: str) -> Attachment:
        raw = raw_name(member)
        self.out.note_folders(raw)
        return self.out.keep(shown_name(raw), self._chunks(archive, member), holder)

    def _chunks(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
        with archive.open(member) as stream:
            yield from self.out.counted(iter(lambda: stream.read(_WINDOW), b""), self.out.bytes, 0)


def _holds_tar(path: Path) -> bool:
    """Whether a compressed file holds a tar: libarchive finds one by its first header."""
    try:
        return next(libarchive.members(path), None) is not None
    except (libarchive.Damaged, libarchive.Locked):
        return False


def _may_hide_zip(attachment: Attachment) -> bool:
    """Whether a file is of a kind that is read from its beginning, so that a zip may follow: those are read from their
    end."""
    return attachment.media_type in (sniff.PROGRAM, sniff.PDF) or attachment.media_type.startswith("image/")


def _warned(attachment: Attachment, warning: str) -> Attachment:
    return replace(attachment, warnings=(*attachment.warnings, warning))
