"""Who received a document and when, as the register's columns say: read from the assignment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming.tables import Incoming
from core.office import office_date
from core.people import Division, User
from core.tasks.tables import Form, Part, Task, TaskPart

_DOCUMENTS: sa.BindParameter[Any] = sa.bindparam("documents", expanding=True)
_GIVEN = (
    sa.select(Task.incoming_id, Task.form, Task.is_personal, Task.directed_at, Division.name, User.full_name)
    .join(Division, Division.id == Task.lead_division_id, isouter=True)
    .join(User, User.id == Task.handler_id, isouter=True)
    .join(Incoming, Incoming.id == Task.incoming_id)
    .where(Task.incoming_id.in_(_DOCUMENTS), Task.form != "", Incoming.removed_at.is_(None))
)
_INFORMED = (
    sa.select(Task.incoming_id, sa.func.coalesce(Division.name, User.full_name).label("name"))
    .join(TaskPart, TaskPart.task_id == Task.id)
    .join(Division, Division.id == TaskPart.division_id, isouter=True)
    .join(User, User.id == TaskPart.user_id, isouter=True)
    .where(Task.incoming_id.in_(_DOCUMENTS), Task.form == Form.FOR_INFORMATION, TaskPart.part == Part.INFORMED)
    .order_by(TaskPart.id)
)


@dataclass(frozen=True, slots=True)
class Received:
    """Whom a document was given to, as `receiver` says, and the office's day on which it was passed on, Ngày chuyển."""

    by: str = ""
    passed_on: date | None = None


def received_by(session: Session, documents: Sequence[int]) -> dict[int, Received]:
    """What is known of each document that was given out and not removed, by its id; two questions, however many
    documents."""
    wanted = {"documents": list(documents)}
    informed: dict[int, list[str]] = {}
    for row in session.execute(_INFORMED, wanted):
        informed.setdefault(row.incoming_id, []).append(row.name)
    return {
        row.incoming_id: Received(
            receiver(row.form, row.name or "", row.full_name or "", informed.get(row.incoming_id, ()), row.is_personal),
            office_date(row.directed_at),
        )
        for row in session.execute(_GIVEN, wanted)
    }  # fmt: skip


def receiver(form: str, division: str, handler: str, informed: Iterable[str], is_personal: bool) -> str:
    """Whom a document was given to: the lead division, or the person whom a leader named; for information those who
    are informed. "" while nobody has given it out.

    Source: NĐ 30, Phụ lục IV, sổ đăng ký văn bản đến, column 7; Quy chế 63, Điều 6.1.
    """
    if form == Form.FOR_INFORMATION:
        return ", ".join(informed) or "Lưu trữ"
    return handler if is_personal or not division else division
