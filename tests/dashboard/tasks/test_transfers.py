"""Chuyển thẳng over HTTP: an order is tried, given and ended by who may approve that day, and by nobody else."""

from typing import Any

import pytest
import sqlalchemy as sa

from core import delegations, people
from core.delegations import Kind
from core.incoming import registration
from core.incoming.tables import Incoming, Origin
from core.office import office_date
from core.people import Division
from core.tasks.tables import State, Task, TransferOrder
from dashboard.web import Office

BASIS = "Điều 12 Quy chế làm việc"
SCIENCE = "Phòng Quản lý Khoa học"


def _csrf(browser: Any) -> str:
    return str(browser.get("/doi-mat-khau").text.split('name="csrf" value="')[1].split('"')[0])


def send(browser: Any, path: str, **fields: str) -> Any:
    return browser.post(path, data=fields | {"csrf": _csrf(browser)}, follow_redirects=False)


def fields_of(office: Office, **said: str) -> dict[str, str]:
    with office.database.reading() as session:
        lead = session.scalars(sa.select(Division.id).where(Division.name == SCIENCE)).one()
    return {"basis": BASIS, "kind": "Kế hoạch", "form": "no_file", "lead": f"d{lead}", "days": "5"} | said


def order(office: Office, browser: Any, **said: str) -> Any:
    """Try an order, then give it as it was tried."""
    fields = fields_of(office, **said)
    tried = send(browser, "/chuyen-thang", **fields)
    mark = tried.text.split('name="tried" value="')[1].split('"')[0] if tried.status_code == 200 else ""
    return send(browser, "/chuyen-thang", tried=mark, **fields)


def orders(office: Office) -> list[TransferOrder]:
    with office.database.reading() as session:
        return list(session.scalars(sa.select(TransferOrder).order_by(TransferOrder.id)))


def enter_one(office: Office, n: int, **values: Any) -> int:
    with office.database.writing() as session:
        clerk = people.by_username(session, "lan")
        assert clerk is not None
        document = Incoming(
            origin=Origin.MAIL, book_id=1, received_at=office.clock(), code=f"{n}/KH-UBND", issuer="UBND tỉnh Lâm Đồng",
            issued_on=office_date(office.clock()), **values,
        )  # fmt: skip
        session.add(document)
        session.flush()
        registration.register(session, document, by=clerk, at=office.clock())
        return document.id


def task_of(office: Office, incoming_id: int) -> Task:
    with office.database.reading() as session:
        return session.scalars(sa.select(Task).where(Task.incoming_id == incoming_id)).one()


def test_an_order_is_given_as_it_was_tried(full_office: Office, signed_in: Any) -> None:
    binh, fields = signed_in("binh"), fields_of(full_office)
    tried = send(binh, "/chuyen-thang", **fields)
    assert tried.status_code == 200 and orders(full_office) == []
    assert "Trong 118 văn bản vào sổ gần nhất, <strong>19 văn bản</strong> sẽ đi thẳng" in tried.text
    mark = tried.text.split('name="tried" value="')[1].split('"')[0]
    changed = send(binh, "/chuyen-thang", tried=mark, **(fields | {"days": "7"}))
    assert changed.status_code == 200 and orders(full_office) == []
    assert send(binh, "/chuyen-thang", tried=mark, **fields).status_code == 303
    assert send(binh, "/chuyen-thang", tried=mark, **fields).status_code == 303  # the same tap twice
    assert [(one.basis, one.days) for one in orders(full_office)] == [(BASIS, 5)]
    assert BASIS in signed_in("hoa").get("/chuyen-thang").text


def test_what_is_wrong_is_said_at_its_field(full_office: Office, signed_in: Any) -> None:
    refused = send(signed_in("binh"), "/chuyen-thang", **fields_of(full_office, basis=" ", words="chuyển đổi số"))
    assert refused.status_code == 422 and 'id="basis-error"' in refused.text
    assert 'value="chuyển đổi số"' in refused.text and "<option selected>Kế hoạch" in refused.text


@pytest.mark.parametrize(
    ("name", "status"),
    [("lan", 403), ("hung", 403), ("mai", 403), ("hoa", 403), ("kha", 403), ("quan", 403), ("thu", 403)],
)
def test_the_wrong_people_neither_give_nor_end_orders(
    full_office: Office, signed_in: Any, name: str, status: int
) -> None:
    assert order(full_office, signed_in("binh")).status_code == 303
    wrong = signed_in(name)
    assert order(full_office, wrong, kind="Báo cáo").status_code == status
    assert send(wrong, "/chuyen-thang/1/thoi").status_code == status
    assert [one.ended_at for one in orders(full_office)] == [None]
    assert "Ra lệnh chuyển thẳng" not in wrong.get("/chuyen-thang").text


def test_who_is_authorised_that_day_gives_and_ends_them(full_office: Office, signed_in: Any) -> None:
    at = full_office.clock()
    with full_office.database.writing() as session:
        binh, thu = people.by_username(session, "binh"), people.by_username(session, "thu")
        assert binh is not None and thu is not None
        day = office_date(at)
        delegations.delegate(session, Kind.APPROVE, binh, thu, day, day, "Giấy ủy quyền số 1", by=binh, at=at)
    thu_at = signed_in("thu")
    assert order(full_office, thu_at).status_code == 303
    assert "Võ Anh Thư, được ủy quyền của Phạm Quốc Bình" in thu_at.get("/chuyen-thang").text
    assert send(thu_at, "/chuyen-thang/1/thoi").status_code == 303
    assert send(thu_at, "/chuyen-thang/1/thoi").status_code == 409
    assert send(thu_at, "/chuyen-thang/99/thoi").status_code == 404
    enter_one(full_office, 2, kind="Kế hoạch", subject="Kế hoạch")
    assert "Đã chuyển thẳng hôm nay" not in thu_at.get("/duyet").text


def test_the_director_sees_what_went_and_takes_it_back_while_nobody_acted(full_office: Office, signed_in: Any) -> None:
    binh, mai = signed_in("binh"), signed_in("mai")
    assert order(full_office, binh).status_code == 303
    first, second = (enter_one(full_office, n, kind="Kế hoạch", subject=f"Kế hoạch {n}") for n in (201, 202))
    page = binh.get("/duyet").text
    assert "Đã chuyển thẳng hôm nay" in page and f"({BASIS})" in page
    assert "Vừa giao hôm nay" not in page  # one list, not two
    assert page.count("/lay-lai") == 2
    assert f"/den/{first}" in mai.get("/viec").text
    back = task_of(full_office, first)
    assert send(mai, f"/viec/{back.id}/lay-lai", version=str(back.version)).status_code == 403
    assert send(binh, f"/viec/{back.id}/lay-lai", version=str(back.version)).status_code == 303
    kept = task_of(full_office, second)
    assert send(mai, f"/viec/{kept.id}/truc-tiep", version=str(kept.version)).status_code == 303
    page = binh.get("/duyet").text
    assert "/lay-lai" not in page and "chờ duyệt" in page
    assert task_of(full_office, first).state == State.SUBMITTED
    document = binh.get(f"/den/{second}").text
    assert f"Chuyển thẳng cho {SCIENCE} theo {BASIS} (lệnh của Phạm Quốc Bình)" in document
    assert f"theo {BASIS}, lệnh của Phạm Quốc Bình" in document
    assert "2 văn bản, 1 giao lại" in binh.get("/chuyen-thang").text
    full_office.clock.pass_(days=1)  # type: ignore[attr-defined]
    page = signed_in("binh").get("/duyet").text
    assert "<h1>Duyệt văn bản đến</h1>" in page and "Đã chuyển thẳng hôm nay" not in page


def test_a_card_says_why_two_orders_sent_it_nowhere(full_office: Office, signed_in: Any) -> None:
    binh = signed_in("binh")
    assert order(full_office, binh).status_code == 303
    with full_office.database.reading() as session:
        other = session.scalars(sa.select(Division.id).where(Division.name == "Phòng Chuyển đổi số")).one()
    second = fields_of(full_office, kind="", words="chuyển đổi số", lead=f"d{other}", basis="Điều 14 Quy chế làm việc")
    assert order(full_office, binh, **second).status_code == 303
    entry = enter_one(full_office, 300, kind="Kế hoạch", urgency="khan", subject="Kế hoạch chuyển đổi số")
    words = f"Hai lệnh chuyển thẳng khác nhau: {BASIS}; Điều 14 Quy chế làm việc."
    assert words in binh.get("/duyet").text and words in binh.get(f"/den/{entry}").text
    assert task_of(full_office, entry).state == State.SUBMITTED
