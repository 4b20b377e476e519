"""Báo nhận, thư trả lại: what servers and recipients answered to letters we sent, apart from the documents."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.listings import reports as listing
from core.listings.reports import KINDS, OTHERS, ReportRow
from core.rights import Right
from dashboard import reasons
from dashboard.web import acting, in_reading, render, require

NAMES = {
    "": "Tất cả", "failed": "Không gửi được", "delayed": "Chưa gửi được, còn thử", "delivered": "Máy nhận đã nhận",
    "displayed": "Người nhận đã mở", OTHERS: "Trả lời tự động và khác",
}  # fmt: skip
_OF_ACTION = {action: kind for kind, actions in KINDS.items() for action in actions}
_MARKS = {"failed": "⚠", "delayed": "…", "delivered": "✓", "displayed": "↩"}


async def index(request: Request) -> Response:
    """GET /bao-nhan: ?loai= one kind, ?tim= a piece of an address, ?cu=1 oldest first, ?tiep= the last id seen."""
    person = require(request, Right.REGISTER)
    asked = request.query_params
    kind = asked.get("loai", "") if asked.get("loai", "") in NAMES else ""
    address, oldest_first = asked.get("tim", "").strip()[:100], asked.get("cu") == "1"
    after = asked.get("tiep", "")
    rows = await in_reading(
        request, _list, person.id, kind=kind, address=address, oldest_first=oldest_first,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None,
    )  # fmt: skip
    return render(
        request, "reports/index.html", rows=[_shown(row) for row in rows], kinds=list(NAMES.items()), kind=kind,
        address=address, oldest_first=oldest_first, is_narrowed=bool(kind or address or after),
        next_id=rows[-1].id if len(rows) == listing.PAGE_ROWS else None,
    )  # fmt: skip


def _list(session: Session, user_id: int, /, **asked: Any) -> list[ReportRow]:
    return listing.reports(session, acting(session, user_id), **asked)


def _shown(row: ReportRow) -> dict[str, Any]:
    lines = [
        {"recipient": line.recipient, "mark": _MARKS.get(_OF_ACTION.get(line.action, ""), "?"),
         "outcome": NAMES.get(_OF_ACTION.get(line.action, "-"), line.action or "chưa rõ"), "status": line.status,
         "said": line.said, "about": line.about}
        for line in row.lines
    ]  # fmt: skip
    return {"row": row, "kind": reasons.notice(row.outcome, row.rule), "lines": lines}


routes = [Route("/bao-nhan", index, name="reports:index")]
