"""Looking for the document that a draft is: which rows are found, whom a clerk has told apart, and how fast."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import files
from core.edxml import Kind
from core.evidence import Evidence, Source
from core.exchange import Exchange
from core.files import Content
from core.incoming import drafts, duplicates, joining, registration
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.likeness import Likeness
from core.incoming.tables import FileRole, Incoming, Origin
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
PDF = "application/pdf"


def lay(office: Any, *contents: str, **values: str) -> int:
    """A draft with files of these contents, the first its main one, in which the values were read."""
    exchange = Exchange(Kind.NEW, values.pop("document_id")) if "document_id" in values else None
    named = [DraftFile(f"{one}.pdf", one[0] * 64, PDF, 1, FileRole.ANNEX if n else FileRole.MAIN)
             for n, one in enumerate(contents)]  # fmt: skip
    read = {name: Evidence(value, 0.95, Source.TEXT, contents[0][0] * 64 if contents else None)
            for name, value in values.items()}  # fmt: skip
    with office.database.writing() as session:
        for file in named:
            files.note_stored(session, [Content(Path(), file.sha256, 1, PDF)], at=MORNING)
        return drafts.insert(
            session, NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, read, named, exchange=exchange)
        )


def enter(office: Any, draft_id: int) -> int:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        for name, value in (("kind", "Công văn"), ("subject", "góp ý dự thảo"), ("issuer", "Sở Nội vụ")):
            setattr(document, name, getattr(document, name) or value)
        document.issued_on = document.issued_on or MORNING.date()
        registration.register(session, document, by=clerk, at=MORNING)
    return draft_id


def found(office: Any, draft_id: int) -> list[tuple[int, Likeness]]:
    with office.database.reading() as session:
        clerk = session.get_one(User, office.clerk_id)
        matches = duplicates.find(session, clerk, session.get_one(Incoming, draft_id))
    return [(match.id, match.likeness) for match in matches]


def test_an_entry_of_this_minute_is_found_whatever_the_spelling(office: Any) -> None:
    again = lay(office, code="1234 /ubnd - kgvx", issuer="UBND tỉnh Lâm Đồng", issued_on="2026-06-03")
    assert found(office, again) == []
    entry = enter(office, office.draft())
    assert found(office, again) == [(entry, Likeness.SAME)]
    assert found(office, entry) == []  # an entry is asked about nothing


def test_two_drafts_are_found_from_either_side_and_the_entry_comes_with_them(office: Any) -> None:
    one, other = office.draft(), office.draft()
    assert (found(office, one), found(office, other)) == ([(other, Likeness.SAME)], [(one, Likeness.SAME)])
    enter(office, one)
    assert found(office, other) == [(one, Likeness.SAME)]


def test_the_queue_suspects_what_has_the_code_and_day_or_the_main_file_of_another(office: Any) -> None:
    def suspected(*ids: int) -> set[int]:
        with office.database.reading() as session:
            return duplicates.suspected(session, ids)

    entry, again = enter(office, office.draft()), office.draft()
    elsewhere = office.draft(issuer="UBND tỉnh Khánh Hòa")
    one, other, alone = lay(office, "a"), lay(office, "a", "b"), lay(office, "b")
    assert suspected(again, elsewhere, one, other, alone) == {again, one, other}
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, again), session.get_one(User, office.clerk_id)
        joining.tell_apart(session, document, session.get_one(Incoming, entry), is_apart=True, by=clerk, at=MORNING)
    assert suspected(again) == set()


def test_voided_and_declined_documents_are_no_entries(office: Any) -> None:
    voided, declined = enter(office, office.draft()), office.draft()
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        registration.void(session, session.get_one(Incoming, voided), "vào nhầm", by=clerk, at=MORNING)
        drafts.decline(session, session.get_one(Incoming, declined), "quảng cáo", by=clerk, at=MORNING)
    assert found(office, office.draft()) == []


def test_the_main_file_counts_and_an_annex_or_a_form_does_not(office: Any) -> None:
    entry = enter(office, lay(office, "a", "f", code="1/SNV-VP", issuer="Sở Nội vụ", subject="góp ý dự thảo một"))
    assert found(office, lay(office, "a")) == [(entry, Likeness.SAME)]
    assert found(office, lay(office, "f")) == [(entry, Likeness.ANNEX)]
    assert found(office, lay(office, "b", "f", code="2/STC-VP", issuer="Sở Tài chính")) == []
    enter(office, lay(office, "c", "f", code="3/STC-VP", issuer="Sở Tài chính", subject="báo cáo hai"))
    assert found(office, lay(office, "f")) == []


def test_one_package_id_is_found(office: Any) -> None:
    entry = enter(office, lay(office, "a", code="1/SNV-VP", document_id="H36.7"))
    assert found(office, lay(office, "b", document_id="H36.7")) == [(entry, Likeness.SAME)]
    assert found(office, lay(office, "c", document_id="H36.8")) == []


def test_drafts_that_say_nothing_are_like_nothing(office: Any) -> None:
    for _ in range(3):
        blank = lay(office, code="không số")
    assert found(office, blank) == []
    assert found(office, lay(office)) == []


def test_a_code_alone_says_nothing_where_two_offices_have_it(office: Any) -> None:
    one = enter(office, office.draft())
    typed = lay(office, code="1234/UBND-KGVX")
    assert found(office, typed) == [(one, Likeness.SAME)]
    enter(office, office.draft(issuer="UBND tỉnh Khánh Hòa"))
    assert found(office, typed) == []


def test_what_a_clerk_has_told_apart_is_not_said_again_from_either_side(office: Any) -> None:
    one, other = office.draft(), office.draft()
    for is_apart, expected in ((True, []), (False, [(other, Likeness.SAME)])):
        with office.database.writing() as session:
            document, clerk = session.get_one(Incoming, one), session.get_one(User, office.clerk_id)
            joining.tell_apart(
                session, document, session.get_one(Incoming, other), is_apart=is_apart, by=clerk, at=MORNING
            )
        assert found(office, one) == expected
        assert bool(found(office, other)) == bool(expected)


def test_only_what_the_person_may_read_is_named(office: Any) -> None:
    enter(office, office.draft())
    again = office.draft()
    with office.database.reading() as session:
        leader = session.get_one(User, office.leader_id)
        document = session.get_one(Incoming, again)
        assert len(duplicates.find(session, leader, document)) == 1
        leader.role_rows = []
        assert duplicates.find(session, leader, document) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the other's planner reads a small table whole
@pytest.mark.parametrize("values", [{"code": "77/UBND-VX"}, {"issued_on": "2026-06-03"}, {"document_id": "H36.7"}])
def test_every_look_up_goes_by_an_index(office: Any, values: dict[str, str]) -> None:
    plans: list[str] = []
    draft = lay(office, "a", subject="góp ý dự thảo quy chế", **values)
    enter(office, office.draft())

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in cursor.fetchall())

    with office.database.reading() as session:
        clerk, document = session.get_one(User, office.clerk_id), session.get_one(Incoming, draft)
        sa.event.listen(session.get_bind(), "before_cursor_execute", explain)
        duplicates.find(session, clerk, document)
        duplicates.suspected(session, [draft, draft + 1])
        sa.event.remove(session.get_bind(), "before_cursor_execute", explain)
    assert plans and not [plan for plan in plans if plan.startswith("SCAN")]
