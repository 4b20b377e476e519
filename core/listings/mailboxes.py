"""Hộp thư: what the page shows of every mailbox."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.letters import MailboxState


def pulse(session: Session) -> str:
    """Changes when any mailbox answered, failed, stopped or began again: what the journal does not record."""
    box = MailboxState
    moments = (box.test_done_at, box.fetch_done_at, box.last_error_at, box.stopped_at)
    row = session.execute(sa.select(*[sa.func.max(moment) for moment in moments], sa.func.sum(box.refused_logins)))
    troubled = session.execute(sa.select(sa.func.count()).where(box.trouble != "")).scalar_one()
    return "_".join(str(value) for value in (*row.one(), troubled)).replace(" ", "T")
