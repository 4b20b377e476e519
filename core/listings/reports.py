"""Báo nhận, thư trả lại: what came in that brings no document, and what it says of the letters we sent."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from core.letters import Message
from core.people import User
from core.rights import Right, require

PAGE_ROWS = 50
MOST_RECIPIENTS = 10  # of one letter that are shown; a report may name a thousand
# The kinds a list can be narrowed to: the actions of RFC 3464 2.3.3, the dispositions of RFC 8098 3.2.6, and what
# packages say.
KINDS: dict[str, tuple[str, ...]] = {
    "failed": ("failed",),
    "delayed": ("delayed",),
    "delivered": ("delivered", "relayed", "expanded"),
    "displayed": ("displayed", "deleted", "dispatched", "processed"),
    "status": ("status",),  # what packages say of our documents (DOMAIN §3.3)
    "recall": ("recall",),  # which documents their senders ask back
}
OTHERS = "others"  # automatic replies, receipts in prose, advertisements: letters that name no recipient


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What a letter says of one recipient; `said` are the sender's own words, `about` the Message-ID of ours, or
    `document` in words where a package speaks of one (`recipient` is then the office that says it)."""

    recipient: str
    action: str
    status: str
    said: str
    about: str
    document: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One letter with its lines; `rule` is the first of the screening's rules, `left_out` counts lines not shown."""

    id: int
    outcome: str
    rule: str
    sender: str
    subject: str
    received_at: datetime
    lines: tuple[ReportLine, ...]
    left_out: int


def reports(
    session: Session,
    user: User,
    *,
    kind: str = "",
    address: str = "",
    oldest_first: bool = False,
    after: int | None = None,
    limit: int = PAGE_ROWS,
) -> list[ReportRow]:
    """Letters without a document, newest first or oldest first, those beyond the id `after` in that order.

    `kind` is one of KINDS or OTHERS, `address` a piece of a sender's or recipient's address. Raises NotAllowed
    unless the person is a clerk.
    """
    require(user, Right.REGISTER)
    query = sa.select(
        Message.id, Message.outcome, Message.subject, Message.received_at, Message.reasons, Message.reports,
        sa.case((Message.sender_name != "", Message.sender_name), else_=Message.sender_address).label("sender"),
    ).where(Message.outcome.in_(("report", "ignore")))  # fmt: skip
    said = sa.cast(Message.reports, sa.Text)
    if kind:
        query = query.where(_of_kind(said, kind))
    if address:
        wanted = address.lower()
        query = query.where(
            sa.or_(
                sa.func.lower(Message.sender_address).contains(wanted, autoescape=True),
                sa.func.lower(said).contains(wanted, autoescape=True),
            )
        )
    if after is not None:
        query = query.where(Message.id > after if oldest_first else Message.id < after)
    query = query.order_by(Message.id if oldest_first else Message.id.desc()).limit(limit)
    return [_row(row) for row in session.execute(query)]


def _of_kind(said: ColumnElement[str], kind: str) -> ColumnElement[bool]:
    if kind == OTHERS:
        return said == "[]"
    # As json.dumps writes it; quotes within a value are escaped, so that no text can pass for an action.
    return sa.or_(*(said.contains(f'"action": "{action}"', autoescape=True) for action in KINDS[kind]))


def _row(row: sa.Row[tuple[int, str, str, datetime, list[object], list[dict[str, str]], str]]) -> ReportRow:
    lines = tuple(
        ReportLine(
            report.get("recipient") or "", report.get("action") or "", report.get("status") or "",
            report.get("text") or "", report.get("original_message_id") or "", report.get("about") or "",
        )
        for report in row.reports[:MOST_RECIPIENTS]
    )  # fmt: skip
    rule = str(row.reasons[0]["rule"]) if row.reasons else ""
    left_out = len(row.reports) - len(lines)
    return ReportRow(row.id, row.outcome, rule, row.sender, row.subject, row.received_at, lines, left_out)
