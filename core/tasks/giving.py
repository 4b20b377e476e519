"""What an assignment makes of a task, whoever decided it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.people import Division, User
from core.tasks import parties
from core.tasks.parties import Party
from core.tasks.tables import Form, Part, State, Task


def give_out(
    session: Session, task: Task, form: Form, lead: User | Division | None, *, due_at: str, instruction: str,
    co_handlers: Sequence[Party] = (), informed: Sequence[Party] = (), by_id: int, for_id: int | None, at: datetime,
) -> State:  # fmt: skip
    """Write who has the document now and return the state that it is to have; the caller follows the transition.

    `by_id` decided so, for `for_id` if that was delegated. Raises Permanent, naming a field, for who is not here.
    """
    task.form, task.due_at, task.instruction = form, due_at, instruction
    task.directed_at, task.directed_by, task.directed_for = at, by_id, for_id
    task.acted_at, task.outcome, task.closed_at = None, "", None
    if task.deputy_id not in (by_id, for_id):
        task.deputy_id = None  # the Director has taken it out of the deputy's hands
    task.is_transferred, task.waits_because = False, ""
    task.is_personal = isinstance(lead, User)
    task.handler_id = lead.id if isinstance(lead, User) else None
    task.lead_division_id = lead.division_id if isinstance(lead, User) else lead.id if lead else None
    parties.set_parts(session, task, Part.CO_HANDLER, co_handlers, field="co_handlers")
    parties.set_parts(session, task, Part.INFORMED, informed, field="informed")
    if form is Form.FOR_INFORMATION:
        task.closed_at = at
        return State.FILED
    return State.GIVEN if isinstance(lead, User) else State.WITH_HEAD
