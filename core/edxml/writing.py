"""Status messages (DOMAIN §3.3): what an office tells the sender of a package, as XML that the exchange reads."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.sax.saxutils import escape

from core.edxml.references import Reference
from core.office import OFFICE_ZONE
from core.text import nfc

_SPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
_LONGEST_WORDS = 500
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class Status(StrEnum):
    """What became of a document at its receiver."""

    RECEIVED = "01"  # đã đến
    RETURNED = "02"  # từ chối tiếp nhận
    REGISTERED = "03"  # đã tiếp nhận, vào sổ
    ASSIGNED = "04"  # phân công
    IN_PROGRESS = "05"  # đang xử lý
    DONE = "06"  # hoàn thành


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes a status message; "" for what is not known."""

    organ_id: str
    parent_name: str
    name: str
    email: str
    department: str
    staff: str


def write_status(status: Status, about: Reference, author: Author, said: str, *, at: datetime) -> bytes:
    """A status message about the document `about`, in UTF-8; `said` is cut at 500 letters, `at` is an aware instant.

    Source: QCVN 102:2016/BTTTT, as the exchange's own samples write it.
    """
    day = f"{about.issued_on:%Y/%m/%d}" if about.issued_on else ""
    sender = {
        "OrganId": author.organ_id, "OrganizationInCharge": author.parent_name, "OrganName": author.name,
        "OrganAdd": "", "Email": author.email, "Telephone": "", "Fax": "", "Website": "",
    }  # fmt: skip
    answered = {
        "OrganId": about.organ_id, "Code": about.code, "PromulgationDate": day, "DocumentId": about.document_id,
    }  # fmt: skip
    staff = {"Department": author.department, "Staff": author.staff, "Mobile": "", "Email": author.email}
    moment = f"{at.astimezone(OFFICE_ZONE):%Y/%m/%d %H:%M:%S}"
    closing = {"StatusCode": status.value, "Description": said[:_LONGEST_WORDS], "Timestamp": moment}
    header = _group("From", sender) + _group("ResponseFor", answered) + _group("StaffInfo", staff) + _leaves(closing)
    for name in ("MessageHeader", "edXMLHeader"):
        header = f"<edXML:{name}>{header}</edXML:{name}>"
    envelope = f'<edXML:edXMLEnvelope xmlns:edXML="{_SPACE}">{header}</edXML:edXMLEnvelope>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{_SPACE}">{envelope}</edXML>\n'.encode()


def _group(name: str, values: dict[str, str]) -> str:
    return f"<edXML:{name}>{_leaves(values)}</edXML:{name}>"


def _leaves(values: dict[str, str]) -> str:
    return "".join(f"<edXML:{name}>{_text(value)}</edXML:{name}>" for name, value in values.items())


def _text(value: str) -> str:
    return escape(nfc(_NO_XML.sub("", value)))
