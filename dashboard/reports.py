"""Báo nhận, thư trả lại: what servers and recipients answered to letters we sent, apart from the documents."""

from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.listings import reports as listing
from core.listings.reports import KINDS, OTHERS, ReportLine, ReportRow
from core.rights import Right
from dashboard import reasons
from dashboard.web import acting, in_reading, render, require, whole_number

NAMES = {
    "": "Tất cả", "failed": "Không gửi được", "delayed": "Chưa gửi được, còn thử", "delivered": "Máy nhận đã nhận",
    "displayed": "Người nhận đã mở", "status": "Trạng thái xử lý (gói edXML)", "recall": "Nơi gửi thu hồi văn bản",
    OTHERS: "Trả lời tự động và khác",
}  # fmt: skip
_OF_ACTION = {action: kind for kind, actions in KINDS.items() for action in actions}
_MARKS = {"failed": "⚠", "delayed": "…", "delivered": "✓", "displayed": "↩", "status": "✓", "recall": "⚠"}
# What the code of a status message means (QCVN 102:2016; DOMAIN §3.3); 13 is a recall.
STATUSES = {
    "01": "Đã đến, văn thư nơi nhận chưa xử lý", "02": "Từ chối tiếp nhận", "03": "Đã tiếp nhận, vào sổ",
    "04": "Lãnh đạo đã phân công", "05": "Đang xử lý", "06": "Đã hoàn thành",
    "15": "Đồng ý cho cập nhật, lấy lại", "16": "Không đồng ý cho cập nhật, lấy lại",
}  # fmt: skip
_REFUSALS = ("02", "16")


async def index(request: Request) -> Response:
    """GET /bao-nhan: ?loai= one kind, ?tim= a piece of an address, ?cu=1 oldest first, ?tiep= the last id seen."""
    person = require(request, Right.REGISTER)
    asked = request.query_params
    kind = asked.get("loai", "") if asked.get("loai", "") in NAMES else ""
    address, oldest_first = asked.get("tim", "").strip()[:100], asked.get("cu") == "1"
    after = asked.get("tiep", "")
    rows = await in_reading(
        request, _list, person.id, kind=kind, address=address, oldest_first=oldest_first,
        after=whole_number(after),
    )  # fmt: skip
    return render(
        request, "reports/index.html", rows=[_shown(row) for row in rows], kinds=list(NAMES.items()), kind=kind,
        address=address, oldest_first=oldest_first, is_narrowed=bool(kind or address or after),
        next_id=rows[-1].id if len(rows) == listing.PAGE_ROWS else None,
    )  # fmt: skip


def _list(session: Session, user_id: int, /, **asked: Any) -> list[ReportRow]:
    return listing.reports(session, acting(session, user_id), **asked)


def _shown(row: ReportRow) -> dict[str, Any]:
    return {"row": row, "kind": reasons.notice(row.outcome, row.rule), "lines": [_line(line) for line in row.lines]}


def _line(line: ReportLine) -> dict[str, str]:
    kind = _OF_ACTION.get(line.action, "")
    mark, outcome = _MARKS.get(kind, "?"), NAMES.get(kind or "-", line.action or "chưa rõ")
    if kind == "status":
        outcome = STATUSES.get(line.status, "Trạng thái chưa rõ")
        mark = "⚠" if line.status in _REFUSALS else mark if line.status in STATUSES else "?"
    return {"recipient": line.recipient, "mark": mark, "outcome": outcome, "status": line.status, "said": line.said,
            "about": line.about, "document": line.document, "kind": kind}  # fmt: skip


routes = [Route("/bao-nhan", index, name="reports:index")]
