"""Who may be answered: never a program, a mailing list, a bounce, a stranger or a doubtful sender (RFC 3834 2)."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import dkim_checks
from core.agencies import senders
from core.agencies.senders import Owner
from core.answers import wording
from core.deliveries import addresses
from core.deliveries.tables import Delivery, Kind
from core.errors import Permanent
from core.incoming.tables import Incoming
from core.letters import Arrival, MailboxState, Message
from core.signing.values import DkimResult

MOST_A_DAY = 300  # automatic answers to one address: what a loop that nothing else stops comes to
_DOORS = ("imap", "lmtp", "smtp", "released", "again")  # a file that a clerk dropped asks for no receipt
_LETTER, _DRAFT = "letter", "draft"


@dataclass(frozen=True, slots=True)
class Us:
    """From where the office writes, and the domains that only offices of the state and the Party get.
    `has_signatures_checked` where each letter's DKIM signature is looked at a moment after it came.
    """

    address: str
    name: str
    state_domains: Collection[str]
    has_signatures_checked: bool = False

    def is_of_state(self, domain: str) -> bool:
        """Whether a domain is, or lies below, one of the state's."""
        return any(domain == one or domain.endswith(f".{one}") for one in self.state_domains)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is answered: the address that the letter came from, its name there, and the agency that writes from it."""

    address: str
    name: str
    owner: Owner | None

    @property
    def called(self) -> str:
        """How a letter addresses them."""
        return self.owner.name if self.owner else self.name or self.address


def returned_to(session: Session, message: Message, own_address: str = "") -> Addressee | None:
    """To whom a person may return what came with a letter; None where no person sent it, or we did."""
    is_letter = message.mail_class == _LETTER and not message.is_automatic and not message.reports
    if not is_letter or message.raw_sha256 is None:
        return None
    try:
        address = addresses.checked(message.sender_address)
    except Permanent:
        return None
    ours = [one for one in session.scalars(sa.select(MailboxState.address)) if one]
    if _mailbox(address) in {_mailbox(one) for one in (*ours, own_address)}:
        return None
    return Addressee(address, message.sender_name, senders.writers(session, address).owner)


def addressee(session: Session, message: Message, us: Us, *, quiet_before: datetime | None) -> Addressee | None:
    """To whom the program may answer a letter of its own accord; None where it keeps silent: for `returned_to`'s
    reasons; to who is no agency known for the address and writes from no domain of the state; where something is odd
    about the sender; and where the letter answers an answer, or came before `quiet_before`."""
    if message.outcome != _DRAFT or (quiet_before is not None and message.received_at < quiet_before):
        return None
    found = returned_to(session, message, us.address)
    if found is None or not (found.owner or us.is_of_state(addresses.domain_of(found.address))):
        return None
    came_by = sa.select(Arrival.id).where(Arrival.message_id == message.id, Arrival.door.in_(_DOORS))
    if session.execute(came_by.limit(1)).first() is None:
        return None
    return None if _is_odd(session, message) or _answers_an_answer(session, message) else found


def count_since(session: Session, address: str, since: datetime) -> int:
    """How many answers to an address were made since an instant."""
    same = sa.func.lower(Delivery.recipient_address) == address.lower()
    ours = (Delivery.kind == Kind.ANSWER, same, Delivery.created_at >= since)
    domain = Delivery.domain == addresses.domain_of(address)
    return session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(domain, *ours)) or 0


def documents_of(session: Session, message_id: int) -> Sequence[Incoming]:
    """The documents that came with a letter and whose content is there, in their order."""
    query = sa.select(Incoming).where(Incoming.message_id == message_id, Incoming.removed_at.is_(None))
    return session.scalars(query.order_by(Incoming.id)).all()


def _mailbox(address: str) -> str:
    """An address as mail servers take it for the same: without what follows "+", in small letters of one form."""
    local, _, domain = unicodedata.normalize("NFKC", address).casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_odd(session: Session, message: Message) -> bool:
    notes = session.scalars(sa.select(Incoming.notes).where(Incoming.message_id == message.id))
    if any(_is_doubt(note) for of_one in notes for note in of_one):
        return True
    finding = dkim_checks.finding_of(session, message.id)
    return finding is not None and finding.result is DkimResult.FAIL


def _is_doubt(note: object) -> bool:
    return str(note).startswith(senders.DOUBTS)


def _answers_an_answer(session: Session, message: Message) -> bool:
    """Whether a letter names an answer of ours, or bears the subject of one that went to its sender's domain."""
    named = [Delivery.message_id == message.in_reply_to] if message.in_reply_to else []
    quoted = wording.quoted(message.subject)
    if quoted:
        domain = addresses.domain_of(message.sender_address)
        named.append(sa.and_(Delivery.domain == domain, Delivery.subject == quoted))
    ours = sa.select(Delivery.id).where(Delivery.kind == Kind.ANSWER, sa.or_(sa.false(), *named)).limit(1)
    return bool(named) and session.execute(ours).first() is not None
