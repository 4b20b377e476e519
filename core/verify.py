"""`congvan verify`: the proof that chains, registers and files are whole (promises 5, 7 and 8)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, sealing
from core.bearers import bearers
from core.files import FolderStore, StoredFile, sha256_of
from core.incoming.registration import check_book
from core.letters import HeldLetter
from core.office import office_moment
from core.registers import Book, Direction, Series
from core.system_words import reason_of

_SHOWN = 10  # numbers named in one sentence


@dataclass
class Proof:
    """What was looked at, and a Vietnamese sentence for each fault; no fault means all is whole."""

    events: int = 0
    entries: int = 0
    files: int = 0
    bytes: int = 0
    faults: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """For the operator, who has heard of each fault already: what was looked at, and how it ended."""
        seen = f"{self.events} sự kiện, {self.entries} số đến, {self.files} tệp ({self.bytes // 1_000_000} MB)."
        return [seen, f"{len(self.faults)} chỗ hỏng; xem các dòng ✗ ở trên." if self.faults else "Nguyên vẹn."]


def verify(
    session: Session, store: FolderStore, sealed_folder: Path, *, on_fault: Callable[[str], None] = lambda _: None
) -> Proof:
    """Check the whole office in one reading transaction; every stored file is read and hashed.

    `on_fault` hears of each fault as it is found. Files that no row names are no fault: the sweep removes them.
    """
    proof = Proof(events=_count(session, events.Event))
    for fault in _faults(session, store, sealed_folder, proof):
        proof.faults.append(fault)
        on_fault(fault)
    return proof


def _faults(session: Session, store: FolderStore, sealed_folder: Path, proof: Proof) -> Iterator[str]:
    yield from events.verify(session)
    yield from _registers(session, proof)
    yield from _files(session, store, proof)
    yield from _sealed(session, sealed_folder)


def _registers(session: Session, proof: Proof) -> Iterator[str]:
    books = sa.select(Book, Series.year).join(Series).where(Book.direction == Direction.INCOMING)
    for book, year in session.execute(books.order_by(Book.id, Series.year)):
        check = check_book(session, book, year)
        if check is None:
            continue
        proof.entries += check.count
        if check.missing:
            yield f"{book.name} năm {year}: thiếu số {_numbers(check.missing)}."
        if check.doubled:
            yield f"{book.name} năm {year}: số cấp hai lần hoặc ngoài dãy {_numbers(check.doubled)}."


def _files(session: Session, store: FolderStore, proof: Proof) -> Iterator[str]:
    rows = sa.select(StoredFile.sha256, StoredFile.size, StoredFile.lost_at).order_by(StoredFile.sha256)
    for sha256, size, lost_at in session.execute(rows.execution_options(yield_per=1000)):
        proof.files += 1
        proof.bytes += size
        fault = _file_fault(store.path_of(sha256), sha256, size)
        if fault:
            since = f", đã mất khi khôi phục lúc {office_moment(lost_at)}" if lost_at is not None else ""
            whose = bearers(session, [sha256]).get(sha256)
            yield f"Kho tệp: tệp {sha256} {fault}{since}{f': {whose}' if whose else ''}."


def _file_fault(path: Path, sha256: str, size: int) -> str | None:
    try:
        found = path.stat().st_size
        if found != size:
            return f"dài {found} byte, sổ ghi {size}"
        return None if sha256_of(path) == sha256 else "có nội dung khác lúc nhận"
    except FileNotFoundError:
        return "không còn"
    except OSError as error:
        return f"không đọc được ({reason_of(error)})"


def _sealed(session: Session, folder: Path) -> Iterator[str]:
    # Without its key a sealed file is dead, and the sweep has removed it or will.
    columns = HeldLetter.id, HeldLetter.sealed_path, HeldLetter.size
    for held_id, name, size in session.execute(sa.select(*columns).where(HeldLetter.seal_key.is_not(None))):
        path, wanted = folder / str(name), sealing.sealed_size(size)
        if not path.is_file():
            yield f"Thư bị giữ số {held_id}: bản niêm phong không còn."
        elif (found := path.stat().st_size) != wanted:
            yield f"Thư bị giữ số {held_id}: bản niêm phong dài {found} byte, phải là {wanted}."


def _numbers(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_SHOWN])
    rest = len(numbers) - _SHOWN
    return f"{shown} và {rest} số khác" if rest > 0 else shown


def _count(session: Session, model: type[events.Event]) -> int:
    return session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()
