"""A task begins with the số đến and ends where that is voided (Điều 5.3)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import table_of
from core.events import Fact
from core.incoming.tables import ReadingGrant
from core.people import User
from core.tasks import notes
from core.tasks.notes import TaskNote
from core.tasks.tables import State, Task, TaskPart, TaskReader, TaskRequest

_TASK_OF = sa.select(Task.id).where(Task.incoming_id == sa.bindparam("document"))
_reader = table_of(TaskReader).c
_NOTE_SEEN = (
    sa.update(table_of(TaskReader))
    .where(_reader.task_id == sa.bindparam("task"), _reader.user_id == sa.bindparam("who"), _reader.seen_at.is_(None))
    .values(seen_at=sa.bindparam("seen"))
)
_GONE = "(đã gỡ cùng nội dung)"


def begin(session: Session, incoming_id: int, *, by: User, at: datetime) -> Task:
    """Begin the task of a document that is being entered: it waits for approval. The caller tells the journal."""
    task = Task(incoming_id=incoming_id, submitted_at=at, submitted_by=by.id)
    session.add(task)
    return task


def withdraw(session: Session, incoming_id: int) -> list[Fact]:
    """End the task of a document whose entry is voided, whatever its state; returns what the journal is to say."""
    task = of_document(session, incoming_id)
    if task is None or task.state == State.WITHDRAWN:
        return []
    before, task.state = task.state, State.WITHDRAWN
    task.version += 1
    return [Fact("task_withdraw", "task", task.id, {"from": before})]


def of_document(session: Session, incoming_id: int) -> Task | None:
    """The task of a document, locked for an act; None where there is none."""
    return session.scalars(sa.select(Task).where(Task.incoming_id == incoming_id).with_for_update()).first()


def note_seen(session: Session, incoming_id: int, user_id: int, *, at: datetime) -> None:
    """Keep that somebody who is to know of a document, or is named in its notes, has opened it."""
    task_id = session.scalar(_TASK_OF, {"document": incoming_id})
    if task_id is not None:
        session.execute(_NOTE_SEEN, {"task": task_id, "who": user_id, "seen": at})
        notes.note_seen(session, task_id, user_id, at=at)


def forget(session: Session, incoming_id: int) -> list[int]:
    """Blank what people wrote about a document whose content is removed; returns the ids whose events quote it."""
    asked = sa.update(ReadingGrant).where(ReadingGrant.incoming_id == incoming_id)
    session.execute(asked.values(reason=_GONE, answer=""))
    task = of_document(session, incoming_id)
    if task is None:
        return []
    task.instruction = task.instruction and _GONE
    task.outcome = task.outcome and _GONE
    task.suggested = {}
    task.version += 1
    of_it = TaskPart.task_id == task.id
    session.execute(sa.update(TaskPart).where(of_it, TaskPart.answer != "").values(answer=_GONE))
    session.execute(sa.update(TaskPart).where(of_it, TaskPart.waived_reason != "").values(waived_reason=_GONE))
    session.execute(sa.update(TaskRequest).where(TaskRequest.task_id == task.id).values(reason=_GONE, answer=_GONE))
    session.execute(sa.update(TaskNote).where(TaskNote.task_id == task.id).values(text=_GONE))
    return [task.id]
