"""Reports on mail we sent: delivery status, receipts, prose bounces (RFC 3464, RFC 8098): bytes to facts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.letter import Report
from ingest.mime import headers
from ingest.mime.headers import Header, split_header

MAX_RECIPIENTS = 1_000
_ADDRESS = re.compile(r"[^\s<>()\",:;@]+@[^\s<>()\",:;@]+")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of a report that is made for machines, decoded, its first 256 kB."""

    media_type: str
    data: bytes


def read(header: Header, parts: list[ReportPart], subject: str, text: str) -> tuple[tuple[Report, ...], bool]:
    """What a mail reports, and whether it is a report at all (which may name nobody)."""
    original = _original_message_id(header, parts)
    found: list[Report] = []
    is_report = False
    for part in parts:
        if part.media_type.endswith("delivery-status"):
            is_report = True
            found += _delivery_status(part.data, original)
        elif part.media_type.endswith("disposition-notification"):
            is_report = True
            found += _disposition(part.data, original)
    return tuple(found[:MAX_RECIPIENTS]), is_report


def _blocks(data: bytes) -> Iterator[Header]:
    for block in re.split(rb"\r?\n[ \t]*\r?\n", data.strip()):
        yield split_header(block.lstrip(b"\r\n") + b"\n\n", lambda line: False)[0]


def _delivery_status(data: bytes, original: str | None) -> Iterator[Report]:
    for block in _blocks(data):
        recipient = _recipient(block)
        if not recipient:
            continue
        said = block.text("diagnostic-code")
        status = _status(block.text("status"), said)
        yield Report(recipient, block.text("action").split(" ")[0].lower(), status, original, said)


def _recipient(block: Header) -> str:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = block.text(name)
        if match := _ADDRESS.search(value.partition(";")[2] or value):
            return match[0].strip("'")
    return ""


def _status(status: str, said: str) -> str:
    match = _STATUS.search(status) or _STATUS.search(said)
    return match[1] if match else ""


def _disposition(data: bytes, original: str | None) -> Iterator[Report]:
    for block in _blocks(data):
        recipient = _recipient(block)
        if recipient:
            named = headers.message_ids(block.raw("original-message-id"))
            kind = block.text("disposition").rpartition(";")[2].strip().lower().split("/")[0] or "displayed"
            yield Report(recipient, kind, "", named[0] if named else original, "")


def _original_message_id(header: Header, parts: list[ReportPart]) -> str | None:
    for part in parts:
        if part.media_type in ("message/rfc822", "text/rfc822-headers", "message/global-headers"):
            inner, _ = split_header(part.data, lambda line: False)
            if found := headers.message_id(inner.raw("message-id")):
                return found
    return headers.message_id(header.raw("in-reply-to"))
