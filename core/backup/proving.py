"""Proving a state byte for byte, and in words what is damaged of it: whose files, and what can be done."""

import hashlib
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.backup import snapshot
from core.backup.container import Damaged
from core.backup.vault import Manifest, Vault
from core.bearers import READ, bearers, sealed_letters
from core.errors import CongvanError
from core.files import FolderStore, sha256_of

CONTENT, SEAL = "content", "sealed"  # the kinds of objects
SKIP = "--skip-damaged"
_SHOWN = 30  # damaged files named in one refusal
Tried = dict[tuple[str, str], Damaged | None]


@dataclass(frozen=True, slots=True)
class Hole:
    """An object of a state that can't be had: `kind` and `what` as the vault knows it, `why` a sentence, and whose it
    is in the register's words ("" when nothing tells)."""

    kind: str
    what: str
    why: str
    whose: str

    def sentence(self) -> str:
        """For the operator."""
        return f"{self.whose or f'tệp {self.what}'}: {self.why}"


class PartlyDamaged(Damaged):
    """The register of a state is whole, some of its objects are not: `holes`. `tried` is what was read, with errors."""

    def __init__(self, holes: Collection[Hole], tried: Tried) -> None:
        self.holes, self.tried = tuple(holes), tried
        rest = len(holes) - 1
        super().__init__(self.holes[0].why + (f" Cả thảy {len(holes)} tệp hỏng hoặc thiếu." if rest else ""))


def check(vault: Vault, name: str, tried: Tried | None = None) -> Manifest:
    """Prove every byte of a state without laying anything down; returns its manifest. Raises Damaged.

    What was `tried` before is not read again; what is read now is added.
    """
    tried = {} if tried is None else tried
    manifest = vault.manifest(name)
    objects = _objects(vault, manifest)
    for one in objects:  # what is known already is said before anything is read
        _refuse(one, tried)
    for part in (manifest.base, name) if manifest.base and manifest.engine == "sqlite" else (name,):
        for _window in vault.part(part, "db"):
            pass
    for one in objects:
        if one not in tried:
            tried[one] = _error(vault, *one)
        _refuse(one, tried)
    return manifest


def _objects(vault: Vault, manifest: Manifest) -> list[tuple[str, str]]:
    contents = vault.contents_of(manifest).keys() - set(manifest.missing)
    seals = set(manifest.sealed) - destroyed_since(vault, manifest)
    return [(CONTENT, one) for one in sorted(contents)] + [(SEAL, one) for one in sorted(seals)]


def _refuse(one: tuple[str, str], tried: Tried) -> None:
    if (error := tried.get(one)) is not None:
        raise PartlyDamaged([Hole(*one, error.sentence, "")], tried)


def proved_bytes(vault: Vault, kind: str, what: str, target: Path | None) -> None:
    """Read an object to its end, and write it to `target`. Raises Damaged; the target is then not to be used."""
    digest = hashlib.sha256()
    handle = os.open(target or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb", buffering=0) as writing:
        for window in vault.get(kind, what):
            if kind == CONTENT:
                digest.update(window)
            writing.write(window)
    if kind == CONTENT and digest.hexdigest() != what:
        raise Damaged(f"Tệp {what[:12]}… trong bản sao lưu có nội dung khác.")


def destroyed_since(vault: Vault, manifest: Manifest) -> set[str]:
    """Sealed letters of a state whose bytes the place gave up since, because a person had decided: the newest state
    that can be read doesn't name them. What it names and the place lacks is damage."""
    gone = {one for one in manifest.sealed if not vault.has(SEAL, one)}
    for name in vault.states() if gone else ():
        with suppress(Damaged):
            return gone.difference(vault.manifest(name).sealed)
    return set()


def holes_of(errors: Mapping[tuple[str, str], Damaged], copy: Path, *, is_sqlite: bool) -> list[Hole]:
    """What could not be had, each with whose it is by the state's own database or dump `copy`."""
    whose: dict[str, str] = {}
    # An older program's tables may not be ours yet; then the files go without their documents.
    with suppress(DBAPIError, ValueError, CongvanError), snapshot.glance(copy, READ, is_sqlite=is_sqlite) as session:
        whose = bearers(session, [what for kind, what in errors if kind == CONTENT])
        whose |= sealed_letters(session, [what for kind, what in errors if kind == SEAL])
    found = [Hole(kind, what, error.sentence, whose.get(what, "")) for (kind, what), error in errors.items()]
    return sorted(found, key=lambda hole: (hole.whose, hole.what))


def drop_broken(vault: Vault, manifest: Manifest, store: FolderStore, sealed: Path) -> tuple[int, int, int]:
    """Erase each object of a state that can't be read again and that the office (`store`, folder of `sealed` letters)
    still has, so that the next full backup copies it anew. Raises Damaged when the manifest can't be read.

    Returns how many were erased, how many the place lacks for the next backup to copy, and how many neither has whole.
    """
    erased = lacking = lost = 0
    for kind, what in _objects(vault, manifest):
        error = _error(vault, kind, what)
        if error is None:
            continue
        if not (_is_whole(store.path_of(what), what) if kind == CONTENT else (sealed / what).exists()):
            lost += 1
        elif not vault.has(kind, what):
            lacking += 1
        elif not isinstance(error.__cause__, OSError):  # a disk that can't read it now may tomorrow
            vault.drop(kind, what)
            erased += 1
    return erased, lacking, lost


def refusal(vault: Vault, name: str, error: Damaged) -> str:
    """Why a state is not restored, whose files are damaged, and the ways on."""
    if vault.is_foreign(name):
        ours = next((one for one in vault.states() if not vault.is_foreign(one)), "")
        return f"Bản {name} khóa bằng chìa khóa khác, chưa khôi phục gì. Chìa khóa này mở được bản khác, như {ours}."
    if not isinstance(error, PartlyDamaged):
        return f"{error} Chưa khôi phục gì. {_advice(vault, name, {})}"
    lines = [f"Bản sao lưu {name} có {len(error.holes)} tệp hỏng hoặc thiếu, sổ và các tệp khác còn nguyên:"]
    lines += [f"✗ {hole.sentence()}" for hole in error.holes[:_SHOWN]]
    if len(error.holes) > _SHOWN:
        lines.append(f"✗ và {len(error.holes) - _SHOWN} tệp khác")
    advice = _advice(vault, name, error.tried)
    lines.append(f"Chưa khôi phục gì. {advice}")
    lines.append(f"Hoặc khôi phục mọi thứ khác của bản này, thiếu các tệp trên: thêm {SKIP}")
    return "\n".join(lines)


def _advice(vault: Vault, broken: str, tried: Tried) -> str:
    names, partly = vault.states(), ""
    for name in names[names.index(broken) + 1 :]:
        try:
            check(vault, name, tried)
        except PartlyDamaged:
            partly = partly or name
        except Damaged:
            continue
        else:
            return f"Bản lành gần nhất trước đó: {name}. Khôi phục bản ấy bằng --at {name}"
    none = "Trước đó không còn bản nào lành trong nơi sao lưu này; tìm bản chép của nơi sao lưu ở đĩa khác."
    return f"{none} Bản {partly} chỉ thiếu vài tệp: --at {partly} {SKIP}" if partly else none


def _error(vault: Vault, kind: str, what: str) -> Damaged | None:
    try:
        proved_bytes(vault, kind, what, None)
    except Damaged as error:
        return error
    return None


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
