"""Two clerks on one draft at the same moment: the second is told, on PostgreSQL too, where both may have read it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import files, registers
from core.errors import CongvanError, WrongState
from core.files import Content
from core.incoming import drafts, grouping, registration
from core.incoming.drafts import DraftFile
from core.incoming.links import link_note
from core.incoming.tables import FileRole, Incoming
from core.people import User

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def at_once(office: Any, *acts: Callable[[Session, User], object]) -> list[object]:
    """Each act in a transaction of its own, all of which have read what they change before the first writes."""
    barrier = Barrier(len(acts))

    def act(which: Callable[[Session, User], object]) -> object:
        with office.database.writing() as session:
            user = session.get_one(User, office.clerk_id)
            session.scalars(sa.select(Incoming)).all()
            if not office.database.is_sqlite:
                barrier.wait(10)
            return which(session, user)

    def told(which: Callable[[Session, User], object]) -> object:
        try:
            return act(which)
        except CongvanError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(told, acts))


def register(draft_id: int) -> Callable[[Session, User], object]:
    return lambda session, user: registration.register(session, session.get_one(Incoming, draft_id), by=user, at=AT)


def test_two_clerks_register_one_draft_and_it_takes_one_number(office: Any) -> None:
    draft_id = office.draft()
    done = at_once(office, *[register(draft_id)] * 4)
    assert sorted(type(one).__name__ for one in done) == ["WrongState"] * 3 + ["int"]
    with office.database.reading() as session:
        series = session.scalars(sa.select(registers.Series)).one()
        assert series.next_number == 2


def test_a_draft_is_either_merged_or_registered(office: Any) -> None:
    one, other = office.draft(), office.draft()

    def merge(session: Session, user: User) -> None:
        grouping.merge(session, session.get_one(Incoming, one), session.get_one(Incoming, other), by=user, at=AT)

    done = at_once(office, merge, register(one))
    assert sum(isinstance(answer, WrongState) for answer in done) == 1


def test_no_number_while_the_file_in_place_of_a_link_is_left_out(office: Any) -> None:
    draft_id = office.draft()
    with office.database.writing() as session:
        files.note_stored(session, [Content(Path(), "a" * 64, 1, "application/pdf")], at=AT)
        drafts.add_files(session, draft_id, [DraftFile("12.pdf", "a" * 64, "application/pdf", 1, FileRole.MAIN)])
        session.get_one(Incoming, draft_id).notes = [link_note("https://we.tl/t-a")]

    def leave_out(session: Session, user: User) -> None:
        drafts.set_file_role(session, session.get_one(Incoming, draft_id), 1, FileRole.LEFT_OUT, by=user, at=AT)

    done = at_once(office, leave_out, register(draft_id))
    assert sum(isinstance(answer, CongvanError) for answer in done) == 1
