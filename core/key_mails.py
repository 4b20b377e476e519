"""Which mails may bring the password of a locked held letter: of the same sender, shortly before or after (A12).

The program only points at them; a person has one tried, and the password itself is nowhere but in that mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import passwords
from core.letters import Arrival, HeldLetter, IntakeRequest, Message
from core.passwords import PAIRED_WITHIN
from core.people import Role, User
from core.rights import may_open_held

LOCKED = ("locked_archive", "locked_file")  # the reasons that a password may end
_MOST = 3  # for one letter
_ARRIVED_AT = sa.func.coalesce(Arrival.received_at, HeldLetter.held_at)


@dataclass(frozen=True, slots=True)
class KeyMail:
    """A mail that seems to bring a password: held itself (`held_id`) or taken in (`message_id`, with its subject)."""

    received_at: datetime
    held_id: int | None = None
    message_id: int | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request has its passwords from: the words of a mail that was taken in, or a held letter to be opened."""

    words: tuple[str, ...] = field(default=(), repr=False)
    letter: HeldLetter | None = None


def key_mails(session: Session, held_ids: Sequence[int], user: User) -> dict[int, list[KeyMail]]:
    """For each of these held letters that is locked and that the person may open, the mails that may bring its
    password and that the person may read, the nearest in time first; itself among them."""
    columns = HeldLetter.id, HeldLetter.reason, HeldLetter.sender_address, _ARRIVED_AT.label("at")
    of = sa.select(*columns).join(Arrival, Arrival.id == HeldLetter.arrival_id)
    locked = [
        row for row in session.execute(of.where(HeldLetter.id.in_(held_ids), HeldLetter.reason.in_(LOCKED)))
        if row.sender_address and may_open_held(user.roles, row.reason)
    ]  # fmt: skip
    if not locked:
        return {}
    senders = {row.sender_address.lower() for row in locked}
    found = [*_held(session, senders, user), *_taken(session, senders, user)]
    return {row.id: _nearest(found, row.sender_address.lower(), row.at) for row in locked}


def key_source(session: Session, request: IntakeRequest) -> Source | None:
    """Where a request has its passwords from; None where no mail brings them, or no more."""
    if request.key_held_id is not None:
        letter = session.get(HeldLetter, request.key_held_id)
        return Source(letter=letter) if letter is not None and letter.seal_key is not None else None
    if request.key_message_id is None:
        return None
    message = session.get_one(Message, request.key_message_id)
    words = passwords.said_in(message.subject, message.body_text)
    return Source(words) if words else None


def _held(session: Session, senders: set[str], user: User) -> list[tuple[str, KeyMail]]:
    rows = session.execute(
        sa.select(HeldLetter.id, HeldLetter.reason, HeldLetter.sender_address, _ARRIVED_AT.label("at"))
        .join(Arrival, Arrival.id == HeldLetter.arrival_id)
        .where(HeldLetter.brings_password, HeldLetter.seal_key.is_not(None), HeldLetter.decision.is_(None))
        .where(sa.func.lower(HeldLetter.sender_address).in_(senders))
    )
    return [
        (row.sender_address.lower(), KeyMail(row.at, held_id=row.id))
        for row in rows if may_open_held(user.roles, row.reason)
    ]  # fmt: skip


def _taken(session: Session, senders: set[str], user: User) -> list[tuple[str, KeyMail]]:
    if Role.CLERK not in user.roles:
        return []
    rows = session.execute(
        sa.select(Message.id, Message.subject, Message.sender_address, Message.received_at)
        # In the words of the partial index, or it would not be used; a removed letter has no text.
        .where(sa.literal_column("messages.brings_password"), Message.body_text != "")
        .where(sa.func.lower(Message.sender_address).in_(senders))
    )
    return [
        (row.sender_address.lower(), KeyMail(row.received_at, message_id=row.id, subject=row.subject)) for row in rows
    ]


def _nearest(found: Sequence[tuple[str, KeyMail]], sender: str, at: datetime) -> list[KeyMail]:
    near = [mail for of, mail in found if of == sender and abs(mail.received_at - at) <= PAIRED_WITHIN]
    return sorted(near, key=lambda mail: abs(mail.received_at - at))[:_MOST]
