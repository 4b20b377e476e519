"""Bài học: what corrections have taught, for the page that shows them and lets them be taken back."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming.tables import Incoming
from core.learning.tables import Lesson
from core.people import User
from core.rights import Right, require
from core.text import fold

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class LessonRow:
    """One lesson; `last_from` and `last_number` name the entry that confirmed it last. `others` counts the entries that
    say otherwise at the same place."""

    id: int
    field: str
    as_read: str
    holds_for: str
    value: str
    votes: int
    others: int
    first_at: datetime
    last_at: datetime
    last_from: int
    last_number: int | None
    taught_by: str
    is_reverted: bool


def lessons(
    session: Session, user: User, *, words: str = "", field: str = "", is_reverted: bool = False,
    after: int | None = None, limit: int = PAGE_ROWS,
) -> list[LessonRow]:  # fmt: skip
    """Lessons that change something, the newest first; `words` stand in what is read or entered. Raises NotAllowed."""
    require(user, Right.REGISTER)
    other = sa.orm.aliased(Lesson)
    elsewhere = (
        sa.select(sa.func.coalesce(sa.func.sum(other.votes), 0))
        .where(
            other.field == Lesson.field,
            other.scope == Lesson.scope,
            other.key == Lesson.key,
            other.id != Lesson.id,
            other.reverted_at.is_(None),
        )
        .scalar_subquery()
    )
    columns = (
        Lesson.id, Lesson.field, Lesson.as_read, Lesson.holds_for, Lesson.value, Lesson.votes,
        elsewhere.label("others"), Lesson.first_at, Lesson.last_at, Lesson.last_from, Incoming.arrival_number,
        User.full_name,
        Lesson.reverted_at.is_not(None),
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .join(Incoming, Incoming.id == Lesson.last_from)
        .join(User, User.id == Lesson.taught_by)
        .where(Lesson.is_correction, Lesson.votes > 0)
        .where(Lesson.reverted_at.is_not(None) if is_reverted else Lesson.reverted_at.is_(None))
        .order_by(Lesson.id.desc())
        .limit(limit)
    )
    if field:
        query = query.where(Lesson.field == field)
    if words:
        likes = f"%{fold(words).replace('%', '').replace('_', '')}%"
        query = query.where(
            sa.or_(Lesson.key.like(likes), Lesson.scope.like(likes), Lesson.value.contains(words, autoescape=True))
        )
    if after is not None:
        query = query.where(Lesson.id < after)
    return [LessonRow(*row) for row in session.execute(query)]
