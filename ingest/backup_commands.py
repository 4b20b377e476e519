"""`congvan backup`, `restore` and `verify --backup`: what they do, line by line as printed."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from config.settings import Settings
from core.backup import keys, restoring
from core.backup.container import Damaged, OtherKey
from core.backup.vault import CHANGES, FULL, Vault
from core.db import Database
from core.errors import NotAllowed
from core.office import office_moment
from ingest.backups import Backups, vault_of

Clock = Callable[[], datetime]


def new_key(path: Path) -> Iterator[str]:
    """Make the key of a backup place. Raises Permanent when the file is there."""
    keys.new_key(path)
    yield f"Đã tạo chìa khóa {path}."
    yield "KHÔNG CÓ TỆP NÀY THÌ KHÔNG KHÔI PHỤC ĐƯỢC GÌ."
    yield "Cất ít nhất hai bản ở hai nơi, không cất cùng chỗ với bản sao lưu."


def backup(asked: Namespace, settings: Settings, database: Database, clock: Clock) -> Iterator[str]:
    """Take a backup now, or list those that are there. Raises Permanent or Temporary."""
    if asked.is_list:
        yield from _listed(vault_of(settings))
        return
    taken = Backups(settings, database, clock).take(CHANGES if asked.changes else FULL)
    yield f"Đã sao lưu {taken.state}: {taken.entries} số đến, {taken.files} tệp, {_megabytes(taken.size)}."
    yield f"Ghi thêm {_megabytes(taken.written)} vào {settings.backup.folder}."


def trial(settings: Settings, database: Database, clock: Clock) -> Iterator[str]:
    """Restore the newest state into a scratch folder, verify and remove it. Raises Permanent or Temporary."""
    proved = Backups(settings, database, clock).trial()
    yield f"Bản sao lưu {proved.state} đã khôi phục thử: {proved.entries} số đến, {proved.files} tệp khớp."


def restore(asked: Namespace, owner: tuple[int, int] | None, clock: Clock) -> Iterator[str]:
    """Bring a state back into a new folder, for `owner` (uid, gid). Raises as `core.backup.restoring.restore`."""
    vault = Vault(asked.place, keys.read_key(asked.key, has_states=True))
    restored = restoring.restore(
        vault,
        asked.target,
        state=asked.at,
        database_url=asked.database,
        skip_damaged=asked.skip_damaged,
        owner=owner,
        at=clock(),
    )
    proof = restored.proof
    yield f"Đã khôi phục bản {restored.manifest.name} vào {asked.target}."
    yield f"Kiểm chứng: {proof.events} sự kiện, {proof.entries} số đến, {proof.files} tệp ({_megabytes(proof.bytes)})."
    for sha256 in restored.lost:
        yield f"✗ Tệp {sha256} đã mất từ trước khi sao lưu."
    for hole in restored.skipped:
        yield f"✗ Thiếu {hole.sentence()}"
    if restored.skipped:
        yield (
            f"{len(restored.skipped)} tệp trên hỏng ở nơi sao lưu nên không có trong cơ quan này. Tìm được bản lành "
            "của tệp nào (máy cũ, bản chép khác của nơi sao lưu) thì chép vào kho tệp, đúng tên mà congvan verify kể."
        )
    if restored.seals_gone:
        yield f"{restored.seals_gone} thư bị giữ đã có quyết định sau bản này, bản niêm phong đã hủy."
    yield (
        "Trước khi cấp số tiếp, số cuối cùng phải được xác nhận ở trang Sổ văn bản đến: bởi một trong hai người đã chỉ "
        "định; chưa chỉ định thì văn thư nào cũng được."
    )


def _listed(vault: Vault) -> Iterator[str]:
    for name in vault.states():
        try:
            found = vault.manifest(name)
        except OtherKey:
            yield f"{name}\tkhóa bằng chìa khóa khác"
            continue
        except Damaged as error:
            yield f"{name}\tHỎNG: {error.sentence}"
            continue
        except NotAllowed as error:
            yield f"{name}\tKHÔNG ĐƯỢC ĐỌC: {error.sentence}"
            continue
        size = _megabytes(found.database_size)
        yield f"{name}\t{office_moment(found.taken_at)}\t{found.entries} số đến\t{size} cơ sở dữ liệu"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")
