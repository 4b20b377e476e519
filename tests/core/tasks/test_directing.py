"""Approving and giving out, on both databases."""

import threading
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from task_office import MORNING, Office, given, user_of

from core import events
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming import drafts
from core.incoming.tables import Incoming, Origin
from core.office import office_date
from core.tasks import directing, dividing, parties
from core.tasks.parties import Party
from core.tasks.proposing import propose
from core.tasks.tables import Form, State, Task


@pytest.mark.parametrize("repeat", [2, 3])
def test_a_repeated_request_changes_nothing(office: Office, repeat: int) -> None:
    task = office.entered()
    for _ in range(repeat):
        office.do(directing.assign, task, given(office), by="director", version=1)
    with office.database.reading() as session:
        assert session.get_one(Task, task).version == 2
        count = sa.select(sa.func.count()).where(events.Event.act.in_(("task_assign", "task_redirect")))
        assert session.scalar(count) == 1


def test_who_saw_an_older_state_is_told_and_overwrites_nothing(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office), by="director")
    with pytest.raises(WrongState, match="vừa đổi sau khi bạn mở trang"):
        office.do(directing.assign, task, given(office, lead=office.division("QLCN")), by="director", version=7)


def test_an_assignment_is_taken_back_while_nobody_has_acted(office: Office) -> None:
    task = office.entered()
    office.do(directing.assign, task, given(office, informed=(office.person("other"),)), by="director")
    office.do(directing.take_back, task, by="director")
    with office.database.reading() as session:
        row = session.get_one(Task, task)
        assert (row.state, row.lead_division_id, row.form, row.due_at) == (State.SUBMITTED, None, "", "")
        assert parties.parts(session, row) == []
    office.do(directing.assign, task, given(office), by="director")
    office.do(dividing.give, task, user_of(office, "worker"), "", by="head")
    with pytest.raises(WrongState, match="Đã có người xử lý"):
        office.do(directing.take_back, task, by="director")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"lead": None}, "lead"),
        ({"form": Form.FOR_INFORMATION}, "lead"),
        ({"due_at": "01/06/2026"}, "due_at"),
        ({"due_at": "mai"}, "due_at"),
        ({"due_at": "1/" + "9" * 30 + "/2026"}, "due_at"),
        ({"lead": Party(user_id=999)}, "lead"),
        ({"co_handlers": ("lead",)}, "co_handlers"),
    ],
)
def test_an_assignment_that_makes_no_sense_is_refused_at_its_field(
    office: Office, said: dict[str, Any], field: str
) -> None:
    task = office.entered()
    if said.get("co_handlers"):
        said = {"co_handlers": (office.division("QLKH"),)}
    with pytest.raises(Permanent) as refused:
        office.do(directing.assign, task, given(office, **said), by="director")
    assert refused.value.field == field
    assert office.state(task) == State.SUBMITTED


def test_nothing_is_given_without_a_number(office: Office) -> None:
    with office.database.writing() as session:
        draft = drafts.insert(session, drafts.NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, {}, ()))
        with pytest.raises(WrongState, match="chưa có số đến"):
            directing.submit(session, session.get_one(Incoming, draft), by=office.user(session, "clerk"), at=MORNING)


def test_the_database_knows_one_lead_and_none_for_information(office: Office) -> None:
    task = office.entered()
    for values in ({"state": "with_head"}, {"state": "given"}, {"form": "for_information", "lead_division_id": 1}):
        with pytest.raises(sa.exc.IntegrityError), office.database.writing() as session:
            session.execute(sa.update(Task).where(Task.id == task).values(**values))


def test_a_deputy_directs_what_is_passed_to_him_alone(office: Office) -> None:
    task = office.entered()
    office.do(directing.depute, task, user_of(office, "deputy"), "Kính chuyển đ/c chỉ đạo", by="director")
    with pytest.raises(NotAllowed):
        office.do(directing.assign, task, given(office), by="chief")
    office.do(directing.assign, task, given(office), by="deputy")
    office.do(dividing.send_back, task, "Không thuộc phòng", by="head")
    assert office.state(task) == State.DEPUTED
    office.do(directing.give_back, task, "Ngoài lĩnh vực", by="deputy")
    assert office.state(task) == State.SUBMITTED


def test_the_office_proposes_and_the_proposal_is_shown_first(office: Office) -> None:
    task = office.entered()
    office.do(directing.ask_office, task, by="director")
    with pytest.raises(NotAllowed):
        office.do(directing.suggest, task, given(office), by="clerk")
    office.do(directing.suggest, task, given(office, instruction="Tham mưu."), by="chief")
    with office.database.reading() as session:
        row = session.get_one(Task, task)
        found = propose(session, row, session.get_one(Incoming, row.incoming_id), on=office_date(MORNING))
        assert found is not None and found.reason == "Văn phòng đề xuất (Chief)"
        assert found.assignment.lead == office.division("QLKH")


def test_leaders_habits_become_the_proposal_with_its_reason(office: Office) -> None:
    for _ in range(3):
        office.do(directing.assign, office.entered(), given(office), by="director")
    wrong = office.entered()
    office.do(directing.assign, wrong, given(office, lead=office.division("QLCN")), by="director")
    office.do(directing.take_back, wrong, by="director")
    with office.database.reading() as session:
        row = session.get_one(Task, wrong)
        found = propose(session, row, session.get_one(Incoming, row.incoming_id), on=office_date(MORNING))
        assert found is not None and found.assignment.lead == office.division("QLKH")
        assert found.reason == "3 văn bản trước của UBND tỉnh, loại Công văn: giao Phòng QLKH"


def test_a_deadline_that_has_passed_is_not_proposed(office: Office) -> None:
    task = office.entered(due_at="2026-06-03", receiver="Phòng QLKH")
    with office.database.reading() as session:
        row = session.get_one(Task, task)
        document = session.get_one(Incoming, row.incoming_id)
        late, in_time = (propose(session, row, document, on=date(2026, 6, day)) for day in (4, 3))
        assert late is not None and late.assignment.due_at == ""
        assert in_time is not None and in_time.assignment.due_at == "2026-06-03"
        office_proposes = late.assignment
    office.do(directing.assign, task, office_proposes, by="director")
    assert office.state(task) == State.WITH_HEAD


def test_what_the_director_gives_anew_is_the_deputys_no_more(office: Office) -> None:
    task = office.entered()
    office.do(directing.depute, task, user_of(office, "deputy"), "Kính chuyển đ/c chỉ đạo", by="director")
    office.do(directing.assign, task, given(office), by="deputy")
    office.do(directing.assign, task, given(office, lead=office.division("QLCN")), by="deputy")
    office.do(directing.assign, task, given(office), by="director")
    with pytest.raises(NotAllowed):
        office.do(directing.assign, task, given(office, lead=office.division("QLCN")), by="deputy")


@pytest.mark.parametrize("party", ["admin", "nobody", "the lead"])
def test_the_office_proposes_nobody_who_could_not_be_given_it(office: Office, party: str) -> None:
    task = office.entered()
    others = {"admin": office.person("admin"), "nobody": Party(user_id=999), "the lead": office.division("QLKH")}
    with pytest.raises(Permanent) as refused:
        office.do(directing.suggest, task, given(office, co_handlers=(others[party],)), by="chief")
    assert refused.value.field == "co_handlers"


def test_two_who_submit_the_same_entry_at_once_make_one_task(office: Office) -> None:
    with office.database.reading() as session:
        document = session.get_one(Task, office.entered()).incoming_id
    with office.database.writing() as session:
        session.execute(sa.delete(Task))
    made: list[int] = []

    def submit(session: Any) -> None:
        entry = session.get_one(Incoming, document)
        made.append(directing.submit(session, entry, by=office.user(session, "clerk"), at=MORNING).id)

    def second() -> None:
        with office.database.writing() as session:
            submit(session)

    other = threading.Thread(target=second)
    with office.database.writing() as session:
        submit(session)
        other.start()
        other.join(0.5)  # it waits for us, at the latest at its own row
    other.join()
    assert len(made) == 2 and len(set(made)) == 1
