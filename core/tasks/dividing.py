"""What the head of the lead division does: give work to a person, keep it, send it back (Điều 6.2, 7.2)."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Permanent
from core.incoming.registration import require_reason
from core.people import User
from core.tasks import moving, parties
from core.tasks.directing import text_of, ungive
from core.tasks.tables import State, Task
from core.tasks.transitions import Act


def give(
    session: Session, task: Task, handler: User, words: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Give the work to a person of the division, or to another one than before.

    Raises NotAllowed, WrongState, Permanent for somebody of another division.
    """
    standing = moving.begin(session, task, Act.GIVE, by=by, at=at, version=version, said=(handler.id, words))
    if standing is None:
        return
    if not parties.may_work(handler) or handler.division_id != task.lead_division_id:
        raise Permanent("Chọn một người đang làm việc trong phòng.", field="handler")
    if handler.id == task.handler_id:
        raise Permanent("Việc này đang do người ấy xử lý. Chọn người khác.", field="handler")
    task.handler_id, task.is_personal = handler.id, False  # from now on the head answers for it
    payload = {"handler": handler.id, "words": text_of(words)}
    moving.finish(session, task, Act.GIVE, State.GIVEN, standing, by=by, at=at, source=source, payload=payload)


def keep(session: Session, task: Task, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """The head handles it himself ("trực tiếp xử lý"). Raises NotAllowed, WrongState."""
    standing = moving.begin(session, task, Act.KEEP, by=by, at=at, version=version)
    if standing is None:
        return
    task.handler_id = standing.for_id or by.id
    moving.finish(session, task, Act.KEEP, State.IN_PROGRESS, standing, by=by, at=at, source=source)


def send_back(
    session: Session, task: Task, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Send work back with a reason: a handler to the head who gave it, a head or who was named by a leader to that
    leader. Raises NotAllowed, WrongState, Permanent without a reason."""
    standing = moving.begin(session, task, Act.SEND_BACK, by=by, at=at, version=version, said=reason)
    if standing is None:
        return
    reason = require_reason(reason)
    payload = {"reason": reason}
    if task.state != State.WITH_HEAD and not task.is_personal and task.handler_id != standing_head(session, task):
        task.handler_id = None
        target = State.WITH_HEAD
    else:
        target = ungive(session, task)
    moving.finish(session, task, Act.SEND_BACK, target, standing, by=by, at=at, source=source, payload=payload)


def standing_head(session: Session, task: Task) -> int | None:
    """The handler, where he is a head of the lead division himself."""
    division_id = task.lead_division_id
    own = parties.heads(session, division_id) if division_id is not None else []
    return next((head.id for head in own if head.id == task.handler_id), None)
