"""Quy chế 63/QĐ-SKHCN, Điều 5.3 and 6, sentence by sentence, with real accounts over HTTP.

Each test asserts the row, the event, the next person's desk and the refusal to the wrong person.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk_office import ServedOffice, served
from desk_papers import Paper, add_file, lay
from web_visitor import Visitor

from core.calendar import add_working_days
from core.events import Event
from core.incoming.tables import FileRole, Incoming
from core.people import Division, User
from core.tasks.tables import Form, State, Task

Person = Callable[[str], Visitor]
DUE = f"{add_working_days(date.today(), 20, {}):%d/%m/%Y}"  # noqa: DTZ011 (a day far enough ahead in any zone)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ServedOffice]:
    with served(tmp_path) as running:
        yield running


@pytest.fixture
def person(house: ServedOffice) -> Iterator[Person]:
    """`person("binh")` is that person's browser, signed in once."""
    known: dict[str, Visitor] = {}

    def sit_down(username: str) -> Visitor:
        if username not in known:
            known[username] = Visitor(house.address, username)
        return known[username]

    yield sit_down
    for one in known.values():
        one.close()


class Desk:
    """What a test knows of one document: its draft, then its task."""

    def __init__(self, house: ServedOffice, person: Person) -> None:
        self._house, self._person = house, person
        self.incoming_id = lay(house.office, Paper(1), received_at=datetime.now(UTC))

    def enter(self, **fields: str) -> None:
        """The clerk takes the số đến."""
        with self._house.office.database.reading() as session:
            version = session.get_one(Incoming, self.incoming_id).version
        seen = {"version": str(version), "looked_at": "1"} | fields
        assert self._person("lan").send(f"/den/{self.incoming_id}/vao-so", **seen) == 303

    def task(self) -> Task:
        with self._house.office.database.reading() as session:
            return session.scalars(sa.select(Task).where(Task.incoming_id == self.incoming_id)).one()

    def act(self, who: str, path: str, **fields: str) -> int:
        task = self.task()
        return self._person(who).send(f"/viec/{task.id}/{path}", version=str(task.version), **fields)

    def assign(self, who: str = "binh", **fields: str) -> int:
        task = self.task()
        usual = {"form": "no_file", "lead": self.division("Phòng Quản lý Khoa học"), "due_at": DUE}
        return self._person(who).send(f"/duyet/{task.id}", version=str(task.version), **(usual | fields))

    def division(self, name: str) -> str:
        with self._house.office.database.reading() as session:
            return f"d{session.scalars(sa.select(Division.id).where(Division.name == name)).one()}"

    def user(self, username: str) -> int:
        with self._house.office.database.reading() as session:
            return session.scalars(sa.select(User.id).where(User.username == username)).one()

    def event(self, act: str) -> Event:
        """The last event of that name, whose actor and authority are looked at."""
        query = sa.select(Event).where(Event.act == act).order_by(Event.id.desc()).limit(1)
        with self._house.office.database.reading() as session:
            return session.scalars(query).one()

    def is_on(self, who: str, path: str = "/viec") -> bool:
        """Whether the document stands on that person's desk."""
        return f"/den/{self.incoming_id}" in self._person(who).page(path)


@pytest.fixture
def desk(house: ServedOffice, person: Person) -> Desk:
    return Desk(house, person)


def test_5_3_what_the_clerk_enters_is_passed_to_the_director_for_approval(desk: Desk, person: Person) -> None:
    assert person("mai").send(f"/den/{desk.incoming_id}/vao-so") == 403
    desk.enter()
    assert (desk.task().state, desk.task().submitted_by) == (State.SUBMITTED, desk.user("lan"))
    assert desk.event("registered").actor_id == desk.user("lan")
    assert desk.is_on("binh", "/duyet")
    assert not desk.is_on("thu", "/duyet")
    assert desk.assign("thu") == 403
    assert desk.assign("hung") == 403
    assert desk.act("hung", "nhan") == 404


def test_5_3_or_to_the_person_authorised_for_the_day(desk: Desk, person: Person) -> None:
    today = f"{datetime.now(UTC) + timedelta(hours=7):%d/%m/%Y}"
    fields = {"kind": "approve", "to": str(desk.user("thu")), "starts_on": today, "ends_on": today,
              "basis": "Giấy ủy quyền số 05/GUQ-SKHCN"}  # fmt: skip
    assert person("mai").send("/uy-quyen", **fields) == 422  # a head has no such authority to give
    assert person("binh").send("/uy-quyen", **fields) == 303
    desk.enter()
    assert desk.is_on("thu", "/duyet")
    assert desk.assign("thu") == 303
    assert (desk.task().directed_by, desk.task().directed_for) == (desk.user("thu"), desk.user("binh"))
    event = desk.event("task_assign")
    assert (event.actor_id, event.for_id) == (desk.user("thu"), desk.user("binh"))
    assert "Võ Anh Thư (được ủy quyền duyệt, thay Phạm Quốc Bình)" in person("lan").page(f"/den/{desk.incoming_id}")
    assert desk.is_on("mai")


def test_5_3b_paper_and_mail_are_entered_with_their_files_attached(
    desk: Desk, house: ServedOffice, person: Person
) -> None:
    add_file(house.office, desk.incoming_id, "ban-quet.pdf", b"%PDF-1.4")
    desk.enter()
    with house.office.database.reading() as session:
        document = session.get_one(Incoming, desk.incoming_id)
        assert document.arrival_number == 1
        assert [file.role for file in document.files if file.name == "ban-quet.pdf"] != [FileRole.LEFT_OUT]
    assert desk.assign() == 303
    assert "ban-quet.pdf" in person("mai").page(f"/den/{desk.incoming_id}")
    assert person("y").status(f"/den/{desk.incoming_id}") == 404
    assert desk.event("registered").actor_id == desk.user("lan")


def test_5_3c_of_a_large_dossier_the_document_is_entered_and_the_paper_goes_to_the_division(
    desk: Desk, person: Person
) -> None:
    desk.enter(is_dossier_direct="1")
    assert desk.assign() == 303
    assert "bản giấy chuyển trực tiếp" in person("mai").page(f"/den/{desk.incoming_id}")
    assert desk.is_on("mai")
    assert person("y").status(f"/den/{desk.incoming_id}") == 404
    assert desk.event("task_assign").actor_id == desk.user("binh")


def test_6_1a_a_document_is_given_for_information_and_filed(desk: Desk, person: Person) -> None:
    desk.enter()
    both = desk.assign(form="for_information")
    assert both == 303  # a lead chosen before the form was changed is left out
    task = desk.task()
    assert (task.state, task.form, task.handler_id, task.lead_division_id) == (
        State.FILED, Form.FOR_INFORMATION, None, None,
    )  # fmt: skip
    assert desk.act("binh", "them", party=f"u{desk.user('hung')}", part="informed") == 303
    assert desk.event("task_add_part").actor_id == desk.user("binh")
    assert desk.is_on("hung")
    person("hung").page(f"/den/{desk.incoming_id}")
    assert not desk.is_on("hung")  # read, and done with
    assert desk.act("hung", "hoan-thanh", outcome="xong rồi") == 409
    assert desk.act("y", "hoan-thanh", outcome="xong rồi") == 404


def test_6_1b_a_document_is_given_to_be_handled_without_a_work_file(desk: Desk) -> None:
    desk.enter()
    assert desk.assign(instruction="Tham mưu trả lời.") == 303
    task = desk.task()
    assert (task.state, task.form, task.instruction) == (State.WITH_HEAD, Form.NO_FILE, "Tham mưu trả lời.")
    assert desk.event("task_assign").payload["form"] == "no_file"  # type: ignore[index]
    assert desk.is_on("mai") and not desk.is_on("son")
    assert desk.act("son", "truc-tiep") == 404


def test_6_1c_a_document_is_given_with_a_work_file_to_be_opened(desk: Desk, person: Person) -> None:
    desk.enter()
    assert desk.assign(form="work_file") == 303
    assert desk.task().form == Form.WORK_FILE
    assert desk.event("task_assign").payload["form"] == "work_file"  # type: ignore[index]
    assert "Lập hồ sơ công việc" in person("mai").page(f"/den/{desk.incoming_id}")
    assert desk.is_on("mai")
    assert desk.act("nga", "truc-tiep") == 404


def test_6_2_exactly_one_lead_answers_for_the_document(desk: Desk, person: Person) -> None:
    desk.enter()
    assert desk.assign(lead="") == 422
    assert desk.task().state == State.SUBMITTED
    both = {"co_handlers": desk.division("Phòng Chuyển đổi số")}
    assert desk.assign(lead=f"u{desk.user('hung')}", **both) == 303
    assert desk.task().handler_id == desk.user("hung")
    assert desk.is_on("hung") and desk.is_on("son")
    assert desk.act("son", "nhan") == 403  # who joins in does not lead
    assert desk.act("hung", "nhan") == 303
    assert desk.act("hung", "hoan-thanh", outcome="Đã trả lời.") == 409  # the co-handler is waited for
    assert desk.act("son", "phoi-hop", words="Thống nhất.") == 303
    assert desk.event("task_answer").actor_id == desk.user("son")
    assert "Thống nhất." in person("hung").page(f"/den/{desk.incoming_id}")


def test_6_2_leaders_direct_check_and_urge(desk: Desk, person: Person) -> None:
    desk.enter()
    assert desk.act("binh", "chuyen-pho-giam-doc", deputy=str(desk.user("thu")), instruction="Kính chuyển") == 303
    assert desk.is_on("thu", "/duyet") and not desk.is_on("hoa", "/duyet")
    assert desk.assign("thu") == 303
    assert desk.is_on("thu")  # what was given out is waited for
    assert desk.act("mai", "phan-cong", handler=str(desk.user("hung"))) == 303
    assert desk.act("nga", "don-doc") == 404
    assert desk.act("thu", "don-doc", words="Khẩn trương.") == 303
    assert desk.task().urged_at is not None
    assert desk.event("task_urge").actor_id == desk.user("thu")
    assert "đôn đốc" in person("hung").page("/viec")


def test_6_2_the_head_directs_the_specialists_of_the_division(desk: Desk) -> None:
    desk.enter()
    assert desk.assign() == 303
    assert desk.act("mai", "phan-cong", handler=str(desk.user("y"))) == 422  # another division's
    assert desk.act("son", "phan-cong", handler=str(desk.user("y"))) == 404
    assert desk.act("mai", "phan-cong", handler=str(desk.user("hung")), words="Xong trước thứ Năm.") == 303
    assert desk.task().handler_id == desk.user("hung")
    assert desk.event("task_give").actor_id == desk.user("mai")
    assert desk.is_on("hung")
    assert desk.act("mai", "phan-cong", handler=str(desk.user("nga"))) == 303
    assert desk.is_on("nga") and not desk.is_on("hung")
    assert desk.act("hung", "nhan") == 404


def test_6_2_or_handles_the_document_himself(desk: Desk) -> None:
    desk.enter()
    assert desk.assign() == 303
    assert desk.act("hung", "truc-tiep") == 404
    assert desk.act("mai", "truc-tiep") == 303
    assert (desk.task().state, desk.task().handler_id) == (State.IN_PROGRESS, desk.user("mai"))
    assert desk.event("task_keep").actor_id == desk.user("mai")
    assert desk.is_on("mai")
    assert desk.act("mai", "hoan-thanh", outcome="Đã trực tiếp giải quyết.") == 303
    assert desk.task().state == State.DONE


def test_6_2_and_answers_for_what_the_specialists_did(desk: Desk) -> None:
    desk.enter()
    assert desk.assign() == 303
    assert desk.act("mai", "phan-cong", handler=str(desk.user("hung"))) == 303
    assert desk.act("hung", "nhan") == 303
    assert desk.act("hung", "hoan-thanh", outcome="Đã xong.") == 303
    assert desk.task().state == State.REPORTED
    assert desk.is_on("mai")
    assert desk.act("hung", "xac-nhan") == 403
    assert desk.act("mai", "lam-tiep", reason="Thiếu số liệu") == 303
    assert desk.is_on("hung") and desk.task().state == State.IN_PROGRESS
    assert desk.act("hung", "hoan-thanh", outcome="Đã bổ sung số liệu.") == 303
    assert desk.act("mai", "xac-nhan") == 303
    assert desk.event("task_confirm").actor_id == desk.user("mai")
    assert desk.task().state == State.DONE


def test_6_2_specialists_read_propose_and_carry_out_every_day(desk: Desk, person: Person) -> None:
    desk.enter()
    assert desk.assign() == 303
    assert desk.act("mai", "phan-cong", handler=str(desk.user("hung"))) == 303
    person("hung").page(f"/den/{desk.incoming_id}")
    assert desk.event("read").actor_id == desk.user("hung")  # đọc văn bản
    assert desk.act("hung", "nhan") == 303
    assert desk.act("hung", "tien-do", words="Đề xuất ban hành công văn hướng dẫn") == 303
    assert desk.event("task_report").payload["words"].startswith("Đề xuất ban hành")  # type: ignore[index]
    assert "Đề xuất ban hành" in person("mai").page(f"/den/{desk.incoming_id}")
    assert desk.act("nga", "tien-do", words="Tôi cũng muốn") == 404
    assert desk.is_on("hung")


def test_6_2_who_cannot_carry_it_out_sends_it_back_with_the_reason(desk: Desk, person: Person) -> None:
    desk.enter()
    assert desk.assign() == 303
    assert desk.act("mai", "phan-cong", handler=str(desk.user("hung"))) == 303
    assert desk.act("hung", "tra-noi-giao", reason="") == 422
    assert desk.act("hung", "tra-noi-giao", reason="Không đúng lĩnh vực của tôi") == 303
    assert desk.task().state == State.WITH_HEAD and desk.is_on("mai")
    assert person("hung").status(f"/den/{desk.incoming_id}") == 404
    assert desk.act("mai", "tra-noi-giao", reason="Thuộc Phòng Chuyển đổi số") == 303
    assert desk.task().state == State.SUBMITTED and desk.is_on("binh", "/duyet")
    assert desk.event("task_send_back").actor_id == desk.user("mai")
    assert desk.act("binh", "tra-lai", reason="Vào sổ nhầm trích yếu") == 303
    assert desk.is_on("lan")
    assert desk.act("hoa", "trinh") == 403
    assert desk.act("lan", "trinh") == 303
    assert desk.is_on("binh", "/duyet")
