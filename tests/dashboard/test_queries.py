"""How many questions the desks ask of the database: a bound for each, the same when the register has grown."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, people
from core.events import Fact
from core.incoming import registration
from core.incoming.tables import Incoming, Origin
from core.learning.asking import LEAD, lead_question
from core.learning.tables import Lesson
from core.people import User
from core.tasks.notes import NoteMention, TaskNote
from core.tasks.tables import Form, Part, State, Task, TaskPart, TaskReader
from dashboard.web import Office

# All of a table, or all acts of the journal, one after the other.
WALK = re.compile(r"SCAN (incoming|tasks|events|messages|task_|note_)|.*ix_events_chain \(chain=\?\)$")
FEW, MANY = 4, 40  # of each kind of row on each desk
# Whose page, and the most that it may ask, each transaction's BEGIN with it: what it asks today.
DESKS = {
    ("lan", "/den"): 47, ("lan", "/viec"): 13, ("lan", "/so-den"): 32, ("binh", "/duyet"): 23, ("binh", "/viec"): 15,
    ("thu", "/duyet"): 19, ("mai", "/viec"): 11, ("hung", "/viec"): 13,
}  # fmt: skip
READERS = {"lan": 28, "binh": 31, "mai": 30, "hung": 30}  # of a document


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """The statements that pages execute meanwhile with their values; those of the thread that wakes pages are left
    out."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if threading.current_thread().name != "news":
            statements.append((statement, values))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def count(browser: Any, path: str) -> int:
    """What a page asks that was opened before: the first time it also goes into the journal of readings."""
    assert browser.get(path).status_code == 200
    with asked() as statements:
        assert browser.get(path).status_code == 200
    return len(statements)


def work(office: Office, begin: int, end: int) -> int:
    """Rows of every kind on every desk, `end - begin` of each; returns a document that many take part in."""
    with office.database.writing() as session:
        who = {one.username: one for one in session.scalars(sa.select(User))}
        for n in range(begin, end):
            document, at = None, office.clock() + timedelta(seconds=n)
            session.add(Incoming(origin=Origin.MAIL, book_id=1, received_at=at, code=f"{n}/TB-B", subject=f"Việc {n}"))
            for state in (
                State.SUBMITTED,
                State.WITH_HEAD,
                State.GIVEN,
                State.IN_PROGRESS,
                State.REPORTED,
                State.FILED,
            ):
                document = _enter(session, who["lan"], at, n)
                _hand_on(session, document, state, who)
            assert document is not None
            session.add(_lesson(document, who["binh"]))
        return _with_many(session, who, end)


def _enter(session: Session, clerk: User, at: datetime, n: int) -> Incoming:
    document = Incoming(
        origin=Origin.MAIL, book_id=1, received_at=at, code=f"{n}/SKHCN-VP", issuer=f"Sở {n}", kind="Công văn",
        subject=f"việc {n}", receiver="Phòng Chuyển đổi số", issued_on=at.date(),
    )  # fmt: skip
    session.add(document)
    session.flush()
    registration.register(session, document, by=clerk, at=at)
    return document


def _hand_on(session: Session, document: Incoming, state: State, who: dict[str, User]) -> Task:
    """The document's task in `state`, with a part, a reader and a note for each of the division."""
    task = session.scalars(sa.select(Task).where(Task.incoming_id == document.id)).one()
    task.state = state
    if state is State.SUBMITTED:
        return task
    task.form = Form.FOR_INFORMATION if state is State.FILED else Form.NO_FILE
    task.directed_by, task.directed_at = who["binh"].id, document.received_at
    if state is not State.FILED:
        task.lead_division_id = who["hung"].division_id
        task.handler_id = who["hung"].id if state is not State.WITH_HEAD else None
    note = TaskNote(task_id=task.id, author_id=who["mai"].id, text="@Hùng xem", at=document.received_at)
    session.add_all([note, TaskPart(task_id=task.id, part=Part.INFORMED, user_id=who["nga"].id)])
    session.flush()
    session.add(NoteMention(note_id=note.id, user_id=who["hung"].id, task_id=task.id))
    session.add(TaskReader(task_id=task.id, user_id=who["nga"].id))
    return task


def _lesson(document: Incoming, by: User) -> Lesson:
    asked_at = lead_question(document.issuer, document.kind)
    return Lesson(
        field=LEAD, scope=asked_at.scope, key="", value="Phòng Chuyển đổi số", is_correction=True, votes=5,
        first_at=document.received_at, last_at=document.received_at, first_from=document.id, last_from=document.id,
        taught_by=by.id,
    )  # fmt: skip


def _with_many(session: Session, who: dict[str, User], many: int) -> int:
    """One document in work, with as many acts, notes, readers and parts as there are people."""
    at = session.scalars(sa.select(Incoming.received_at).order_by(Incoming.id).limit(1)).one()
    document = _enter(session, who["lan"], at, many)
    task = _hand_on(session, document, State.IN_PROGRESS, who)
    others = [one for one in who.values() if one.username not in ("hung", "nga")][:many]
    session.add_all(TaskPart(task_id=task.id, part=Part.CO_HANDLER, user_id=one.id) for one in others)
    session.add_all(TaskNote(task_id=task.id, author_id=one.id, text="ý kiến", at=at) for one in others)
    for one in others:
        given = {"form": "no_file", "lead": f"u{one.id}", "due_at": "", "instruction": ""}
        events.record_many(session, [Fact("task_assign", "task", task.id, given)], by=one.id, at=at)
        events.record_many(session, [Fact("read", "incoming", document.id)], by=one.id, at=at, chain=events.READINGS)
    return document.id


def add_people(office: Office, many: int) -> None:
    with office.database.writing() as session:
        division = people.by_username(session, "hung")
        assert division is not None
        for n in range(many):
            people.add(
                session, f"them{n}", f"Người {n}", {people.Role.SPECIALIST}, "x", at=office.clock(),
                division_id=division.division_id,
            )  # fmt: skip


def test_a_desk_asks_no_more_when_the_register_has_grown(full_office: Office, signed_in: Any) -> None:
    browsers = {name: signed_in(name) for name in ("lan", "binh", "thu", "mai", "hung")}
    work(full_office, 0, FEW)
    few = {(name, path): count(browsers[name], path) for name, path in DESKS}
    work(full_office, FEW, MANY)
    many = {(name, path): count(browsers[name], path) for name, path in DESKS}
    assert many == few
    assert {desk: n for desk, n in many.items() if n > DESKS[desk]} == {}


@pytest.mark.parametrize(("name", "most"), READERS.items())
def test_a_documents_page_asks_no_more_when_many_take_part(
    full_office: Office, signed_in: Any, name: str, most: int
) -> None:
    browser = signed_in(name)
    few = count(browser, f"/den/{work(full_office, 0, 1)}")
    add_people(full_office, MANY)
    many = count(browser, f"/den/{work(full_office, 1, MANY)}")
    assert (many, many <= most) == (few, True)


def test_no_desk_and_no_documents_page_walks_through_what_grows(full_office: Office, signed_in: Any) -> None:
    document = work(full_office, 0, FEW)
    with asked() as statements:
        for name in READERS:
            browser = signed_in(name)
            for path in ["/viec", f"/den/{document}", *(path for who, path in DESKS if who == name)]:
                assert browser.get(path).status_code == 200
    with full_office.database.engine.connect() as connection:
        plans = {
            statement: [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in statements
            if statement.startswith("SELECT")
        }
    walked = {step: statement for statement, steps in plans.items() for step in steps if WALK.match(step)}
    assert (len(plans) > 40, walked) == (True, {})
    today = next(steps for statement, steps in plans.items() if "tasks.directed_at >=" in statement)
    assert any("(directed_by=? AND state=? AND directed_at>?)" in step for step in today)
    straight = next(steps for statement, steps in plans.items() if "tasks.order_id IS NOT NULL" in statement)
    assert any("ix_tasks_transferred (submitted_at>?)" in step for step in straight)
