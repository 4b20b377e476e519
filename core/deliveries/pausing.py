"""Stopping the outbox and letting it go on: by a person, for one domain, or after a restore (promise 6)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, rights
from core.db import insert_of
from core.deliveries import timeline
from core.deliveries.tables import Delivery, OutboxPause, OutboxTrouble, State, Step
from core.errors import Permanent, WrongState
from core.people import User
from core.rights import Right

RESTORED = (
    "Cơ quan vừa được khôi phục từ bản sao lưu. Thư nào gửi sau bản ấy máy không còn biết: xem mục «Chưa rõ» rồi mới "
    "cho gửi tiếp."
)
_UNFINISHED = (State.WAITING, State.SENDING)
_OUTBOX = ""


def pause(session: Session, why: str, *, by: User, at: datetime, source: str = "") -> None:
    """ "Tạm dừng": nothing is sent until somebody resumes. Raises NotAllowed without the right, Permanent without a
    reason, WrongState when it is paused already."""
    rights.require(by, Right.RUN_OUTBOX)
    why = " ".join(why.split())
    if len(why) < 3:
        raise Permanent("Ghi rõ lý do (ít nhất 3 ký tự).", field="reason")
    if paused(session) is not None:
        raise WrongState("Việc gửi đã tạm dừng rồi.")
    session.add(OutboxPause(domain=_OUTBOX, why=why, by=by.id, at=at))
    session.flush()
    events.record(session, "outbox_paused", "outbox", None, by=by.id, at=at, source=source, payload={"why": why})


def resume(session: Session, *, by: User, at: datetime, source: str = "") -> None:
    """ "Tiếp tục gửi". Raises NotAllowed without the right, WrongState when it is not paused."""
    rights.require(by, Right.RUN_OUTBOX)
    row = paused(session)
    if row is None:
        raise WrongState("Việc gửi không tạm dừng.")
    session.delete(row)
    session.flush()
    events.record(session, "outbox_resumed", "outbox", None, by=by.id, at=at, source=source)


def paused(session: Session) -> OutboxPause | None:
    """The pause of the whole outbox; None while it sends."""
    return session.get(OutboxPause, _OUTBOX)


def pause_domain(session: Session, domain: str, why: str, *, at: datetime, lasts: timedelta) -> None:
    """Pass over a domain for a while, whose server asked for it; a pause that is there is made longer."""
    values = {"domain": domain, "why": timeline.cut(why), "by": None, "at": at, "until": at + lasts}
    insert = insert_of(session, OutboxPause).values(values)
    session.execute(insert.on_conflict_do_update(index_elements=["domain"], set_=values))


def note_trouble(session: Session, why: str | None, *, at: datetime) -> None:
    """Why the mail server can't be had, in words; None: it can. The first of several alike leaves an event."""
    row = session.get(OutboxTrouble, 1)
    if why is None:
        if row is not None:
            session.delete(row)
            session.flush()
            events.record(session, "outbox_well", "outbox", None, by=None, at=at)
        return
    if row is not None and row.why == why:
        return
    if row is None:
        session.add(OutboxTrouble(id=1, why=why, since=at))
    else:
        row.why = why
    session.flush()
    events.record(session, "outbox_troubled", "outbox", None, by=None, at=at, payload={"why": why})


def trouble(session: Session) -> OutboxTrouble | None:
    """Why the mail server can't be had; None while all is well."""
    return session.get(OutboxTrouble, 1)


def begin_after_restore(session: Session, *, at: datetime) -> int:
    """What had not left when the backup was made is uncertain, and nothing is sent until a person resumes; returns how
    many deliveries are concerned. `at` is the instant of the restore."""
    rows = session.scalars(sa.select(Delivery).where(Delivery.state.in_(_UNFINISHED))).all()
    for row in rows:
        doubt(session, row, at=at)
    before = paused(session)
    if before is not None:
        session.delete(before)
        session.flush()
    session.add(OutboxPause(domain=_OUTBOX, why=RESTORED, by=None, at=at))
    session.flush()
    return len(rows)


def doubt(session: Session, delivery: Delivery, *, at: datetime) -> None:
    """Leave to a person what a state of the office that a restore has lost may have sent."""
    delivery.state = State.UNCERTAIN
    timeline.add(session, delivery.id, Step.RESTORED, at=at)
