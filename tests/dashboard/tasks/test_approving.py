"""The leader's desk: what it offers fits what waits there."""

from typing import Any

import sqlalchemy as sa

from core.incoming.tables import Incoming

ALL_AT_ONCE = "Duyệt các văn bản đã chọn"


def test_several_are_approved_at_once_only_where_something_can_be_chosen(full_office: Any, signed_in: Any) -> None:
    page = signed_in("binh").get("/duyet").text
    assert 'class="card"' in page and 'name="chon"' not in page and ALL_AT_ONCE not in page
    with full_office.database.writing() as session:
        session.execute(sa.update(Incoming).values(receiver="Phòng Quản lý Khoa học"))
    page = signed_in("binh").get("/duyet").text
    assert 'name="chon"' in page and ALL_AT_ONCE in page
