"""Công việc của tôi: what needs the person's hand, then what he waits for."""

from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import reading_grants
from core.incoming.values import URGENCIES
from core.listings import work
from core.listings.work import WorkRow
from core.reading_grants import Asked
from core.rights import Right, may
from core.tasks.tables import STATE_NAMES
from dashboard.web import acting, in_reading, now, render, require

GROUPS = (
    ("returned", "Trả lại cho bạn", "Xem lý do, sửa rồi trình hoặc giao lại"),
    ("to_divide", "Chờ phân công", "Giao người trong phòng, hoặc trực tiếp xử lý"),
    ("to_accept", "Việc mới giao", "Nhận việc, hoặc trả lại kèm lý do"),
    ("to_do", "Đang xử lý", "Báo tiến độ, báo hoàn thành"),
    ("to_confirm", "Chờ xác nhận hoàn thành", "Xem kết quả rồi xác nhận, hoặc yêu cầu làm tiếp"),
    ("to_join", "Phối hợp", "Trả lời nơi chủ trì"),
    ("mentioned", "Có người nhắc tới bạn", "Xem ý kiến rồi trả lời"),
    ("to_read", "Để biết", "Mở xem là xong"),
    ("waited_for", "Đã giao, đang chờ", "Người khác đang xử lý"),
)


async def index(request: Request) -> Response:
    """GET /viec: the groups that have something, each with its rows."""
    person = require(request, Right.WORK)
    found, readings = await in_reading(request, _work, person.id, at=now(request))
    groups = [(name, title, hint, found.get(name, [])) for name, title, hint in GROUPS]
    return render(request, "tasks/mine.html", groups=groups, readings=readings, urgencies=URGENCIES, states=STATE_NAMES)


def _work(session: Session, user_id: int, *, at: datetime) -> tuple[dict[str, list[WorkRow]], list[Asked]]:
    user = acting(session, user_id)
    readings = reading_grants.waiting(session) if may(user, Right.GRANT_READING) else []
    return work.work_of(session, user, at=at), readings


routes = [Route("/viec", index, name="tasks:mine")]
