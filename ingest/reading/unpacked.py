"""What is taken out of containers: written to the spool, counted, and never more than a letter may hold."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ingest.letter import Attachment, Inner
from ingest.mime import sniff
from ingest.mime.files import PartsFolder
from ingest.reading.member_names import decoded

MOST_FILES = 1000
MOST_BYTES = 512 << 20
MOST_RATIO = 1000
_RATIO_MATTERS_ABOVE = 1 << 20
_MOST_FOLDERS = 20  # one within the other


class TooMuch(Exception):
    """The letter's containers hold more than is taken."""


class Unpacked:
    """The files that come out of one letter's containers; limits hold for all of them together."""

    def __init__(self, folder: Path) -> None:
        self.inner: list[Inner] = []  # what names and mails within say, to be screened
        self.count = self.bytes = 0
        self._place = folder / "unpacked"
        self._files: PartsFolder | None = None
        self._folders: set[str] = set()

    def allow(self, count: int, size: int, packed: int) -> None:
        """Check what a directory promises; what really comes out is counted again while reading. Raises TooMuch."""
        too_tight = size > _RATIO_MATTERS_ABOVE and size > MOST_RATIO * max(packed, 1)
        if self.count + count > MOST_FILES or self.bytes + size > MOST_BYTES or too_tight:
            raise TooMuch

    def keep(self, name: str, chunks: Iterator[bytes], holder: str) -> Attachment:
        """Write one file under a generated name; `name` is only what it is called, `holder` what it came out of."""
        if self._files is None:
            self._place.mkdir(mode=0o700)
            self._files = PartsFolder(self._place)
        self.count += 1
        stored = self._files.store(chunks)
        kind = sniff.media_type(stored.head, stored.tail, name, "")
        return Attachment(name, stored.size, stored.sha256, kind, "", stored.path, inside=holder)

    def counted(self, chunks: Iterator[bytes], begun: int, packed: int) -> Iterator[bytes]:
        """`chunks` within the limits, whatever a directory promised. `begun` is what had come out before this
        container, `packed` its size, or 0 where its directory showed the ratio. Raises TooMuch."""
        for chunk in chunks:
            self.bytes += len(chunk)
            size = self.bytes - begun
            too_tight = packed and size > _RATIO_MATTERS_ABOVE and size > MOST_RATIO * packed
            if self.bytes > MOST_BYTES or too_tight:
                raise TooMuch
            yield chunk

    def drop(self, taken: Sequence[Attachment], begun: tuple[int, int]) -> None:
        """Forget files that should not have come out; `begun` is what count and bytes were before them."""
        self.count, self.bytes = begun
        for attachment in taken:
            if attachment.path is not None:
                attachment.path.unlink()

    def note_folders(self, raw: bytes) -> None:
        """The names of the folders that a member lies in, to be screened: they say what it is, and are not kept."""
        for folder in PurePosixPath(decoded(raw).replace("\\", "/")).parts[:-1][:_MOST_FOLDERS]:
            if folder not in self._folders and len(self._folders) < MOST_FILES:
                self._folders.add(folder)
                self.inner.append(Inner("", "", folder))
