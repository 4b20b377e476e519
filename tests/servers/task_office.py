"""An office that handles documents: people of every role, two divisions of specialists, an open book."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import people, registers
from core.db import Database
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.people import Division, Role, User
from core.registers import Book, Direction
from core.tasks.directing import Assignment
from core.tasks.parties import Party
from core.tasks.tables import Form, State, Task, TaskRequest

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
PEOPLE = {
    "clerk": ("VP", Role.CLERK), "chief": ("VP", Role.OFFICE_CHIEF), "director": ("LĐ", Role.DIRECTOR),
    "deputy": ("LĐ", Role.LEADER), "head": ("QLKH", Role.HEAD), "worker": ("QLKH", Role.SPECIALIST),
    "second": ("QLKH", Role.SPECIALIST), "other_head": ("QLCN", Role.HEAD), "other": ("QLCN", Role.SPECIALIST),
    "admin": ("QLCN", Role.ADMIN),
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """The database, its people by name, its divisions by code."""

    database: Database
    ids: dict[str, int]
    divisions: dict[str, int]
    book_id: int

    def user(self, session: Session, name: str) -> User:
        return session.get_one(User, self.ids[name])

    def division(self, code: str) -> Party:
        return Party(division_id=self.divisions[code])

    def person(self, name: str) -> Party:
        return Party(user_id=self.ids[name])

    def entered(self, **values: str) -> int:
        """The task of a document that was entered."""
        known = {"code": "12/UBND-VX", "issued_on": "2026-06-03", "issuer": "UBND tỉnh", "kind": "Công văn",
                 "subject": "góp ý dự thảo"} | values  # fmt: skip
        proposed = {name: Evidence(value, 0.95, Source.TEXT) for name, value in known.items()}
        with self.database.writing() as session:
            draft = drafts.insert(session, drafts.NewDraft(Origin.MAIL, self.book_id, None, MORNING, 0, proposed, ()))
            document = session.get_one(Incoming, draft)
            registration.register(session, document, by=self.user(session, "clerk"), at=MORNING)
            return session.scalars(sa.select(Task.id).where(Task.incoming_id == draft)).one()

    def do(self, act: Any, task_id: int, *args: Any, by: str, version: int | None = None, **said: Any) -> Task:
        """One act in a transaction of its own, on the task as it stands unless `version` says otherwise."""
        with self.database.writing() as session:
            task = session.get_one(Task, task_id)
            seen = task.version if version is None else version
            at = said.pop("at", MORNING)
            act(session, task, *args, by=self.user(session, by), at=at, version=seen, **said)
            session.flush()
            return task

    def state(self, task_id: int) -> State:
        with self.database.reading() as session:
            return State(session.get_one(Task, task_id).state)


def opened(database: Database) -> Office:
    """The office on an empty database."""
    with database.writing() as session:
        divisions = {}
        for code in ("LĐ", "VP", "QLKH", "QLCN"):
            row = Division(name=f"Phòng {code}", code=code)
            session.add(row)
            session.flush()
            divisions[code] = row.id
        ids = {
            name: people.add(session, name, name.title(), {role}, "x", at=MORNING, division_id=divisions[code]).id
            for name, (code, role) in PEOPLE.items()
        }
        book = Book(code="den", name="Sổ văn bản đến", direction=Direction.INCOMING)
        session.add(book)
        session.flush()
        clerk = session.get_one(User, ids["clerk"])
        registers.open_series(session, book, 1, by=clerk, at=MORNING)
    return Office(database, ids, divisions, book.id)


def given(office: Office, **said: Any) -> Assignment:
    usual: dict[str, Any] = {"form": Form.NO_FILE, "lead": office.division("QLKH"), "due_at": "10/06/2026"}
    return Assignment(**(usual | said))


def user_of(office: Office, name: str) -> User:
    with office.database.reading() as session:
        user = office.user(session, name)
        _ = user.roles
        return user


def request_of(office: Office) -> TaskRequest:
    with office.database.reading() as session:
        return session.scalars(sa.select(TaskRequest)).one()
