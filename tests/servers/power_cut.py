"""A disk that forgets: replays a log of calls and says which files a power cut may leave at any of its instants.

Of a file only what was written before an fsync or fdatasync of it is sure to be there, of a folder only the names
that were made or removed in it before its own fsync, whatever the file system may do besides (POSIX promises no
more). All else may be there or not, each change by itself: `Keeps` decides.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from call_log import Call

# Whether a change that no flush has covered survives, by the path it concerns.
Keeps = Callable[[str], bool]


def nothing_more(path: str) -> bool:
    """The disk had written only what it had to."""
    return False


def everything(path: str) -> bool:
    """No power cut: what programs see."""
    return True


def the_database(path: str) -> bool:
    """The disk happened to write the database and its log at once, and nothing else before it had to."""
    return ".sqlite3" in Path(path).name


def by_chance(seed: str) -> Keeps:
    """Each change by itself: a log with holes, names without files."""
    rng = random.Random(seed)
    return lambda path: rng.random() < 0.5


@dataclass(eq=False)
class _File:
    base: bytes = b""
    changes: list[tuple[int, bytes | None]] = field(default_factory=list)  # None: cut or grown to that size
    durable: int = 0  # so many of the changes are
    made: dict[tuple[int, ...], bytes] = field(default_factory=dict)

    def content(self, kept: Sequence[int]) -> bytes:
        key = tuple(kept)
        if key not in self.made:
            if len(self.made) > 3:
                self.made.clear()
            self.made[key] = _applied(self.base, [self.changes[number] for number in key])
        return self.made[key]


@dataclass(eq=False)
class _Folder:
    changes: list[tuple[str, "_File | _Folder | None"]] = field(default_factory=list)  # None: no such name any more
    durable: int = 0


class Disk:
    """What stands in one folder and below, as programs see it, and what of it would survive."""

    def __init__(self, folder: Path, base: Path) -> None:
        """`base` holds what `folder` held before the log began, all of it long on the disk."""
        self._folder = str(folder)
        self._seen: dict[str, _File | _Folder] = {self._folder: _Folder()}
        for path in sorted(base.rglob("*")):
            name = self._folder + "/" + path.relative_to(base).as_posix()
            self._name(name, _Folder() if path.is_dir() else _File(path.read_bytes()))
        for node in self._seen.values():
            node.durable = len(node.changes)

    def replay(self, calls: Sequence[Call]) -> Iterator[Call]:
        """Do the calls one by one. Yields at every instant between two changes, with what has just been done;
        a flush twice: as it begins, when it can't be relied upon yet, and as it ends."""
        edges: list[tuple[int, int, Call]] = []
        for number, call in enumerate(calls):
            if call.what in ("sync", "say"):
                edges.append((call.began, number, call))
            if call.what != "say":
                edges.append((call.ended, number, call))
        begun: dict[int, tuple[_File | _Folder, int]] = {}
        for at, number, call in sorted(edges, key=lambda edge: edge[:2]):
            if call.what != "sync":
                self._do(call)
            elif at == call.began:
                node = self._seen[call.path]
                begun[number] = node, len(node.changes)
            else:
                node, covered = begun.pop(number)
                node.durable = max(node.durable, covered)
            yield call

    def survivors(self, keeps: Keeps) -> dict[str, bytes | None]:
        """The files after a cut at this instant by their path in the folder; None for a folder."""
        found: dict[str, bytes | None] = {}
        root = self._seen[self._folder]
        assert isinstance(root, _Folder)
        self._gather("", root, keeps, found)
        return found

    def _gather(self, below: str, folder: _Folder, keeps: Keeps, found: dict[str, bytes | None]) -> None:
        names: dict[str, _File | _Folder | None] = {}
        for number, (name, node) in enumerate(folder.changes):
            if number < folder.durable or keeps(below + name):
                names[name] = node
        for name, node in names.items():
            if isinstance(node, _Folder):
                found[below + name] = None
                self._gather(f"{below}{name}/", node, keeps, found)
            elif node is not None:
                extra = [n for n in range(node.durable, len(node.changes)) if keeps(below + name)]
                found[below + name] = node.content([*range(node.durable), *extra])

    def _do(self, call: Call) -> None:
        if call.what in ("create", "mkdir"):
            self._name(call.path, _File() if call.what == "create" else _Folder())
        elif call.what == "write":
            self._file(call.path).changes.append((call.offset, call.data))
        elif call.what == "truncate":
            self._file(call.path).changes.append((call.offset, None))
        elif call.what == "rename":
            node = self._file(call.path)
            self._forget(call.path)
            self._name(call.to, node)
        elif call.what == "remove":
            self._forget(call.path)
        elif call.what != "say":
            raise NotImplementedError(f"the replay does not know {call}")

    def _file(self, path: str) -> _File:
        node = self._seen[path]
        assert isinstance(node, _File), path
        return node

    def _name(self, path: str, node: _File | _Folder) -> None:
        self._seen[path] = node
        self._parent(path).changes.append((path.rpartition("/")[2], node))

    def _forget(self, path: str) -> None:
        del self._seen[path]
        self._parent(path).changes.append((path.rpartition("/")[2], None))

    def _parent(self, path: str) -> _Folder:
        node = self._seen[path.rpartition("/")[0]]
        assert isinstance(node, _Folder), path
        return node


def _applied(base: bytes, changes: Sequence[tuple[int, bytes | None]]) -> bytes:
    content = bytearray(base)
    for offset, data in changes:
        end = offset if data is None else offset + len(data)
        content.extend(bytes(max(0, end - len(content))))
        if data is None:
            del content[offset:]
        else:
            content[offset:end] = data
    return bytes(content)


def write_out(survivors: dict[str, bytes | None], folder: Path) -> None:
    """Put surviving files into a new folder."""
    folder.mkdir()
    for name, content in survivors.items():
        if content is None:
            (folder / name).mkdir(mode=0o700)
        else:
            (folder / name).write_bytes(content)
