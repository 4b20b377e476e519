"""The counters beside the menu: what waits in each queue the person may see."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.incoming.tables import Incoming, State
from core.letters import HeldLetter, MailboxState
from core.people import User
from core.rights import Right, may


def counters(session: Session, user: User) -> dict[str, int]:
    """`drafts` waiting for the clerk, `held` letters without a decision, `troubled` mailboxes; by right."""
    found = {}
    if may(user, Right.REGISTER):
        found["drafts"] = _count(session, Incoming.state == State.DRAFT)
    if may(user, Right.SEE_HELD):
        found["held"] = _count(session, HeldLetter.decision.is_(None))
    if may(user, Right.SEE_MAILBOXES):
        found["troubled"] = _count(session, MailboxState.trouble != "")
    return found


def _count(session: Session, which: sa.ColumnElement[bool]) -> int:
    return session.execute(sa.select(sa.func.count()).where(which)).scalar_one()
