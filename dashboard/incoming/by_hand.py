"""Paper at the counter: an empty draft in the same form and the same series (Điều 5.3b, 5.3c)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import Permanent
from core.incoming import drafts
from core.incoming.tables import Incoming, Origin, State
from core.registers import Book, Direction
from core.rights import Right
from dashboard.incoming.desk import to_draft
from dashboard.incoming.view import clerk
from dashboard.web import form_of, in_writing, now, origin_of, render, require, user_of


async def ask(request: Request) -> Response:
    """GET /den/nhap-tay: says what will happen; a page that is only looked at leaves nothing behind."""
    require(request, Right.REGISTER)
    return render(request, "incoming/by_hand.html")


async def begin(request: Request) -> Response:
    """POST /den/nhap-tay: begin an empty draft, or open the one begun before and still empty."""
    require(request, Right.REGISTER)
    await form_of(request)
    person, source = user_of(request), origin_of(request).source
    return to_draft(await in_writing(request, _begin, person.id, at=now(request), source=source))


def _begin(session: Session, user_id: int, *, at: datetime, source: str) -> int:
    user = clerk(session, user_id)
    empty = sa.select(Incoming.id).where(
        Incoming.state == State.DRAFT, Incoming.origin == Origin.PAPER, Incoming.version == 1,
    )  # fmt: skip
    left = session.scalars(empty.order_by(Incoming.id)).first()
    if left is not None:
        return left
    books = sa.select(Book.id).where(Book.direction == Direction.INCOMING).order_by(Book.id)
    book_id = session.scalars(books).first()
    if book_id is None:
        raise Permanent("Cơ quan chưa có sổ văn bản đến nào. Báo người quản trị.")
    return drafts.begin_by_hand(session, book_id, by=user, at=at, source=source)


routes = [
    Route("/den/nhap-tay", ask, methods=["GET"], name="incoming:by_hand"),
    Route("/den/nhap-tay", begin, methods=["POST"], name="incoming:begin_by_hand"),
]
