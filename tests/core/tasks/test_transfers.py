"""What goes straight to its handler by an order of the Director, on both databases (Điều 23.1 NĐ 30)."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from task_office import MORNING, Office, given, user_of
from transfer_orders import BASIS, order, task_of

from core import events
from core.agencies import book, said
from core.agencies.tables import Agency
from core.errors import WrongState
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.learning.tables import Lesson
from core.listings import history, transfers, ways
from core.office import Holiday, office_date
from core.tasks import directing, dividing, parties
from core.tasks.tables import Form, State, Task, TransferOrder

MIDNIGHT = MORNING.replace(hour=0, minute=0) - timedelta(hours=7)


def test_what_an_order_takes_goes_to_the_division_with_its_number(office: Office) -> None:
    first = order(office, instruction="Triển khai  thực hiện.")
    row = task_of(office, office.entered(kind="Thông báo"))
    assert (row.state, row.lead_division_id, row.form) == (State.WITH_HEAD, office.divisions["QLKH"], Form.NO_FILE)
    assert (row.directed_by, row.order_id, row.is_transferred) == (office.ids["director"], first, True)
    assert (row.instruction, row.acted_at, row.version) == ("Triển khai thực hiện.", None, 2)
    assert office.state(office.entered()) == State.SUBMITTED
    with office.database.reading() as session:
        event = session.scalars(sa.select(events.Event).where(events.Event.act == "task_transfer")).one()
        assert event.payload is not None
        assert (event.actor_id, event.payload["order"], event.for_id) == (office.ids["clerk"], first, None)
        assert list(events.verify(session)) == []
        assert row.incoming_id is not None
        words = history.steps(session, row.incoming_id)[-1].what
        assert words == f"Chuyển thẳng cho Phòng QLKH theo {BASIS} (lệnh của Director). Triển khai thực hiện."
        way = ways.way_of(session, session.get_one(Task, row.id), office.user(session, "head"), at=MORNING)
        assert (way.ordered_by, way.directed_by) == (BASIS, "Director")


@pytest.mark.parametrize(
    ("typed", "document", "is_taken"),
    [
        ({"kind": "thông  báo"}, {"kind": "Thông báo"}, True),
        ({"kind": "Thông báo"}, {"kind": "Thông cáo"}, False),
        ({"kind": "", "words": "tiếp công dân"}, {"subject": "lịch TIẾP CÔNG DÂN, tháng 6"}, True),
        ({"kind": "", "words": "tiep cong dan"}, {"subject": "lịch tiếp công dân tháng 6"}, True),
        ({"kind": "", "words": "công dân"}, {"subject": "hội đồng công dânh"}, False),
        ({"kind": "", "words": "góp ý"}, {"subject": "góp 1 ý"}, False),
        ({"words": "tháng 6"}, {"kind": "Thông báo", "subject": "lịch tháng 7"}, False),
        ({"kind": "", "issuer": "ubnd tỉnh"}, {"issuer": "Ủy ban nhân dân tỉnh"}, True),
        ({"kind": "", "issuer": "UBND xã Tân Hòa"}, {"issuer": "UBND xã Tân Hóa"}, False),
        ({}, {"kind": "Thông báo", "urgency": "thuong_khan"}, True),
        ({}, {"kind": "Thông báo", "urgency": "hoa_toc"}, False),
        ({"is_urgent_too": True}, {"kind": "Thông báo", "urgency": "hoa_toc"}, True),
    ],
)
def test_every_condition_must_hold(
    office: Office, typed: dict[str, Any], document: dict[str, str], is_taken: bool
) -> None:
    order(office, **typed)
    assert office.state(office.entered(**document)) == (State.WITH_HEAD if is_taken else State.SUBMITTED)


def test_an_agency_of_the_address_book_is_known_by_all_its_names(office: Office) -> None:
    with office.database.writing() as session:
        clerk = office.user(session, "clerk")
        agency_id, _ = book.add(session, "Sở Nội vụ", "UBND tỉnh Lâm Đồng", by=clerk, at=MORNING)
        said.add_name(session, session.get_one(Agency, agency_id), "SNV Lâm Đồng", "", by=clerk, at=MORNING)
    order(office, kind="", issuer="Sở Nội vụ")
    assert office.state(_entered_from(office, "SNV Lâm Đồng")) == State.WITH_HEAD
    assert office.state(_entered_from(office, "Sở Tài chính")) == State.SUBMITTED
    with office.database.reading() as session:
        assert session.scalars(sa.select(TransferOrder.agency_id)).one() == agency_id


def _entered_from(office: Office, issuer: str) -> int:
    """The task of a document whose issuer the clerk typed so."""
    proposed = {"code": Evidence("15/SNV-VP", 0.95, Source.TEXT), "kind": Evidence("Công văn", 0.95, Source.TEXT)}
    with office.database.writing() as session:
        draft = drafts.insert(session, drafts.NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, proposed, ()))
        document = session.get_one(Incoming, draft)
        document.issuer, document.subject, document.issued_on = issuer, "góp ý", office_date(MORNING)
        registration.register(session, document, by=office.user(session, "clerk"), at=MORNING)
        return session.scalars(sa.select(Task.id).where(Task.incoming_id == draft)).one()


def test_of_orders_that_contradict_each_other_none_goes(office: Office) -> None:
    order(office)
    order(office, kind="", words="góp ý", lead=office.division("QLCN"), basis="Điều 14 Quy chế")
    row = task_of(office, office.entered(kind="Thông báo"))
    assert (row.state, row.order_id) == (State.SUBMITTED, None)
    assert row.waits_because == f"Hai lệnh chuyển thẳng khác nhau: {BASIS}; Điều 14 Quy chế"
    with office.database.reading() as session:
        assert row.incoming_id is not None
        assert history.steps(session, row.incoming_id)[-1].what == f"Chưa chuyển thẳng, chờ duyệt: {row.waits_because}"
    given_out = office.do(directing.assign, row.id, given(office), by="director")
    assert given_out.waits_because == ""


def test_of_orders_with_one_aim_the_last_made_goes(office: Office) -> None:
    order(office)
    last = order(office, kind="", words="góp ý", form=Form.WORK_FILE)
    row = task_of(office, office.entered(kind="Thông báo"))
    assert (row.order_id, row.form) == (last, Form.WORK_FILE)


def test_a_person_and_who_is_to_know_get_it_too(office: Office) -> None:
    order(office, lead=office.person("worker"))
    row = task_of(office, office.entered(kind="Thông báo"))
    assert (row.state, row.handler_id, row.is_personal) == (State.GIVEN, office.ids["worker"], True)
    order(office, kind="Báo cáo", form=Form.FOR_INFORMATION, lead=office.division("QLCN"), days="5")
    with office.database.reading() as session:
        filed = session.get_one(Task, office.entered(kind="Báo cáo", due_at="2026-06-10"))
        assert (filed.state, filed.lead_division_id, filed.due_at) == (State.FILED, None, "")
        assert [one.division_id for one in parties.parts(session, filed)] == [office.divisions["QLCN"]]
        assert filed.incoming_id is not None
        words = history.steps(session, filed.incoming_id)[-1].what
        assert words == f"Chuyển thẳng cho Phòng QLCN theo {BASIS} (lệnh của Director), để biết và lưu"


def test_the_documents_own_deadline_goes_before_that_of_the_order(office: Office) -> None:
    with office.database.writing() as session:
        session.add(Holiday(day=office_date(MORNING) + timedelta(days=1), note="nghỉ bù"))  # thứ Sáu 05/6
    order(office, days="2")
    assert task_of(office, office.entered(kind="Thông báo")).due_at == "2026-06-09"
    assert task_of(office, office.entered(kind="Thông báo", due_at="2026-06-05T16:00")).due_at == "2026-06-05T16:00"


def test_who_works_here_no_more_gets_nothing(office: Office) -> None:
    order(office, lead=office.person("worker"))
    with office.database.writing() as session:
        office.user(session, "worker").is_active = False
    row = task_of(office, office.entered(kind="Thông báo"))
    assert (row.state, row.waits_because) == (
        State.SUBMITTED, f"Người nhận chuyển thẳng theo {BASIS} không còn làm việc"
    )  # fmt: skip


def test_it_is_redirected_taken_back_and_sent_back_as_any_assignment(office: Office) -> None:
    order(office)
    entered = [office.entered(kind="Thông báo") for _ in range(3)]
    office.do(directing.assign, entered[0], given(office, lead=office.division("QLCN")), by="director")
    office.do(directing.take_back, entered[1], by="director")
    office.do(dividing.send_back, entered[2], "không đúng phòng", by="head")
    rows = [task_of(office, one) for one in entered]
    assert [row.state for row in rows] == [State.WITH_HEAD, State.SUBMITTED, State.SUBMITTED]
    assert [row.is_transferred for row in rows] == [False, False, False]
    assert rows[2].directed_by is None
    with office.database.reading() as session:
        names = parties.names(session)
        today = transfers.today(session, office.user(session, "director"), since=MIDNIGHT, names=names)
        assert [(one.where, one.may_take_back) for one in reversed(today)] == [
            ("đã giao lại: Phòng QLCN", False), ("chờ duyệt", False), ("chờ duyệt", False)
        ]  # fmt: skip
        assert transfers.today(session, office.user(session, "deputy"), since=MIDNIGHT, names=names) == []
        listed = transfers.orders(session, at=MORNING)
        assert [(one.caught, one.given_anew, one.last_at) for one in listed] == [(3, 3, MORNING)]


def test_once_the_head_has_acted_it_is_taken_back_no_more(office: Office) -> None:
    order(office)
    task = office.entered(kind="Thông báo")
    with office.database.reading() as session:
        director = office.user(session, "director")
        assert transfers.today(session, director, since=MIDNIGHT)[0].may_take_back
    office.do(dividing.give, task, user_of(office, "worker"), "", by="head")
    with office.database.reading() as session:
        director = office.user(session, "director")
        assert not transfers.today(session, director, since=MIDNIGHT)[0].may_take_back
    with pytest.raises(WrongState, match="Đã có người xử lý"):
        office.do(directing.take_back, task, by="director")


def test_it_teaches_nothing_and_takes_no_lesson_back(office: Office) -> None:
    for _ in range(2):
        office.do(directing.assign, office.entered(kind="Thông báo"), given(office), by="director")
    order(office)
    moved = [office.entered(kind="Thông báo") for _ in range(2)]
    office.do(directing.take_back, moved[0], by="director")
    office.do(directing.assign, moved[1], given(office, lead=office.division("QLCN")), by="director")
    with office.database.reading() as session:
        votes = sa.select(Lesson.value, Lesson.votes).where(Lesson.field == "lead").order_by(Lesson.id)
        assert [tuple(row) for row in session.execute(votes)] == [("Phòng QLKH", 2), ("Phòng QLCN", 1)]


def test_the_orders_words_go_with_a_removed_content(office: Office) -> None:
    order(office)
    row = task_of(office, office.entered(kind="Thông báo"))
    with office.database.writing() as session:
        events.blank(session, "task", [row.id], keep=())
        document = session.get_one(Incoming, row.incoming_id)
        assert history.steps(session, document.id)[-1].what == "Chuyển thẳng (nội dung đã xóa)"
