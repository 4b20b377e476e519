"""POST /viec/{id}/{act}: one act on a task, by who may do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import Permanent
from core.incoming.tables import Incoming
from core.people import User
from core.rights import may_read, may_see
from core.tasks import asking, directing, dividing, handling, notes, parties
from core.tasks.tables import Part, Task, TaskPart, TaskRequest
from core.tasks.transitions import Act
from dashboard.tasks.approving import assignment_of
from dashboard.tasks.finding import task_for
from dashboard.web import acting, flash, form_of, in_writing, now, origin_of, user_of, whole_number


@dataclass(frozen=True, slots=True)
class Sent:
    """A form about one task, opened for the act."""

    session: Session
    task: Task
    form: Mapping[str, str]
    raw: Any


def _user(sent: Sent, field: str) -> User:
    found = sent.session.get(User, whole_number(sent.form.get(field, "")) or 0)
    if found is None:
        raise Permanent("Chọn một người trong danh sách.", field=field)
    return found


def _party(sent: Sent) -> parties.Party:
    found = parties.party(sent.form.get("party", ""))
    if found is None:
        raise Permanent("Chọn phòng hoặc người trong danh sách.", field="party")
    return found


def _part(sent: Sent) -> TaskPart:
    found = sent.session.get(TaskPart, whole_number(sent.form.get("part", "")) or 0)
    if found is None or found.task_id != sent.task.id:
        raise HTTPException(404)
    return found


def _asked(sent: Sent) -> TaskRequest:
    found = sent.session.get(TaskRequest, whole_number(sent.form.get("request", "")) or 0)
    if found is None or found.task_id != sent.task.id:
        raise HTTPException(404)
    return found


def _ask(sent: Sent, **said: Any) -> None:
    reason = sent.form.get("reason", "")
    if sent.form.get("kind") == "extension":
        asking.ask_time(sent.session, sent.task, sent.form.get("due_at", ""), reason, **said)
    else:
        asking.ask_for(sent.session, sent.task, _party(sent), reason, **said)


def _decide(sent: Sent, **said: Any) -> None:
    is_granted = sent.form.get("answer") == "yes"
    asking.decide(sent.session, sent.task, _asked(sent), sent.form.get("words", ""), is_granted=is_granted, **said)


def _add_part(sent: Sent, **said: Any) -> None:
    part = Part.CO_HANDLER if sent.form.get("part") == Part.CO_HANDLER else Part.INFORMED
    handling.add_part(sent.session, sent.task, part, _party(sent), **said)


def _with(act: Callable[..., None], field: str) -> Callable[..., None]:
    """An act that takes one text."""
    return lambda sent, **said: act(sent.session, sent.task, sent.form.get(field, ""), **said)


def _plain(act: Callable[..., None]) -> Callable[..., None]:
    return lambda sent, **said: act(sent.session, sent.task, **said)


# The path of each act, what does it, and what is said afterwards.
PATHS: dict[str, tuple[Act, Callable[..., None], str]] = {
    "trinh": (Act.SUBMIT, _plain(directing.submit_again), "Đã trình lại lãnh đạo."),
    "lay-de-xuat": (Act.ASK_OFFICE, _plain(directing.ask_office), "Đã chuyển Văn phòng đề xuất."),
    "de-xuat": (
        Act.SUGGEST,
        lambda sent, **said: directing.suggest(sent.session, sent.task, assignment_of(sent.form, sent.raw), **said),
        "Đã gửi đề xuất tới Giám đốc.",
    ),
    "chuyen-pho-giam-doc": (
        Act.DEPUTE,
        lambda sent, **said: directing.depute(
            sent.session, sent.task, _user(sent, "deputy"), sent.form.get("instruction", ""), **said
        ),
        "Đã kính chuyển Phó Giám đốc chỉ đạo.",
    ),
    "tra-lai": (Act.RETURN, _with(directing.give_back, "reason"), "Đã trả lại."),
    "giao": (
        Act.ASSIGN,
        lambda sent, **said: directing.assign(sent.session, sent.task, assignment_of(sent.form, sent.raw), **said),
        "Đã giao xử lý.",
    ),
    "lay-lai": (Act.TAKE_BACK, _plain(directing.take_back), "Đã lấy lại; văn bản chờ duyệt như trước."),
    "phan-cong": (
        Act.GIVE,
        lambda sent, **said: dividing.give(
            sent.session, sent.task, _user(sent, "handler"), sent.form.get("words", ""), **said
        ),
        "Đã phân công.",
    ),
    "truc-tiep": (Act.KEEP, _plain(dividing.keep), "Bạn trực tiếp xử lý việc này."),
    "tra-noi-giao": (Act.SEND_BACK, _with(dividing.send_back, "reason"), "Đã trả lại nơi giao."),
    "nhan": (Act.ACCEPT, _plain(handling.accept), "Đã nhận việc."),
    "tien-do": (Act.REPORT, _with(handling.report, "words"), "Đã ghi tiến độ."),
    "de-nghi": (Act.ASK, _ask, "Đã gửi đề nghị."),
    "tra-loi-de-nghi": (Act.DECIDE, _decide, "Đã trả lời đề nghị."),
    "hoan-thanh": (Act.FINISH, _with(handling.finish, "outcome"), "Đã báo hoàn thành."),
    "xac-nhan": (Act.CONFIRM, _plain(handling.confirm), "Đã xác nhận hoàn thành."),
    "lam-tiep": (Act.REJECT, _with(handling.reject, "reason"), "Đã yêu cầu làm tiếp."),
    "mo-lai": (Act.REOPEN, _with(handling.reopen, "reason"), "Đã mở lại."),
    "phoi-hop": (Act.ANSWER, _with(handling.answer, "words"), "Đã trả lời nơi chủ trì."),
    "thoi-cho": (
        Act.WAIVE,
        lambda sent, **said: handling.waive(
            sent.session, sent.task, _part(sent), sent.form.get("reason", ""), **said
        ),
        "Thôi chờ phần phối hợp này.",
    ),
    "them": (Act.ADD_PART, _add_part, "Đã thêm."),
    "don-doc": (Act.URGE, _with(handling.urge, "words"), "Đã đôn đốc."),
}  # fmt: skip


async def act(request: Request) -> Response:
    """POST /viec/{id}/{act}: do it, then the page again. A repeat is harmless."""
    person, form, place = user_of(request), await form_of(request), request.path_params
    if place["act"] not in PATHS:
        raise HTTPException(404)
    version, raw = whole_number(form.get("version", "")) or 0, await request.form()
    back = await in_writing(
        request, _do, person.id, place["id"], place["act"], version, form, raw, at=now(request),
        source=origin_of(request).source,
    )  # fmt: skip
    flash(request, "done", PATHS[place["act"]][2])
    return RedirectResponse(back, 303)


async def write_note(request: Request) -> Response:
    """POST /viec/{id}/y-kien: add a note, which may name people by @."""
    person, form = user_of(request), await form_of(request)
    back = await in_writing(
        request, _write_note, person.id, request.path_params["id"], form.get("text", ""), at=now(request),
        source=origin_of(request).source,
    )  # fmt: skip
    return RedirectResponse(back, 303)


async def submit_entry(request: Request) -> Response:
    """POST /den/{id}/trinh: lay an older entry, which has no task, before the Director."""
    person, incoming_id = user_of(request), request.path_params["id"]
    await form_of(request)
    await in_writing(
        request, _submit_entry, person.id, incoming_id, at=now(request), source=origin_of(request).source
    )  # fmt: skip
    flash(request, "done", "Đã trình lãnh đạo.")
    return RedirectResponse(f"/den/{incoming_id}", 303)


def _do(
    session: Session, user_id: int, task_id: int, path: str, version: int, form: Mapping[str, str], raw: Any, *,
    at: datetime, source: str,
) -> str:  # fmt: skip
    user = acting(session, user_id)
    task = task_for(session, user, task_id, is_act=True)
    PATHS[path][1](Sent(session, task, form, raw), by=user, at=at, version=version, source=source)
    session.flush()
    if not may_see(session, user, task):  # it went back to whom it came from
        return "/viec"
    return f"/den/{task.incoming_id}" if task.incoming_id is not None else f"/viec/{task.id}"


def _write_note(session: Session, user_id: int, task_id: int, text: str, *, at: datetime, source: str) -> str:
    user = acting(session, user_id)
    task = task_for(session, user, task_id, is_act=True)
    notes.write(session, task, text, by=user, at=at, source=source)
    return f"/den/{task.incoming_id}#y-kien" if task.incoming_id is not None else f"/viec/{task.id}#y-kien"


def _submit_entry(session: Session, user_id: int, incoming_id: int, *, at: datetime, source: str) -> None:
    user, document = acting(session, user_id), session.get(Incoming, incoming_id)
    if document is None or not may_read(session, user, document):
        raise HTTPException(404)
    directing.submit(session, document, by=user, at=at, source=source)


routes = [
    Route("/viec/{id:int}/y-kien", write_note, methods=["POST"], name="tasks:note"),
    Route("/viec/{id:int}/{act}", act, methods=["POST"], name="tasks:act"),
    Route("/den/{id:int}/trinh", submit_entry, methods=["POST"], name="tasks:submit"),
]
