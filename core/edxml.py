"""edXML packages (QCVN 102:2016/BTTTT): bytes to values. Elements are known by local name, whatever the prefix."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from core.errors import Permanent

MOST_BYTES = 64 << 20
MOST_DEPTH = 40
MOST_VALUES = 5_000
MOST_ELEMENTS = 20_000
_LONG_TAG = re.compile(rb"<[^<>]{50000}")  # thousands of attributes, which the parser would keep all at once
_JUNK_BEFORE = re.compile(rb"\A[^<]{0,200}(?=<)")
_ATTACHED = ("ContentTransferEncoded", "SignatureValue", "X509Certificate")


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says in its header; "" and None for what it does not say.

    `values` maps a path of local names below the envelope's header ("MessageHeader/Code/CodeNumber") to its texts,
    in order; every other attribute is read from there. `priority` is OtherInfo/Priority: 0 ordinary, 1 khẩn,
    2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ. `status_code` ("03") is set for a status message only.
    """

    values: Mapping[str, Sequence[str]]
    status_code: str
    code_number: str
    code_notation: str
    issued_on: date | None
    type_name: str
    subject: str
    organ_name: str
    parent_organ_name: str
    signer_name: str
    signer_position: str
    due_on: date | None
    priority: int | None
    page_count: int | None
    answered_code: str
    receivers: tuple[str, ...]


def read_package(data: bytes) -> Package:
    """Read a package of either known shape (QCVN envelope, old SOAP form).

    Junk before the declaration is forgiven. Raises Permanent for what is no XML, has a DTD or entities, or is
    over the limits of size (64 MB), depth (40), elements and attributes.
    """
    if len(data) > MOST_BYTES:
        raise Permanent("Gói edXML lớn hơn giới hạn 64 MB.")
    if _LONG_TAG.search(data):
        raise Permanent("Gói edXML có phần tử quá lớn.")
    values = _values(_JUNK_BEFORE.sub(b"", data, count=1))
    if not any(path.startswith("MessageHeader/") for path in values):
        raise Permanent("Tệp không phải gói edXML: thiếu MessageHeader.")

    def one(path: str) -> str:
        return next((text for text in values.get(f"MessageHeader/{path}", ()) if text), "")

    return Package(
        values=values,
        status_code=one("StatusCode"),
        code_number=one("Code/CodeNumber"),
        code_notation=one("Code/CodeNotation"),
        issued_on=parse_day(one("PromulgationInfo/PromulgationDate") or one("PromulgationInfo/Date")),
        type_name=one("DocumentType/TypeName"),
        subject=one("Subject"),
        organ_name=one("From/OrganName"),
        parent_organ_name=one("From/OrganizationInCharge") or one("From/OrganInCharge"),
        signer_name=one("SignerInfo/FullName"),
        signer_position=one("SignerInfo/Position"),
        due_on=parse_day(one("DueDate")),
        priority=_number(one("OtherInfo/Priority")),
        page_count=_number(one("OtherInfo/PageAmount")),
        answered_code=one("ResponseFor/Code"),
        receivers=tuple(text for text in values.get("MessageHeader/To/OrganName", ()) if text),
    )


def parse_day(text: str) -> date | None:
    """A day as yyyy/MM/dd, yyyy-MM-dd or dd/MM/yyyy, whatever follows it (a time); None if it is none."""
    for shape in ("%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip()[:10], shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _values(data: bytes) -> dict[str, list[str]]:
    out: dict[str, list[str]] = defaultdict(list)
    stack: list[str] = []
    open_elements: list[Element] = []
    elements, is_leaf, is_header_whole = 0, False, False
    count = 0
    try:
        for event, element in ElementTree.iterparse(BytesIO(data), ("start", "end"), forbid_dtd=True):
            if event == "start":
                stack.append(element.tag.rpartition("}")[2])
                open_elements.append(element)
                elements, is_leaf = elements + 1, True
                if len(stack) > MOST_DEPTH:
                    raise Permanent("Gói edXML lồng quá sâu.")
                if elements > MOST_ELEMENTS:
                    raise Permanent("Gói edXML có quá nhiều phần tử.")
                continue
            path = _below_header(stack)
            if path and is_leaf and stack[-1] not in _ATTACHED and count < MOST_VALUES:
                out[path].append(" ".join((element.text or "").split()))
                count += 1
            is_header_whole = stack.pop() == "MessageHeader" or is_header_whole
            is_leaf = False
            open_elements.pop()
            if open_elements:
                del open_elements[-1][:]  # what was read is let go of
    except ParseError as error:
        # Gateways leave prefixes unbound among the attachments; a header that was read whole is kept.
        if not is_header_whole:
            raise Permanent("Tệp không đọc được như một gói edXML.") from error
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise Permanent("Tệp không đọc được như một gói edXML.") from error
    return dict(out)


def _below_header(stack: Sequence[str]) -> str:
    for top in ("MessageHeader", "TraceHeaderList"):
        if top in stack:
            return "/".join(stack[stack.index(top) :])
    return ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
