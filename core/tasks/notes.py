"""Notes on a task, with the people whom they name (C10)."""

import re
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import events
from core.db import Base, table_of
from core.errors import NotAllowed, Permanent
from core.people import User
from core.rights import may_see
from core.tasks.tables import Task
from core.text import fold

LONGEST_NOTE = 2000
_MAY_NOT_READ = "{} chưa được đọc văn bản này. Nhờ người giao thêm vào phần «Để biết» trước."
_MENTION = re.compile(r"@([\w.'-]+(?: [\w.'-]+){0,5})")


class TaskNote(Base):
    """What somebody wrote beside a task (ý kiến trao đổi)."""

    __tablename__ = "task_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]


class NoteMention(Base):
    """Somebody whom a note names; `seen_at` when he opened the document afterwards."""

    __tablename__ = "note_mentions"
    __table_args__ = (
        sa.Index(
            "ix_note_mentions_unseen", "user_id",
            sqlite_where=sa.text("seen_at IS NULL"), postgresql_where=sa.text("seen_at IS NULL"),
        ),
    )  # fmt: skip

    note_id: Mapped[int] = mapped_column(sa.ForeignKey("task_notes.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"))
    seen_at: Mapped[datetime | None]


_mention = table_of(NoteMention).c
_NOTE_SEEN = (
    sa.update(table_of(NoteMention))
    .where(_mention.task_id == sa.bindparam("task"), _mention.user_id == sa.bindparam("who"))
    .where(_mention.seen_at.is_(None))
    .values(seen_at=sa.bindparam("seen"))
)
_OF_TASK = (
    sa.select(TaskNote, User.full_name)
    .join(User, User.id == TaskNote.author_id)
    .where(TaskNote.task_id == sa.bindparam("task"))
    .order_by(TaskNote.id)
)


def write(session: Session, task: Task, text: str, *, by: User, at: datetime, source: str = "") -> TaskNote:
    """Add a note; who is named in it by @ and his name, or the name of his account, finds it on his desk.

    Raises NotAllowed for who may not see the task, Permanent without words, too many of them, or where it names
    somebody who may not read the document.
    """
    if not may_see(session, by, task):
        raise NotAllowed("Bạn không được đọc văn bản này.")
    words = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not words:
        raise Permanent("Ghi ý kiến trước khi gửi.", field="text")
    if len(words) > LONGEST_NOTE:
        raise Permanent(f"Ý kiến dài quá {LONGEST_NOTE} ký tự, xin rút gọn.", field="text")
    named = mentioned(session, words)
    for one in named:
        if not may_see(session, one, task):
            raise Permanent(_MAY_NOT_READ.format(one.full_name), field="text")
    note = TaskNote(task_id=task.id, author_id=by.id, text=words, at=at)
    session.add(note)
    session.flush()
    session.add_all(NoteMention(note_id=note.id, user_id=one.id, task_id=task.id) for one in named if one.id != by.id)
    session.flush()
    payload = {"words": words, "named": [one.id for one in named]}
    events.record(session, "task_note", "task", task.id, by=by.id, at=at, source=source, payload=payload)
    return note


def mentioned(session: Session, text: str) -> list[User]:
    """Who is named in `text` by @ and his full name, without regard to marks, or the name of his account."""
    found = []
    longest_first = sa.func.length(User.full_name).desc()
    people = session.scalars(sa.select(User).where(User.is_active).order_by(longest_first)).all()
    for match in _MENTION.finditer(text):
        said, account = fold(match[1]), match[1].partition(" ")[0].rstrip(".").lower()
        by_name = (one for one in people if f"{said} ".startswith(f"{fold(one.full_name)} "))
        # An account's name has no marks: "@Ý kiến" does not mean the account y.
        one = next(by_name, None) or next((one for one in people if one.username == account), None)
        if one is not None and one not in found:
            found.append(one)
    return found


def of_task(session: Session, task_id: int) -> Sequence[sa.Row[TaskNote, str]]:
    """The notes of a task with their authors' names, the first first."""
    return session.execute(_OF_TASK, {"task": task_id}).all()


def note_seen(session: Session, task_id: int, user_id: int, *, at: datetime) -> None:
    """Keep that somebody has opened what he was named in."""
    session.execute(_NOTE_SEEN, {"task": task_id, "who": user_id, "seen": at})
