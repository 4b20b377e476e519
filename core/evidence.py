"""What was read for one field of a document, and where on the page it stands."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Where a value was read. The order is the order of trust."""

    EDXML = "edxml"
    TEXT = "text"
    OCR = "ocr"
    HANDWRITING = "handwriting"
    SUBJECT = "subject"
    BODY = "body"
    FILENAME = "filename"
    LESSON = "lesson"  # not read: earlier corrections say so (core.learning)
    RULE = "rule"  # a rule of the clerks says so (core.rules)
    AGENCY = "agency"  # not read: the address book says so (core.agencies)


_MADE = (Source.LESSON, Source.AGENCY, Source.RULE)

FIELDS = (
    "code", "code_number", "code_notation", "issued_on", "issuer", "parent_issuer", "kind", "subject",
    "signer_name", "signer_title", "urgency", "secrecy", "due_at", "silence", "event_at", "event_place", "invited",
    "in_reply_to", "page_count", "recipients", "copies_to", "annex_of", "receiver",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proposed value with its evidence.

    `value` is the field as text (dates ISO 8601, urgency and secrecy as their stored words).
    `confidence` is a probability in [0, 1]. `file` is the SHA-256 (hex) of the file it was read from, None
    for subject and body. `page` counts from 1. `box` is (x0, y0, x1, y1) in fractions of the page, origin
    top left. `text` is the passage as it stands in the document. `as_read` is what a lesson, the address book or a
    rule has replaced.
    """

    value: str
    confidence: float
    source: Source
    file: str | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    text: str = ""
    as_read: str = ""

    @property
    def read(self) -> str:
        """What stood in the document, whatever was made of it since; "" for nothing."""
        return self.as_read if self.source in _MADE else self.value

    def to_json(self) -> dict[str, Any]:
        """A plain mapping for the database and for `congvan read`."""
        stored = asdict(self)
        if not self.as_read:
            del stored["as_read"]
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Evidence":
        """The inverse of `to_json`."""
        box = stored.get("box")
        return cls(
            value=stored["value"], confidence=stored["confidence"], source=Source(stored["source"]),
            file=stored.get("file"), page=stored.get("page"),
            box=(box[0], box[1], box[2], box[3]) if box else None, text=stored.get("text", ""),
            as_read=stored.get("as_read", ""),
        )  # fmt: skip
