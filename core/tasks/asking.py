"""What a handler asks for, and the answer: more time (xin gia hạn), somebody to join in (phối hợp, Điều 7.2)."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.registration import require_reason
from core.incoming.values import read_moment
from core.office import office_date
from core.people import User
from core.tasks import moving, parties
from core.tasks.directing import text_of
from core.tasks.parties import Party
from core.tasks.places import places
from core.tasks.tables import Asked, Part, State, Task, TaskRequest
from core.tasks.transitions import Act, Place

_OPEN = (
    sa.select(TaskRequest)
    .where(TaskRequest.task_id == sa.bindparam("task"), TaskRequest.decided_at.is_(None))
    .order_by(TaskRequest.id)
)


def ask_time(
    session: Session, task: Task, due_at: str, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Ask for a later deadline, as typed. Raises NotAllowed, WrongState (asked already), Permanent naming a field."""
    standing = moving.begin(session, task, Act.ASK, by=by, at=at, version=version, said=(due_at, reason))
    if standing is None:
        return
    wanted = read_moment(due_at, field="due_at")
    if not task.due_at:
        raise WrongState("Việc này không có hạn, không cần gia hạn.")
    if not wanted or wanted <= task.due_at or wanted[:10] < office_date(at).isoformat():
        raise Permanent("Chọn hạn mới sau hạn hiện nay và từ hôm nay trở đi.", field="due_at")
    row = _insert(session, task, Asked.EXTENSION, reason, by, at)
    row.due_at = wanted
    payload = {"kind": row.kind, "due_at": wanted, "reason": row.reason}
    moving.finish(session, task, Act.ASK, State.IN_PROGRESS, standing, by=by, at=at, source=source, payload=payload)


def ask_for(
    session: Session, task: Task, one: Party, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Propose a division or a person to join in. Raises NotAllowed, WrongState (asked already), Permanent."""
    standing = moving.begin(session, task, Act.ASK, by=by, at=at, version=version, said=(one, reason))
    if standing is None:
        return
    parties.check(session, one, field="party")
    row = _insert(session, task, Asked.CO_HANDLER, reason, by, at)
    row.division_id, row.user_id = one.division_id, one.user_id
    payload = {"kind": row.kind, "party": one.key, "reason": row.reason}
    moving.finish(session, task, Act.ASK, State.IN_PROGRESS, standing, by=by, at=at, source=source, payload=payload)


def decide(
    session: Session, task: Task, row: TaskRequest, words: str, *, is_granted: bool, by: User, at: datetime,
    version: int, source: str = "",
) -> None:  # fmt: skip
    """Answer what was asked. The deadline is who set it's to move; a head decides about his own division alone.

    Raises NotAllowed, WrongState when it was answered, Permanent where it is refused without a reason.
    """
    standing = moving.begin(session, task, Act.DECIDE, by=by, at=at, version=version, said=(row.id, is_granted, words))
    if standing is None:
        return
    if row.decided_at is not None:
        raise WrongState("Đề nghị này đã được trả lời.")
    if refusal := why_not(session, task, row, places(session, task, by, on=office_date(at)), by=by):
        raise NotAllowed(refusal)
    row.answer = text_of(words) if is_granted else require_reason(words)
    row.is_granted, row.decided_at, row.decided_by = is_granted, at, by.id
    if is_granted and row.kind == Asked.EXTENSION:
        task.due_at = row.due_at
    elif is_granted:
        parties.add_part(session, task, Part.CO_HANDLER, Party(row.division_id, row.user_id), field="party")
    payload = {"kind": row.kind, "is_granted": is_granted, "words": row.answer, "due_at": row.due_at}
    moving.finish(session, task, Act.DECIDE, State.IN_PROGRESS, standing, by=by, at=at, source=source, payload=payload)


def open_requests(session: Session, task: Task) -> list[TaskRequest]:
    """What is not answered yet."""
    return list(session.scalars(_OPEN, {"task": task.id}))


def _insert(session: Session, task: Task, kind: Asked, reason: str, by: User, at: datetime) -> TaskRequest:
    if any(row.kind == kind for row in open_requests(session, task)):
        raise WrongState("Đã có một đề nghị như thế đang chờ trả lời.")
    row = TaskRequest(task_id=task.id, kind=kind, reason=require_reason(reason), asked_by=by.id, asked_at=at)
    session.add(row)
    return row


def why_not(session: Session, task: Task, row: TaskRequest, mine: Collection[Place], *, by: User) -> str:
    """Why `by`, who may answer requests of this task and has the places `mine` to it, may not answer this one; "" where
    he may."""
    if row.asked_by == by.id:
        return "Đề nghị của mình thì người khác trả lời."
    if {Place.APPROVER, Place.DEPUTY, Place.MAKER}.intersection(mine):
        return ""
    if row.kind == Asked.EXTENSION:
        return "Hạn do lãnh đạo đặt thì lãnh đạo gia hạn."
    is_within = parties.is_within(session, task, Party(row.division_id, row.user_id))
    return "" if is_within else "Phối hợp với phòng khác do lãnh đạo quyết định."
