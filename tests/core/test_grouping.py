"""Split and merge: every file stays somewhere, the journal says who did it, and nothing registered changes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events, files
from core.errors import NotAllowed, Permanent, WrongState
from core.evidence import Evidence, Source
from core.files import Content
from core.incoming import drafts, grouping
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Incoming, Origin, State
from core.listings import history
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
PDF = "application/pdf"


def laid(office: Any, *names: str, **values: str) -> int:
    """A draft whose files have these names and contents; each value was read in the file its name begins with."""
    given = [
        DraftFile(name, name[0] * 64, PDF, 1, FileRole.ANNEX if n else FileRole.MAIN) for n, name in enumerate(names)
    ]
    proposed = {key: Evidence(value, 0.9, Source.TEXT, value[0] * 64) for key, value in values.items()}
    with office.database.writing() as session:
        for file in given:
            files.note_stored(session, [Content(Path(), file.sha256, 1, PDF)], at=MORNING)
        notes = ["number_blank", *(f"macro:{name}" for name in names)]
        return drafts.insert(session, NewDraft(Origin.MAIL, office.book_id, None, MORNING, 7, proposed, given, notes))


def shown(session: Session, draft_id: int) -> list[tuple[str, str]]:
    return [(file.name, file.role) for file in session.get_one(Incoming, draft_id).files]


def split(office: Any, draft_id: int, position: int, by: int | None = None) -> int:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, by or office.clerk_id)
        return grouping.split(session, document, position, by=clerk, at=MORNING)


def merge(office: Any, draft_id: int, other_id: int) -> None:
    with office.database.writing() as session:
        document, into = session.get_one(Incoming, draft_id), session.get_one(Incoming, other_id)
        grouping.merge(session, document, into, by=session.get_one(User, office.clerk_id), at=MORNING)


def test_what_the_virus_scanner_said_of_the_letter_goes_with_each_of_its_files(office: Any) -> None:
    draft_id, other_id = laid(office, "a.pdf", "b.pdf"), laid(office, "c.pdf")
    with office.database.writing() as session:
        session.get_one(Incoming, draft_id).notes = ["virus:Win.Test", "virus_unscanned", "number_blank"]
    new_id = split(office, draft_id, 2)
    merge(office, new_id, other_id)
    with office.database.reading() as session:
        noted = [session.get_one(Incoming, one).notes for one in (draft_id, new_id, other_id)]
    assert noted[:2] == [["virus:Win.Test", "virus_unscanned", "number_blank"], ["virus:Win.Test", "virus_unscanned"]]
    assert noted[2] == ["number_blank", "macro:c.pdf", "virus:Win.Test", "virus_unscanned"]


def test_a_file_split_off_takes_what_was_read_in_it_along(office: Any) -> None:
    draft_id = laid(office, "a.pdf", "b.pdf", subject="a trích yếu", code="b12/UBND-VX")
    new_id = split(office, draft_id, 2)
    with office.database.reading() as session:
        assert (shown(session, draft_id), shown(session, new_id)) == ([("a.pdf", "main")], [("b.pdf", "main")])
        old, new = session.get_one(Incoming, draft_id), session.get_one(Incoming, new_id)
        assert (new.state, new.sort_uid, new.code, new.subject) == (State.DRAFT, 7, "b12/UBND-VX", "")
        assert (old.notes, new.notes) == (["number_blank", "macro:a.pdf"], ["macro:b.pdf"])
        assert old.version == 2
        said = [[step.what for step in history.steps(session, one)] for one in (draft_id, new_id)]
    assert said == [["Tách tệp b.pdf thành dự thảo riêng"], ["Tách từ dự thảo khác: tệp b.pdf"]]


def test_the_main_file_stays_where_it_is(office: Any) -> None:
    draft_id = laid(office, "a.pdf", "b.pdf")
    with pytest.raises(WrongState, match="văn bản chính"):
        split(office, draft_id, 1)
    with pytest.raises(Permanent, match="Không có tệp"):
        split(office, draft_id, 9)
    with pytest.raises(NotAllowed):
        split(office, draft_id, 2, by=office.leader_id)


def test_a_merged_draft_gives_all_its_files_and_leaves_the_desk(office: Any) -> None:
    one, other = laid(office, "a.pdf", "c.pdf"), laid(office, "b.pdf", "c.pdf")
    merge(office, one, other)
    with office.database.reading() as session:
        assert shown(session, other) == [("b.pdf", "main"), ("c.pdf", "annex"), ("a.pdf", "annex")]
        gone = session.get_one(Incoming, one)
        assert (gone.state, gone.files, gone.closed_by) == (State.DECLINED, [], office.clerk_id)
        assert "Gộp vào dự thảo" in gone.closed_reason
        assert "macro:a.pdf" in session.get_one(Incoming, other).notes
        acts = sa.select(events.Event.act, events.Event.subject_id).order_by(events.Event.id)
        assert [tuple(row) for row in session.execute(acts)][-2:] == [("merged", other), ("merged_into", one)]


def test_what_was_said_of_a_merged_document_itself_stays_behind(office: Any) -> None:
    paper, annex = laid(office, "cv.pdf"), laid(office, "kem theo.pdf")
    with office.database.writing() as session:
        said = ["misaddressed:Ủy ban nhân dân tỉnh", "second_document:3", "macro:kem theo.doc"]
        session.get_one(Incoming, annex).notes = said
    merge(office, annex, paper)
    with office.database.reading() as session:
        assert session.get_one(Incoming, paper).notes == ["number_blank", "macro:cv.pdf", "macro:kem theo.doc"]


def test_split_and_merge_again_leaves_the_files_as_they_were(office: Any) -> None:
    draft_id = laid(office, "a.pdf", "b.pdf")
    merge(office, split(office, draft_id, 2), draft_id)
    with office.database.reading() as session:
        assert shown(session, draft_id) == [("a.pdf", "main"), ("b.pdf", "annex")]


def test_only_drafts_are_merged_and_never_into_themselves(office: Any) -> None:
    one, other = laid(office, "a.pdf"), laid(office, "b.pdf")
    with pytest.raises(WrongState, match="chính nó"):
        merge(office, one, one)
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        drafts.decline(session, session.get_one(Incoming, other), "trùng", by=clerk, at=MORNING)
    with pytest.raises(WrongState, match="bàn văn thư"):
        merge(office, one, other)


def test_drafts_with_the_same_code_are_offered(office: Any) -> None:
    one = laid(office, "a.pdf", code="12/UBND-VX", subject="góp ý")
    other, _ = laid(office, "b.pdf", code="12/UBND-VX"), laid(office, "c.pdf", code="13/UBND-VX")
    with office.database.reading() as session:
        clerk = session.get_one(User, office.clerk_id)
        found = grouping.candidates(session, clerk, session.get_one(Incoming, other))
    assert [(candidate.id, candidate.title) for candidate in found] == [(one, "12/UBND-VX góp ý")]


def test_a_draft_that_says_nothing_is_known_by_its_file(office: Any) -> None:
    one, other = laid(office, "a.pdf", code="12/UBND-VX"), laid(office, "b.pdf", code="12/UBND-VX")
    with office.database.writing() as session:
        document = session.get_one(Incoming, other)
        document.code = document.subject = ""
        clerk = session.get_one(User, office.clerk_id)
        assert grouping.candidates(session, clerk, session.get_one(Incoming, one))[0].title == "b.pdf"
