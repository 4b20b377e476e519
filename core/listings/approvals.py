"""Duyệt văn bản đến: what waits for the Director, for a deputy and for the office's proposal, each with a proposal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import calendar
from core.delegations import authority
from core.incoming.tables import FileRole, Incoming, IncomingFile
from core.listings.desk import URGENCY
from core.listings.ways import lead_words
from core.office import office_date
from core.people import Role, User
from core.tasks import parties
from core.tasks.proposing import Proposal, propose_each
from core.tasks.tables import State, Task

MOST_CARDS = 50  # on one page; the counter counts all
_RECENT = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One document that waits for a leader. `age_days` counts working days since it was submitted; `proposal` can be
    approved as it stands. `main` is the place of its main file, None without one."""

    task_id: int
    version: int
    incoming_id: int
    state: State
    subject: str
    code: str
    kind: str
    issuer: str
    urgency: str
    number: int
    arrived_on: date
    due_at: str
    event_at: str
    event_place: str
    age_days: int
    words: str
    waits_because: str
    proposal: Proposal | None
    main: int | None

    @property
    def is_ready(self) -> bool:
        """Whether what is proposed is for this person to approve."""
        return self.proposal is not None and self.state is not State.SUGGESTING


@dataclass(frozen=True, slots=True)
class Directed:
    """A document that was given out today and that nobody has acted on: it can be taken back."""

    task_id: int
    version: int
    incoming_id: int
    number: int
    subject: str
    form: str
    lead: str


def waiting_for(session: Session, user: User, *, on: date) -> sa.ColumnElement[bool] | None:
    """Which tasks wait at the leader's desk of `user` on the office's day `on`; None for who has none."""
    given = authority(session, user, on=on)
    which = []
    if given.approves_for is not None:
        which.append(Task.state == State.SUBMITTED)
    if Role.LEADER in user.roles:
        which.append(sa.and_(Task.state == State.DEPUTED, Task.deputy_id.in_([user.id, *given.substitutes])))
    if Role.OFFICE_CHIEF in user.roles:
        which.append(Task.state == State.SUGGESTING)
    return sa.and_(Task.incoming_id.is_not(None), sa.or_(*which)) if which else None


def cards(session: Session, user: User, *, at: datetime, limit: int = MOST_CARDS) -> list[Card]:
    """What waits at the leader's desk: the most urgent first, then by deadline, then as it came."""
    which = waiting_for(session, user, on=office_date(at))
    if which is None:
        return []
    query = (
        sa.select(Task, Incoming)
        .join(Incoming, Incoming.id == Task.incoming_id)
        .where(which)
        .order_by(URGENCY, Incoming.due_at == "", Incoming.due_at, Task.submitted_at, Task.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    special, today = calendar.exceptions(session), office_date(at)
    mains = _mains(session, [row.Incoming.id for row in rows])
    proposals = propose_each(session, [(row.Task, row.Incoming) for row in rows], on=today)
    return [_card(row, proposal, mains, special, today) for row, proposal in zip(rows, proposals, strict=True)]


def waiting(session: Session, user: User, *, on: date) -> int:
    """How many documents wait at the leader's desk."""
    which = waiting_for(session, user, on=on)
    return session.scalar(sa.select(sa.func.count()).select_from(Task).where(which)) or 0 if which is not None else 0


def just_directed(
    session: Session, user: User, *, since: datetime, names: Mapping[str, str] | None = None
) -> list[Directed]:
    """What `user` gave out since an instant and can still take back, the last first; not what an order of his sent.
    `names` are `parties.names`, where the caller has read them."""
    query = (
        sa.select(Task, Incoming.arrival_number, Incoming.subject)
        .join(Incoming, Incoming.id == Task.incoming_id)
        .where(Task.directed_by == user.id, Task.directed_at >= since, Task.acted_at.is_(None))
        .where(Task.is_transferred.is_(False), Task.state.in_((State.FILED, State.WITH_HEAD, State.GIVEN)))
        .order_by(Task.directed_at.desc())
        .limit(_RECENT)
    )
    rows = session.execute(query).all()
    names = names or (parties.names(session) if rows else {})
    return [
        Directed(
            row.Task.id, row.Task.version, row.Task.incoming_id, row.arrival_number, row.subject, row.Task.form,
            lead_words(row.Task, names),
        )
        for row in rows
    ]  # fmt: skip


def _card(
    row: Any, proposal: Proposal | None, mains: Mapping[int, int], special: Mapping[date, bool], today: date
) -> Card:  # fmt: skip
    task, document = row.Task, row.Incoming
    return Card(
        task_id=task.id, version=task.version, incoming_id=document.id, state=State(task.state),
        subject=document.subject, code=document.code, kind=document.kind, issuer=document.issuer,
        urgency=document.urgency, number=document.arrival_number, arrived_on=document.arrived_on,
        due_at=document.due_at, event_at=document.event_at, event_place=document.event_place,
        age_days=calendar.working_days_between(office_date(task.submitted_at), today, special),
        words=task.instruction, proposal=proposal,
        waits_because=task.waits_because if task.state == State.SUBMITTED else "", main=mains.get(document.id),
    )  # fmt: skip


def _mains(session: Session, ids: list[int]) -> dict[int, int]:
    query = sa.select(IncomingFile.incoming_id, IncomingFile.position).where(
        IncomingFile.incoming_id.in_(ids), IncomingFile.role == FileRole.MAIN
    )
    return {row.incoming_id: row.position for row in session.execute(query)}
