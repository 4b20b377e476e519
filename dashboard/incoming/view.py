"""What one page of the desk shows, read in one transaction into plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from core import office, people
from core.errors import NotAllowed
from core.files import signatures_of
from core.incoming import addressees
from core.incoming.copies import COPY_NAMES, Copy, is_lacking
from core.incoming.dangers import danger_of, virus_in
from core.incoming.grouping import Candidate, candidates
from core.incoming.links import host_of, is_missing, links
from core.incoming.parts import Sending, sending_of
from core.incoming.replies import Linked, Reply, replies_to, reply_of
from core.incoming.tables import FileRole, Incoming, Origin, State
from core.letters import Message, signatures_beside
from core.listings import answers as answer_rows
from core.listings import desk, history, likenesses
from core.listings import rules as rule_rows
from core.people import User
from core.recalls import open_recalls
from core.registers import Book
from core.rights import Right, may, may_read
from core.rules.proposing import declining
from core.rules.suggesting import corrections
from core.signing.values import Signature
from dashboard.incoming.exchange import Exchanged, exchanged
from dashboard.incoming.form import Form, form_of, looked_at
from dashboard.incoming.senders import SenderWords, vouched
from dashboard.web import acting

ASKED_FOR = timedelta(hours=1)
BODY_CHARACTERS = 8000
ORIGINS = {Origin.MAIL: "thư điện tử", Origin.DROPPED: "tệp thả vào bàn", Origin.PAPER: "văn bản giấy"}
ROLE_WORDS = {FileRole.MAIN: "văn bản chính", FileRole.ANNEX: "phụ lục, kèm theo", FileRole.LEFT_OUT: "không đưa vào"}


@dataclass(frozen=True, slots=True)
class Mail:
    """The letter that brought a draft."""

    sender_name: str
    sender_address: str
    subject: str
    body: str
    received_at: datetime
    signatures: tuple[Signature, ...]
    vouched: SenderWords | None


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file in the strip. `danger` says why it is not shown; see `core.incoming.dangers`."""

    position: int
    name: str
    sha256: str
    media_type: str
    size: int
    role: str
    inside: str
    danger: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An address that the letter gave in place of a file: shown as words, never opened."""

    host: str
    address: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A register entry as the drawn dấu ĐẾN shows it."""

    id: int
    number: int
    arrived_on: str
    office_name: str
    title: str
    is_voided: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """One document as it lies on the desk."""

    id: int
    state: str
    form: Form
    origin: str
    book_id: int
    book: str
    received_at: datetime
    notes: tuple[str, ...]
    links: tuple[Link, ...]
    is_missing: bool
    file_reason: str
    sending: Sending | None
    virus: str
    mail: Mail | None
    files: tuple[FileLine, ...]
    likes: tuple[likenesses.Like, ...]
    told_apart: tuple[likenesses.Other, ...]
    joined: tuple[likenesses.Other, ...]
    joined_to: likenesses.Other | None
    reply: Reply | None
    answers: tuple[Linked, ...]
    mergeable: tuple[Candidate, ...]
    next_id: int | None
    kinds: tuple[str, ...]
    divisions: tuple[str, ...]
    closed_reason: str
    is_removed: bool
    copy: str
    lacks_original: bool
    is_misaddressed: bool
    exchanged: Exchanged
    rules: tuple[rule_rows.UsedRule, ...]
    declining: str
    is_corrected: bool
    steps: tuple[history.Step, ...]
    answered: answer_rows.Answered

    @property
    def mail_in_pane(self) -> bool:
        """Whether what the mail says stands where the page of a file would."""
        return self.state == State.DRAFT and not self.files and self.mail is not None and bool(self.mail.body)


@dataclass(frozen=True, slots=True)
class Queue:
    """The left zone: the drafts that wait, the figures above them, files handed in lately, how many documents are asked
    back."""

    rows: tuple[desk.QueueRow, ...]
    counters: desk.Counters
    asked: tuple[desk.AskedFile, ...]
    run: desk.Run | None
    closed_books: tuple[desk.ClosedBook, ...]
    recalls: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form that was sent but not saved, with a sentence for each field that is wrong.

    `sent` is the whole form, from which it is known which unsure values were looked at; `is_conflict` says
    that another person was faster.
    """

    values: Mapping[str, str]
    errors: Mapping[str, str]
    sent: Mapping[str, str]
    is_conflict: bool = False


def clerk(session: Session, user_id: int) -> User:
    """The person at the desk. Raises NotAllowed unless they may register."""
    user = acting(session, user_id)
    if not may(user, Right.REGISTER):
        raise NotAllowed("Bàn văn thư dành cho văn thư.")
    return user


def find(session: Session, user: User, incoming_id: int) -> Incoming:
    """A document the person may read. Not there and not allowed look alike: HTTPException 404."""
    document = session.get(Incoming, incoming_id)
    if document is None or not may_read(session, user, document):
        raise HTTPException(404)
    return document


def load_queue(session: Session, user_id: int, *, at: datetime) -> Queue:
    """The left zone for the clerk `user_id`."""
    user = clerk(session, user_id)
    return Queue(
        rows=tuple(desk.queue(session, user, at=at)), counters=desk.counters(session, user, at=at),
        asked=tuple(desk.asked_files(session, since=at - ASKED_FOR)), run=desk.last_run(session, user, at=at),
        closed_books=tuple(desk.closed_books(session, user, at=at)), recalls=len(open_recalls(session, user)),
    )  # fmt: skip


def load_draft(session: Session, user_id: int, incoming_id: int, typed: Typed | None = None) -> Draft:
    """One document with its form; `typed` stands in it instead of what is stored."""
    user = acting(session, user_id)
    return draft_of(session, user, find(session, user, incoming_id), typed)


def draft_of(session: Session, user: User, document: Incoming, typed: Typed | None = None) -> Draft:
    """The same for a document that `find` has found."""
    is_draft, is_at_desk = document.state == State.DRAFT, document.state == State.DRAFT or typed is not None
    typed = typed or Typed({}, {}, {})
    sending = sending_of(session, user, document)
    likes = tuple(likenesses.likes(session, user, document)) if may(user, Right.REGISTER) else ()
    # Offered above the form.
    elsewhere = {one.id for one in sending.documents} if sending else {like.other.id for like in likes}
    form = form_of(
        document, typed=typed.values, errors=typed.errors, seen=looked_at(document, typed.sent),
        is_conflict=typed.is_conflict,
    )  # fmt: skip
    return Draft(
        id=document.id, state=document.state, form=form, origin=ORIGINS[Origin(document.origin)],
        book_id=document.book_id, book=session.get_one(Book, document.book_id).name,
        received_at=document.received_at, notes=tuple(map(str, document.notes)), mail=_mail(session, document),
        links=tuple(Link(host_of(link), link) for link in links(document.notes)),
        is_missing=is_missing(document.notes), file_reason=typed.sent.get("file_reason", ""), sending=sending,
        virus=virus_in(document.notes), files=_file_lines(session, document),
        kinds=tuple(office.kinds(session)) if is_draft else (),
        divisions=tuple(people.division_names(session)) if is_draft else (),
        likes=likes, told_apart=tuple(likenesses.told_apart(session, user, document)),
        joined=tuple(likenesses.joined(session, user, document)),
        joined_to=likenesses.joined_to(session, user, document), reply=reply_of(session, user, document),
        answers=tuple(replies_to(session, user, document)),
        mergeable=tuple(one for one in candidates(session, user, document) if one.id not in elsewhere),
        next_id=desk.next_after(session, user, document.id) if is_at_desk and may(user, Right.REGISTER) else None,
        closed_reason=document.closed_reason, is_removed=document.removed_at is not None,
        copy=COPY_NAMES[Copy(document.copy)] if document.copy else "",
        lacks_original=is_lacking(session, document), is_misaddressed=addressees.is_noted(document.notes),
        exchanged=exchanged(session, document, typed.sent),
        declining=typed.sent.get("reason") or declining(document.notes),
        is_corrected=document.state == State.REGISTERED and bool(corrections(document)),
        rules=tuple(rule_rows.used_for(session, document.id)) if may(user, Right.REGISTER) else (),
        steps=_steps(session, document), answered=answer_rows.answered(session, document),
    )  # fmt: skip


def load_files(session: Session, user_id: int, incoming_id: int) -> tuple[FileLine, ...]:
    """The files of one document alone."""
    return _file_lines(session, find(session, acting(session, user_id), incoming_id))


def load_entered(session: Session, user_id: int, incoming_id: int) -> Entered | None:
    """The entry for the drawn dấu ĐẾN; None for what has no number or may not be read."""
    document = session.get(Incoming, incoming_id)
    if document is None or not may_read(session, acting(session, user_id), document):
        return None
    return entered_of(session, document)


def entered_of(session: Session, document: Incoming) -> Entered | None:
    """The same for a document that `find` has found."""
    if document.arrived_on is None:
        return None
    name = office.name_on(session, document.arrived_on)
    return Entered(
        id=document.id, number=document.arrival_number or 0, arrived_on=f"{document.arrived_on:%d/%m/%Y}",
        office_name=name.name if name else "", title=f"{document.kind} {document.code}, {document.issuer}",
        is_voided=document.state == State.VOIDED,
    )  # fmt: skip


def check(session: Session, user_id: int, incoming_id: int) -> None:
    """Raise HTTPException 404 unless there is such a document and the person may read it."""
    find(session, acting(session, user_id), incoming_id)


def first_draft(session: Session, user_id: int) -> int | None:
    """The draft at the head of the queue; None when the desk is empty."""
    return desk.first(session, clerk(session, user_id))


def _steps(session: Session, document: Incoming) -> tuple[history.Step, ...]:
    done = history.steps(session, document.id)
    if document.message_id is None:
        return tuple(done)
    taken_at = session.get_one(Message, document.message_id).taken_at
    return (history.Step("", "Đọc thư và lập dự thảo", taken_at), *done)


def _mail(session: Session, document: Incoming) -> Mail | None:
    if document.message_id is None:
        return None
    message = session.get_one(Message, document.message_id)
    body = message.body_text[:BODY_CHARACTERS]
    signatures = tuple(map(Signature.from_json, message.signatures))
    return Mail(
        message.sender_name, message.sender_address, message.subject, body, message.received_at, signatures,
        vouched(session, message),
    )  # fmt: skip


def _file_lines(session: Session, document: Incoming) -> tuple[FileLine, ...]:
    signed = signatures_of(session, [file.sha256 for file in document.files])
    beside = signatures_beside(session, document.message_id) if document.message_id is not None else {}
    return tuple(
        FileLine(
            file.position, file.name, file.sha256, file.media_type, file.size, file.role, file.inside,
            danger_of(document.notes, file.name),
            signed.get(file.sha256, ()) + beside.get(file.sha256, ()),
        )
        for file in document.files
    )  # fmt: skip
