"""The acts on a task as Vietnamese phrases, for the history of a document."""

from collections.abc import Mapping
from typing import Any

from core.tasks.tables import FORM_NAMES, PART_NAMES, Asked, Form, Part

_SENTENCES = {
    "task_submit": "Trình lãnh đạo",
    "task_withdraw": "Thôi xử lý",
    "task_ask_office": "Chuyển Văn phòng đề xuất",
    "task_suggest": "Văn phòng đề xuất",
    "task_depute": "Kính chuyển đ/c {deputy} chỉ đạo{words}",
    "task_return": "Trả lại: {reason}",
    "task_transfer": "Chuyển thẳng {transferred}",
    "task_not_transferred": "Chưa chuyển thẳng, chờ duyệt: {reason}",
    "task_assign": "Duyệt, {given}",
    "task_redirect": "Giao lại: {given}",
    "task_take_back": "Lấy lại để giao khác",
    "task_give": "Phân công {handler}{words}",
    "task_keep": "Trực tiếp xử lý",
    "task_send_back": "Trả lại nơi giao: {reason}",
    "task_accept": "Nhận việc",
    "task_report": "Báo tiến độ{words}",
    "task_ask": "{asked}: {reason}",
    "task_decide": "{decided}{words}",
    "task_finish": "Báo hoàn thành: {outcome}",
    "task_confirm": "Xác nhận hoàn thành",
    "task_reject": "Yêu cầu làm tiếp: {reason}",
    "task_reopen": "Mở lại: {reason}",
    "task_answer": "Trả lời phối hợp{words}",
    "task_waive": "Thôi chờ {part}: {reason}",
    "task_add_part": "Thêm {party}, {as_part}",
    "task_note": "Ý kiến{words}",
    "task_urge": "Đôn đốc{words}",
    "task_due": "Nhiệm vụ định kỳ đến kỳ",
}
_BLANKED = "(nội dung đã xóa)"


def in_words(act: str, payload: Mapping[str, Any] | None, names: Mapping[str, str], *, is_duty: bool = False) -> str:
    """One event of a task; `names` has every division and person by `parties.Party.key`. A duty without a document is
    given, not approved. An act unknown here keeps its name."""
    sentence = "Giao việc, {given}" if is_duty and act == "task_assign" else _SENTENCES.get(act)
    if sentence is None:
        return act
    if payload is None:
        return sentence.partition(":")[0].partition("{")[0].strip(" ,") + f" {_BLANKED}"
    said = {name: str(payload.get(name, "")) for name in ("reason", "outcome")}
    said["words"] = f": {payload['words']}" if payload.get("words") else ""
    said["deputy"] = names.get(f"u{payload.get('deputy')}", "")
    said["handler"] = names.get(f"u{payload.get('handler')}", "")
    said["part"] = names.get(str(payload.get("part")), "")
    said["party"] = names.get(str(payload.get("party")), "")
    if act == "task_add_part":
        said["as_part"] = PART_NAMES[Part(payload["part"])].lower()
    if act in ("task_assign", "task_redirect"):
        said["given"] = _given(payload, names)
    if act == "task_transfer":
        said["transferred"] = _transferred(payload, names)
    if act == "task_ask":
        said["asked"] = _asked(payload, names)
    if act == "task_decide":
        said["decided"] = _decided(payload)
    return sentence.format(**said)


def _given(payload: Mapping[str, Any], names: Mapping[str, str]) -> str:
    words = [FORM_NAMES[Form(payload["form"])].lower()]
    if payload["lead"]:
        words.append(f"chủ trì {names.get(payload['lead'], '')}")
    for name, called in (("co_handlers", "phối hợp"), ("informed", "để biết")):
        if payload.get(name):
            words.append(f"{called} {', '.join(names.get(key, '') for key in payload[name])}")
    if payload["due_at"]:
        words.append(f"hạn {_due(payload['due_at'])}")
    text = "; ".join(words)
    return f"{text}. {payload['instruction']}" if payload["instruction"] else text


def _transferred(payload: Mapping[str, Any], names: Mapping[str, str]) -> str:
    to = payload["lead"] or next(iter(payload["informed"]), "")
    who = names.get(f"u{payload['ordered_by']}", "")
    text = f"theo {payload['basis']} (lệnh của {who})"
    if to:
        text = f"cho {names.get(to, '')} {text}"
    if not payload["lead"]:
        text += ", để biết và lưu"
    if payload["due_at"]:
        text += f"; hạn {_due(payload['due_at'])}"
    return f"{text}. {payload['instruction']}" if payload["instruction"] else text


def _asked(payload: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if payload["kind"] == Asked.EXTENSION:
        return f"Xin gia hạn đến {_due(payload['due_at'])}"
    return f"Đề nghị {names.get(payload['party'], '')} phối hợp"


def _decided(payload: Mapping[str, Any]) -> str:
    what = "gia hạn" if payload["kind"] == Asked.EXTENSION else "phối hợp"
    if not payload["is_granted"]:
        return f"Không đồng ý {what}"
    return f"Đồng ý gia hạn đến {_due(payload['due_at'])}" if payload["due_at"] else f"Đồng ý {what}"


def _due(stored: str) -> str:
    year, month, day = stored[:10].split("-")
    return f"{day}/{month}/{year} {stored[11:]}".rstrip()
