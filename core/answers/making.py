"""What is written to a sender about one act: the mail, and the status messages that go with it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.answers import deciding, policies, wording
from core.answers.deciding import Addressee, Us
from core.answers.tables import DocumentReturn
from core.answers.wording import Course
from core.deliveries.queueing import Attachment, NewDelivery
from core.deliveries.tables import Delivery, Kind
from core.edxml import Author, Reference, Status, write_status
from core.exchange import Exchange
from core.files import Content
from core.incoming.tables import Incoming, State
from core.letters import Message
from core.office import OFFICE_ZONE, name_on, office_date
from core.people import Division, User
from core.tasks.tables import Task


@dataclass(frozen=True, slots=True)
class Answer:
    """One mail for the outbox, and the contents of its files, which stand in the store."""

    new: NewDelivery
    contents: tuple[Content, ...]


class Maker:
    """Makes the answers of one transaction, which writes. `keep` puts bytes into the store."""

    def __init__(
        self, session: Session, us: Us, keep: Callable[[bytes], Content], quiet_before: datetime | None, at: datetime
    ) -> None:
        self._session, self._us, self._keep = session, us, keep
        self._quiet_before, self._at = quiet_before, at
        office = name_on(session, office_date(at))
        self._name, self._parent = (office.name, office.parent_name) if office else (us.name, "")
        self._organ_id = policies.organ_id(session)
        self._made: Counter[str] = Counter()

    def receipt(self, message: Message, documents: Sequence[Incoming]) -> Answer | None:
        """01 for a letter and the documents that it brought, on the day on which it came; None for silence."""
        if not documents or office_date(message.received_at) != office_date(self._at):
            return None
        once_key, to = f"answer:letter-{message.id}:{Status.RECEIVED}", self._addressee(message, Status.RECEIVED)
        if to is None or self._is_there(once_key):
            return None
        titles = [wording.title_of(one) for one in documents]
        tells_number = Status.REGISTERED in self._told(to)
        body = wording.receipt(self._name, to.called, message.received_at, titles, tells_number=tells_number)
        courses = [Course(Status.RECEIVED, one) for one in documents]
        return self._answer(message, to, body, courses, once_key, None)

    def course(self, document: Incoming, status: Status, actor: User | None) -> Answer | None:
        """03 to 06 about an entry; None for silence, and for what was voided or returned since."""
        once_key = f"answer:{document.id}:{status}"
        if document.message_id is None or document.removed_at is not None or document.state != State.REGISTERED:
            return None
        if self._is_there(once_key) or self._is_returned(document):
            return None
        message = self._session.get_one(Message, document.message_id)
        to = self._addressee(message, status)
        if to is None:
            return None
        told = Course(status, document, lead=self._lead(document))
        return self._answer(message, to, wording.course(self._name, to.called, told), [told], once_key, actor)

    def returning(self, made: DocumentReturn, document: Incoming) -> Answer | None:
        """02 about a document that a person has returned; None where nobody is there to be told any more."""
        message = self._session.get(Message, document.message_id) if document.message_id is not None else None
        to = deciding.returned_to(self._session, message, self._us.address) if message is not None else None
        if message is None or to is None or document.removed_at is not None:
            return None
        told = Course(Status.RETURNED, document, made.reason)
        actor = self._session.get(User, made.decided_by or made.asked_by)
        body = wording.course(self._name, to.called, told)
        return self._answer(message, to, body, [told], f"answer:return-{made.id}:{Status.RETURNED}", actor)

    def _addressee(self, message: Message, status: Status) -> Addressee | None:
        to = deciding.addressee(self._session, message, self._us, quiet_before=self._quiet_before)
        if to is None or status not in self._told(to):
            return None
        midnight = datetime.combine(office_date(self._at), datetime.min.time(), OFFICE_ZONE)
        sent = deciding.count_since(self._session, to.address, midnight) + self._made[to.address.lower()]
        return to if sent < deciding.MOST_A_DAY else None

    def _told(self, to: Addressee) -> frozenset[Status]:
        return policies.told(self._session, to.address, to.owner.id if to.owner else None)

    def _answer(
        self, message: Message, to: Addressee, body: str, courses: Sequence[Course], once_key: str, actor: User | None
    ) -> Answer:
        self._made[to.address.lower()] += 1
        status = courses[0].status
        written = [one for told in courses if (one := self._package(told, actor)) is not None]
        many = len(written) > 1
        names = [f"trang-thai-{status}{f'-{n}' if many else ''}.edxml" for n in range(1, len(written) + 1)]
        contents = tuple(map(self._keep, written))
        new = NewDelivery(
            Kind.ANSWER, to.address, wording.subject_of(status, message.subject), body,
            recipient_name=to.owner.name if to.owner else to.name, in_reply_to=message.message_id,
            references=[one for one in (message.in_reply_to, message.message_id) if one],
            is_automatic=status is not Status.RETURNED, incoming_id=courses[0].document.id, letter_id=message.id,
            once_key=once_key,
            files=[Attachment(name, c.sha256, c.media_type) for name, c in zip(names, contents, strict=True)],
        )  # fmt: skip
        return Answer(new, contents)

    def _package(self, told: Course, actor: User | None) -> bytes | None:
        """The status message about a document that came as a package."""
        brought = Exchange.from_json(told.document.exchange)
        if brought is None or not brought.document_id:
            return None
        about = Reference(brought.document_id, told.document.code, told.document.issued_on, brought.organ_id)
        division = self._session.get(Division, actor.division_id) if actor and actor.division_id else None
        author = Author(
            self._organ_id, self._parent, self._name, self._us.address, division.name if division else "",
            actor.full_name if actor else "",
        )  # fmt: skip
        return write_status(told.status, about, author, wording.description(told), at=self._at)

    def _is_there(self, once_key: str) -> bool:
        return self._session.execute(sa.select(Delivery.id).where(Delivery.once_key == once_key)).first() is not None

    def _is_returned(self, document: Incoming) -> bool:
        stands = (DocumentReturn.withdrawn_at.is_(None), DocumentReturn.is_agreed.is_(True))
        query = sa.select(DocumentReturn.id).where(DocumentReturn.incoming_id == document.id, *stands)
        return self._session.execute(query).first() is not None

    def _lead(self, document: Incoming) -> str:
        """The division that has the document: whom the sender may ask."""
        query = sa.select(Division.name).join(Task, Task.lead_division_id == Division.id)
        return self._session.scalar(query.where(Task.incoming_id == document.id)) or ""
