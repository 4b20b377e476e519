"""What an incoming document went through, from the journal, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.events import ACTS, Event
from core.incoming.copies import COPY_NAMES, Copy
from core.listings import task_words
from core.people import User
from core.tasks.parties import names as party_names
from core.tasks.tables import Task

_SENTENCES = {
    "begun_by_hand": "Bắt đầu nhập tay",
    "read_on": "Đọc xong bản quét, thêm {fields}",
    "amended": "Sửa {fields}",
    "file_role_set": "Đổi vai trò tệp {name}",
    "file_asked": "Thêm {count} tệp",
    "files_added": "Ghép {count} tệp đã đọc xong vào dự thảo",
    "file_waived": "Cho vào sổ không kèm tệp: {reason}",
    "file_split": "Tách tệp {name} thành dự thảo riêng",
    "split_off": "Tách từ dự thảo khác: tệp {name}",
    "merged": "Gộp {count} tệp của dự thảo khác vào đây",
    "merged_into": "{reason}",
    "replacement_of": "Thay thế số đến {number}",
    "replacement_by": "Được thay thế bởi số đến {number}",
    "update_of": "Cập nhật số đến {number}",
    "update_by": "Được cập nhật bởi số đến {number}",
    "joined": "Gộp {count} tệp của một lần gửi khác cùng văn bản này vào đây",
    "joined_into": "{reason}",
    "parted": "Tách ra {count} tệp đã gộp của lần gửi khác",
    "told_apart": "Xác nhận không trùng với {name}",
    "compared_again": "So lại với {name}",
    "reply_chosen": "Chọn văn bản được trả lời",
    "registered": "Vào sổ, số đến {number}",
    "declined": "Không cập nhật: {reason}",
    "taken_back": "Đưa lại bàn văn thư",
    "voided": "Hủy số đến {number}: {reason}",
    "paper_taken": "Đã nhận bản giấy",
    "copy_judged": "Xét lại chữ ký số: {was} nay là {now}",
    "reading_asked": "Xin quyền đọc: {reason}",
    "reading_decided": "Trả lời đề nghị đọc",
    "reading_revoked": "Thu hồi quyền đọc: {reason}",
    "return_asked": "Đề nghị trả lại nơi gửi: {reason}",
    "return_refused": "Không đồng ý trả lại nơi gửi: {reason}",
    "return_withdrawn": "Rút việc trả lại nơi gửi{doubt}",
    "returned": "Trả lại nơi gửi: {reason}",
    "content_removed": "Gỡ nội dung: {reason}",
}
_APPROVALS = frozenset({"task_assign", "task_redirect", "task_return", "task_depute", "task_ask_office"})
FIELD_NAMES = {
    "code": "số, ký hiệu", "issued_on": "ngày văn bản", "issuer": "cơ quan ban hành",
    "parent_issuer": "cơ quan cấp trên", "kind": "tên loại", "subject": "trích yếu", "signer_name": "người ký",
    "signer_title": "chức vụ người ký", "urgency": "độ khẩn", "due_at": "hạn trả lời", "event_at": "giờ họp",
    "event_place": "nơi họp",
    "invited": "thành phần mời", "page_count": "số trang",
    "in_reply_to": "văn bản được trả lời", "receiver": "đơn vị nhận", "remark": "ghi chú",
    "is_dossier_direct": "chuyển hồ sơ trực tiếp",
}  # fmt: skip

# Made once: an alias costs more than what it asks.
_absent = sa.orm.aliased(User)
_subject: sa.BindParameter[int] = sa.bindparam("subject")


def _events(*of: sa.Select[Any]) -> sa.Select[Any]:
    # By their ids: told to sort, SQLite would walk the whole chain for the few that are of one subject.
    return (
        sa.select(
            Event.act, Event.payload, Event.at, Event.subject_kind, User.full_name, _absent.full_name.label("absent")
        )
        .join(User, User.id == Event.actor_id, isouter=True)
        .join(_absent, _absent.id == Event.for_id, isouter=True)
        .where(Event.id.in_(sa.union_all(*of)), Event.chain == ACTS)
        .order_by(Event.id)
    )  # fmt: skip


def _of(kind: str, subject: Any) -> sa.Select[Any]:
    return sa.select(Event.id).where(Event.subject_kind == kind, Event.subject_id == subject)


_TASK = sa.select(Task.id).where(Task.incoming_id == _subject).scalar_subquery()
_OF_DOCUMENT = _events(_of("incoming", _subject), _of("task", _TASK))
_OF_TASK = _events(_of("task", _subject))


@dataclass(frozen=True, slots=True)
class Step:
    """One act on a document: who (empty: the program), what in words, when."""

    who: str
    what: str
    at: datetime


def steps(session: Session, incoming_id: int) -> list[Step]:
    """Every act on one incoming document and on its handling, the oldest first. The caller checks the right to read
    it."""
    return _steps(session, _OF_DOCUMENT, incoming_id)


def steps_of_task(session: Session, task_id: int) -> list[Step]:
    """Every act on a duty that no document asks for, the oldest first."""
    return _steps(session, _OF_TASK, task_id, is_duty=True)


def _steps(session: Session, query: sa.Select[Any], subject_id: int, *, is_duty: bool = False) -> list[Step]:
    rows = session.execute(query, {"subject": subject_id}).all()
    names = party_names(session) if any(row.subject_kind == "task" for row in rows) else {}
    return [Step(_who(row), _what(row, names, is_duty=is_duty), row.at) for row in rows]


def _who(row: Any) -> str:
    """Who acted, and for whom: a substitute as "xử lý thay", who approves for the Director as "được ủy quyền duyệt"."""
    if not row.absent:
        return row.full_name or ""
    is_approval = row.act in _APPROVALS
    return f"{row.full_name} ({'được ủy quyền duyệt, thay' if is_approval else 'xử lý thay'} {row.absent})"


def _what(row: Any, names: Mapping[str, str], *, is_duty: bool) -> str:
    if row.subject_kind == "task":
        return task_words.in_words(row.act, row.payload, names, is_duty=is_duty)
    return in_words(row.act, row.payload)


def in_words(act: str, payload: dict[str, Any] | None) -> str:
    """One event of an incoming document as a Vietnamese phrase; an act unknown here keeps its name."""
    said = dict.fromkeys(("number", "reason", "name", "count", "was", "now"), "(nội dung đã xóa)") | (payload or {})
    if act == "copy_judged" and payload:
        said |= {key: COPY_NAMES[Copy(said[key])] for key in ("was", "now")}
    said["doubt"] = " (nơi gửi có thể đã được báo)" if said.get("is_in_doubt") else ""
    fields = [FIELD_NAMES[name] for name in said.get("fields", ()) if name in FIELD_NAMES]
    return _SENTENCES.get(act, act).format(**(said | {"fields": ", ".join(fields) or "nội dung"}))
