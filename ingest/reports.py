"""Reports on mail we sent: delivery status, receipts, prose bounces (RFC 3464, RFC 8098): bytes to facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest import bounces
from ingest.letter import Report
from ingest.mime import headers
from ingest.mime.headers import Header, split_header

MAX_RECIPIENTS = 1_000
_RETURNED_TYPES = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_FIELDS_IN_TEXT = re.compile(
    r"^(?:reporting-mta|original-recipient|final-recipient):.{1,300}$", re.IGNORECASE | re.MULTILINE
)
_HEADER_IN_TEXT = re.compile(r"^[ \t]*(?:received|return-path|message-id|date|from):", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of a report that is made for machines, decoded, its first 256 kB."""

    media_type: str
    data: bytes


def read(header: Header, parts: list[ReportPart], subject: str, text: str) -> tuple[tuple[Report, ...], bool]:
    """What a mail reports of the letters we sent, and whether it is a report at all (which may name nobody).

    `parts` are its machine-readable parts and the heads of the mails inside it, `text` its own words. An
    automatic reply is no report, whatever it quotes.
    """
    original = _original_message_id(header, parts, text)
    found: list[Report] = []
    is_report = False
    for part in parts:
        if part.media_type.endswith("delivery-status"):
            is_report = True
            found += _delivery_status(part.data, original)
        elif part.media_type.endswith("disposition-notification"):
            is_report = True
            found += _disposition(part.data, original)
    if not found and (is_report or bounces.is_bounce(header, subject, text)):
        is_report = True
        # Reports that lost their MIME structure on the way still carry their fields, as text.
        start = _FIELDS_IN_TEXT.search(text)
        found += _delivery_status(text[start.start() :].encode(), original) if start else []
        found = found or list(bounces.reports(header, text, _returned(parts, text), original))
    return tuple(found[:MAX_RECIPIENTS]), is_report


def _returned(parts: list[ReportPart], text: str) -> Header | None:
    """The header of the letter that came back."""
    for part in parts:
        if part.media_type in _RETURNED_TYPES:
            return split_header(part.data)[0]
    start = _HEADER_IN_TEXT.search(text)
    return split_header(text[start.start() :][:20_000].lstrip().encode())[0] if start else None


def _blocks(data: bytes) -> Iterator[Header]:
    for block in re.split(rb"\r?\n[ \t]*\r?\n", data.strip()):
        yield split_header(block.lstrip(b"\r\n") + b"\n\n")[0]


def _delivery_status(data: bytes, original: str | None) -> Iterator[Report]:
    for block in _blocks(data):
        recipient = _recipient(block)
        if not recipient:
            continue
        said = block.text("diagnostic-code")
        action = block.text("action").split(" ")[0].lower()
        yield Report(recipient, action, _status(block.text("status"), said, action), original, said[:500])


def _recipient(block: Header) -> str:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = block.text(name)
        if match := bounces.ADDRESS.search(value.partition(";")[2] or value):
            return match[0].strip("'")
    return ""


def _status(status: str, said: str, action: str) -> str:
    if match := bounces.STATUS.search(status) or bounces.STATUS.search(said):
        return match[1]
    return {"failed": "5.0.0", "delayed": "4.0.0"}.get(action, "")


def _disposition(data: bytes, original: str | None) -> Iterator[Report]:
    for block in _blocks(data):
        recipient = _recipient(block)
        if recipient:
            named = headers.message_ids(block.raw("original-message-id"))
            kind = block.text("disposition").rpartition(";")[2].strip().lower().split("/")[0] or "displayed"
            yield Report(recipient, kind, "", named[0] if named else original, "")


def _original_message_id(header: Header, parts: list[ReportPart], text: str) -> str | None:
    returned = _returned(parts, text)
    if returned is not None and (found := headers.message_id(returned.raw("message-id"))):
        return found
    return headers.message_id(header.raw("in-reply-to"))
