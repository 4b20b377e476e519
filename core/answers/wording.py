"""What answers to senders say, in a clerk's words; nothing in them that the sender did not write or need not know."""

import re
from dataclasses import dataclass
from datetime import datetime

from core.edxml import Status
from core.incoming.tables import Incoming
from core.office import office_moment

NAMES = {
    Status.RECEIVED: "đã nhận", Status.RETURNED: "trả lại", Status.REGISTERED: "đã vào sổ",
    Status.ASSIGNED: "đã phân công", Status.IN_PROGRESS: "đang xử lý", Status.DONE: "đã xử lý xong",
}  # fmt: skip
_OPENINGS = {status: name[:1].upper() + name[1:] for status, name in NAMES.items()}
_OURS = re.compile(rf"(?s)\b({'|'.join(_OPENINGS.values())}) ?: ?(.*)")
_BY_ITSELF = "Thư này do phần mềm của cơ quan tự gửi."
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Course:
    """What became of a document, as far as its sender is told: with 02 the reason, from 04 on the division that has it
    (`lead`)."""

    status: Status
    document: Incoming
    reason: str = ""
    lead: str = ""


def subject_of(status: Status, letter_subject: str) -> str:
    """The subject of an answer to a letter."""
    return f"{_OPENINGS[status]}: {letter_subject or '(thư không tiêu đề)'}"


def quoted(subject: str) -> str:
    """The subject of an answer in what a program may have made of it ("[EXTERNAL] Re: Đã nhận : …"); "" where there is
    none."""
    found = _OURS.search(subject)
    return f"{found[1]}: {found[2]}" if found is not None else ""


def receipt(office: str, sender: str, received_at: datetime, titles: list[str], *, tells_number: bool) -> str:
    """The body of a receipt for a whole letter; `tells_number` where another answer follows with the số đến."""
    then = "; số đến được báo bằng một thư riêng" if tells_number else ""
    listed = "".join(f"- {title}\n" for title in titles[:_MOST_LISTED])
    more = f"- và {len(titles) - _MOST_LISTED} văn bản khác\n" if len(titles) > _MOST_LISTED else ""
    return (
        f"Kính gửi: {sender}\n\n{office} đã nhận được thư của quý cơ quan lúc {office_moment(received_at)}, gồm:\n"
        f"{listed}{more}\nVăn thư sẽ xem và vào sổ{then}.\n\n{_closing(office)}"
    )


def course(office: str, sender: str, told: Course) -> str:
    """The body of an answer about one document."""
    document, what = told.document, title_of(told.document)
    number = f"số đến {document.arrival_number}"
    day = f" ngày {document.arrived_on:%d/%m/%Y}" if document.arrived_on else ""
    said = {
        Status.REGISTERED: f"{office} đã tiếp nhận và vào Sổ văn bản đến, {number}{day}:\n{what}",
        Status.RETURNED: f"{office} trả lại quý cơ quan văn bản sau:\n{what}\n\nLý do: {told.reason}",
        Status.ASSIGNED: f"{office} đã phân công xử lý văn bản sau ({number}{day}){_by(told.lead)}:\n{what}",
        Status.IN_PROGRESS: f"{office} đang xử lý văn bản sau ({number}{day}){_by(told.lead)}:\n{what}",
        Status.DONE: f"{office} đã xử lý xong văn bản sau ({number}{day}):\n{what}",
    }[told.status]
    end = _closing(office) if told.status is not Status.RETURNED else f"{office}"
    return f"Kính gửi: {sender}\n\n{said}\n\n{end}"


def description(told: Course) -> str:
    """The same in the one line of a status message."""
    return {
        Status.RECEIVED: "Phần mềm đã nhận, văn thư chưa xử lý",
        Status.RETURNED: told.reason,
        Status.REGISTERED: f"Đã tiếp nhận, vào sổ: số đến {told.document.arrival_number}",
        Status.ASSIGNED: f"Đã phân công{_by(told.lead)}",
        Status.IN_PROGRESS: f"Đang xử lý{_by(told.lead)}",
        Status.DONE: "Đã xử lý xong",
    }[told.status]


def title_of(document: Incoming) -> str:
    """A document as its sender knows it: kind, số ký hiệu, day and trích yếu, as far as they were read."""
    code = f"số {document.code}" if document.code else ""
    day = f"ngày {document.issued_on:%d/%m/%Y}" if document.issued_on else ""
    head = " ".join(filter(None, (document.kind or "Văn bản", code, day)))
    return f"{head}: {document.subject}" if document.subject else head


def _by(lead: str) -> str:
    return f", đơn vị xử lý: {lead}" if lead else ""


def _closing(office: str) -> str:
    return f"{office}\n{_BY_ITSELF}"
