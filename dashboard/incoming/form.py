"""The form of a register entry: a draft's values with their marks, ready to print in the register's order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from core.evidence import Evidence, Source
from core.incoming.dangers import danger_of
from core.incoming.registration import REQUIRED, UNSURE_BELOW, unsure_fields
from core.incoming.tables import Incoming
from core.incoming.values import MOMENTS, is_invitation
from dashboard.words import due

SURE_FROM = 0.9
LABELS = {
    "issuer": "Cơ quan ban hành", "parent_issuer": "Cơ quan cấp trên", "code": "Số, ký hiệu",
    "issued_on": "Ngày văn bản", "kind": "Tên loại", "urgency": "Độ khẩn", "subject": "Trích yếu nội dung",
    "signer_name": "Người ký", "signer_title": "Chức vụ", "due_at": "Hạn trả lời", "page_count": "Số trang",
    "in_reply_to": "Trả lời văn bản số", "receiver": "Đơn vị hoặc người nhận", "remark": "Ghi chú",
    "event_at": "Giờ họp", "event_place": "Nơi họp",
    "invited": "Thành phần mời",
}  # fmt: skip
_HINTS = {"issued_on": "ngày/tháng/năm", "due_at": "ngày/tháng/năm", "event_at": "ngày/tháng/năm giờ:phút"}
MEETING = ("event_at", "event_place", "invited")
_SOURCES = {
    Source.EDXML: "gói trục liên thông", Source.TEXT: "chữ trong tệp", Source.OCR: "nhận dạng bản quét",
    Source.HANDWRITING: "chữ viết tay", Source.SUBJECT: "tiêu đề thư", Source.BODY: "nội dung thư",
    Source.FILENAME: "tên tệp", Source.LESSON: "theo lần sửa trước", Source.RULE: "theo quy tắc",
    Source.AGENCY: "theo danh bạ cơ quan",
}  # fmt: skip
_EXPLAINED = {Source.LESSON: "/bai-hoc", Source.AGENCY: "/co-quan", Source.RULE: "/quy-tac"}  # pages that say why
# Values without a box of their own on the form are looked at together with the one that shows them.
_SEEN_WITH = {"code_number": "code", "code_notation": "code", "secrecy": "urgency"}


# Fields with a crop of the page beside them, and by which evidence; only what was seen and not written as text.
_CROPPED = {"code": ("code", "code_notation"), "issued_on": ("issued_on",)}
_SEEN = (Source.OCR, Source.HANDWRITING)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a proposed value comes from and how sure it is: `level` is sure, fair or unsure.

    `explained_at` is the page that says why a value which was not read is proposed, "" for what was read.
    `position` names the file in the draft's strip (None: not from a file), `box` is in fractions of `page`.
    """

    level: str
    word: str
    source: str
    percent: int
    passage: str
    explained_at: str
    position: int | None
    page: int | None
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Crop:
    """The magnified place of a scan beside a field: that of the evidence for `field`, on `page` of the file there."""

    field: str
    position: int
    page: int


@dataclass(frozen=True, slots=True)
class Field:
    """One box of the form. `value` is what stands in it, `stored` what another saved instead (C16), else None."""

    name: str
    label: str
    value: str
    is_required: bool
    hint: str = ""
    mark: Mark | None = None
    is_unsure: bool = False
    is_edited: bool = False
    error: str = ""
    stored: str | None = None
    crop: "Crop | None" = None

    @property
    def needs_hand(self) -> bool:
        """Whether the clerk has to look here before the number can be taken."""
        is_missing = self.is_required and not self.value
        return bool(self.error) or self.is_unsure or is_missing or self.stored is not None


@dataclass(frozen=True, slots=True)
class Form:
    """A draft as the desk shows it, its fields in the order of the register's columns.

    `silence` is the sentence that says what is taken from saying nothing by the deadline, where there is one.
    `is_invitation`: the document asks to a meeting, or has values of one.
    """

    fields: Mapping[str, Field]
    is_dossier_direct: bool
    version: int
    unsure_count: int
    silence: Field | None
    is_invitation: bool


def form_of(
    document: Incoming, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
    seen: Collection[str] = (), is_conflict: bool = False,
) -> Form:  # fmt: skip
    """The form of a draft. `typed` are values not saved yet, which stand in it; after a conflict the
    stored values show beside those that differ.
    """
    typed, errors = typed or {}, errors or {}
    unsure = {_SEEN_WITH.get(name, name) for name in unsure_fields(document) - set(seen)}
    fields = {}
    for name, label in LABELS.items():
        stored = shown_value(document, name)
        value = typed.get(name, stored)
        mark = _mark(document, name)
        edited = mark is not None and _differs(document, name, value)
        fields[name] = Field(
            name=name, label=label, value=value, is_required=name in REQUIRED, hint=_HINTS.get(name, ""),
            mark=mark, is_unsure=name in unsure and not edited, is_edited=edited,
            error=errors.get(name, ""), stored=stored if is_conflict and stored != value else None,
            crop=_crop(document, name),
        )  # fmt: skip
    direct = typed.get("is_dossier_direct") == "1" if typed else document.is_dossier_direct
    return Form(
        fields, direct, document.version, sum(field.is_unsure for field in fields.values()),
        silence=_silence(document), is_invitation=_is_invitation(fields),
    )  # fmt: skip


def _silence(document: Incoming) -> Field | None:
    mark = _mark(document, "silence")
    return Field("silence", "Không trả lời", mark.passage, is_required=False, mark=mark) if mark else None


def _is_invitation(fields: Mapping[str, Field]) -> bool:
    if any(fields[name].value or fields[name].error or fields[name].mark for name in MEETING):
        return True
    return is_invitation(fields["kind"].value, fields["subject"].value)


def looked_at(document: Incoming, form: Mapping[str, str]) -> set[str]:
    """The unsure values the clerk has looked at, by the form's own word: all by one tick, or field by field."""
    if form.get("looked_all") == "1":
        return unsure_fields(document)
    seen = set(form.get("looked_at", "").split())
    return seen | {name for name, shown_with in _SEEN_WITH.items() if shown_with in seen}


def shown_value(document: Incoming, name: str) -> str:
    """A field of a document as the form and the entry page print it: dates as dd/mm/yyyy."""
    value = getattr(document, name)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if name in MOMENTS:
        return due(value)
    return "" if value is None else str(value)


def _differs(document: Incoming, name: str, value: str) -> bool:
    proposed = Evidence.from_json(document.proposed[name]).value
    if name == "issued_on":
        proposed = f"{date.fromisoformat(proposed):%d/%m/%Y}"
    elif name in MOMENTS:
        proposed = due(proposed[:16])
    return " ".join(value.split()) != " ".join(proposed.split())


def _mark(document: Incoming, name: str) -> Mark | None:
    stored = document.proposed.get(name)
    if stored is None:
        return None
    evidence = Evidence.from_json(stored)
    level, word = _level(evidence.confidence)
    file = next((file for file in document.files if file.sha256 == evidence.file), None)
    return Mark(
        level=level, word=word, source=_SOURCES[evidence.source], percent=round(evidence.confidence * 100),
        passage=evidence.text or evidence.value, explained_at=_EXPLAINED.get(evidence.source, ""),
        position=file.position if file else None, page=evidence.page,
        box=evidence.box,
    )  # fmt: skip


def _crop(document: Incoming, name: str) -> Crop | None:
    """Number and day are shown as the pen or the scanner left them; a number that was not read, by its notation."""
    shown = next((one for one in _CROPPED.get(name, ()) if one in document.proposed), None)
    if shown is None:
        return None
    evidence = Evidence.from_json(document.proposed[shown])
    file = next((file for file in document.files if file.sha256 == evidence.file), None)
    if file is None or evidence.box is None or (shown == name and evidence.source not in _SEEN):
        return None
    if not file.media_type.startswith(("image/", "application/pdf")) or danger_of(document.notes, file.name):
        return None
    return Crop(shown, file.position, evidence.page or 1)


def _level(confidence: float) -> tuple[str, str]:
    if confidence < UNSURE_BELOW:
        return "unsure", "chưa chắc"
    return ("sure", "chắc") if confidence >= SURE_FROM else ("fair", "khá chắc")
