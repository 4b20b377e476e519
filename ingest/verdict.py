"""What one reading becomes in the database: taken in, held, or left out by trace (pure; promises 2 to 4)."""

from dataclasses import replace
from datetime import datetime

from core.arrivals import Excluded, ForDraft, Named, Taken, Where
from core.files import Content
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Origin
from core.removal import REMOVED_RULE
from core.requests import Attached
from core.rules.proposing import Said
from core.sealing import mark
from ingest.letter import Attachment, Draft, Letter, Outcome, Reading, Reason
from ingest.spool import Slot

_CATEGORIES = ("bi_mat", "don_thu", "khong_chinh_thuc", "mot_cua")


def excluded(reading: Reading, key: bytes, raw_sha256: str) -> Excluded:
    """The trace of a letter left out under Điều 3: of a suspected secret nothing but who, when and which rule."""
    rule = reading.reasons[0].rule if reading.reasons else ""
    category = "bi_mat" if reading.is_secret else _category(rule)
    keeps_subject = category == "khong_chinh_thuc" and reading.letter is not None
    subject = _clean(reading.letter.subject) if keeps_subject and reading.letter else None
    known_by = mark(key, identity_of(reading) or raw_sha256)
    return Excluded(category, rule, known_by, _sender(reading), subject, _files_mark(reading, key))


def removed(reading: Reading, letter: Letter, key: bytes) -> Excluded:
    """The trace of a letter that comes again after its content was removed (promise 4)."""
    return Excluded(
        "bi_mat", REMOVED_RULE, mark(key, letter.identity), _sender(reading), None, _files_mark(reading, key)
    )


def identity_of(reading: Reading) -> str | None:
    """By what the letter is known again; None when too little of it could be read."""
    return reading.identity or (reading.letter.identity if reading.letter else None)


def held_sender(reading: Reading) -> str:
    """Who sent a letter that is held, for who decides about it; "" where it may be a petition: its writer is
    protected (Luật Tố cáo)."""
    is_petition = any(reason.rule.endswith(("don_thu", "chuyen_don")) for reason in reading.reasons)
    return "" if is_petition else _sender(reading)


def taken(
    reading: Reading, letter: Letter, slot: Slot, where: Where, door: str, book_id: int, now: datetime, *,
    uses_lessons: bool, uses_rules: bool,
) -> Taken:  # fmt: skip
    """A letter with its files and drafts, as rows; `door` is where it came in first."""
    values = {
        "message_id": _clean(letter.message_id)[:998] if letter.message_id else None,
        "mail_class": letter.mail_class,
        "outcome": reading.outcome,
        "subject": _clean(letter.subject),
        "sender_name": _clean(letter.senders[0].name) if letter.senders else "",
        "sender_address": _clean(letter.senders[0].address)[:320] if letter.senders else "",
        "recipients": [_clean(address.address) for address in (*letter.to, *letter.cc)],
        "in_reply_to": _clean(letter.in_reply_to)[:998] if letter.in_reply_to else None,
        "sent_at": letter.date,
        "body_text": _clean(letter.text),
        "reasons": [_reason(reason) for reason in reading.reasons],
        "reports": [
            {
                "recipient": _clean(report.recipient), "action": report.action, "status": report.status,
                "original_message_id": report.original_message_id, "text": _clean(report.text),
                **({"about": _clean(report.about)} if report.about else {}),
            }
            for report in letter.reports
        ],
        "warnings": list(letter.warnings),
        "brings_password": reading.brings_password,
        "signatures": [one.to_json() for one in letter.signatures],
        "is_automatic": letter.wants_no_answer,
    }  # fmt: skip
    raw = Content(slot.raw, letter.raw_sha256, letter.raw_size, "message/rfc822")
    files = tuple(_named(attachment) for attachment in letter.attachments)
    origin = Origin.DROPPED if door == "dropped" else Origin.MAIL
    order = (where.received_at or now, where.uid)
    drafts = [_draft(draft, letter.attachments, origin, book_id, order) for draft in reading.drafts]
    drafts = [replace(draft, sender=str(values["sender_address"]), uses_lessons=uses_lessons) for draft in drafts]
    if uses_rules:
        texts = (_clean(draft.text) for draft in reading.drafts)
        said = (Said(str(values["sender_name"]), str(values["subject"]), text) for text in texts)
        drafts = [replace(draft, said=one) for draft, one in zip(drafts, said, strict=True)]
    drafts = drafts if reading.outcome is Outcome.DRAFT else []
    return Taken(letter.identity, raw, values, files, drafts, letter.notices)


def noted(letter: Taken, note: str) -> Taken:
    """The same letter with a note on itself and on its drafts, before all others: what the virus scanner said."""
    drafts = [replace(draft, notes=(note, *draft.notes)) for draft in letter.drafts]
    values = letter.values | {"warnings": [*letter.values["warnings"], note]}
    return replace(letter, values=values, drafts=drafts)


def for_draft(reading: Reading, letter: Letter, incoming_id: int) -> ForDraft:
    """The files of something handed over for a draft that lacked them, the main one with what was read in it."""
    named = [_named(attachment) for attachment in letter.attachments]
    first = reading.drafts[0] if reading.drafts else None
    files = [
        DraftFile(
            f.name, f.content.sha256, f.content.media_type, f.content.size,
            FileRole.MAIN if first is not None and index == first.main else FileRole.ANNEX, f.inside,
        )
        for index, f in enumerate(named)
    ]  # fmt: skip
    read = first.fields if first is not None else {}
    return ForDraft(Attached(incoming_id, files, read), [f.content for f in named])


def _draft(
    draft: Draft, attachments: tuple[Attachment, ...], origin: Origin, book_id: int, order: tuple[datetime, int]
) -> NewDraft:
    # An appointment or a signature without the document that it belongs to is no file of the entry.
    beside = FileRole.LEFT_OUT if draft.main is None else FileRole.ANNEX
    files = [
        DraftFile(
            _clean(file.name), file.sha256, file.media_type, file.size,
            FileRole.MAIN if index == draft.main else beside, _clean(file.inside),
        )
        for index, file in ((index, attachments[index]) for index in draft.files)
    ]  # fmt: skip
    received_at, sort_uid = order
    return NewDraft(
        origin, book_id, None, received_at, sort_uid, draft.fields, files, draft.notes, draft.exchange, draft.copy
    )  # fmt: skip


def _named(file: Attachment) -> Named:
    if file.path is None:
        raise ValueError("a letter's file was measured but not decoded")
    content = Content(file.path, file.sha256, file.size, file.media_type, file.signatures)
    return Named(_clean(file.name), content, _clean(file.inside), file.is_inline, file.warnings, file.signed_beside)


def _files_mark(reading: Reading, key: bytes) -> str:
    return mark(key, f"files {reading.files_identity}") if reading.files_identity else ""


def _category(rule: str) -> str:
    return next((category for category in _CATEGORIES if rule.startswith(category)), "khong_chinh_thuc")


def _sender(reading: Reading) -> str:
    sender = reading.sender
    if not sender and reading.letter is not None and reading.letter.senders:
        sender = reading.letter.senders[0].address
    return _clean(sender)[:320]


def _reason(reason: Reason) -> dict[str, str]:
    return {"rule": reason.rule, "evidence": _clean(reason.evidence)}


def _clean(text: str) -> str:
    # PostgreSQL takes no NUL in a text, UTF-8 no lone surrogate; mail brings both.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
