"""The content-addressed file store: every file byte for byte under its SHA-256 (promise 7)."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, table_of
from core.errors import Permanent, Temporary
from core.signing import checks
from core.signing.values import Signature
from core.system_words import reason_of

_WINDOW = 1 << 20


class StoredFile(Base):
    """One content in the store. `size` in bytes; `media_type` as sniffed when it came in.

    `signatures` are those of a PDF as JSON (`core.signing.values`), as they were judged last (`core.signature_checks`).
    `lost_at` is when a restore had to leave it out, since no whole copy was left: it is missed, and no backup fails for
    it.
    """

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str] = mapped_column(sa.String(120))
    stored_at: Mapped[datetime]
    lost_at: Mapped[datetime | None]
    signatures: Mapped[list[Any]] = mapped_column(default=list)


_INSERT = sa.insert(table_of(StoredFile))
_KNOWN = sa.select(table_of(StoredFile).c.sha256).where(
    table_of(StoredFile).c.sha256.in_(sa.bindparam("wanted", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Content:
    """A file to be stored: where its bytes are now, and what they are."""

    path: Path
    sha256: str
    size: int
    media_type: str
    signatures: tuple[Signature, ...] = ()


class FolderStore:
    """A local folder of files named by their SHA-256 (hex), in 256 folders by its first two digits.

    A file is written whole to a temporary name, flushed, renamed and its folder flushed before any row
    names it. Writers hold a shared lock from the first rename to the end of the transaction; the sweep
    takes it exclusively, so it never removes what is about to be named.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._temporary = folder / "tmp"
        self._temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / "ff").is_dir():  # made last: then all are there
            for first in range(256):
                (folder / f"{first:02x}").mkdir(exist_ok=True, mode=0o700)
        # Also when all are there: whoever made them may have been killed before this.
        flush_folder(folder)
        flush_folder(folder.absolute().parent)

    def path_of(self, sha256: str) -> Path:
        """Where the content lies, whether or not it is there."""
        if len(sha256) != 64 or not sha256.isalnum():
            raise Permanent("Mã băm của tệp không đúng dạng.")
        return self.folder / sha256[:2] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """Open a stored content for reading. Raises Permanent when it is missing."""
        try:
            return self.path_of(sha256).open("rb")
        except FileNotFoundError:
            raise Permanent(f"Kho tệp thiếu tệp {sha256[:12]}…; báo người quản trị chạy «congvan verify».") from None

    @contextmanager
    def adding(self, *, is_covered: bool = False) -> Iterator[None]:
        """Hold the shared lock while files are renamed in and their rows are committed.

        Who waits to be alone goes first, since a busy intake always holds the lock somewhere. Not so where the lock
        `is_covered`: another holder waits for this one.
        """
        with ExitStack() as held:
            with nullcontext() if is_covered else _locked(self._gate(), fcntl.LOCK_SH):
                held.enter_context(_locked(self._lock(), fcntl.LOCK_SH))
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the exclusive lock: nobody is between storing a file and committing the row that names it."""
        with _locked(self._gate(), fcntl.LOCK_EX), _locked(self._lock(), fcntl.LOCK_EX):
            yield

    def add(self, *contents: Content) -> int:
        """Copy files in durably and return how many were not there yet. Call inside `adding`.

        All are written before the first is flushed, all renamed before the first folder is: the disk's journal
        then commits twice for a letter, not twice for each of its files. Raises Temporary on any failure to
        write (disk full, I/O error), leaving nothing half written under a final name.
        """
        new = {content.sha256: content for content in contents if not self.path_of(content.sha256).exists()}
        temporaries = {sha256: self._temporary / f"{sha256}.{os.urandom(8).hex()}" for sha256 in new}
        try:
            _copy_durably([(content.path, temporaries[sha256]) for sha256, content in new.items()])
            for sha256, temporary in temporaries.items():
                temporary.rename(self.path_of(sha256))
            # Those that are there already may have been renamed by another writer a moment ago.
            for folder in {self.path_of(content.sha256).parent for content in contents}:
                flush_folder(folder)
        except OSError as error:
            for temporary in temporaries.values():
                temporary.unlink(missing_ok=True)
            raise Temporary(f"Không ghi được vào kho tệp: {reason_of(error)}. Thư vẫn còn trên máy chủ.") from error
        return len(new)

    def keep(self, data: bytes, media_type: str) -> Content:
        """Store bytes that the program itself has made. Call inside `adding`. Raises Temporary as `add` does."""
        made = self._temporary / f"made.{os.urandom(8).hex()}"
        try:
            made.write_bytes(data)
            content = Content(made, hashlib.sha256(data).hexdigest(), len(data), media_type)
            self.add(content)
        except OSError as error:
            raise Temporary(f"Không ghi được vào kho tệp: {reason_of(error)}.") from error
        finally:
            made.unlink(missing_ok=True)
        return content

    def sweep(self, named: Iterable[str]) -> int:
        """Remove every file that no row names and all temporaries; return how many files were removed.

        `named` is asked for only after the exclusive lock is held, so it must be lazy or read afresh.
        """
        with self.alone():
            for left in self._temporary.iterdir():
                left.unlink()
            keep = set(named)
            orphans = [path for path in self.contents() if path.name not in keep]
            for path in orphans:
                path.unlink()
            return len(orphans)

    def contents(self) -> Iterator[Path]:
        """Every stored file, in no order."""
        return (path for path in self.folder.glob("??/*") if path.is_file())

    def remove(self, sha256: str) -> None:
        """Erase one content (removal by promise 4); harmless when it is gone."""
        self.path_of(sha256).unlink(missing_ok=True)

    def _gate(self) -> int:
        return os.open(self._temporary, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _lock(self) -> int:
        return os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _copy_durably(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Copy bytes in the kernel, source to new target, and flush them all."""
    with ExitStack() as opened:
        written = []
        for source, target in pairs:
            reading = opened.enter_context(source.open("rb"))
            writing = opened.enter_context(target.open("xb"))
            _send(reading.fileno(), writing.fileno())
            written.append(writing.fileno())
        for handle in written:
            os.fsync(handle)


def _send(source: int, target: int) -> None:
    offset, size = 0, os.fstat(source).st_size
    while offset < size:
        sent = os.sendfile(target, source, offset, size - offset)
        if sent == 0:
            raise OSError(errno.EIO, "tệp nguồn bị cắt ngắn")
        offset += sent


def flush_folder(folder: Path) -> None:
    """Make renames into a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def note_stored(session: Session, contents: Iterable[Content], *, at: datetime) -> None:
    """Write the rows that name stored contents; contents already named are left as they are."""
    wanted = {content.sha256: content for content in contents}
    if not wanted:
        return
    for known in session.scalars(_KNOWN, {"wanted": list(wanted)}):
        del wanted[known]
    rows = [
        {
            "sha256": c.sha256,
            "size": c.size,
            "media_type": c.media_type[:120],
            "stored_at": at,
            "signatures": [one.to_json() for one in c.signatures],
        }
        for c in wanted.values()
    ]
    if rows:
        session.execute(_INSERT, rows)
        checks.begin(session, contents=[c.sha256 for c in wanted.values() if c.signatures], at=at)


def signatures_of(session: Session, contents: Sequence[str]) -> dict[str, tuple[Signature, ...]]:
    """The signatures of those of `contents` (by SHA-256) that have any."""
    if not contents:
        return {}
    rows = session.execute(sa.select(StoredFile.sha256, StoredFile.signatures).where(StoredFile.sha256.in_(contents)))
    return {sha256: tuple(map(Signature.from_json, found)) for sha256, found in rows if found}


def named(session: Session) -> Iterator[str]:
    """The SHA-256 of every content that a row names."""
    yield from session.scalars(sa.select(StoredFile.sha256))


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in windows."""
    digest = hashlib.sha256()
    with path.open("rb") as reading:
        while window := reading.read(_WINDOW):
            digest.update(window)
    return digest.hexdigest()


@contextmanager
def _locked(handle: int, how: int) -> Iterator[None]:
    """Lock the open file or folder `handle`, and close it at the end."""
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
