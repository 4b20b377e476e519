"""Whom a document should be given to, with the reason: the office's proposal, what leaders did before, the clerk's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from core.incoming.tables import Incoming
from core.learning.asking import Question, lead_question
from core.learning.proposing import usual_votes
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
    return propose_each(session, [(task, document)], on=on)[0]


def propose_each(session: Session, waiting: Sequence[tuple[Task, Incoming]], *, on: date) -> list[Proposal | None]:
    """The same for several, in their order, by as many questions as for one."""
    names = parties.names(session) if waiting else {}
    usual = usual_votes(session, {_question(document) for _, document in waiting})
    found = (
        _suggested(task, names) or _usual(document, usual, names) or _clerks(document, names)
        for task, document in waiting
    )
    return [_in_time(one, on) for one in found]


def _in_time(found: Proposal | None, on: date) -> Proposal | None:
    if found is None or found.assignment.due_at[:10] >= on.isoformat():
        return found
    return replace(found, assignment=replace(found.assignment, due_at=""))


def _suggested(task: Task, names: Mapping[str, str]) -> Proposal | None:
    said = task.suggested
    if not said:
        return None
    given = Assignment(
        Form(said["form"]), parties.party(said["lead"]), _parties(said["co_handlers"]), _parties(said["informed"]),
        said["due_at"], said["instruction"],
    )  # fmt: skip
    who = Party(user_id=said["by"])
    return Proposal(given, f"Văn phòng đề xuất ({names[who.key]})")


def _question(document: Incoming) -> Question:
    return lead_question(document.issuer, document.kind)


def _usual(
    document: Incoming, usual: Mapping[Question, tuple[str, int, int]], names: Mapping[str, str]
) -> Proposal | None:  # fmt: skip
    """What leaders did with documents of this issuer and kind."""
    asked = _question(document)
    if asked not in usual:
        return None
    value, votes, others = usual[asked]
    of_them = f"{votes} trong {votes + others}" if others else f"{votes}"
    reason = f"{of_them} văn bản trước của {asked.holds_for}"
    if value == FORM_NAMES[Form.FOR_INFORMATION]:
        return Proposal(Assignment(Form.FOR_INFORMATION), f"{reason}: để biết và lưu")
    lead = _division(names, lambda name: name == value)
    if lead is None:  # it is called otherwise now
        return None
    return Proposal(_to(lead, document), f"{reason}: giao {value}")


def _clerks(document: Incoming, names: Mapping[str, str]) -> Proposal | None:
    """The division that the clerk entered as the receiver."""
    wanted = fold(document.receiver)
    lead = _division(names, lambda name: fold(name) == wanted) if wanted else None
    return Proposal(_to(lead, document), "Văn thư ghi đơn vị nhận") if lead is not None else None


def _division(names: Mapping[str, str], is_meant: Callable[[str], bool]) -> Party | None:
    found = (one for key, name in names.items() if (one := parties.party(key)) and one.division_id and is_meant(name))
    return next(found, None)


def _to(lead: Party, document: Incoming) -> Assignment:
    return Assignment(Form.NO_FILE, lead, due_at=document.due_at)


def _parties(keys: Sequence[str]) -> tuple[Party, ...]:
    return tuple(found for key in keys if (found := parties.party(key)))
