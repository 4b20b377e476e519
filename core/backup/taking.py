"""Making one state: the database, then every content that the place lacks, then the manifest, last of all."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import access
from core.backup import snapshot
from core.backup.container import Damaged
from core.backup.marks import LATE
from core.backup.vault import CHANGES, FULL, Manifest, Vault, instant_of, kind_of, removal_of, state_name
from core.db import Database
from core.errors import NotAllowed, Temporary
from core.events import Event
from core.files import FolderStore, StoredFile
from core.incoming.tables import Incoming
from core.letters import HeldLetter
from core.search import erasing
from core.system_words import reason_of

REMOVED = "content_removed"  # the act of `remove_content`: what stood before it may be kept nowhere
_CHANGES_KEPT = 24  # two hours of five minutes
_WINDOW = 1 << 20


class Busy(Temporary):
    """Another run is under way, which is no failure of this one."""


@dataclass(frozen=True, slots=True)
class Office:
    """What is backed up: the database, the store, the sealed letters; `work` is a private folder for plain copies
    of the database, which are as secret as the database itself."""

    database: Database
    store: FolderStore
    sealed: Path
    work: Path


@dataclass(frozen=True, slots=True)
class Taken:
    """A state that was made: `written` bytes in the place for it, `size` of its plain files; `missing` contents
    that the store itself lacks or holds changed, those left out that a restore has noted as lost."""

    name: str
    entries: int
    files: int
    written: int
    size: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    contents: dict[str, int]
    lost: frozenset[str]
    sealed: tuple[str, ...]
    dead_seals: tuple[str, ...]
    entries: int
    events: int
    removal: int


def take(office: Office, vault: Vault, kind: str, *, at: datetime, keep_days: int = 31) -> Taken:
    """Make one state of `kind` (FULL or CHANGES) as of now, and let go of what is not to be kept any longer.

    Full states are kept for `keep_days`, the last one always; changes build upon the newest full state, and where
    there is none, or the day's was missed (a machine that is off at night), a full one is made. When something was
    removed from the office since the newest full state, a full one is made too, and every state from before the
    removal is erased. Raises Temporary when the place or the database is away or a disk refuses, OtherKey when the
    place holds states of another key, Busy when another run is under way.
    """
    with in_words(office.work), alone(office.work), working(office.work) as folder:
        vault.prepare()
        erasing.merge(office.database)  # what was removed must not be copied out of the search index
        copy = folder / "database"
        with snapshot.copied(office.database, copy) as session:
            facts = _facts(session)
        base = _base(vault, facts, office, at) if kind == CHANGES else None
        taken = _write(office, vault, copy, facts, base, at)
        _let_go(vault, facts, taken.name, base, at - timedelta(days=keep_days))
    return taken


def _base(vault: Vault, facts: _Facts, office: Office, at: datetime) -> Manifest | None:
    """The newest full state, if changes may build upon it."""
    name = next((name for name in vault.states() if kind_of(name) == FULL), None)
    if name is None or removal_of(name) < facts.removal or at - instant_of(name) > LATE[FULL]:
        return None
    try:
        base = vault.manifest(name)
    except Damaged:
        return None
    return base if base.engine == _engine(office) else None


def _write(office: Office, vault: Vault, copy: Path, facts: _Facts, base: Manifest | None, at: datetime) -> Taken:
    name = state_name(at, FULL if base is None else CHANGES, facts.removal)
    there = dict(base.contents) if base is not None else {}
    # What the base names lies there already, unless the store lacked it then.
    wanted = facts.contents.keys() - there.keys() | set(base.missing if base else ())
    written, missing = _put_contents(office.store, vault, sorted(wanted & facts.contents.keys()), facts.lost)
    written_sealed, sealed = _put_sealed(office.sealed, vault, facts.sealed)
    written += written_sealed
    sha256, pages = snapshot.sha256_and_pages(copy)
    if base is None:
        written += vault.put_part(name, "pages", [pages])
        written += vault.put_part(name, "db", _bytes(copy))
    elif base.engine == "sqlite":
        before = b"".join(vault.part(base.name, "pages"))
        written += vault.put_part(name, "db", snapshot.changed_pages(copy, before))
    else:
        written += vault.put_part(name, "db", _bytes(copy))
    added = tuple(sorted((one, size) for one, size in facts.contents.items() if one not in there))
    manifest = Manifest(
        name=name, at=at.isoformat(), engine=_engine(office), base=base.name if base else "",
        database_sha256=sha256, database_size=copy.stat().st_size, contents=added, sealed=sealed,
        missing=tuple(missing), entries=facts.entries, events=facts.events,
    )  # fmt: skip
    written += vault.put_manifest(manifest)
    size = manifest.database_size + sum(facts.contents.values())
    news = tuple(one for one in missing if one not in facts.lost)
    return Taken(name, facts.entries, len(facts.contents), written, size, news)


def _put_contents(
    store: FolderStore, vault: Vault, wanted: Iterable[str], lost: Collection[str]
) -> tuple[int, list[str]]:
    written, missing = 0, []
    for sha256 in wanted:
        is_lost = sha256 in lost and not store.path_of(sha256).exists()  # what lies in the place then is damaged
        if vault.has("content", sha256) and not is_lost:
            continue
        try:
            written += vault.put("content", sha256, _proved(store.path_of(sha256), sha256))
        except _NotWhole:
            missing.append(sha256)
    return written, missing


class _NotWhole(Exception):
    """The store itself lacks this content, or holds other bytes under its name."""


def _proved(path: Path, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    try:
        for window in _bytes(path):
            digest.update(window)
            yield window
    except OSError as error:
        raise _NotWhole(sha256) from error
    if digest.hexdigest() != sha256:
        raise _NotWhole(sha256)


def _put_sealed(folder: Path, vault: Vault, names: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """Copy what the place lacks; returns the bytes written, and the names of those that lie there now."""
    written, there = 0, []
    for name in names:
        # Gone between the snapshot and now: its letter was decided meanwhile.
        with contextlib.suppress(_NotWhole):
            if not vault.has("sealed", name):
                written += vault.put("sealed", name, _still_there(folder / name))
            there.append(name)
    return written, tuple(there)


def _still_there(path: Path) -> Iterator[bytes]:
    try:
        yield from _bytes(path)
    except FileNotFoundError as error:
        raise _NotWhole(path.name) from error


def _bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as reading:
        while window := reading.read(_WINDOW):
            yield window


def _let_go(vault: Vault, facts: _Facts, made: str, base: Manifest | None, since: datetime) -> None:
    """Erase what may not or need not be kept: states that don't know of a removal, old ones, what nobody names."""
    for name in facts.dead_seals:
        vault.drop("sealed", name)
    others = [name for name in vault.states() if name not in {made, base.name if base else made}]
    changes = [name for name in others if kind_of(name) == CHANGES]
    gone = {name for name in others if kind_of(name) == FULL and name < state_name(since, FULL)}
    gone |= {name for name in others if removal_of(name) < facts.removal} | set(changes[_CHANGES_KEPT - 1 :])
    still = set(vault.states()) - gone
    gone |= {name for name in changes if name in still and _base_of(vault, name) not in {*still, None}}
    # Changes before what they build upon: a run that is killed here leaves no state that is half.
    for name in sorted(gone, key=lambda name: kind_of(name) == FULL):
        vault.drop_state(name)
    if base is None or vault.is_sweep_due:
        vault.sweep()


def _base_of(vault: Vault, name: str) -> str | None:
    """What a state of changes builds upon; None when its manifest can't be read: it then goes by its age alone."""
    try:
        return vault.manifest(name).base
    except Damaged:
        return None


def _facts(session: Session) -> _Facts:
    files = session.execute(sa.select(StoredFile.sha256, StoredFile.size, StoredFile.lost_at)).all()
    held = sa.select(HeldLetter.sealed_path, HeldLetter.seal_key.is_not(None))
    seals = [(str(name), has_key) for name, has_key in session.execute(held.where(HeldLetter.sealed_path.is_not(None)))]
    entries = sa.select(sa.func.count()).where(Incoming.arrival_number.is_not(None))
    removal = sa.select(sa.func.max(Event.id)).where(Event.act == REMOVED)
    return _Facts(
        contents={row.sha256: row.size for row in files},
        lost=frozenset(row.sha256 for row in files if row.lost_at is not None),
        sealed=tuple(sorted(name for name, has_key in seals if has_key)),
        dead_seals=tuple(name for name, has_key in seals if not has_key),
        entries=session.execute(entries).scalar_one(),
        events=session.execute(sa.select(sa.func.count()).select_from(Event)).scalar_one(),
        removal=session.execute(removal).scalar_one() or 0,
    )


def _engine(office: Office) -> str:
    return "sqlite" if office.database.is_sqlite else "postgresql"


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """A disk that refuses below `folder` is said as Temporary, what is another account's as NotAllowed."""
    try:
        yield
    except PermissionError as error:
        why = access.why_closed(Path(error.filename or folder)) or access.why_closed_below(folder)
        raise NotAllowed(f"Không ghi được {folder}. {why or reason_of(error)}") from error
    except OSError as error:
        raise Temporary(f"Không ghi được {folder}: {reason_of(error)}. Xem đĩa có đầy không rồi chạy lại.") from error


@contextmanager
def alone(work: Path) -> Iterator[None]:
    """One run at a time. Raises Busy while another is under way."""
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(work / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("Một lần sao lưu hoặc khôi phục thử khác đang chạy. Chạy lại sau ít phút.") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def working(work: Path) -> Iterator[Path]:
    """A private folder below `work`, removed afterwards; what killed runs left is removed before. Call `alone`."""
    for left in work.glob("run-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=work) as folder:
        yield Path(folder)
