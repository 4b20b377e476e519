"""Working on documents, from the assignment to the written outcome, on both databases."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from task_office import MORNING, Office, given, request_of, user_of

from core import events, people, removal
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming import registration
from core.incoming.tables import Incoming
from core.people import Role
from core.tables import METADATA
from core.tasks import asking, directing, dividing, handling, making, notes, parties
from core.tasks.tables import State, Task


def test_a_document_goes_from_the_number_to_its_outcome(office: Office) -> None:
    task = office.entered()
    assert office.state(task) == State.SUBMITTED
    office.do(directing.assign, task, given(office, instruction="Tham mưu trả lời."), by="director")
    assert office.state(task) == State.WITH_HEAD
    office.do(dividing.give, task, user_of(office, "worker"), "", by="head")
    office.do(handling.accept, task, by="worker")
    office.do(handling.report, task, "Đã soạn dự thảo", by="worker")
    office.do(handling.finish, task, "Đã trả lời bằng công văn 15", by="worker")
    assert office.state(task) == State.REPORTED
    done = office.do(handling.confirm, task, by="head")
    assert (done.state, done.outcome, done.closed_at) == (State.DONE, "Đã trả lời bằng công văn 15", MORNING)
    with office.database.reading() as session:
        acts = session.scalars(sa.select(events.Event.act).where(events.Event.subject_kind == "task")).all()
        assert acts == [f"task_{name}" for name in ("assign", "give", "accept", "report", "finish", "confirm")]
        assert list(events.verify(session)) == []


def test_a_co_handler_is_answered_or_waived_before_the_end(office: Office) -> None:
    task = office.entered()
    shared = given(office, lead=office.person("worker"), co_handlers=(office.division("QLCN"), office.person("second")))
    office.do(directing.assign, task, shared, by="director")
    office.do(handling.accept, task, by="worker")
    with pytest.raises(WrongState, match="chưa trả lời"):
        office.do(handling.finish, task, "Xong", by="worker")
    with pytest.raises(NotAllowed):
        office.do(handling.answer, task, "Đồng ý", by="other")
    office.do(handling.answer, task, "Đồng ý", by="other_head")
    with office.database.writing() as session:
        row = session.get_one(Task, task)
        left = next(one for one in parties.parts(session, row) if not one.is_settled)
        handling.waive(session, row, left, "đang nghỉ", by=office.user(session, "worker"), at=MORNING,
                       version=row.version)  # fmt: skip
    office.do(handling.finish, task, "Xong việc", by="worker")
    office.do(handling.reject, task, "Thiếu phụ lục", by="head")
    assert office.state(task) == State.IN_PROGRESS


def test_more_time_is_the_leaders_to_give(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    office.do(dividing.give, task, user_of(office, "worker"), "", by="head")
    office.do(handling.accept, task, by="worker")
    office.do(asking.ask_time, task, "20/06/2026", "chờ số liệu", by="worker")
    with pytest.raises(WrongState, match="đang chờ"):
        office.do(asking.ask_time, task, "21/06/2026", "chờ số liệu", by="worker")
    asked = request_of(office)
    with pytest.raises(NotAllowed, match="lãnh đạo"):
        office.do(asking.decide, task, asked, "", by="head", is_granted=True)
    office.do(asking.decide, task, asked, "", by="director", is_granted=True)
    with office.database.reading() as session:
        assert session.get_one(Task, task).due_at == "2026-06-20"


def test_voiding_the_entry_ends_its_handling(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    with office.database.writing() as session:
        document = session.get_one(Incoming, session.get_one(Task, task).incoming_id)
        registration.void(session, document, "vào nhầm", by=office.user(session, "clerk"), at=MORNING)
    assert office.state(task) == State.WITHDRAWN
    with pytest.raises(WrongState):
        office.do(dividing.keep, task, by="head")


def test_a_head_gives_duties_within_his_division_and_they_come_again(office: Office) -> None:
    with office.database.writing() as session:
        head = office.user(session, "head")
        with pytest.raises(Permanent, match="trong phòng"):
            making.make(session, "Báo cáo tuần", given(office, lead=office.division("QLCN")), by=head, at=MORNING)
    with office.database.writing() as session:
        head = office.user(session, "head")
        task = making.make(session, "Báo cáo tuần", given(office, lead=office.person("worker")), by=head, at=MORNING)
        assert task.state == State.GIVEN
        making.begin_duty(session, "Báo cáo tháng", "", "month", date(2026, 6, 30), 3,
                          office.person("worker"), by=head, at=MORNING)  # fmt: skip
    june, august = datetime(2026, 6, 30, 2, tzinfo=UTC), datetime(2026, 8, 5, 2, tzinfo=UTC)
    for at, made in ((MORNING, 0), (june, 1), (june, 0), (august, 1), (august, 0)):
        with office.database.writing() as session:
            assert making.make_due(session, at=at) == made
    with office.database.reading() as session:
        assert session.scalars(sa.select(Task.due_at).where(Task.duty_id.is_not(None))).all() == [
            "2026-07-03",
            "2026-08-10",
        ]
        assert next(iter(making.running_duties(session))).next_on == "2026-08-30"


def test_what_people_wrote_about_a_document_goes_with_its_content(office: Office) -> None:
    task = office.entered()
    secret = "KHOA-BI-MAT-51c7"
    shared = given(office, lead=office.person("worker"), co_handlers=(office.person("second"),), instruction=secret)
    office.do(directing.assign, task, shared, by="director")
    office.do(handling.accept, task, by="worker")
    office.do(asking.ask_time, task, "20/06/2026", f"chờ {secret}", by="worker")
    office.do(handling.answer, task, f"góp ý {secret}", by="second")
    office.do(handling.finish, task, f"trả lời {secret}", by="worker")
    with office.database.writing() as session:
        row = session.get_one(Task, task)
        notes.write(session, row, f"xem {secret}", by=office.user(session, "worker"), at=MORNING)
        custodian = people.add(session, "kha", "Hồ Minh Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        document = session.get_one(Incoming, row.incoming_id)
        removal.remove_content(session, document, removal.Basis.SECRET, "có dấu mật", by=custodian, at=MORNING)
    with office.database.reading() as session:
        for table in METADATA.sorted_tables:
            assert secret not in str(session.execute(sa.select(table)).all()), table.name
        assert list(events.verify(session)) == []


def test_what_a_head_gives_on_comes_back_to_him(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office, lead=office.person("worker")), by="director")
    office.do(dividing.give, task, user_of(office, "second"), "", by="head")
    office.do(dividing.send_back, task, "Không phải việc của tôi", by="second")
    assert office.state(task) == State.WITH_HEAD


def test_a_head_answers_for_himself_and_for_his_division(office: Office) -> None:
    task = office.entered()
    both = (office.person("other_head"), office.division("QLCN"))
    office.do(directing.assign, task, given(office, co_handlers=both), by="director")
    office.do(handling.answer, task, "Tôi đồng ý", by="other_head")
    office.do(handling.answer, task, "Phòng đồng ý", by="other_head")
    with office.database.reading() as session:
        assert all(one.is_settled for one in parties.parts(session, session.get_one(Task, task)))
