"""Working on a document: accept, report, finish, and what is confirmed, waited for and urged (Điều 6.2, 7.2)."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.registration import require_reason
from core.office import office_date
from core.people import User
from core.tasks import moving, parties
from core.tasks.directing import text_of
from core.tasks.dividing import standing_head
from core.tasks.parties import Party
from core.tasks.places import Standing, own_part, places
from core.tasks.tables import Part, State, Task, TaskPart
from core.tasks.transitions import Act, Place


def accept(session: Session, task: Task, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Take the work on. Raises NotAllowed, WrongState."""
    standing = moving.begin(session, task, Act.ACCEPT, by=by, at=at, version=version)
    if standing is not None:
        moving.finish(session, task, Act.ACCEPT, State.IN_PROGRESS, standing, by=by, at=at, source=source)


def report(session: Session, task: Task, words: str, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Say how far it is. Raises NotAllowed, WrongState, Permanent without words."""
    standing = moving.begin(session, task, Act.REPORT, by=by, at=at, version=version, said=words)
    if standing is None:
        return
    payload = {"words": _said(words, "Ghi việc đã làm, việc còn lại.", "words")}
    moving.finish(session, task, Act.REPORT, State.IN_PROGRESS, standing, by=by, at=at, source=source, payload=payload)


def finish(
    session: Session, task: Task, outcome: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Report the work as done with its written outcome; the head confirms it, or it is his own.

    Raises NotAllowed, WrongState while a co-handler is waited for, Permanent without an outcome.
    """
    standing = moving.begin(session, task, Act.FINISH, by=by, at=at, version=version, said=outcome)
    if standing is None:
        return
    words = _said(outcome, "Ghi kết quả xử lý hoặc ý kiến đề xuất.", "outcome")
    if any(not one.is_settled for one in parties.parts(session, task)):
        raise WrongState("Còn nơi phối hợp chưa trả lời. Chờ trả lời, hoặc bấm «Thôi chờ» và ghi lý do.")
    task.outcome = words
    target = State.DONE if standing_head(session, task) is not None else State.REPORTED
    _close(task, target, at)
    payload = {"outcome": words}
    moving.finish(session, task, Act.FINISH, target, standing, by=by, at=at, source=source, payload=payload)


def confirm(session: Session, task: Task, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Agree that the work is done. Raises NotAllowed, WrongState."""
    standing = moving.begin(session, task, Act.CONFIRM, by=by, at=at, version=version)
    if standing is not None:
        _close(task, State.DONE, at)
        moving.finish(session, task, Act.CONFIRM, State.DONE, standing, by=by, at=at, source=source)


def reject(
    session: Session, task: Task, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Have the handler go on. Raises NotAllowed, WrongState, Permanent without a reason."""
    _again(session, task, Act.REJECT, reason, by=by, at=at, version=version, source=source)


def reopen(
    session: Session, task: Task, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Open what was done again. Raises NotAllowed, WrongState, Permanent without a reason."""
    _again(session, task, Act.REOPEN, reason, by=by, at=at, version=version, source=source)


def answer(session: Session, task: Task, words: str, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Give a co-handler's opinion to the lead. Raises NotAllowed, WrongState, Permanent without words."""
    standing = moving.begin(session, task, Act.ANSWER, by=by, at=at, version=version, said=words)
    if standing is None:
        return
    part = _part_of(session, task, standing, by)
    if part.is_settled:
        raise WrongState("Phần phối hợp này đã xong.")
    part.answer = _said(words, "Ghi ý kiến hoặc kết quả phối hợp.", "words")
    part.answered_at, part.answered_by = at, by.id
    payload = {"part": Party(part.division_id, part.user_id).key, "words": part.answer}
    moving.finish(
        session, task, Act.ANSWER, State(task.state), standing, by=by, at=at, source=source, payload=payload
    )  # fmt: skip


def waive(
    session: Session, task: Task, part: TaskPart, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Wait for a co-handler no longer. Raises NotAllowed, WrongState, Permanent without a reason."""
    standing = moving.begin(session, task, Act.WAIVE, by=by, at=at, version=version, said=(part.id, reason))
    if standing is None:
        return
    if part.is_settled:
        raise WrongState("Phần phối hợp này đã xong.")
    part.waived_reason, part.waived_at = require_reason(reason), at
    payload = {"part": Party(part.division_id, part.user_id).key, "reason": part.waived_reason}
    moving.finish(
        session, task, Act.WAIVE, State(task.state), standing, by=by, at=at, source=source, payload=payload
    )  # fmt: skip


def add_part(
    session: Session, task: Task, part: Part, one: Party, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Let one more join in or know; a head those of his division alone. Raises NotAllowed, WrongState, Permanent."""
    standing = moving.begin(session, task, Act.ADD_PART, by=by, at=at, version=version, said=(part, one))
    if standing is None:
        return
    if part is Part.CO_HANDLER and task.state == State.FILED:
        raise Permanent("Văn bản để biết và lưu thì không có phối hợp.", field="part")
    parties.check(session, one, field="party")
    mine = places(session, task, by, on=office_date(at))
    if not mine.keys() & {Place.APPROVER, Place.DEPUTY, Place.MAKER} and not parties.is_within(session, task, one):
        raise NotAllowed("Trưởng phòng thêm người trong phòng mình; nơi khác do lãnh đạo quyết định.")
    parties.add_part(session, task, part, one, field="party")
    payload = {"part": part.value, "party": one.key}
    moving.finish(
        session, task, Act.ADD_PART, State(task.state), standing, by=by, at=at, source=source, payload=payload
    )  # fmt: skip


def urge(session: Session, task: Task, words: str, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Đôn đốc: have who is waited for reminded, now. Raises NotAllowed, WrongState."""
    standing = moving.begin(session, task, Act.URGE, by=by, at=at, version=version, said=words)
    if standing is None:
        return
    task.urged_at = at
    payload = {"words": text_of(words)}
    moving.finish(session, task, Act.URGE, State(task.state), standing, by=by, at=at, source=source, payload=payload)


def _again(
    session: Session, task: Task, act: Act, reason: str, *, by: User, at: datetime, version: int, source: str
) -> None:
    standing = moving.begin(session, task, act, by=by, at=at, version=version, said=reason)
    if standing is None:
        return
    reason = require_reason(reason)
    task.closed_at = None
    moving.finish(
        session, task, act, State.IN_PROGRESS, standing, by=by, at=at, source=source, payload={"reason": reason}
    )  # fmt: skip


def _close(task: Task, target: State, at: datetime) -> None:
    if target is State.DONE:
        task.closed_at = at


def _part_of(session: Session, task: Task, standing: Standing, by: User) -> TaskPart:
    whose = session.get_one(User, standing.for_id) if standing.for_id is not None else by
    part = own_part(parties.parts(session, task), whose)
    assert part is not None  # the place of a co-handler is had by a part
    return part


def _said(words: str, advice: str, field: str) -> str:
    text = text_of(words)
    if len(text) < 3:
        raise Permanent(advice, field=field)
    return text
