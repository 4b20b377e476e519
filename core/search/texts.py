"""What stored files say: which are to be read, what was read, and which could not be (a queue of rows, never lost)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.files import StoredFile
from core.incoming.tables import Incoming, IncomingFile
from core.search.tables import PAGE_BREAK, FileText, TextState

MOST_LETTERS = 4_000_000  # of one file's text
_PAUSES = (timedelta(hours=1), timedelta(days=1))  # between the tries; after the last the file is given up
_texts = table_of(FileText).c
_WAITING = _texts.state == TextState.WAITING


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored content whose full text is to be read; `name` is what a document calls it."""

    sha256: str
    media_type: str
    name: str


def next_waiting(session: Session, *, at: datetime) -> Waiting | None:
    """The content to be read next: of the newest document first; None when there is none to try at `at`."""
    name = sa.select(sa.func.min(IncomingFile.name)).where(IncomingFile.sha256 == FileText.sha256).scalar_subquery()
    query = (
        sa.select(FileText.sha256, StoredFile.media_type, name.label("name"))
        .join(StoredFile, StoredFile.sha256 == FileText.sha256)
        .where(_WAITING, sa.or_(FileText.try_at.is_(None), FileText.try_at <= at))
        .order_by(FileText.newest.desc(), FileText.sha256)
        .limit(1)
    )
    row = session.execute(query).first()
    return Waiting(row.sha256, row.media_type, row.name or "") if row is not None else None


def waiting_count(session: Session) -> int:
    """How many contents nobody has read in full yet."""
    return session.scalar(sa.select(sa.func.count()).where(_WAITING)) or 0


def ask(session: Session, contents: Sequence[str], incoming_id: int) -> None:
    """Ask for the full text of contents that nobody has asked for yet."""
    known = set(session.scalars(sa.select(FileText.sha256).where(FileText.sha256.in_(contents))))
    new = [sha256 for sha256 in dict.fromkeys(contents) if sha256 not in known]
    if new:
        session.execute(sa.insert(FileText), [{"sha256": sha256, "newest": incoming_id} for sha256 in new])


def note_read(
    session: Session, sha256: str, pages: Sequence[str], *, how: str, unread_pages: int, program: str, at: datetime,
) -> bool:  # fmt: skip
    """Keep what a file says and have its documents indexed anew; False when nobody waits for it any more.

    A removal may have come while the file was being read: then nothing is kept.
    """
    text = PAGE_BREAK.join(page.replace("\x00", " ").replace(PAGE_BREAK, " ") for page in pages)[:MOST_LETTERS]
    values = {
        "state": TextState.READ, "text": text, "pages": len(pages), "unread_pages": unread_pages, "how": how,
        "problem": "", "read_at": at, "program": program, "try_at": None,
    }  # fmt: skip
    if not _settle(session, sha256, values):
        return False
    touch(session, documents_of(session, sha256))
    return True


def note_failed(session: Session, sha256: str, problem: str, *, program: str, at: datetime) -> None:
    """Note a failed try: the next comes after an hour, then after a day, then the file is given up."""
    tries = session.scalar(sa.select(FileText.tries).where(FileText.sha256 == sha256)) or 0
    is_last = tries >= len(_PAUSES)
    values = {
        "state": TextState.FAILED if is_last else TextState.WAITING, "problem": problem[:24], "tries": tries + 1,
        "try_at": None if is_last else at + _PAUSES[tries], "program": program,
    }  # fmt: skip
    _settle(session, sha256, values)


def give_up(session: Session, sha256: str, problem: str, *, program: str, at: datetime) -> None:
    """Note that a file can't be read by this version, whenever it is tried: locked, damaged, too large."""
    values = {
        "state": TextState.FAILED, "problem": problem[:24], "tries": 1, "try_at": None, "program": program,
        "read_at": at,
    }  # fmt: skip
    _settle(session, sha256, values)


def try_again(session: Session, program: str) -> int:
    """Files that another version of the program gave up, or pages of which it could not read, are asked for once more.

    Returns how many. What was read of them stays until they are read again.
    """
    has_more = sa.or_(FileText.state == TextState.FAILED, FileText.unread_pages > 0)
    others = (has_more, FileText.program != program, FileText.state != TextState.WAITING)
    statement = sa.update(FileText).where(*others).values(state=TextState.WAITING, tries=0, try_at=None)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def documents_of(session: Session, sha256: str) -> list[int]:
    """The documents that name a content."""
    return list(session.scalars(sa.select(IncomingFile.incoming_id).where(IncomingFile.sha256 == sha256).distinct()))


def touch(session: Session, documents: Sequence[int]) -> None:
    """Have documents indexed anew because their files, or what these say, have changed."""
    table = table_of(Incoming)
    session.execute(
        sa.update(table).where(table.c.id.in_(documents)).values(text_version=table.c.text_version + 1)
    )  # fmt: skip


def _settle(session: Session, sha256: str, values: dict[str, object]) -> bool:
    table = table_of(FileText)
    done = session.execute(sa.update(table).where(_texts.sha256 == sha256, _WAITING).values(**values))
    return bool(done.rowcount)  # type: ignore[attr-defined]
