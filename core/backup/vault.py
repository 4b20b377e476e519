"""The backup place: its folders, its states, and what may be removed from it.

`states/NAME.manifest` says what a state holds and is written last: without it there is no state. `states/NAME.db` is
its database, `NAME.pages` a fingerprint of each page, `objects/` every content and sealed letter once.
"""

import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from core import access
from core.backup import container
from core.backup.container import Damaged, OtherKey
from core.backup.keys import Key
from core.errors import NotAllowed, Permanent, Temporary
from core.files import flush_folder
from core.system_words import reason_of

FULL, CHANGES = "full", "changes"
_FORMAT = 1
_NAME_FORMAT = "%Y%m%dT%H%M%S%f"
_NAME = re.compile(r"\d{8}T\d{12}Z-(full|changes)-\d+")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one state holds.

    `at` is the instant of the snapshot (ISO, UTC), `engine` sqlite or postgresql, `base` the full state that a
    state of changes builds upon ("" for a full one); `contents` are (SHA-256, size), of a state of changes only
    those its base lacks; `sealed` are names of sealed letters; `missing` what the store itself lacked then.
    `database_sha256` is of the plain database file or dump.
    """

    name: str
    at: str
    engine: str
    base: str
    database_sha256: str
    database_size: int
    contents: tuple[tuple[str, int], ...]
    sealed: tuple[str, ...]
    missing: tuple[str, ...]
    entries: int
    events: int
    format: int = _FORMAT

    @property
    def taken_at(self) -> datetime:
        """The snapshot's instant, aware UTC."""
        return datetime.fromisoformat(self.at)


def state_name(at: datetime, kind: str, removal: int = 0) -> str:
    """The name of a state: its instant in UTC, so that names sort by time, its kind, and the id of the last event
    of a removal that it knows of (0: none)."""
    return f"{at.astimezone(UTC).strftime(_NAME_FORMAT)}Z-{kind}-{removal}"


def instant_of(name: str) -> datetime:
    """When a state's run began, aware UTC, by its name."""
    return datetime.strptime(name.split("Z")[0], _NAME_FORMAT).replace(tzinfo=UTC)


def holds_states(folder: Path) -> bool:
    """Whether a folder is a backup place with at least one state, whoever's."""
    return any(folder.glob("states/*.manifest"))


def kind_of(name: str) -> str:
    """FULL or CHANGES, by a state's name."""
    return name.split("-")[1]


def removal_of(name: str) -> int:
    """The last removal that a state knows of, by its name."""
    return int(name.split("-")[2])


class Vault:
    """One backup place under one key."""

    def __init__(self, folder: Path, key: Key) -> None:
        self.folder = folder
        self.key = key
        self._states = folder / "states"
        self._temporary = folder / "tmp"
        self._unswept = self._states / "unswept"

    def prepare(self) -> None:
        """Make the folders, and clear away what a killed run left. Raises as `look`."""
        self.look()
        with self._said_in_words():
            for folder in (self._states, self._temporary, self.folder / "objects"):
                folder.mkdir(exist_ok=True, mode=0o700)
            for left in self._temporary.iterdir():
                left.unlink()

    def look(self) -> None:
        """Raise Temporary when the place is not there or can't be written, NotAllowed when something in it is another
        account's, OtherKey when states are another key's.

        The place itself must exist: a share that is not mounted must not be filled in its mount point's stead. Two
        keys in one place would hide from each other what may be let go of.
        """
        if why := access.why_closed_below(self.folder):
            raise NotAllowed(f"Không ghi được vào nơi sao lưu. {why}")
        if not self.folder.is_dir():
            raise Temporary(f"Không thấy nơi sao lưu {self.folder}. Gắn lại đĩa hoặc thư mục mạng rồi chạy lại.")
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise Temporary(f"Không ghi được vào nơi sao lưu {self.folder}: đĩa chỉ cho đọc.")
        foreign = [name for name in self.states() if self.is_foreign(name)] if self._states.is_dir() else []
        if foreign:
            raise OtherKey(
                f"Nơi sao lưu {self.folder} có {len(foreign)} bản khóa bằng chìa khóa khác (mới nhất {foreign[0]}). "
                "Chưa ghi, chưa xóa gì. Nếu lấy nhầm tệp chìa khóa: trả lại tệp cũ. Nếu đổi chìa khóa: đặt "
                "«backup.folder» sang một thư mục mới, rỗng; giữ nơi cũ cùng chìa khóa cũ đến khi không "
                "cần các bản ấy nữa."
            )

    def need_key(self) -> None:
        """Raise OtherKey when no state there is locked with our key, which says nothing against the states."""
        names = self.states()
        if names and all(self.is_foreign(name) for name in names):
            raise OtherKey(
                f"Chìa khóa này không phải của nơi sao lưu {self.folder}: cả {len(names)} bản ở đó khóa bằng chìa khóa "
                "khác. Điều ấy không có nghĩa là bản nào hỏng. Lấy đúng tệp chìa khóa (hai bản đã cất ở hai nơi) rồi "
                "chạy lại."
            )

    def is_foreign(self, name: str) -> bool:
        """Whether a state is locked with another key: all its files agree on one, so it is no flipped bit."""
        if container.key_id_of(self._states / f"{name}.manifest") == self.key.id:
            return False
        found = [container.key_id_of(path) for path in self._states.glob(f"{name}.*")]
        return len(found) > 1 and len(set(found)) == 1 and found[0] not in {self.key.id, None}

    def states(self) -> list[str]:
        """The names of all states, newest first. Raises Permanent when this is no backup place, NotAllowed when it is
        another account's."""
        try:
            names = [path.stem for path in self._states.iterdir() if path.suffix == ".manifest"]
        except PermissionError as error:
            raise NotAllowed(access.why_closed(self._states) or f"Không được đọc {self._states}.") from error
        except OSError:
            raise Permanent(f"{self.folder} không phải nơi sao lưu của Công văn (không có thư mục states).") from None
        return sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)

    def manifest(self, name: str) -> Manifest:
        """What a state holds. Raises Damaged."""
        text = b"".join(container.read(self._states / f"{name}.manifest", self.key, f"manifest {name}"))
        try:
            found = json.loads(zlib.decompress(text))
            found["contents"] = tuple((sha256, size) for sha256, size in found["contents"])
            found["sealed"], found["missing"] = tuple(found["sealed"]), tuple(found["missing"])
            return Manifest(**found)
        except (ValueError, TypeError, KeyError, zlib.error):
            raise Damaged(f"Bản sao lưu {name} do bản chương trình khác ghi, không đọc được.") from None

    def contents_of(self, manifest: Manifest) -> dict[str, int]:
        """Size by SHA-256 of every content of a state, its base's included. Raises Damaged."""
        base = dict(self.manifest(manifest.base).contents) if manifest.base else {}
        return base | dict(manifest.contents)

    def put_manifest(self, manifest: Manifest) -> int:
        """Write a state's manifest, which makes it a state; call last. Returns its size on disk."""
        self._flush_names(manifest)
        text = zlib.compress(json.dumps(asdict(manifest)).encode())
        return self._write(self._states / f"{manifest.name}.manifest", f"manifest {manifest.name}", [text])

    def put_part(self, name: str, part: str, plain: Iterable[bytes]) -> int:
        """Write a state's `db` or `pages`, compressed; returns the size on disk."""
        return self._write(self._states / f"{name}.{part}", f"{part} {name}", _compressed(plain))

    def part(self, name: str, part: str) -> Iterator[bytes]:
        """A state's `db` or `pages`. Raises Damaged."""
        return _decompressed(name, container.read(self._states / f"{name}.{part}", self.key, f"{part} {name}"))

    def has(self, kind: str, what: str) -> bool:
        """Whether an object is there; `kind` is content or sealed, `what` its SHA-256 or name."""
        return self._object(kind, what).exists()

    def put(self, kind: str, what: str, plain: Iterable[bytes]) -> int:
        """Write one object; returns its size on disk."""
        return self._write(self._object(kind, what), f"{kind} {what}", plain)

    def get(self, kind: str, what: str) -> Iterator[bytes]:
        """One object's bytes. Raises Damaged."""
        return container.read(self._object(kind, what), self.key, f"{kind} {what}")

    def drop(self, kind: str, what: str) -> None:
        """Erase one object; harmless when it is gone. Raises Temporary."""
        with self._said_in_words():
            self._object(kind, what).unlink(missing_ok=True)

    def drop_state(self, name: str) -> None:
        """Erase a state, its manifest first, so that a cut leaves no state without its parts; what only it named goes
        with the sweep, which is due from now on. Raises Temporary."""
        with self._said_in_words():
            self._unswept.touch(mode=0o600)
            (self._states / f"{name}.manifest").unlink(missing_ok=True)
            flush_folder(self._states)
            for part in ("db", "pages"):
                (self._states / f"{name}.{part}").unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove parts without a manifest and objects that no state names; returns how many objects.

        A manifest that can't be read may name anything: then no object is removed. Raises Temporary.
        """
        names = self.states()
        with self._said_in_words():
            for path in self._states.iterdir():
                if path.suffix in {".db", ".pages"} and path.stem not in names:
                    path.unlink()
        try:
            manifests = [self.manifest(name) for name in names]
        except Damaged:
            return 0
        keep = {self.key.name("content", sha256) for manifest in manifests for sha256, _ in manifest.contents}
        keep |= {self.key.name("sealed", name) for manifest in manifests for name in manifest.sealed}
        orphans = [path for path in (self.folder / "objects").glob("??/*") if path.name not in keep]
        with self._said_in_words():
            for path in orphans:
                path.unlink()
            self._unswept.unlink(missing_ok=True)
        return len(orphans)

    @property
    def is_sweep_due(self) -> bool:
        """Whether states were erased and no sweep has ended since."""
        return self._unswept.exists()

    def size(self) -> int:
        """Bytes on disk of the whole place."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def _object(self, kind: str, what: str) -> Path:
        name = self.key.name(kind, what)
        return self.folder / "objects" / name[:2] / name

    def _write(self, target: Path, role: str, plain: Iterable[bytes]) -> int:
        with self._said_in_words():
            return container.write(target, self._temporary / os.urandom(12).hex(), self.key, role, plain)

    def _flush_names(self, manifest: Manifest) -> None:
        # An object found there may be one whose run was killed between its name and the folder's flush.
        objects = {self._object("content", sha256).parent for sha256, _ in manifest.contents}
        objects |= {self._object("sealed", name).parent for name in manifest.sealed}
        with self._said_in_words():
            for folder in (*objects, self.folder / "objects", self.folder):
                if folder.is_dir():
                    flush_folder(folder)

    @contextmanager
    def _said_in_words(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            why = access.why_closed_below(self.folder)
            raise NotAllowed(f"Không ghi được vào nơi sao lưu {self.folder}. {why or reason_of(error)}") from error
        except OSError as error:
            raise Temporary(f"Không ghi được vào nơi sao lưu {self.folder}: {reason_of(error)}.") from error


def _compressed(plain: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6)
    for piece in plain:
        yield packer.compress(piece)
    yield packer.flush()


def _decompressed(name: str, packed: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in packed:
        yield unpacker.decompress(piece)
    yield unpacker.flush()
    if not unpacker.eof:
        raise Damaged(f"Bản sao lưu {name}: cơ sở dữ liệu bị cắt ngắn.")
