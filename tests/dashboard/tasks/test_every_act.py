"""Every act on a task by every person in every state, over HTTP: what the transition table allows, and nothing else."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import delegations, people
from core.delegations import Kind
from core.office import office_date
from core.people import Division, User
from core.tasks.tables import Form, Part, State, Task, TaskPart, TaskRequest
from core.tasks.transitions import OF_DOCUMENTS, TRANSITIONS, Act, Place
from dashboard.tasks.acts import PATHS
from dashboard.web import Office

# What each person of the office is to the task of `_lay`; "" is a task without a document, made by mai.
PLACES = {
    "lan": {Place.CLERK}, "hoa": {Place.OFFICE}, "binh": {Place.APPROVER}, "thu": {Place.DEPUTY}, "mai": {Place.HEAD},
    "hung": {Place.HANDLER}, "son": {Place.CO_HANDLER}, "nga": set(), "y": set(), "kha": set(), "quan": set(),
    "bao": {Place.APPROVER}, "vi": {Place.HANDLER},
}  # fmt: skip
ALWAYS = {"lan", "binh", "mai", "hung"}  # the others in the torture, sampled or not
SEE_ALL = {"lan", "hoa", "binh", "thu", "bao"}
LED = {State.WITH_HEAD, State.GIVEN, State.IN_PROGRESS, State.REPORTED, State.DONE}
HANDLED = LED - {State.WITH_HEAD}
DEPUTED = {State.DEPUTED}


@dataclass(frozen=True)
class Scene:
    """The task under trial and the ids that forms name."""

    task_id: int
    is_duty: bool
    ids: dict[str, int]
    divisions: dict[str, int]
    part_id: int
    request_id: int


def _lay(office: Office, *, is_duty: bool) -> Scene:
    with office.database.writing() as session:
        ids = {one.username: one.id for one in session.scalars(sa.select(User))}
        divisions = {one.name: one.id for one in session.scalars(sa.select(Division))}
        incoming_id = None if is_duty else session.scalar(sa.select(Task.incoming_id).where(Task.id == 1))
        if is_duty:
            session.add(task := Task(title="Báo cáo tuần", submitted_at=office.clock(), submitted_by=ids["mai"]))
            session.flush()
        else:
            task = session.scalars(sa.select(Task).where(Task.incoming_id == incoming_id)).one()
        session.add(
            part := TaskPart(task_id=task.id, part=Part.CO_HANDLER, division_id=divisions["Phòng Chuyển đổi số"])
        )
        asked = TaskRequest(task_id=task.id, kind="co_handler", user_id=ids["nga"], reason="chờ", asked_by=ids["hung"],
                            asked_at=office.clock(), is_granted=False, decided_at=office.clock())  # fmt: skip
        session.add(asked)
        session.flush()
        return Scene(task.id, is_duty, ids, divisions, part.id, asked.id)


def _set(session: Session, office: Office, scene: Scene, state: State, act: Act) -> None:
    """The task in `state` as it would be there, ready for `act` if that fits."""
    led = scene.divisions["Phòng Quản lý Khoa học"] if state in LED else None
    handler = scene.ids["hung"] if state in HANDLED else None
    form = Form.FOR_INFORMATION if state is State.FILED else Form.NO_FILE if state in LED else ""
    values: dict[str, Any] = {
        "state": state, "lead_division_id": led, "handler_id": handler, "form": form, "version": 5, "last_act": "",
        "due_at": "2026-12-30" if led else "", "directed_at": office.clock() if form else None,
        "directed_by": scene.ids["binh"] if form else None, "directed_for": None, "acted_at": None,
        "deputy_id": scene.ids["thu"] if state in DEPUTED | LED | {State.FILED} else None, "outcome": "",
        "closed_at": None, "suggested": {}, "is_personal": False, "instruction": "",
    }  # fmt: skip
    session.execute(sa.update(Task).where(Task.id == scene.task_id).values(**values))
    is_settled = act not in (Act.ANSWER, Act.WAIVE)
    session.execute(sa.delete(TaskPart).where(TaskPart.task_id == scene.task_id))
    session.add(
        TaskPart(
            id=scene.part_id, task_id=scene.task_id, part=Part.CO_HANDLER, answer="Đồng ý" if is_settled else "",
            division_id=scene.divisions["Phòng Chuyển đổi số"], answered_at=office.clock() if is_settled else None,
        )
    )  # fmt: skip
    open_again = {"is_granted": None, "decided_at": None, "decided_by": None}
    closed = {"is_granted": False, "decided_at": office.clock()}
    session.execute(
        sa.delete(TaskRequest).where(TaskRequest.task_id == scene.task_id, TaskRequest.id != scene.request_id)
    )
    asked = sa.update(TaskRequest).where(TaskRequest.id == scene.request_id)
    session.execute(asked.values(**(open_again if act is Act.DECIDE else closed)))


def _form(scene: Scene) -> dict[str, str]:
    """Fields that make every act complete."""
    return {
        "version": "5", "form": "no_file", "lead": f"d{scene.divisions['Phòng Quản lý Khoa học']}",
        "due_at": "31/12/2026", "instruction": "Thực hiện.", "reason": "lý do đủ dài", "words": "ý kiến",
        "outcome": "kết quả", "deputy": str(scene.ids["thu"]), "handler": str(scene.ids["nga"]),
        "party": f"u{scene.ids['nga']}", "kind": "extension", "answer": "yes", "request": str(scene.request_id),
    }  # fmt: skip


def _places(name: str, state: State, scene: Scene) -> set[Place]:
    """What the person is while the task is in `state`, as the office would say it."""
    mine = set(PLACES[name])
    if state not in LED:
        mine -= {Place.HEAD}
    if state not in HANDLED:
        mine -= {Place.HANDLER}
    if state not in DEPUTED | LED | {State.FILED}:
        mine -= {Place.DEPUTY}
    if scene.is_duty and name == "mai":
        mine |= {Place.MAKER}
    return mine


def _expected(name: str, state: State, act: Act, scene: Scene) -> int:
    mine = _places(name, state, scene)
    is_mine = bool(mine & {Place.HEAD, Place.HANDLER, Place.CO_HANDLER, Place.MAKER, Place.DEPUTY})
    sees_all = name in SEE_ALL and not (scene.is_duty and name == "lan")
    if not sees_all and not is_mine:
        return 404
    key = Act.REDIRECT if act is Act.ASSIGN and (state, Act.REDIRECT) in TRANSITIONS else act
    move = TRANSITIONS.get((state, key))
    if move is None or (scene.is_duty and act in OF_DOCUMENTS):
        return 409
    if not mine & move.places:
        return 403
    return 303


@pytest.fixture
def scenes(full_office: Office) -> tuple[Scene, Scene]:
    """The task of a document and one without. Today bao is authorised to approve, and vi does hung's work."""
    at = full_office.clock()
    with full_office.database.writing() as session:
        for username, like in (("bao", "thu"), ("vi", "y")):
            model = people.by_username(session, like)
            assert model is not None
            people.add(session, username, username.title(), set(model.roles), model.password_hash, at=at,
                       division_id=model.division_id, must_change_password=False)  # fmt: skip
        day = office_date(at)
        for kind, absent, to in ((Kind.APPROVE, "binh", "bao"), (Kind.SUBSTITUTE, "hung", "vi")):
            users = [session.scalars(sa.select(User).where(User.username == one)).one() for one in (absent, to)]
            delegations.delegate(session, kind, users[0], users[1], day, day + timedelta(days=9), "Giấy ủy quyền số 1",
                                 by=users[0], at=at)  # fmt: skip
    return _lay(full_office, is_duty=False), _lay(full_office, is_duty=True)


@pytest.mark.parametrize(
    "is_duty", [pytest.param(False, id="of a document"), pytest.param(True, id="of a duty", marks=pytest.mark.torture)]
)
@pytest.mark.parametrize(
    "name", [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.torture) for name in PLACES]
)
def test_every_act_by(
    name: str, is_duty: bool, scenes: tuple[Scene, Scene], full_office: Office, signed_in: Any
) -> None:
    browser, scene = signed_in(name), scenes[is_duty]
    csrf = _csrf(browser)
    wrong = []
    for state in State:
        for path, (act, _, _) in PATHS.items():
            with full_office.database.writing() as session:
                _set(session, full_office, scene, state, act)
            form = _form(scene) | {"csrf": csrf, "part": str(scene.part_id) if act is Act.WAIVE else "informed"}
            answer = browser.post(f"/viec/{scene.task_id}/{path}", data=form, follow_redirects=False)
            expected = _expected(name, state, act, scene)
            if answer.status_code != expected:
                wrong.append(f"{act} in {state}: {answer.status_code}, not {expected}")
    assert not wrong


def _csrf(browser: Any) -> str:
    page = browser.get("/doi-mat-khau").text
    return str(page.split('name="csrf" value="')[1].split('"')[0])


def test_there_are_at_least_five_thousand_of_them() -> None:
    assert 2 * len(State) * len(PATHS) * len(PLACES) >= 5_000
    assert {act for act, _, _ in PATHS.values()} | {Act.REDIRECT, Act.TRANSFER} == set(Act)
