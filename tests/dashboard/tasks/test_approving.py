"""The leader's desk: what it offers fits what waits there."""

from typing import Any

import sqlalchemy as sa

from core.incoming.tables import Incoming
from core.people import Division

ALL_AT_ONCE = "Duyệt các văn bản đã chọn"


def test_several_are_approved_at_once_only_where_something_can_be_chosen(full_office: Any, signed_in: Any) -> None:
    page = signed_in("binh").get("/duyet").text
    assert 'class="card"' in page and 'name="chon"' not in page and ALL_AT_ONCE not in page
    with full_office.database.writing() as session:
        session.execute(sa.update(Incoming).values(receiver="Phòng Quản lý Khoa học"))
    page = signed_in("binh").get("/duyet").text
    assert 'name="chon"' in page and ALL_AT_ONCE in page


def test_a_leader_is_told_when_nobody_takes_the_work_or_the_deadline_is_late(full_office: Any, signed_in: Any) -> None:
    with full_office.database.writing() as session:
        session.add(division := Division(name="Phòng Bưu chính, Viễn thông", position=9))
        session.flush()
        led = session.scalars(sa.select(Division.id).where(Division.name == "Phòng Quản lý Khoa học")).one()
        given = {"1": division.id, "2": led}
        session.execute(sa.update(Incoming).values(due_at="2026-12-30"))
    binh = signed_in("binh")
    page = binh.get("/duyet").text
    token = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    said = {}
    for (task, lead), day in zip(given.items(), ("30/12/2026", "31/12/2026"), strict=True):
        form = {"csrf": token, "version": "1", "form": "no_file", "lead": f"d{lead}", "due_at": day}
        text = binh.post(f"/duyet/{task}", data=form).text
        said[task] = ("chưa có tài khoản trưởng phòng" in text, "sau hạn nơi gửi đặt: 30/12/2026" in text)
    assert said == {"1": (True, False), "2": (False, True)}
