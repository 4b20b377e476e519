"""Whom a document should be given to, with the reason: the office's proposal, what leaders did before, the clerk's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming.tables import Incoming
from core.learning.asking import lead_question
from core.learning.proposing import usual_votes
from core.people import Division, User
from core.tasks import parties
from core.tasks.directing import Assignment
from core.tasks.parties import Party
from core.tasks.tables import FORM_NAMES, Form, Task
from core.text import fold


@dataclass(frozen=True, slots=True)
class Proposal:
    """An assignment that can be approved as it stands, and why it is proposed, in words."""

    assignment: Assignment
    reason: str


def propose(session: Session, task: Task, document: Incoming, *, on: date) -> Proposal | None:
    """What to do with a document that waits for approval; None where nothing speaks for anything. A deadline that has
    passed on the office's day `on` is left out: it would be refused."""
    found = _suggested(session, task) or _usual(session, document) or _clerks(session, document)
    if found is None or found.assignment.due_at[:10] >= on.isoformat():
        return found
    return replace(found, assignment=replace(found.assignment, due_at=""))


def _suggested(session: Session, task: Task) -> Proposal | None:
    said = task.suggested
    if not said:
        return None
    who = session.get_one(User, said["by"]).full_name
    lead = parties.party(said["lead"])
    given = Assignment(
        Form(said["form"]), lead, _parties(said["co_handlers"]), _parties(said["informed"]), said["due_at"],
        said["instruction"],
    )  # fmt: skip
    return Proposal(given, f"Văn phòng đề xuất ({who})")


def _usual(session: Session, document: Incoming) -> Proposal | None:
    """What leaders did with documents of this issuer and kind."""
    asked = lead_question(document.issuer, document.kind)
    found = usual_votes(session, asked)
    if found is None:
        return None
    value, votes, others = found
    of_them = f"{votes} trong {votes + others}" if others else f"{votes}"
    reason = f"{of_them} văn bản trước của {asked.holds_for}"
    if value == FORM_NAMES[Form.FOR_INFORMATION]:
        return Proposal(Assignment(Form.FOR_INFORMATION), f"{reason}: để biết và lưu")
    division_id = session.scalar(sa.select(Division.id).where(Division.name == value))
    if division_id is None:  # it is called otherwise now
        return None
    return Proposal(_to(division_id, document), f"{reason}: giao {value}")


def _clerks(session: Session, document: Incoming) -> Proposal | None:
    """The division that the clerk entered as the receiver."""
    wanted = fold(document.receiver)
    if not wanted:
        return None
    for division_id, name in session.execute(sa.select(Division.id, Division.name)):
        if fold(name) == wanted:
            return Proposal(_to(division_id, document), "Văn thư ghi đơn vị nhận")
    return None


def _to(division_id: int, document: Incoming) -> Assignment:
    return Assignment(Form.NO_FILE, Party(division_id=division_id), due_at=document.due_at)


def _parties(keys: Sequence[str]) -> tuple[Party, ...]:
    return tuple(found for key in keys if (found := parties.party(key)))
