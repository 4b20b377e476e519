"""The counters beside the menu: what waits in each queue the person may see."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import alarms, reading_grants
from core.answers import returning
from core.backup import marks
from core.db import table_of
from core.deliveries.tables import Delivery
from core.deliveries.tables import State as DeliveryState
from core.incoming.tables import Incoming, State
from core.letters import HeldLetter, MailboxState
from core.listings import approvals, work
from core.office import office_date
from core.people import User
from core.rights import Right, may

# Built once: every page of the program asks them.
_COUNTS = {
    name: (right, sa.select(sa.func.count()).where(which).scalar_subquery().label(name))
    for name, right, which in (
        ("drafts", Right.REGISTER, table_of(Incoming).c.state == State.DRAFT),
        ("outbox", Right.RUN_OUTBOX, table_of(Delivery).c.state.in_((DeliveryState.FAILED, DeliveryState.UNCERTAIN))),
        ("readings", Right.GRANT_READING, reading_grants.IS_OPEN),
        ("held", Right.SEE_HELD, table_of(HeldLetter).c.decision.is_(None)),
        (
            "troubled",
            Right.SEE_MAILBOXES,
            sa.or_(table_of(MailboxState).c.trouble != "", table_of(MailboxState).c.alarm != "", alarms.IS_UNHEARD),
        ),
    )
}


def counters(
    session: Session, user: User, watched: Collection[str], late: Mapping[str, timedelta] = {}, *, at: datetime
) -> dict[str, int]:
    """`drafts` waiting for the clerk, `work` that needs the person's hand (readings that are asked for are work of who
    answers), `held` letters without a decision, what the `outbox` failed to send or does not know of, `troubled`
    mailboxes, kinds of `backups` that fail or are overdue; by right.

    `watched` are the mailboxes that intake is to read, `late` is `marks.late_after` of the office.
    """
    names = tuple(name for name, (right, _) in _COUNTS.items() if may(user, right))
    found: dict[str, int] = {}
    if names:
        found = dict(session.execute(_together(names), alarms.asked(watched, at=at)).mappings().one())
    on = office_date(at)
    if may(user, Right.DIRECT):
        found["approvals"] = approvals.waiting(session, user, on=on)
    if may(user, Right.AGREE_RETURNS):
        found["approvals"] = found.get("approvals", 0) + returning.count(session)
    if may(user, Right.WORK):
        found["work"] = work.waiting(session, user, on=on) + found.pop("readings", 0)
    if may(user, Right.SEE_BACKUPS):
        found["backups"] = len(marks.troubled(session, late, at=at))
    return found


@cache
def _together(names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(*(_COUNTS[name][1] for name in names))
