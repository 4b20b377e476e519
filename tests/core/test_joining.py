"""Gộp vào số đến …: files join the entry, nothing is altered or lost, and it can be undone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import events, files, removal
from core.errors import NotAllowed, WrongState
from core.evidence import Evidence, Source
from core.files import Content
from core.incoming import drafts, joining, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin, State
from core.listings import history
from core.people import User
from core.removal import Basis

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
PDF = "application/pdf"


def lay(office: Any, *names: str, notes: tuple[str, ...] = ()) -> int:
    """A draft whose files have these names and, by their first letters, contents; the first is its main one."""
    given = [DraftFile(name, name[0] * 64, PDF, 1, FileRole.ANNEX if n else FileRole.MAIN)
             for n, name in enumerate(names)]  # fmt: skip
    said = {
        "code": "12/UBND-VX",
        "issued_on": "2026-06-03",
        "issuer": "UBND tỉnh",
        "kind": "Công văn",
        "subject": "góp ý",
    }
    read = {name: Evidence(value, 0.95, Source.TEXT) for name, value in said.items()}
    with office.database.writing() as session:
        for file in given:
            files.note_stored(session, [Content(Path(), file.sha256, 1, PDF)], at=MORNING)
        new = NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, read, given, notes)
        return drafts.insert(session, new)


def enter(office: Any, draft_id: int) -> int:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        registration.register(session, document, by=clerk, at=MORNING)
    return draft_id


def act(office: Any, what: Any, draft_id: int, other_id: int | None = None, by: int | None = None) -> None:
    with office.database.writing() as session:
        person, document = session.get_one(User, by or office.clerk_id), session.get_one(Incoming, draft_id)
        others = [session.get_one(Incoming, other_id)] if other_id is not None else []
        what(session, document, *others, by=person, at=MORNING)


def shown(office: Any, draft_id: int) -> list[tuple[str, str, int | None]]:
    with office.database.reading() as session:
        return [(file.name, file.role, file.from_id) for file in session.get_one(Incoming, draft_id).files]


def stored(office: Any, draft_id: int) -> Incoming:
    with office.database.reading() as session:
        document: Incoming = session.get_one(Incoming, draft_id)
        return document


def test_the_files_an_entry_lacks_are_added_and_the_draft_keeps_its_own(office: Any) -> None:
    entry, again = enter(office, lay(office, "a.pdf", "b.pdf")), lay(office, "c.pdf", "b.pdf", "d.pdf")
    act(office, joining.join, again, entry)
    assert shown(office, entry) == [("a.pdf", "main", None), ("b.pdf", "annex", None), ("c.pdf", "annex", again),
                                    ("d.pdf", "annex", again)]  # fmt: skip
    assert [name for name, _, _ in shown(office, again)] == ["c.pdf", "b.pdf", "d.pdf"]
    closed, kept = stored(office, again), stored(office, entry)
    assert (closed.state, closed.merged_into_id, closed.closed_reason) == (
        State.DECLINED, entry, "Gộp vào số đến 1 năm 2026",
    )  # fmt: skip
    assert (kept.state, kept.arrival_number, kept.code) == (State.REGISTERED, 1, "12/UBND-VX")
    with office.database.reading() as session:
        acts = sa.select(events.Event.act, events.Event.subject_id).order_by(events.Event.id)
        assert [tuple(row) for row in session.execute(acts)][-2:] == [("joined", entry), ("joined_into", again)]
        told = [[step.what for step in history.steps(session, one)][-1] for one in (entry, again)]
    assert told == ["Gộp 2 tệp của một lần gửi khác cùng văn bản này vào đây", "Gộp vào số đến 1 năm 2026"]


def test_undone_both_are_as_they_were(office: Any) -> None:
    entry, again = enter(office, lay(office, "a.pdf", "b.pdf")), lay(office, "c.pdf", "d.doc", notes=("macro:d.doc",))
    before = shown(office, entry), shown(office, again)
    act(office, joining.join, again, entry)
    assert stored(office, entry).notes == ["macro:d.doc"]
    act(office, joining.part, again)
    assert (shown(office, entry), shown(office, again)) == before
    back = stored(office, again)
    assert (back.state, back.merged_into_id, back.closed_reason) == (State.DRAFT, None, "")
    assert stored(office, entry).notes == []
    assert [enter(office, again), stored(office, again).arrival_number] == [again, 2]


def test_the_first_file_of_a_paper_is_its_main_one(office: Any) -> None:
    paper, mail = enter(office, lay(office)), lay(office, "a.pdf", "b.pdf")
    act(office, joining.join, mail, paper)
    assert [(name, role) for name, role, _ in shown(office, paper)] == [("a.pdf", "main"), ("b.pdf", "annex")]


def test_a_draft_joins_another_draft_too_and_that_one_an_entry(office: Any) -> None:
    first, second, entry = lay(office, "a.pdf"), lay(office, "b.pdf"), enter(office, lay(office, "c.pdf"))
    act(office, joining.join, first, second)
    act(office, joining.join, second, entry)
    assert [name for name, _, _ in shown(office, entry)] == ["c.pdf", "b.pdf", "a.pdf"]
    with pytest.raises(WrongState, match="số đến 1 năm 2026"):
        act(office, joining.part, first)
    act(office, joining.part, second)
    act(office, joining.part, first)
    assert [[name for name, _, _ in shown(office, one)] for one in (first, second, entry)] == [
        ["a.pdf"], ["b.pdf"], ["c.pdf"],
    ]  # fmt: skip


def test_what_is_refused(office: Any) -> None:
    one, other, entry = lay(office, "a.pdf"), lay(office, "b.pdf"), enter(office, lay(office, "c.pdf"))
    with pytest.raises(NotAllowed):
        act(office, joining.join, one, entry, by=office.leader_id)
    for draft_id, into in ((one, one), (entry, one)):
        with pytest.raises(WrongState):
            act(office, joining.join, draft_id, into)
    act(office, joining.join, one, entry)
    for draft_id, into in ((one, entry), (other, one)):
        with pytest.raises(WrongState):
            act(office, joining.join, draft_id, into)
    with pytest.raises(WrongState, match="gộp"):
        act(office, drafts.take_back, one)
    with pytest.raises(WrongState, match="không gộp"):
        act(office, joining.part, other)


def test_who_removes_the_content_of_one_is_told_of_the_other(office: Any) -> None:
    entry, again = enter(office, lay(office, "a.pdf")), lay(office)
    act(office, joining.join, again, entry)
    with office.database.reading() as session:
        told = [removal.twins(session, session.get_one(Incoming, one)) for one in (entry, again)]
    assert [[twin.id for twin in one] for one in told] == [[again], [entry]]


def test_what_was_removed_meanwhile_does_not_come_back(office: Any) -> None:
    entry, again = enter(office, lay(office, "a.pdf")), lay(office)
    act(office, joining.join, again, entry)
    with office.database.writing() as session:
        document = session.get_one(Incoming, again)
        removal.remove_content(session, document, Basis.RECALLED, "nơi gửi thu hồi", by=None, at=MORNING)
    with pytest.raises(WrongState, match="đã gỡ"):
        act(office, joining.part, again)


def test_telling_apart_is_recorded_once(office: Any) -> None:
    one, entry = lay(office, "a.pdf"), enter(office, lay(office, "b.pdf"))
    for _ in range(2):
        with office.database.writing() as session:
            document, clerk = session.get_one(Incoming, one), session.get_one(User, office.clerk_id)
            other = session.get_one(Incoming, entry)
            joining.tell_apart(session, document, other, is_apart=True, by=clerk, at=MORNING)
    with office.database.reading() as session:
        assert [step.what for step in history.steps(session, one)] == ["Xác nhận không trùng với số đến 1 năm 2026"]
