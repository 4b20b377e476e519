"""Pages to fields: what the layout of NĐ 30 says, each value with its place on the page."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from config.vocabulary import vocabulary
from core.evidence import Evidence, Source
from core.incoming.values import is_invitation
from core.notation import parse_date
from core.text import fold
from ingest.letter import Page
from ingest.reading import body as text_of
from ingest.reading import meeting
from ingest.reading.arrival_stamp import without_arrival_stamp
from ingest.reading.head import Head, code_in, find_head
from ingest.reading.lines import Line, box_around, box_of, joined
from ingest.reading.offices import group_offices, office_name
from ingest.reading.signature import find_signature
from ingest.reading.spelling import respelled
from ingest.reading.stamps import find_stamps
from ingest.reading.title import LETTER, find_title
from ingest.reading.weighing import ANCHORED, HINT

_CONSOLIDATED = "Văn bản hợp nhất"
_SURE_DIGITS = 0.85  # below it tesseract has guessed at handwriting
_BY_HAND = ("code", "code_number", "issued_on")


def read_fields(
    pages: Sequence[Page], *, file: str | None = None, source: Source = Source.TEXT, page_count: int | None = None
) -> dict[str, Evidence]:
    """The fields of one document, keyed by `core.evidence.FIELDS`; {} for what has no head of a document.

    `file` is the file's SHA-256. Nothing is completed: a blank number, a partial date, a stamp that is not
    there give no value. Cited documents never lend theirs: code and date are read in the head only.
    """
    pages = [without_arrival_stamp(page) for page in pages]
    head = find_head(pages)
    if head is None:
        return {}
    note = _Notes(file, source, 1.0 if head.has_motto else 0.65)
    _read_code(head, note)
    _read_date(head, note)
    _read_offices(head, note)
    _read_title(head, note)
    for stamp in find_stamps(head.page):
        name = "secrecy" if stamp.is_secrecy else "urgency"
        note.take(name, stamp.value, ANCHORED, stamp.page, [stamp.line])
    signature = find_signature(pages, head.page.number)
    if signature:
        sure = ANCHORED + 0.03 if signature.is_sure else 0.7
        note.take("signer_name", signature.name, sure, signature.page.number, [signature.name_line])
        note.take(
            "signer_title", signature.title, ANCHORED, signature.page.number, signature.title_lines, signature.chain
        )
    _read_body(pages, head, note)
    if page_count:
        note.found["page_count"] = Evidence(str(page_count), 0.99, source, file)
    return note.found


class _Notes:
    """The values found so far, all of one file."""

    def __init__(self, file: str | None, source: Source, share: float) -> None:
        self.found: dict[str, Evidence] = {}
        self._file, self._source, self._share = file, source, share

    def take(self, name: str, value: str, confidence: float, page: int, lines: Sequence[Line], text: str = "") -> None:
        """Keep `value` as `name`, if there is one, with the box around `lines`."""
        if value and name not in self.found:
            shown = text or joined(lines)
            box, source, sure = box_around(lines), self._source, confidence * _seen_surely(lines)
            hand = [word for line in lines for word in line.words if word.by_hand]
            if hand and name in _BY_HAND:
                # The box is the pen's, magnified beside the field; its probability is calibrated with what it joins.
                box, source = box_of(hand), Source.HANDWRITING
                sure = min(word.sure for word in hand) * _printed_surely(lines)
            self.found[name] = Evidence(value, round(sure * self._share, 3), source, self._file, page, box, shown)


def _seen_surely(lines: Sequence[Line]) -> float:
    """How sure the reader of a picture is of `lines` as a whole; 1.0 for text."""
    words = [word for line in lines for word in line.words]
    return sum(word.sure for word in words) / max(len(words), 1)


def _printed_surely(lines: Sequence[Line]) -> float:
    """How sure the reader of print is of what stands beside handwriting; letters are mistaken less than it fears."""
    sure = min((word.sure for line in lines for word in line.words if not word.by_hand), default=1.0)
    return 1.0 if sure >= _SURE_DIGITS else 0.5 + 0.5 * sure


def _is_doubtful(line: Line) -> bool:
    """Whether digits of `line` come from a picture and may be others: then none of them is said."""
    if any(word.by_hand for word in line.words):
        return False  # they carry a probability of their own
    return any(word.sure < _SURE_DIGITS and any(c.isdigit() for c in word.text) for word in line.words)


def _read_code(head: Head, note: _Notes) -> None:
    code = code_in(head.code_line) if head.code_line else None
    if code is None or head.code_line is None:
        return
    sure = ANCHORED - 0.3 if code.is_unaccented else ANCHORED + 0.04
    if code.number and not _is_doubtful(head.code_line):
        note.take("code", code.text, sure, head.page.number, [head.code_line])
        note.take("code_number", code.number, sure, head.page.number, [head.code_line])
    # Number, slash, notation give the code again: the year of a legal document belongs to its notation.
    notation = f"{code.year}/{code.notation}" if code.year else code.notation
    note.take("code_notation", notation, sure, head.page.number, [head.code_line])
    kind = _kind_by_abbreviation().get(code.kind)
    if kind:
        note.found["kind"] = Evidence(kind, HINT, note._source, note._file, head.page.number, head.code_line.box,
                                      head.code_line.text)  # fmt: skip


@cache
def _kind_by_abbreviation() -> Mapping[str, str]:
    kinds = vocabulary("document_kinds")["kind"]
    return {k["abbreviation"]: k["name"] for k in reversed(kinds) if k["abbreviation"]}


def _read_date(head: Head, note: _Notes) -> None:
    if head.date_line is None:
        return
    issued_on = parse_date(head.date_line.plain)
    if issued_on and not _is_doubtful(head.date_line):
        note.take("issued_on", issued_on.isoformat(), ANCHORED + 0.04, head.page.number, [head.date_line])


def _read_offices(head: Head, note: _Notes) -> None:
    offices = group_offices(head.offices, is_seen=head.page.is_seen)
    if not offices:
        return
    note.take("issuer", _name(head, offices[-1]), ANCHORED, head.page.number, offices[-1])
    if len(offices) > 1:
        note.take("parent_issuer", _name(head, offices[-2]), ANCHORED - 0.02, head.page.number, offices[-2])


def _name(head: Head, office: Sequence[Line]) -> str:
    text = joined(office)
    return office_name(respelled(text) if head.page.is_seen else text)


def _read_title(head: Head, note: _Notes) -> None:
    title = find_title(head)
    if title.kind and title.kind_lines:
        hinted = note.found.pop("kind", None)
        sure = ANCHORED if title.is_exact else 0.75
        if hinted and fold(hinted.value) == fold(title.kind):
            sure = 0.97
        kind = title.kind
        if hinted and hinted.value == _CONSOLIDATED:  # it bears the title of what it consolidates
            kind, sure = _CONSOLIDATED, hinted.confidence
        note.take("kind", kind, sure, head.page.number, title.kind_lines)
    elif title.kind == LETTER and head.code_line is not None and "kind" not in note.found:
        note.take("kind", title.kind, 0.75, head.page.number, [head.code_line])
    if title.subject:
        note.take("subject", title.subject, ANCHORED, head.page.number, title.subject_lines)


def _read_body(pages: Sequence[Page], head: Head, note: _Notes) -> None:
    lines = text_of.body_lines(pages, head)
    issued = note.found.get("issued_on")
    issued_on = date.fromisoformat(issued.value) if issued else None
    kind, subject = (note.found[name].value if name in note.found else "" for name in ("kind", "subject"))
    found = {
        "due_at": (text_of.find_deadline(lines, issued_on), 0.7),
        "silence": (text_of.find_silence(lines), 0.85),
        "in_reply_to": (text_of.find_answered(lines), 0.8),
        "recipients": (text_of.find_addressees(lines), 0.85),
        "copies_to": (text_of.find_copies(pages, head), 0.85),
    }
    if is_invitation(kind, subject):
        found["event_at"] = (meeting.find_meeting(lines, issued_on), 0.85)
        found["event_place"] = (meeting.find_place(lines, issued_on), 0.8)
        found["invited"] = (meeting.find_invited(lines), 0.8)
    for name, (said, sure) in found.items():
        if said and not (name in ("due_at", "event_at") and _is_doubtful(said.line)):
            note.take(name, said.value, sure, said.page, [said.line], said.text)
