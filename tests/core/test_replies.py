"""What a document answers and what answers it: linked where one entry is meant, asked where several may be."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import NotAllowed, WrongState
from core.evidence import Evidence, Source
from core.incoming import drafts, registration, replies
from core.incoming.drafts import NewDraft
from core.incoming.replies import Reply
from core.incoming.tables import Incoming, Origin
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


def asked(office: Any, **values: str) -> int:
    """An entry that may be answered."""
    draft_id: int = office.draft(**values)
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        registration.register(session, document, by=clerk, at=MORNING)
    return draft_id


def answering(office: Any, code: str = "1234/UBND-KGVX", text: str = "") -> int:
    read = {
        "in_reply_to": Evidence(code, 0.8, Source.TEXT, text=text),
        "issued_on": Evidence("2026-06-20", 0.95, Source.TEXT),
        "code": Evidence("9/SNV-VP", 0.95, Source.TEXT),
    }
    with office.database.writing() as session:
        return drafts.insert(session, NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, read, ()))


def reply(office: Any, draft_id: int) -> Reply | None:
    with office.database.reading() as session:
        clerk = session.get_one(User, office.clerk_id)
        return replies.reply_of(session, clerk, session.get_one(Incoming, draft_id))


def answers(office: Any, entry_id: int) -> list[int]:
    with office.database.reading() as session:
        clerk = session.get_one(User, office.clerk_id)
        return [one.id for one in replies.replies_to(session, clerk, session.get_one(Incoming, entry_id))]


def choose(office: Any, draft_id: int, entry_id: int | None, by: int | None = None) -> None:
    with office.database.writing() as session:
        person, document = session.get_one(User, by or office.clerk_id), session.get_one(Incoming, draft_id)
        replies.choose(session, document, entry_id, by=person, at=MORNING)


def test_the_one_entry_with_the_code_is_linked_both_ways(office: Any) -> None:
    draft = answering(office, "1234 / ubnd-kgvx")
    unknown = reply(office, draft)
    assert unknown is not None and (unknown.code, unknown.answered, unknown.choices) == ("1234 / ubnd-kgvx", None, ())
    entry = asked(office)
    known = reply(office, draft)
    assert known is not None and known.answered is not None
    assert (known.answered.id, known.answered.arrival_number, known.is_chosen) == (entry, 1, False)
    assert (answers(office, entry), reply(office, entry), answers(office, draft)) == ([draft], None, [])


def test_of_several_a_clerk_chooses(office: Any) -> None:
    one, other = asked(office), asked(office, issuer="UBND tỉnh Khánh Hòa")
    draft = answering(office)
    open_still = reply(office, draft)
    assert open_still is not None and open_still.answered is None
    assert {choice.id for choice in open_still.choices} == {one, other}
    assert (answers(office, one), answers(office, other)) == ([], [])
    choose(office, draft, other)
    chosen = reply(office, draft)
    assert (
        chosen is not None and chosen.answered is not None and (chosen.answered.id, chosen.is_chosen) == (other, True)
    )
    assert (answers(office, one), answers(office, other)) == ([], [draft])
    choose(office, draft, None)
    assert answers(office, other) == []


def test_the_day_quoted_beside_the_code_tells_which(office: Any) -> None:
    asked(office, issued_on="2025-06-03")
    entry = asked(office)
    quoting = answering(office, text="Phúc đáp Công văn số 1234/UBND-KGVX ngày 03 tháng 6 năm 2026 của")
    known = reply(office, quoting)
    assert known is not None and known.answered is not None and known.answered.id == entry


def test_nothing_answers_what_is_issued_later_or_not_entered(office: Any) -> None:
    office.draft()
    asked(office, issued_on="2026-06-05")
    draft = answering(office)
    with office.database.writing() as session:
        session.get_one(Incoming, draft).issued_on = MORNING.date()
    known = reply(office, draft)
    assert known is not None and (known.answered, known.choices) == (None, ())
    assert reply(office, office.draft()) is None


def test_only_an_entry_with_that_code_may_be_chosen_and_only_by_a_clerk(office: Any) -> None:
    asked(office)
    other, draft = asked(office, code="7/UBND-KT"), answering(office)
    with pytest.raises(WrongState):
        choose(office, draft, other)
    with pytest.raises(NotAllowed):
        choose(office, draft, None, by=office.leader_id)


def test_what_a_clerk_types_is_looked_for_too(office: Any) -> None:
    entry, draft = asked(office), office.draft(code="5/SNV-VP", issued_on="2026-06-04")
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft), session.get_one(User, office.clerk_id)
        drafts.amend(session, document, {"in_reply_to": "1234/UBND-KGVX"}, version=1, by=clerk, at=MORNING)
    known = reply(office, draft)
    assert known is not None and known.answered is not None and known.answered.id == entry
