"""The values that travel through intake: a letter as read, its files, what is proposed to be drafted, its full text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.evidence import Evidence
from core.exchange import Exchange, Notice
from core.signing.values import Signature


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header: shown name (may be empty) and addr-spec as written (RFC 5322 3.4)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a letter, decoded.

    `name` is NFC and safe to show, never a path. `size` and `sha256` (hex) are of the decoded bytes, which
    lie in the spool at `path` (None where the reader was only asked to measure). `media_type` is what the
    content is, by sniffing, lower-case; `declared_type` what the mail said. `inside` names the file that
    held this one ("van-ban.zip", or "" for a part of the letter itself). `is_inline` marks pictures that
    belong to the text of the mail. `warnings` are short codes such as "damaged_base64". `signatures` are
    those that a PDF carries, `signed_beside` those that come with the letter in files of their own. `signs` is what a
    signature in multipart/signed (RFC 1847) is of: header and body of the other part, as offsets into the raw mail.
    """

    name: str
    size: int
    sha256: str
    media_type: str
    declared_type: str
    path: Path | None
    inside: str = ""
    is_inline: bool = False
    warnings: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    signed_beside: tuple[Signature, ...] = ()
    signs: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a bounce, delay notice or receipt says of one recipient (RFC 3464, RFC 8098), or a package of a document."""

    recipient: str
    action: str  # failed, delayed, delivered, relayed, expanded, displayed; of packages: status, recall
    status: str  # enhanced status code "5.1.1", the package's "03", or "" when the report gives none
    original_message_id: str | None = None
    text: str = ""  # the server's own words
    about: str = ""  # the document that a package names, in words


class MailClass(StrEnum):
    """What sort of mail it is, before anybody reads its documents."""

    LETTER = "letter"
    REPORT = "report"  # bounce, delay, success or disposition report: goes to the tracker, never a draft
    AUTO_REPLY = "auto_reply"  # out-of-office and other automatic answers (RFC 3834)
    BULK = "bulk"  # List-Id, Precedence: bulk, campaign headers


@dataclass(frozen=True, slots=True)
class Inner:
    """Text that a letter holds beside its own `text`: of a mail within it, the same said once more in HTML, or the name
    of a `folder` in an archive."""

    subject: str
    text: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, read tolerantly.

    `identity` (hex SHA-256) is the letter's identity of promise 2: Message-ID and the hash over decoded
    Subject, From, Date and each part's name and decoded bytes. `raw_sha256` and `raw_size` are of the bytes
    as received. `date` is the Date header in UTC or None. `text` is the body as plain text (HTML turned
    into text, never kept as HTML), NFC; `inner` is only there to be screened. `warnings` are short codes of
    what had to be repaired. `links` are addresses that the text gives in place of files, none of them ever fetched.
    `signatures` are those of the mail itself (S/MIME).
    `wants_no_answer` where no program may answer it (RFC 3834).
    `notices` are what its edXML packages say of documents that came or went before.
    """

    message_id: str | None
    identity: str
    raw_sha256: str
    raw_size: int
    subject: str
    senders: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    in_reply_to: str | None
    mail_class: MailClass
    text: str
    attachments: tuple[Attachment, ...]
    reports: tuple[Report, ...] = ()
    warnings: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()
    wants_no_answer: bool = False
    links: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    notices: tuple[Notice, ...] = ()


class Outcome(StrEnum):
    """What a letter or document becomes (DESIGN §5, `congvan read`)."""

    DRAFT = "draft"
    HOLD = "hold"
    EXCLUDE = "exclude"
    REPORT = "report"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule's short name and the words that made it fire (never quoted for a suspected secret)."""

    rule: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page: its text (NFC) and its box in fractions of the page, origin top left. `sure` is how sure
    the reader of a picture is of it, 0..1; `by_hand` when that was the reader of handwriting."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    sure: float = 1.0
    by_hand: bool = False

    def __reduce__(self) -> tuple[type["Word"], tuple[object, ...]]:
        # Thousands of a document go from fork to process: a dataclass with slots pickles itself six times as slowly.
        return Word, (self.text, self.x0, self.y0, self.x1, self.y1, self.sure, self.by_hand)


Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in fractions of the page, origin top left


@dataclass(frozen=True, slots=True)
class Page:
    """One page of words. `number` counts from 1. `is_scan` when there is a picture but no usable text.

    `is_seen` when the words were read from a picture, and only those of its head and signature. `stamps` are the
    words of each thing that stands apart: in red ink or in a frame on a picture, kept also where nothing else could be
    read, or in a box drawn on a page of text. `quarters` is how often the page as it lies must be turned to the left
    by 90 degrees to be read; its words stand as on the turned page. `has_art` when the head of a page of text shows
    pictures, whose words, once read, are among the stamps. `seal` is where a round seal was found on a page
    that bears a signature. `is_unseen` when pictures in the head of a page of text could not be drawn, or
    no time was left to look for stamps in the head of a picture.
    """

    number: int
    words: tuple[Word, ...]
    is_scan: bool = False
    is_seen: bool = False
    stamps: tuple[tuple[Word, ...], ...] = ()
    quarters: int = 0
    has_art: bool = False
    seal: Box | None = None
    is_unseen: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed register entry: its main file, all its files in order (indexes into the letter's
    attachments), and the fields read, keyed by the names of `core.evidence.FIELDS`. `notes` are short codes
    shown to the clerk, such as "stamp_unread" (chưa đọc được dấu). `copy` says which copy of the document the main
    file is, `exchange` what its edXML package makes of it, `text` the first words of its main file, for rules."""

    main: int | None
    files: tuple[int, ...]
    fields: Mapping[str, Evidence]
    notes: tuple[str, ...] = ()
    copy: str = ""
    exchange: Exchange | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one letter became: plain data, sent from a reading process to the committing thread.

    `is_secret` is set for a suspected state secret: then `letter` is None, `drafts` empty, and the reasons
    name the rule only. `sender` and `message_id` are what promise 4 allows to keep; `identity` stays in
    memory and reaches the database only as a keyed HMAC, as does `files_identity`, a hash over the letter's
    files alone, by which it is known when a person sends it anew (None where there are only pictures).
    `is_unfinished` when pictures were left unread for want of time. `brings_password` when the mail's own text seems
    to hold one.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    letter: Letter | None
    drafts: tuple[Draft, ...]
    is_secret: bool = False
    sender: str = ""
    message_id: str | None = None
    identity: str | None = None
    files_identity: str | None = None
    is_unfinished: bool = False
    brings_password: bool = False


@dataclass(frozen=True, slots=True)
class FullText:
    """All pages of one file as text. `unread_pages` are pictures without words.

    `problem` says why it can't be read at all. `secret` is the rule by which a page shows a state secret; then nothing
    of the text is in here. `fields` are what a scan says below its head, without the name of their file.
    """

    pages: tuple[str, ...] = ()
    unread_pages: int = 0
    problem: str = ""
    secret: str = ""
    how: str = "text"
    fields: Mapping[str, Evidence] = field(default_factory=dict)
