"""The way back: a state is proved to its last byte, laid down beside where it is to stand, verified, then moved in."""

import os
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core import events, registers, schema, verify
from core.accounts import LoginSession
from core.answers import following
from core.backup import proving, snapshot
from core.backup.container import Damaged
from core.backup.proving import CONTENT, SEAL, Hole, PartlyDamaged, Tried
from core.backup.taking import in_words
from core.backup.vault import Manifest, Vault
from core.db import Database
from core.deliveries import pausing
from core.errors import CongvanError, Permanent, Temporary, WrongState
from core.files import FolderStore, StoredFile, flush_folder
from core.letters import HeldLetter, MailFolder
from core.verify import Proof

DATABASE, FILES, SEALED = "congvan.sqlite3", "files", "sealed"  # as the settings name them in the data folder
_TOGETHER = 3  # contents laid down at a time: one hashes while another is decrypted


@dataclass(frozen=True, slots=True)
class Restored:
    """A state that stands again, and what `congvan verify` finds in it; `lost` contents the store lacked before.

    `seals_gone` counts held letters that were decided after the state was made, so that their bytes are gone;
    `skipped` is what was left out because it is damaged in the place.
    """

    manifest: Manifest
    proof: Proof
    lost: tuple[str, ...]
    seals_gone: int
    skipped: tuple[Hole, ...]


def restore(
    vault: Vault,
    target: Path,
    *,
    state: str = "",
    database_url: str = "",
    skip_damaged: bool = False,
    owner: tuple[int, int] | None = None,
    at: datetime,
) -> Restored:
    """Bring a state (the newest unless named) back into the data folder `target`, and wait for the numbers.

    `target` must not be there or be empty; a PostgreSQL database at `database_url` must be empty; without the URL
    the database is SQLite in the folder. Nothing stands in `target` until all is proved; as root's work it is given to
    `owner` (uid, gid). Afterwards each book waits until a person has confirmed its last number, and everybody has to
    sign in again. With `skip_damaged` a state whose register is whole comes back without its damaged files. Raises
    WrongState where an office stands already, OtherKey when the key opens none of the states there, Damaged when the
    state is not whole: its words name whose files are damaged and the newest whole state before it; Temporary or
    Permanent when the disk or the database refuses. A PostgreSQL database that a cut run left opens for nobody.
    """
    target = target.absolute()
    _refuse_an_office(target, database_url)
    names = vault.states()
    if not names:
        raise Permanent(f"Nơi sao lưu {vault.folder} chưa có bản nào hoàn chỉnh.")
    name = state or names[0]
    if name not in names:
        raise Permanent(f"Không có bản sao lưu {name}. Các bản đang có: {', '.join(names[:5])}.")
    vault.need_key()
    staging = target.with_name(target.name + ".dang-khoi-phuc")
    try:
        restored = lay_down(vault, name, staging, database_url, skip_damaged=skip_damaged, at=at)
    except CongvanError as error:
        shutil.rmtree(staging, ignore_errors=True)  # an office in the clear, and on a full disk only in the way
        if isinstance(error, Damaged):
            raise Damaged(proving.refusal(vault, name, error)) from error
        raise
    with in_words(target):
        if owner is not None:
            _hand_over(staging, owner)
        os.sync()  # one flush for all; a trial needs none
        staging.rename(target)
        flush_folder(target.parent)
    if database_url:
        with closing(Database(database_url)) as database:
            schema.restored(database)
    return restored


def _hand_over(folder: Path, owner: tuple[int, int]) -> None:
    """Give a folder with all in it to (uid, gid), by open handles: what is swapped meanwhile leads nowhere else."""
    for _path, folders, names, handle in os.fwalk(folder):
        for name in (*folders, *names):
            os.chown(name, *owner, dir_fd=handle, follow_symlinks=False)
        os.fchown(handle, *owner)


def lay_down(
    vault: Vault, name: str, folder: Path, database_url: str, *, skip_damaged: bool = False, at: datetime
) -> Restored:
    """Lay a state down in a new folder (one that a cut run left is removed) and verify it.

    A PostgreSQL database stays closed to the program until `schema.restored`. Raises Damaged, PartlyDamaged when the
    register is whole and damaged objects are not to be skipped, and Temporary when the disk or the database refuses.
    """
    with in_words(folder):
        return _lay_down(vault, name, folder, database_url, at, skip_damaged=skip_damaged)


def _lay_down(
    vault: Vault, name: str, folder: Path, database_url: str, at: datetime, *, skip_damaged: bool
) -> Restored:
    manifest = vault.manifest(name)
    contents = vault.contents_of(manifest)
    is_sqlite = manifest.engine == "sqlite"
    if is_sqlite == database_url.startswith("postgresql"):
        raise Permanent(f"Bản {name} là của {manifest.engine}: chọn --database cho đúng loại, bỏ trống là SQLite.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    copy = folder / (DATABASE if is_sqlite else "dump")
    _lay_database(vault, manifest, copy)
    store = FolderStore(folder / FILES)
    known = contents.keys() - set(manifest.missing)
    tried = _lay_objects(vault, CONTENT, {one: store.path_of(one) for one in known})
    (folder / SEALED).mkdir(mode=0o700)
    seals = set(manifest.sealed) - proving.destroyed_since(vault, manifest)
    tried |= _lay_objects(vault, SEAL, {one: folder / SEALED / one for one in seals})
    holes = _holes(vault, name, tried, copy, is_sqlite=is_sqlite)
    if holes and not skip_damaged:
        raise PartlyDamaged(holes, tried)
    with closing(Database(f"sqlite:///{copy}" if is_sqlite else database_url)) as database:
        if not is_sqlite:
            schema.being_restored(database)
            snapshot.fill(database, copy)
            copy.unlink()
        seals_gone = _begin_again(database, manifest, seals, holes, at)
        proof = _proved(database, store, folder / SEALED, manifest, {hole.what for hole in holes})
        return Restored(manifest, proof, manifest.missing, seals_gone, holes)


def need_room(folder: Path, size: int) -> None:
    """Raise Temporary unless `size` bytes are free where `folder` is."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise Temporary(
            f"Khôi phục thử cần {size // 1_000_000} MB trống ở {folder.parent}, chỉ còn {free // 1_000_000} MB."
        )


def _refuse_an_office(target: Path, database_url: str) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WrongState(f"{target} đã có dữ liệu. Khôi phục chỉ vào thư mục mới hoặc rỗng, không ghi đè cơ quan nào.")
    if database_url.startswith("postgresql"):
        with closing(Database(database_url)) as database, database.engine.connect() as connection:
            if sa.inspect(connection).get_table_names():
                raise WrongState("Cơ sở dữ liệu này đã có bảng. Tạo một cơ sở dữ liệu mới, rỗng rồi khôi phục vào đó.")


def _lay_database(vault: Vault, manifest: Manifest, copy: Path) -> None:
    is_laid_upon = bool(manifest.base) and manifest.engine == "sqlite"
    with copy.open("xb") as writing:
        os.fchmod(writing.fileno(), 0o600)
        for window in vault.part(manifest.base if is_laid_upon else manifest.name, "db"):
            writing.write(window)
    if is_laid_upon:
        snapshot.apply_pages(copy, vault.part(manifest.name, "db"))
    if snapshot.sha256_and_pages(copy)[0] != manifest.database_sha256:
        raise Damaged(f"Bản sao lưu {manifest.name}: cơ sở dữ liệu không khớp mã băm.")


def _holes(vault: Vault, name: str, tried: Tried, copy: Path, *, is_sqlite: bool) -> tuple[Hole, ...]:
    errors = {one: error for one, error in tried.items() if error is not None}
    if not errors:
        return ()
    vault.manifest(name)  # a place that went away meanwhile is no damage of its files
    return tuple(proving.holes_of(errors, copy, is_sqlite=is_sqlite))


def _lay_objects(vault: Vault, kind: str, targets: dict[str, Path]) -> Tried:
    """Lay down what can be had; returns each object with the error that it met, None for those that stand."""

    def lay(what: str, target: Path) -> Damaged | None:
        try:
            proving.proved_bytes(vault, kind, what, target)
        except Damaged as error:
            target.unlink(missing_ok=True)
            return error
        return None

    with ThreadPoolExecutor(_TOGETHER) as pool:
        met = pool.map(lay, targets.keys(), targets.values())
        return {(kind, what): error for what, error in zip(targets, met, strict=True)}


def _begin_again(
    database: Database, manifest: Manifest, seals: Collection[str], holes: Collection[Hole], at: datetime
) -> int:
    """Bring the schema up to date, stop the numbers and the outbox, end the sessions, note what is lost; returns how
    many held letters lost their bytes because they were decided later.

    `seals` are the sealed letters that were laid down, or are among the `holes`.
    """
    lost = {hole.what for hole in holes}
    try:
        schema.upgrade(database)
    except DBAPIError as error:
        raise Temporary(f"Không ghi được cơ sở dữ liệu đang khôi phục: {type(error.orig).__name__}.") from error
    with database.writing() as session:
        registers.wait_for_confirmation(session, at=manifest.taken_at)
        session.execute(sa.update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=at))
        session.execute(sa.update(MailFolder).values(lease_holder="", lease_until=None))
        keyed = session.scalars(sa.select(HeldLetter).where(HeldLetter.seal_key.is_not(None)))
        unsealed = [letter for letter in keyed if letter.sealed_path not in seals or letter.sealed_path in lost]
        for letter in unsealed:  # waits for a decision again, like one that was never downloaded
            letter.seal_key = letter.sealed_path = None
        for sha256 in lost.union(manifest.missing):
            session.execute(sa.update(StoredFile).where(StoredFile.sha256 == sha256).values(lost_at=at))
        seals_gone = len(unsealed) - sum(hole.kind == SEAL for hole in holes)
        pausing.begin_after_restore(session, at=at)
        following.begin_after_restore(session, at=at)
        payload = {"state": manifest.name, "of": manifest.at, "seals_gone": seals_gone, "skipped": len(holes)}
        events.record(session, "restored", "office", None, by=None, at=at, payload=payload)
    return seals_gone


def _proved(
    database: Database, store: FolderStore, sealed: Path, manifest: Manifest, skipped: Collection[str]
) -> Proof:
    with database.reading() as session:
        proof = verify.verify(session, store, sealed)
    unexpected = [fault for fault in proof.faults if not any(one in fault for one in (*manifest.missing, *skipped))]
    if unexpected:
        raise Damaged(f"Bản sao lưu {manifest.name} không qua kiểm chứng: {unexpected[0]}")
    return proof
