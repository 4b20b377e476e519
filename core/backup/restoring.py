"""The way back: a state is proved to its last byte, laid down beside where it is to stand, verified, then moved in."""

import hashlib
import os
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from core import events, registers, schema, verify
from core.accounts import LoginSession
from core.backup import snapshot
from core.backup.container import Damaged
from core.backup.taking import in_words
from core.backup.vault import Manifest, Vault
from core.db import Database
from core.errors import CongvanError, Permanent, Temporary, WrongState
from core.files import FolderStore, flush_folder
from core.letters import HeldLetter, MailFolder
from core.verify import Proof

DATABASE, FILES, SEALED = "congvan.sqlite3", "files", "sealed"  # as the settings name them in the data folder
_TOGETHER = 3  # contents laid down at a time: one hashes while another is decrypted


@dataclass(frozen=True, slots=True)
class Restored:
    """A state that stands again, and what `congvan verify` finds in it; `lost` contents the store lacked before.

    `seals_gone` counts held letters that were decided after the state was made, so that their bytes are gone.
    """

    manifest: Manifest
    proof: Proof
    lost: tuple[str, ...]
    seals_gone: int


def restore(vault: Vault, target: Path, *, state: str = "", database_url: str = "", at: datetime) -> Restored:
    """Bring a state (the newest unless named) back into the data folder `target`, and wait for the numbers.

    `target` must not be there or be empty; a PostgreSQL database at `database_url` must be empty; without the URL
    the database is SQLite in the folder. Nothing stands in `target` until all is proved. Afterwards each book waits
    until a person has confirmed its last number, and everybody has to sign in again. Raises WrongState where an
    office stands already, OtherKey when the key opens none of the states there, Damaged when the state is not whole:
    its words name the newest whole state before it;
    Temporary or Permanent when the disk or the database refuses. A PostgreSQL database that a cut run left opens for
    nobody.
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
        restored = lay_down(vault, name, staging, database_url, at=at)
    except CongvanError as error:
        shutil.rmtree(staging, ignore_errors=True)  # an office in the clear, and on a full disk only in the way
        if isinstance(error, Damaged):
            raise Damaged(f"{error} Chưa khôi phục gì. {_advice(vault, name, names)}") from error
        raise
    os.sync()  # one flush for all; a trial needs none
    with in_words(target):
        staging.rename(target)
        flush_folder(target.parent)
    if database_url:
        with closing(Database(database_url)) as database:
            schema.restored(database)
    return restored


def lay_down(vault: Vault, name: str, folder: Path, database_url: str, *, at: datetime) -> Restored:
    """Lay a state down in a new folder (one that a cut run left is removed) and verify it.

    A PostgreSQL database stays closed to the program until `schema.restored`. Raises Damaged, and Temporary when
    the disk or the database refuses.
    """
    with in_words(folder):
        return _lay_down(vault, name, folder, database_url, at)


def _lay_down(vault: Vault, name: str, folder: Path, database_url: str, at: datetime) -> Restored:
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
    _lay_objects(vault, "content", {one: store.path_of(one) for one in known})
    (folder / SEALED).mkdir(mode=0o700)
    seals = set(manifest.sealed) - _destroyed_since(vault, manifest)
    _lay_objects(vault, "sealed", {one: folder / SEALED / one for one in seals})
    with closing(Database(f"sqlite:///{copy}" if is_sqlite else database_url)) as database:
        if not is_sqlite:
            schema.being_restored(database)
            snapshot.fill(database, copy)
            copy.unlink()
        seals_gone = _begin_again(database, manifest, seals, at)
        return Restored(manifest, _proved(database, store, folder / SEALED, manifest), manifest.missing, seals_gone)


def check(vault: Vault, name: str) -> Manifest:
    """Prove every byte of a state without laying anything down; returns its manifest. Raises Damaged."""
    manifest = vault.manifest(name)
    for part in (manifest.base, name) if manifest.base and manifest.engine == "sqlite" else (name,):
        for _window in vault.part(part, "db"):
            pass
    for sha256 in vault.contents_of(manifest).keys() - set(manifest.missing):
        _proved_bytes(vault, "content", sha256, None)
    for sealed in set(manifest.sealed) - _destroyed_since(vault, manifest):
        _proved_bytes(vault, "sealed", sealed, None)
    return manifest


def need_room(folder: Path, size: int) -> None:
    """Raise Temporary unless `size` bytes are free where `folder` is."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise Temporary(
            f"Khôi phục thử cần {size // 1_000_000} MB trống ở {folder.parent}, chỉ còn {free // 1_000_000} MB."
        )


def drop_broken(vault: Vault, manifest: Manifest) -> int:
    """Erase each content of a state that can't be read again, so that the next full backup copies it anew from the
    store; returns how many."""
    count = 0
    for sha256 in sorted(vault.contents_of(manifest).keys() - set(manifest.missing)):
        try:
            _proved_bytes(vault, "content", sha256, None)
        except Damaged:
            vault.drop("content", sha256)
            count += 1
    return count


def _advice(vault: Vault, broken: str, names: list[str]) -> str:
    for name in names[names.index(broken) + 1 :]:
        try:
            check(vault, name)
        except Damaged:
            continue
        return f"Bản lành gần nhất trước đó: {name}. Khôi phục bản ấy bằng --at {name}"
    return "Trước đó không còn bản nào lành trong nơi sao lưu này; tìm bản chép của nơi sao lưu ở đĩa khác."


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


def _lay_objects(vault: Vault, kind: str, targets: dict[str, Path]) -> None:
    with ThreadPoolExecutor(_TOGETHER) as pool:
        work = partial(_proved_bytes, vault, kind)
        for _done in pool.map(work, targets.keys(), targets.values()):
            pass


def _proved_bytes(vault: Vault, kind: str, what: str, target: Path | None) -> None:
    digest = hashlib.sha256()
    handle = os.open(target or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb", buffering=0) as writing:
        for window in vault.get(kind, what):
            if kind == "content":
                digest.update(window)
            writing.write(window)
    if kind == "content" and digest.hexdigest() != what:
        raise Damaged(f"Tệp {what[:12]}… trong bản sao lưu có nội dung khác.")


def _destroyed_since(vault: Vault, manifest: Manifest) -> set[str]:
    """Sealed letters of a state whose bytes the place gave up since, because a person had decided: the newest state
    that can be read doesn't name them. What it names and the place lacks is damage."""
    gone = {one for one in manifest.sealed if not vault.has("sealed", one)}
    for name in vault.states() if gone else ():
        with suppress(Damaged):
            return gone.difference(vault.manifest(name).sealed)
    return set()


def _begin_again(database: Database, manifest: Manifest, seals: Collection[str], at: datetime) -> int:
    """Bring the schema up to date, stop the numbers, end the sessions; returns how many held letters lost their bytes.

    `seals` are the sealed letters that were laid down.
    """
    try:
        schema.upgrade(database)
    except DBAPIError as error:
        raise Temporary(f"Không ghi được cơ sở dữ liệu đang khôi phục: {type(error.orig).__name__}.") from error
    with database.writing() as session:
        registers.wait_for_confirmation(session, at=manifest.taken_at)
        session.execute(sa.update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=at))
        session.execute(sa.update(MailFolder).values(lease_holder="", lease_until=None))
        keyed = session.scalars(sa.select(HeldLetter).where(HeldLetter.seal_key.is_not(None)))
        unsealed = [letter for letter in keyed if letter.sealed_path not in seals]
        for letter in unsealed:  # waits for a decision again, like one that was never downloaded
            letter.seal_key = letter.sealed_path = None
        payload = {"state": manifest.name, "of": manifest.at, "seals_gone": len(unsealed)}
        events.record(session, "restored", "office", None, by=None, at=at, payload=payload)
    return len(unsealed)


def _proved(database: Database, store: FolderStore, sealed: Path, manifest: Manifest) -> Proof:
    with database.reading() as session:
        proof = verify.verify(session, store, sealed)
    unexpected = [fault for fault in proof.faults if not any(one in fault for one in manifest.missing)]
    if unexpected:
        raise Damaged(f"Bản sao lưu {manifest.name} không qua kiểm chứng: {unexpected[0]}")
    return proof
