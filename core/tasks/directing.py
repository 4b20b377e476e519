"""Submitting a document, approving it and giving it out (Quy chế 63, Điều 5.3, 6.1, 7.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core import events
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming.registration import require_reason
from core.incoming.tables import Incoming
from core.incoming.tables import State as EntryState
from core.incoming.values import read_moment
from core.learning import teaching
from core.office import office_date
from core.people import Division, Role, User
from core.tasks import giving, moving, parties, submitting
from core.tasks.parties import Party
from core.tasks.places import Standing
from core.tasks.tables import FORM_NAMES, Form, Part, State, Task
from core.tasks.transitions import Act
from core.text import squeeze

LONGEST_TEXT = 2000
_NOT_ENTERED = "Văn bản chưa có số đến thì chưa trình, chưa giao xử lý được. Vào sổ trước."


@dataclass(frozen=True, slots=True)
class Assignment:
    """To whom and how a document is given: `lead` None where it is for information. `due_at` as typed."""

    form: Form
    lead: Party | None = None
    co_handlers: Sequence[Party] = ()
    informed: Sequence[Party] = ()
    due_at: str = ""
    instruction: str = ""


def submit(session: Session, document: Incoming, *, by: User, at: datetime, source: str = "") -> Task:
    """Lay an entry that has no task before the Director (Điều 5.3); harmless where it has one.

    Raises NotAllowed unless `by` is a clerk, WrongState without a số đến.
    """
    if Role.CLERK not in by.roles:
        raise NotAllowed("Chỉ văn thư được trình văn bản đến.")
    session.refresh(document, with_for_update=True)  # of two who submit at once the second finds the task
    if document.state != EntryState.REGISTERED:
        raise WrongState(_NOT_ENTERED)
    task = submitting.of_document(session, document.id)
    if task is not None:
        return task
    task = submitting.begin(session, document.id, by=by, at=at)
    session.flush()
    events.record(session, "task_submit", "task", task.id, by=by.id, at=at, source=source, payload={})
    return task


def submit_again(session: Session, task: Task, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Lay before the Director what he returned. Raises NotAllowed unless `by` is a clerk, WrongState."""
    standing = moving.begin(session, task, Act.SUBMIT, by=by, at=at, version=version)
    if standing is not None:
        task.submitted_at, task.submitted_by = at, by.id
        moving.finish(session, task, Act.SUBMIT, State.SUBMITTED, standing, by=by, at=at, source=source)


def ask_office(session: Session, task: Task, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Have the office's staff propose first ("Văn phòng đề xuất"). Raises NotAllowed, WrongState."""
    standing = moving.begin(session, task, Act.ASK_OFFICE, by=by, at=at, version=version)
    if standing is not None:
        moving.finish(session, task, Act.ASK_OFFICE, State.SUGGESTING, standing, by=by, at=at, source=source)


def suggest(
    session: Session, task: Task, proposed: Assignment, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """What the chief of office proposes to the Director. Raises NotAllowed, WrongState, Permanent naming a field."""
    standing = moving.begin(session, task, Act.SUGGEST, by=by, at=at, version=version, said=proposed)
    if standing is None:
        return
    due_at = _checked(session, proposed, at=at)
    for field, several in (("co_handlers", proposed.co_handlers), ("informed", proposed.informed)):
        for one in several:
            parties.check(session, one, field=field)
    if proposed.lead in proposed.co_handlers:
        raise Permanent(parties.LEAD_JOINS_IN, field="co_handlers")
    task.suggested = {
        "form": proposed.form.value, "lead": proposed.lead.key if proposed.lead else "", "due_at": due_at,
        "co_handlers": [one.key for one in proposed.co_handlers], "informed": [one.key for one in proposed.informed],
        "instruction": text_of(proposed.instruction), "by": by.id,
    }  # fmt: skip
    moving.finish(session, task, Act.SUGGEST, State.SUBMITTED, standing, by=by, at=at, source=source)


def depute(
    session: Session, task: Task, deputy: User, words: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """ "Kính chuyển đ/c Phó Giám đốc chỉ đạo". Raises NotAllowed, WrongState, Permanent unless `deputy` leads."""
    standing = moving.begin(session, task, Act.DEPUTE, by=by, at=at, version=version, said=(deputy.id, words))
    if standing is None:
        return
    if not deputy.is_active or Role.LEADER not in deputy.roles or Role.DIRECTOR in deputy.roles:
        raise Permanent("Chọn một Phó Giám đốc.", field="deputy")
    task.deputy_id, task.instruction = deputy.id, text_of(words)
    payload = {"deputy": deputy.id, "words": task.instruction}
    moving.finish(session, task, Act.DEPUTE, State.DEPUTED, standing, by=by, at=at, source=source, payload=payload)


def give_back(
    session: Session, task: Task, reason: str, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Return a document to the clerk, or a deputy's to the Director. Raises NotAllowed, WrongState, Permanent."""
    standing = moving.begin(session, task, Act.RETURN, by=by, at=at, version=version, said=reason)
    if standing is None:
        return
    reason = require_reason(reason)
    target = State.RETURNED if task.state == State.SUBMITTED else State.SUBMITTED
    task.deputy_id = None
    moving.finish(
        session, task, Act.RETURN, target, standing, by=by, at=at, source=source, payload={"reason": reason}
    )  # fmt: skip


def assign(
    session: Session, task: Task, given: Assignment, *, by: User, at: datetime, version: int, source: str = ""
) -> None:
    """Approve a document and give it out in one of the three forms of Điều 6.1, to exactly one lead unless it is for
    information. What was given out before is given anew: whoever had it is told by the journal.

    Raises NotAllowed, WrongState, Permanent naming a field.
    """
    if is_repeat(task, given, by=by, version=version):
        return
    act = Act.REDIRECT if State(task.state) in _GIVEN_OUT else Act.ASSIGN
    standing = moving.begin(session, task, act, by=by, at=at, version=version, said=given)
    assert standing is not None
    due_at = _checked(session, given, at=at)
    with session.no_autoflush:  # the row is whole when its state has followed
        _unlearn(session, task)
        target = _give(session, task, given, due_at, standing, by=by, at=at)
        _learn(session, task, by=by, at=at)
    payload = {
        "form": given.form.value, "lead": given.lead.key if given.lead else "", "due_at": due_at,
        "co_handlers": [one.key for one in given.co_handlers], "informed": [one.key for one in given.informed],
        "instruction": task.instruction,
    }  # fmt: skip
    moving.finish(session, task, act, target, standing, by=by, at=at, source=source, payload=payload)


def is_repeat(task: Task, given: Assignment, *, by: User, version: int) -> bool:
    """Whether `by` has just given this very version out so."""
    acts = (Act.ASSIGN, Act.REDIRECT)
    return any(moving.is_repeat(task, act, by=by, version=version, said=given) for act in acts)


def take_back(session: Session, task: Task, *, by: User, at: datetime, version: int, source: str = "") -> None:
    """Take an assignment back while nobody has acted on it: the document waits for approval again.

    Raises NotAllowed, WrongState where somebody has.
    """
    standing = moving.begin(session, task, Act.TAKE_BACK, by=by, at=at, version=version)
    if standing is None:
        return
    if task.acted_at is not None:
        raise WrongState("Đã có người xử lý việc này, không lấy lại được. Cần thì giao lại cho nơi khác.")
    target = ungive(session, task)
    moving.finish(session, task, Act.TAKE_BACK, target, standing, by=by, at=at, source=source)


def ungive(session: Session, task: Task) -> State:
    """Undo an assignment and return who has to direct anew: the deputy who gave it out, else the Director."""
    _unlearn(session, task)
    is_deputys = task.deputy_id is not None and task.deputy_id in (task.directed_by, task.directed_for)
    with session.no_autoflush:  # the row is whole when its state has followed
        for part in Part:
            parties.set_parts(session, task, part, (), field="")
    task.form, task.lead_division_id, task.handler_id, task.is_personal = "", None, None, False
    task.due_at, task.closed_at, task.is_transferred = "", None, False
    task.directed_at = task.directed_by = task.directed_for = None
    if is_deputys:
        return State.DEPUTED
    task.deputy_id, task.instruction = None, ""
    return State.SUBMITTED


_GIVEN_OUT = frozenset({
    State.FILED, State.WITH_HEAD, State.GIVEN, State.IN_PROGRESS, State.REPORTED, State.DONE, State.WITHDRAWN,
})  # fmt: skip


def _give(
    session: Session, task: Task, given: Assignment, due_at: str, standing: Standing, *, by: User, at: datetime
) -> State:
    lead = parties.check(session, given.lead, field="lead") if given.lead else None
    if task.incoming_id is None:
        giver = session.get_one(User, standing.for_id) if standing.for_id is not None else by
        others = [parties.check(session, one, field="lead") for one in (*given.co_handlers, *given.informed)]
        for one in (lead, *others):
            check_reach(one, giver)
    return giving.give_out(
        session, task, given.form, lead, due_at=due_at, instruction=text_of(given.instruction),
        co_handlers=given.co_handlers, informed=given.informed, by_id=by.id, for_id=standing.for_id, at=at,
    )  # fmt: skip


def _learn(session: Session, task: Task, *, by: User, at: datetime) -> None:
    value = _lesson_of(session, task)
    if task.incoming_id is not None and value:
        teaching.learn_lead(session, session.get_one(Incoming, task.incoming_id), value, by=by, at=at)


def _unlearn(session: Session, task: Task) -> None:
    value = _lesson_of(session, task)
    if task.incoming_id is not None and value:
        teaching.unlearn_lead(session, session.get_one(Incoming, task.incoming_id), value)


def _lesson_of(session: Session, task: Task) -> str:
    """What an assignment teaches: the lead division's name, or that such documents are for information. One that an
    order made teaches nothing: nobody decided anew."""
    if task.is_transferred:
        return ""
    if task.form == Form.FOR_INFORMATION:
        return FORM_NAMES[Form.FOR_INFORMATION]
    return session.get_one(Division, task.lead_division_id).name if task.lead_division_id is not None else ""


def check_reach(lead: User | Division | None, by: User) -> None:
    """Raise Permanent unless duties may be given there: a head gives them out within his division alone."""
    if by.roles & {Role.LEADER, Role.OFFICE_CHIEF}:
        return
    division_id = lead.division_id if isinstance(lead, User) else lead.id if lead else None
    if division_id is None or division_id != by.division_id:
        raise Permanent("Trưởng phòng giao việc cho người trong phòng mình.", field="lead")


def _checked(session: Session, given: Assignment, *, at: datetime) -> str:
    """The deadline of an assignment that makes sense."""
    if given.form is Form.FOR_INFORMATION:
        if given.lead is not None or given.co_handlers:
            raise Permanent(
                "Giao để biết và lưu thì không có chủ trì, phối hợp. Bỏ chọn, hoặc đổi hình thức.", field="lead"
            )
        return ""
    if given.lead is None:
        raise Permanent("Chọn một phòng hoặc một người chủ trì.", field="lead")
    parties.check(session, given.lead, field="lead")
    due_at = read_moment(given.due_at, field="due_at")
    if due_at and due_at[:10] < office_date(at).isoformat():
        raise Permanent("Hạn xử lý đã qua. Chọn từ hôm nay trở đi.", field="due_at")
    return due_at


def text_of(typed: str) -> str:
    """An instruction or an answer as typed, without surplus blanks. Raises Permanent where it is too long."""
    text = squeeze(typed)
    if len(text) > LONGEST_TEXT:
        raise Permanent(f"Ý kiến dài quá {LONGEST_TEXT} ký tự, xin rút gọn.", field="instruction")
    return text
