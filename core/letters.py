"""Letters and where they arrived: mailboxes' folders, arrivals, messages, and what was held or left out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base
from core.signing.values import Signature


class ArrivalState(StrEnum):
    """What became of one UID (promise 1)."""

    TAKEN = "taken"
    HELD = "held"
    EXCLUDED = "excluded"
    SKIPPED = "skipped"  # received before the mailbox's cut-off
    VANISHED = "vanished"  # expunged before it could be fetched


class MailboxState(Base):
    """What the pages show of one configured mailbox, and what people ask of it.

    `trouble` is a Vietnamese sentence or empty, `trouble_kind` its sort in one word, for whoever watches by
    program. `stopped_at` is set after two refused logins; pressing "Thử lại" (or a changed password) clears
    it. `*_asked_at` are requests, `*_done_at` their answers. `alarm` is what `core.alarms` finds wrong, in Vietnamese
    sentences, one a line. `room_*` is the server's quota in bytes; None where it has none or says nothing of it.
    """

    __tablename__ = "mailboxes"

    name: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(200), default="")
    last_success_at: Mapped[datetime | None]
    last_error_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(sa.Text, default="")
    trouble_kind: Mapped[str] = mapped_column(sa.String(24), default="")
    refused_logins: Mapped[int] = mapped_column(default=0)
    stopped_at: Mapped[datetime | None]
    fetch_asked_at: Mapped[datetime | None]
    fetch_done_at: Mapped[datetime | None]
    test_asked_at: Mapped[datetime | None]
    test_done_at: Mapped[datetime | None]
    test_answer: Mapped[str] = mapped_column(sa.Text, default="")
    retry_asked_at: Mapped[datetime | None]
    reconcile_asked_at: Mapped[datetime | None]
    reconcile_done_at: Mapped[datetime | None]
    alarm: Mapped[str] = mapped_column(sa.Text, default="")
    room_used: Mapped[int | None] = mapped_column(sa.BigInteger)
    room_limit: Mapped[int | None] = mapped_column(sa.BigInteger)
    room_read_at: Mapped[datetime | None]


class MailFolder(Base):
    """One folder of a mailbox: its UIDVALIDITY, its cursor, and the lease of the process that watches it.

    `cursor` is the UID up to and including which every UID has an arrival row under `uidvalidity`, `awaited`
    the UIDs above it that were seen without a row at the last look, as an IMAP set ("4,7:9"). `reconciled_*` is
    the last comparison with the server: when, how many letters there had a row, and how many had none.
    """

    __tablename__ = "mail_folders"
    __table_args__ = (sa.UniqueConstraint("mailbox", "folder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(sa.ForeignKey("mailboxes.name"))
    folder: Mapped[str] = mapped_column(sa.String(200))
    uidvalidity: Mapped[int | None] = mapped_column(sa.BigInteger)
    cursor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    awaited: Mapped[str] = mapped_column(sa.Text, default="")
    import_since: Mapped[date | None]
    is_missing: Mapped[bool] = mapped_column(default=False)
    lease_holder: Mapped[str] = mapped_column(sa.String(80), default="")
    lease_until: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]
    reconciled_count: Mapped[int] = mapped_column(default=0)
    reconciled_lost: Mapped[int] = mapped_column(default=0)


class Message(Base):
    """One letter. `identity` is promise 2's; `raw_sha256` names the bytes as first received.

    `received_at` is the server's INTERNALDATE (or when a file was dropped): with `sort_uid` it is the order
    of arrival. `reasons` are the screening's rules, `reports` what a bounce or receipt says. Of a letter whose
    content was removed there are no bytes, and `identity` is its keyed mark, to know it again. `brings_password` when
    its text seems to hold one (`core.passwords`): the word itself is kept nowhere else. `signatures` are the mail's own
    (S/MIME), as JSON. `is_automatic`: a program sent it, or no program may answer it (RFC 3834).
    """

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index(
            "ix_messages_brings_password", "sender_address",
            sqlite_where=sa.text("brings_password"), postgresql_where=sa.text("brings_password"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(sa.String(64), unique=True)
    message_id: Mapped[str | None] = mapped_column(sa.String(998), index=True)
    raw_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("files.sha256"))
    raw_size: Mapped[int] = mapped_column(sa.BigInteger)
    mail_class: Mapped[str] = mapped_column(sa.String(16))
    outcome: Mapped[str] = mapped_column(sa.String(16), index=True)
    subject: Mapped[str] = mapped_column(sa.Text, default="")
    sender_name: Mapped[str] = mapped_column(sa.Text, default="")
    sender_address: Mapped[str] = mapped_column(sa.String(320), default="")
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    in_reply_to: Mapped[str | None] = mapped_column(sa.String(998))
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    sort_uid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    taken_at: Mapped[datetime]
    body_text: Mapped[str] = mapped_column(sa.Text, default="")
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    reports: Mapped[list[Any]] = mapped_column(default=list)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    brings_password: Mapped[bool] = mapped_column(default=False)
    signatures: Mapped[list[Any]] = mapped_column(default=list)
    is_automatic: Mapped[bool] = mapped_column(default=False)


class MessageFile(Base):
    """One file of a letter, those inside its archives and nested mails too, in the order of the mail.

    `signatures` are those that the letter brought beside the file, as JSON (`core.signing.values`).
    """

    __tablename__ = "message_files"

    message_id: Mapped[int] = mapped_column(sa.ForeignKey("messages.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("files.sha256"), index=True)
    media_type: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    inside: Mapped[str] = mapped_column(sa.Text, default="")
    is_inline: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    signatures: Mapped[list[Any]] = mapped_column(default=list)


class Arrival(Base):
    """One letter at one place: exactly one row for each UID seen (promise 1).

    `door` is imap, lmtp, smtp, dropped, released or again (a held letter read once more). For imap the place is
    (mailbox, folder, uidvalidity, uid). What a mail server pushed (lmtp, smtp) is keyed by envelope and time: `folder`
    holds the recipients, `uidvalidity` a hash of the envelope, `uid` the microseconds since 1970. For the others `uid`
    is the request's id and uidvalidity 0. `size` is RFC822.SIZE. `cleared_at` is when the program took the letter out
    of its folder.
    """

    __tablename__ = "arrivals"
    __table_args__ = (sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(sa.String(12), default="imap")
    mailbox: Mapped[str] = mapped_column(sa.String(48))
    folder: Mapped[str] = mapped_column(sa.String(200))
    uidvalidity: Mapped[int] = mapped_column(sa.BigInteger)
    uid: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[str] = mapped_column(sa.String(12))
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("messages.id"), index=True)
    received_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    seen_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]


class HeldLetter(Base):
    """A letter that waits, sealed (promise 3): its bytes lie encrypted, the key only in this row.

    `reason` is the rule's short name. `mark` is a keyed HMAC of the letter's identity, to know it again by
    another route; of a letter that never was downloaded it is its place in the mailbox. `sealed_path` is the
    name of the encrypted file in the folder of sealed letters, None when the letter never was downloaded (too
    large for the spool, or not given by the server). `decided_*` say who let it in (`released`) or destroyed
    it (`declined`), and why, or that a newer reader could read it (`read_again`, `excluded`); `seal_key` is blank
    from then on and the sweep removes the file. `detail` is a virus's name, `program` the version that held it.
    `sender_address` is blank where the writer is protected (petitions) or nothing could be read. `brings_password` as
    of a Message.
    """

    __tablename__ = "held_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    arrival_id: Mapped[int] = mapped_column(sa.ForeignKey("arrivals.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(48))
    mark: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sealed_path: Mapped[str | None] = mapped_column(sa.String(64))
    seal_key: Mapped[bytes | None]
    detail: Mapped[str] = mapped_column(sa.String(200), default="")
    program: Mapped[str] = mapped_column(sa.String(24), default="")
    sender_address: Mapped[str] = mapped_column(sa.String(320), default="")
    brings_password: Mapped[bool] = mapped_column(default=False)
    held_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(sa.String(12))
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(sa.Text, default="")


class Exclusion(Base):
    """A letter left out under Điều 3, by trace only: no text, no file (promise 4).

    `category` is bi_mat, don_thu, khong_chinh_thuc or mot_cua. `subject` is kept only for mail that is
    merely not official (khong_chinh_thuc). `mark` is a keyed HMAC of the letter's identity, `files_mark` one of
    its files alone (blank without any). `released_*` say who called it a false alarm: where no
    mailbox has it, the same letter comes in when it arrives the next time.
    """

    __tablename__ = "exclusions"
    __table_args__ = (sa.Index("ix_exclusions_category", "category", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    arrival_id: Mapped[int] = mapped_column(sa.ForeignKey("arrivals.id"), index=True)
    category: Mapped[str] = mapped_column(sa.String(24))
    rule: Mapped[str] = mapped_column(sa.String(64))
    sender_address: Mapped[str] = mapped_column(sa.String(320), default="")
    subject: Mapped[str | None] = mapped_column(sa.Text)
    mark: Mapped[str] = mapped_column(sa.String(64), index=True)
    files_mark: Mapped[str] = mapped_column(sa.String(64), default="")
    excluded_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    released_at: Mapped[datetime | None]


class IntakeRequest(Base):
    """A file handed to intake by people: dropped on the desk, attached to a draft, or let out of the held.

    `kind` is dropped, attached, released, or again (a held letter is to be read once more). `spool_name` is the
    file's name in the spool's folder for dropped files. `key_held_id` or `key_message_id` is the mail whose password
    is to be tried. `done_at` is set with `answer` (a Vietnamese sentence) when intake has dealt with it.
    """

    __tablename__ = "intake_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.Text)
    spool_name: Mapped[str | None] = mapped_column(sa.String(80))
    incoming_id: Mapped[int | None] = mapped_column(sa.ForeignKey("incoming.id"))
    held_id: Mapped[int | None] = mapped_column(sa.ForeignKey("held_letters.id"), index=True)
    exclusion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("exclusions.id"), index=True)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(index=True)  # intake asks four times a second what has none
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("messages.id"))
    key_held_id: Mapped[int | None]
    key_message_id: Mapped[int | None]


def signatures_beside(session: Session, message_id: int) -> dict[str, tuple[Signature, ...]]:
    """The signatures that a letter brought beside its files, by the files' SHA-256."""
    rows = session.execute(
        sa.select(MessageFile.sha256, MessageFile.signatures).where(MessageFile.message_id == message_id)
    )
    return {sha256: tuple(map(Signature.from_json, found)) for sha256, found in rows if found}
