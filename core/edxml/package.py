"""What a package says: its header, what becomes of which document, the files it names and those it brings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from core.edxml.contents import CONTENT, HOLDER, Follower, Sample
from core.edxml.references import Reference, named, parse_day, whole_code
from core.edxml.scanning import Broken, scan
from core.edxml.tree import Grower, Node
from core.errors import Permanent

TAKE_BACK = "13"  # the status by which a sender asks for its document back (DOMAIN §3.3)
_HEADER, _TRACES, _MANIFESTS = "messageheader", "traceheaderlist", ("edxmlmanifest", "manifest")
_TOPS = frozenset({_HEADER, _TRACES, *_MANIFESTS, HOLDER})
_BUSINESS = ("Bussiness", "Business")  # the standard's spelling, and the dictionary's


class Kind(StrEnum):
    """What a package is for (BussinessDocType, DOMAIN §3.2)."""

    NEW = "new"  # văn bản mới
    RECALL = "recall"  # thu hồi, hoặc nơi gửi xin lấy lại (trạng thái 13)
    UPDATE = "update"  # cập nhật
    REPLACEMENT = "replacement"  # thay thế
    STATUS = "status"  # trạng thái xử lý văn bản của ta


_KINDS = {"1": Kind.RECALL, "2": Kind.UPDATE, "3": Kind.REPLACEMENT}


@dataclass(frozen=True, slots=True)
class Attached:
    """One file: its names as written ("" for none), and whether its content is there in base64.

    `number` counts the files that stand in the package; None for one that only its manifest names.
    """

    number: int | None
    name: str
    content_id: str
    description: str
    media_type: str
    has_content: bool


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says; "" and None for what it does not say.

    `values` maps a path of local names ("MessageHeader/Code/CodeNumber") to its texts, in order. `priority` is
    OtherInfo/Priority: 0 ordinary, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ. `type_code` means
    something else at every sender (DOMAIN §3.2). `status_code` ("03") is set for a status message only; `said` and
    `said_at` are its words and time as written. `answers` are the documents named in ResponseFor, `concerns` those
    that an update, a replacement or a recall is about. `is_whole` unless the package breaks off or is damaged,
    `has_more_headers` when a second header says who knows what.
    """

    values: Mapping[str, Sequence[str]]
    kind: Kind
    status_code: str
    said: str
    said_at: str
    document_id: str
    code_number: str
    code_notation: str
    issued_on: date | None
    type_code: str
    type_name: str
    subject: str
    organ_id: str
    organ_name: str
    parent_organ_name: str
    signer_name: str
    signer_position: str
    due_on: date | None
    priority: int | None
    page_count: int | None
    answers: tuple[Reference, ...]
    concerns: tuple[Reference, ...]
    reason: str
    receivers: tuple[str, ...]
    attachments: tuple[Attached, ...]
    is_whole: bool
    has_more_headers: bool

    @property
    def code(self) -> str:
        """The whole số ký hiệu, "" unless number and notation are known."""
        return whole_code(self.code_number, self.code_notation)

    @property
    def answered_code(self) -> str:
        """The số ký hiệu of the first document that this one answers."""
        return next((answer.code for answer in self.answers if answer.code), "")


def read_package(source: bytes | BinaryIO) -> Package:
    """Read a package of any known shape (QCVN envelope, old SOAP form, namespaces of no standard).

    Of one that is damaged or breaks off the elements that were closed before are read. Raises Permanent for what is no
    package or has a DTD (see `core.edxml.scanning`), OSError where the source can't be read.
    """
    grower, follower = Grower(_TOPS, frozenset({HOLDER, CONTENT})), Follower()
    samples: dict[int, Sample] = {}
    is_whole = True
    try:
        for piece in scan(BytesIO(source) if isinstance(source, bytes) else source):
            grower.take(piece)
            if (number := follower.take(piece)) is not None:
                samples.setdefault(number, Sample()).take(piece.text)
    except Broken:
        is_whole = False
    headers = [node for node in grower.grown if node.name == _HEADER]
    if not headers or not any(text for _, text in headers[0].leaves()):
        raise Permanent("Tệp không phải gói edXML, hoặc phần đầu gói không đọc được.")
    encoded = {number for number, sample in samples.items() if sample.is_encoded}
    return _package(headers, grower.grown, encoded, is_whole=is_whole)


def _package(headers: Sequence[Node], grown: Sequence[Node], encoded: set[int], *, is_whole: bool) -> Package:
    header = headers[0]
    traces = next((node for node in grown if node.name == _TRACES), Node(_TRACES))
    status = header.one("StatusCode")
    answers = tuple(filter(None, map(_reference, header.all("ResponseFor"))))
    values: dict[str, list[str]] = {}
    for path, text in (*header.leaves(), *traces.leaves()):
        values.setdefault(path, []).append(text)
    kind = _kind(status, _of_business(traces, "BussinessDocType"))
    document_id, number, notation = (
        header.one("DocumentId"),
        header.one("Code/CodeNumber"),
        header.one("Code/CodeNotation"),
    )
    issued_on = parse_day(header.one("PromulgationInfo/PromulgationDate", "PromulgationInfo/Date"))
    own = named(document_id, whole_code(number, notation), issued_on, header.one("From/OrganId"))
    return Package(
        values=values, kind=kind, status_code=status, said=header.one("Description"),
        said_at=header.one("Timestamp"), document_id=document_id, code_number=number, code_notation=notation,
        issued_on=issued_on, type_code=header.one("DocumentType/Type"),
        type_name=header.one("DocumentType/TypeName", "DocumentType/Description", "Type/Description"),
        subject=header.one("Subject"), organ_id=header.one("From/OrganId"), organ_name=header.one("From/OrganName"),
        parent_organ_name=header.one("From/OrganizationInCharge", "From/OrganInCharge"),
        signer_name=header.one("SignerInfo/FullName", "Author/FullName"),
        signer_position=header.one("SignerInfo/Position", "Author/Function"), due_on=parse_day(header.one("DueDate")),
        priority=_number(header.one("OtherInfo/Priority")), page_count=_number(header.one("OtherInfo/PageAmount")),
        answers=answers, concerns=tuple(dict.fromkeys(_concerns(kind, traces, answers, own))),
        reason=_of_business(traces, "BussinessDocReason"),
        receivers=tuple(to.one("OrganName") for to in header.all("To") if to.one("OrganName")),
        attachments=tuple(_attached(grown, encoded)), is_whole=is_whole, has_more_headers=len(headers) > 1,
    )  # fmt: skip


def _kind(status: str, business_type: str) -> Kind:
    if status:
        return Kind.RECALL if status == TAKE_BACK else Kind.STATUS
    return _KINDS.get(business_type.lstrip("0"), Kind.NEW)


def _concerns(kind: Kind, traces: Node, answers: Sequence[Reference], own: Reference) -> Iterator[Reference]:
    """The documents that a package changes, by what its kind names first (DOMAIN §3.1, 3.3)."""
    of_business = filter(None, (named(_of_business(traces, "DocumentId")),))
    if kind is Kind.STATUS:
        yield from answers or filter(None, (own,))
    elif kind is Kind.REPLACEMENT:
        listed = [
            named(info.one("DocumentId"))
            for business in _BUSINESS
            for info in traces.all(f"{business}/ReplacementInfoList/ReplacementInfo")
        ]
        yield from list(filter(None, listed)) or of_business
    elif kind is Kind.UPDATE:
        yield from list(of_business) or filter(None, (own,))
    elif kind is Kind.RECALL:
        yield from answers or list(of_business) or filter(None, (own,))


def _of_business(traces: Node, name: str) -> str:
    return traces.one(*(f"{business}/{name}" for business in _BUSINESS))


def _reference(answer: Node) -> Reference:
    code = answer.one("Code") or whole_code(answer.one("Code/CodeNumber"), answer.one("Code/CodeNotation"))
    day = parse_day(answer.one("PromulgationDate", "PromulgationInfo/PromulgationDate"))
    return named(answer.one("DocumentId"), code, day, answer.one("OrganId"))


def _attached(grown: Sequence[Node], encoded: set[int]) -> Iterator[Attached]:
    """The files that stand in the package, then those that only its manifest names."""
    manifests = [one for node in grown if node.name in _MANIFESTS for one in node.all("Reference")]
    listed = {key: one for one in reversed(manifests) if (key := _content_id(one))}
    told, names = set(), set()
    for number, node in enumerate(node for node in grown if node.name == HOLDER):
        key = _content_id(node)
        entry = listed.get(key, Node(""))
        name = _said("AttachmentName", node, entry)
        told.add(key)
        names.add(name)
        yield Attached(
            number, name, key, _said("Description", node, entry), _said("ContentType", node, entry), number in encoded
        )
    for one in manifests:
        key, name = _content_id(one), _said("AttachmentName", one)
        if key not in told and name not in names and (key or name):
            yield Attached(None, name, key, _said("Description", one), _said("ContentType", one), has_content=False)


def _said(name: str, *nodes: Node) -> str:
    """By an element or by an attribute, in the first of `nodes` that says it."""
    said = (node.one(name) or node.attributes.get(name.lower(), "") for node in nodes)
    return next((text for text in said if text), "")


def _content_id(node: Node) -> str:
    """The bare identifier: "cid:" stands before it on one side, on both, or on none (DOMAIN §3.4)."""
    said = _said("ContentId", node) or node.attributes.get("href", "") or node.attributes.get("id", "")
    return said.removeprefix("cid:").removeprefix("CID:").strip("<> ")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
