"""What an incoming document went through, from the journal, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.events import ACTS, Event
from core.incoming.copies import COPY_NAMES, Copy
from core.people import User

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
    "content_removed": "Gỡ nội dung: {reason}",
}
FIELD_NAMES = {
    "code": "số, ký hiệu", "issued_on": "ngày văn bản", "issuer": "cơ quan ban hành",
    "parent_issuer": "cơ quan cấp trên", "kind": "tên loại", "subject": "trích yếu", "signer_name": "người ký",
    "signer_title": "chức vụ người ký", "urgency": "độ khẩn", "due_at": "hạn trả lời", "event_at": "giờ họp",
    "event_place": "nơi họp",
    "invited": "thành phần mời", "page_count": "số trang",
    "in_reply_to": "văn bản được trả lời", "receiver": "đơn vị nhận", "remark": "ghi chú",
    "is_dossier_direct": "chuyển hồ sơ trực tiếp",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One act on a document: who (empty: the program), what in words, when."""

    who: str
    what: str
    at: datetime


def steps(session: Session, incoming_id: int) -> list[Step]:
    """Every act on one incoming document, the oldest first. The caller checks the right to read it."""
    query = (
        sa.select(Event.act, Event.payload, Event.at, User.full_name)
        .join(User, User.id == Event.actor_id, isouter=True)
        .where(Event.chain == ACTS, Event.subject_kind == "incoming", Event.subject_id == incoming_id)
        .order_by(Event.id)
    )
    return [Step(row.full_name or "", in_words(row.act, row.payload), row.at) for row in session.execute(query)]


def in_words(act: str, payload: dict[str, Any] | None) -> str:
    """One event of an incoming document as a Vietnamese phrase; an act unknown here keeps its name."""
    said = dict.fromkeys(("number", "reason", "name", "count", "was", "now"), "(nội dung đã xóa)") | (payload or {})
    if act == "copy_judged" and payload:
        said |= {key: COPY_NAMES[Copy(said[key])] for key in ("was", "now")}
    fields = [FIELD_NAMES[name] for name in said.get("fields", ()) if name in FIELD_NAMES]
    return _SENTENCES.get(act, act).format(**(said | {"fields": ", ".join(fields) or "nội dung"}))
