"""Which letters may leave the mailbox: taken in, old, stored whole and backed up; and the note that they left.

Off unless it is set (promise 1). What is held, left out or skipped stays where it is: its only copy may be there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.events import Fact
from core.letters import Arrival, ArrivalState, Message


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter at one place in the mailbox, and the bytes that are stored of it."""

    arrival_id: int
    message_id: int
    uid: int
    raw_sha256: str
    taken_at: datetime


def old_letters(
    session: Session, mailbox: str, folder: str, uidvalidity: int, *, before: datetime, limit: int
) -> list[Letter]:  # fmt: skip
    """Letters of a folder that were taken in, came before `before` and were not cleared yet, oldest UIDs first."""
    query = (
        sa.select(Arrival.id, Arrival.message_id, Arrival.uid, Message.raw_sha256, Message.taken_at)
        .join(Message, Message.id == Arrival.message_id)
        .where(Arrival.mailbox == mailbox, Arrival.folder == folder, Arrival.uidvalidity == uidvalidity)
        .where(Arrival.state == ArrivalState.TAKEN, Arrival.cleared_at.is_(None))
        .where(Arrival.received_at < before, Message.taken_at < before)
        .order_by(Arrival.uid)
        .limit(limit)
    )
    # Without a hash the letter's content was removed: whatever is left lies in the mailbox.
    rows = session.execute(query).all()
    return [Letter(r.id, r.message_id, r.uid, r.raw_sha256, r.taken_at) for r in rows if r.raw_sha256 and r.message_id]


def note_intent(session: Session, mailbox: str, letters: Sequence[Letter], target: str, *, at: datetime) -> None:
    """Journal what is about to be cleared, before the server is told. `target` is a folder's name, empty: deleted."""
    events.record_many(session, _facts("clearing_begun", mailbox, letters, target), by=None, at=at)


def note_cleared(session: Session, mailbox: str, letters: Sequence[Letter], target: str, *, at: datetime) -> None:
    """These letters are gone from their folder, by us or by people in between."""
    ids = [letter.arrival_id for letter in letters]
    session.execute(sa.update(Arrival).where(Arrival.id.in_(ids)).values(cleared_at=at))
    events.record_many(session, _facts("letter_cleared", mailbox, letters, target), by=None, at=at)


def _facts(act: str, mailbox: str, letters: Sequence[Letter], target: str) -> list[Fact]:
    return [
        Fact(act, "message", letter.message_id, {"mailbox": mailbox, "uid": letter.uid, "to": target})
        for letter in letters
    ]
