"""Who sees a task, and what stands on whose desk once the work has gone on, on both databases."""

import pytest
from starlette.exceptions import HTTPException
from task_office import MORNING, Office, given

from core import delegations, people
from core.delegations import Kind
from core.errors import NotAllowed, WrongState
from core.listings import history, ways, work
from core.office import office_date
from core.rights import may_see, visible
from core.tasks import asking, directing, dividing, handling, making, notes
from core.tasks.parties import Party
from core.tasks.tables import Part, Task
from dashboard.tasks.finding import task_for


def groups(office: Office, name: str) -> dict[str, list[int]]:
    with office.database.reading() as session:
        found = work.work_of(session, office.user(session, name), at=MORNING)
        rows = {group: [row.task_id for row in rows] for group, rows in found.items()}
        needing = {one for group, ids in rows.items() if group != work.WAITED_FOR for one in ids}
        assert work.waiting(session, office.user(session, name), on=office_date(MORNING)) == len(needing)
        return rows


def test_a_page_reads_a_task_without_locking_it(office: Office) -> None:
    task = office.entered()
    with office.database.reading() as session:
        assert task_for(session, office.user(session, "director"), task).id == task
        with pytest.raises(HTTPException):
            task_for(session, office.user(session, "worker"), task)


def test_who_may_read_no_more_is_told_nothing_on_his_desk(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office, lead=office.person("worker")), by="director")
    with office.database.writing() as session:
        notes.write(session, session.get_one(Task, task), "@Worker xem", by=office.user(session, "head"), at=MORNING)
    assert groups(office, "worker") == {work.TO_ACCEPT: [task], work.MENTIONED: [task]}
    office.do(directing.assign, task, given(office, lead=office.division("QLCN")), by="director")
    assert groups(office, "worker") == {}


def test_what_one_sees_of_many_tasks_is_what_one_sees_of_each(office: Office) -> None:
    shared, own, let_know, unseen = (office.entered(code=f"{n}/UBND-VX") for n in range(4))
    office.do(directing.assign, shared, given(office, co_handlers=(office.person("other"),)), by="director")
    office.do(directing.assign, own, given(office, lead=office.person("worker")), by="director")
    told = given(office, lead=office.division("QLCN"), informed=(office.division("QLKH"),))
    office.do(directing.assign, let_know, told, by="director")
    with office.database.writing() as session:
        wanted = given(office, lead=office.person("worker"), informed=(office.person("other"),))
        duty = making.make(session, "Báo cáo", wanted, by=office.user(session, "deputy"), at=MORNING).id
    ids = [shared, own, let_know, unseen, duty]
    with office.database.reading() as session:
        for name in office.ids:
            user = office.user(session, name)
            each = {one for one in ids if may_see(session, user, session.get_one(Task, one))}
            assert visible(session, user, ids) == each, name
        assert visible(session, office.user(session, "worker"), ids) == {own, let_know, duty}
        assert visible(session, office.user(session, "worker"), []) == set()


def test_a_duty_that_is_sent_back_stands_on_its_makers_desk(office: Office) -> None:
    with office.database.writing() as session:
        duty = making.make(session, "Báo cáo", given(office), by=office.user(session, "deputy"), at=MORNING).id
    office.do(dividing.send_back, duty, "không đúng việc", by="head")
    assert groups(office, "deputy") == {work.RETURNED: [duty]}
    with office.database.reading() as session:
        assert history.steps_of_task(session, duty)[0].what.startswith("Giao việc, ")
        way = ways.way_of(session, session.get_one(Task, duty), office.user(session, "deputy"), at=MORNING)
        assert way.stages == (("Giao việc", False), ("Phân công", False), ("Xử lý", False), ("Xong", False))
    with pytest.raises(WrongState):
        office.do(directing.give_back, duty, "trả văn thư", by="director")
    office.do(directing.assign, duty, given(office, lead=office.division("QLCN")), by="deputy")
    assert groups(office, "other_head") == {work.TO_DIVIDE: [duty]}


def test_what_a_director_gave_ends_with_his_office(office: Office) -> None:
    task, day = office.entered(), office_date(MORNING)
    with office.database.writing() as session:
        director, chief = office.user(session, "director"), office.user(session, "chief")
        with pytest.raises(NotAllowed, match="tự ghi"):
            delegations.delegate(session, Kind.APPROVE, director, chief, day, day, "GUQ 1", by=chief, at=MORNING)
        delegations.delegate(session, Kind.APPROVE, director, chief, day, day, "GUQ 1", by=director, at=MORNING)
        people.set_roles(session, director, {people.Role.LEADER}, at=MORNING)
    with pytest.raises(NotAllowed):
        office.do(directing.assign, task, given(office), by="chief")


def test_other_words_from_an_older_page_are_no_repeat(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office, lead=office.person("worker")), by="director")
    office.do(handling.accept, task, by="worker")
    seen = office.do(handling.report, task, "Đã soạn", by="worker").version - 1
    office.do(handling.report, task, "Đã soạn", by="worker", version=seen)
    with pytest.raises(WrongState, match="vừa đổi"):
        office.do(handling.report, task, "Đã gửi lấy ý kiến", by="worker", version=seen)


def test_a_head_lets_nobody_of_another_division_in(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    for one in (office.person("other"), office.division("QLCN"), Party(user_id=office.ids["chief"])):
        with pytest.raises(NotAllowed, match="trong phòng mình"):
            office.do(handling.add_part, task, Part.INFORMED, one, by="head")
    assert groups(office, "other") == groups(office, "other_head") == groups(office, "chief") == {}
    office.do(handling.add_part, task, Part.INFORMED, office.person("second"), by="head")
    assert groups(office, "second") == {work.TO_READ: [task]}


def test_who_has_left_a_division_is_no_longer_told_what_it_is_to_know(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office, informed=(office.division("QLCN"),)), by="director")
    assert groups(office, "other") == {work.TO_READ: [task]}
    with office.database.writing() as session:
        office.user(session, "other").division_id = office.divisions["VP"]
    assert groups(office, "other") == {}


def test_nobody_answers_what_he_asked_for(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    office.do(dividing.keep, task, by="head")
    office.do(asking.ask_for, task, office.person("worker"), "cần giúp", by="head")
    with office.database.reading() as session:
        asked = asking.open_requests(session, session.get_one(Task, task))[0]
        for name, may in (("head", False), ("director", True)):
            shown = ways.way_of(session, session.get_one(Task, task), office.user(session, name), at=MORNING)
            assert [one.may_decide for one in shown.requests] == [may]
    with pytest.raises(NotAllowed, match="người khác trả lời"):
        office.do(asking.decide, task, asked, "", by="head", is_granted=True)
    office.do(asking.decide, task, asked, "", by="director", is_granted=True)
    assert groups(office, "worker") == {work.TO_JOIN: [task]}
