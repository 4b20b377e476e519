"""Thu hồi: proposed where the document is, closed by people alone, known again after its content is gone."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import events, exchange, files, people, recalls, removal
from core.edxml import Kind, Reference
from core.errors import NotAllowed, Permanent, WrongState
from core.exchange import Exchange, Notice, PackageNotice
from core.files import Content
from core.incoming import drafts, registration
from core.incoming.drafts import NewDraft
from core.incoming.tables import Incoming, Origin, State
from core.letters import Message
from core.people import Role, User
from core.removal import Basis

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
ABOUT = Reference("000.00.99.H36,2026/06/03,1234/UBND-KGVX", "1234/UBND-KGVX", date(2026, 6, 3), "000.00.99.H36")
ISSUER = "Ủy ban nhân dân tỉnh Lâm Đồng"


def asked(office: Any, about: Reference = ABOUT, organ: str = "UBND tỉnh Lâm Đồng", kind: Kind = Kind.RECALL) -> int:
    """A letter that asks a document back; returns the notice's id."""
    with office.database.writing() as session:
        number = session.execute(sa.select(sa.func.count(Message.id))).scalar_one()
        files.note_stored(session, [Content(Path(), f"{number:064}", 1, "message/rfc822")], at=MORNING)
        letter = Message(
            identity=str(number), raw_sha256=f"{number:064}", raw_size=1, mail_class="letter", outcome="report",
            sender_address="vanthu@ubnd.lamdong.gov.vn", received_at=MORNING, taken_at=MORNING,
        )  # fmt: skip
        session.add(letter)
        session.flush()
        notice = Notice(kind, "13", "000.00.99.H36", organ, about, "Ban hành nhầm")
        exchange.note(session, letter.id, [notice], at=MORNING)
        newest: int = session.execute(sa.select(sa.func.max(PackageNotice.id))).scalar_one()
        return newest


def person(session: Any, office: Any, role: Role = Role.CLERK) -> User:
    if role is Role.CLERK:
        found = session.get_one(User, office.clerk_id)
        assert isinstance(found, User)
        return found
    found = people.by_username(session, role) or people.add(session, role, role, {role}, "x", at=MORNING)
    session.flush()
    return found


def proposed(office: Any) -> list[tuple[str, list[tuple[int, bool]]]]:
    with office.database.reading() as session:
        return [
            (one.words, [(match.document.id, match.is_sure) for match in one.matches])
            for one in recalls.open_recalls(session, person(session, office))
        ]


def on_page(office: Any, incoming_id: int) -> list[tuple[str, str, str]]:
    with office.database.reading() as session:
        found = recalls.recalls_of(session, session.get_one(Incoming, incoming_id))
        return [(one.organ, one.sender, one.said) for one in found]


def enter(office: Any, incoming_id: int) -> None:
    with office.database.writing() as session:
        document = session.get_one(Incoming, incoming_id)
        registration.register(session, document, by=person(session, office), at=MORNING)


@pytest.mark.parametrize("is_entered", [False, True])
def test_a_recall_stands_with_its_document_and_does_nothing_by_itself(office: Any, is_entered: bool) -> None:
    document = office.draft()
    if is_entered:
        enter(office, document)
    asked(office)
    assert proposed(office) == [("1234/UBND-KGVX ngày 03/06/2026", [(document, True)])]
    assert on_page(office, document) == [("UBND tỉnh Lâm Đồng", "vanthu@ubnd.lamdong.gov.vn", "Ban hành nhầm")]
    with office.database.reading() as session:
        found = session.get_one(Incoming, document)
        assert (found.state, found.removed_at, found.code) == (
            State.REGISTERED if is_entered else State.DRAFT, None, "1234/UBND-KGVX",
        )  # fmt: skip


def test_a_recall_of_what_never_came_waits_in_the_list_and_finds_what_comes_later(office: Any) -> None:
    asked(office)
    asked(office, Reference())
    assert proposed(office) == [("1234/UBND-KGVX ngày 03/06/2026", []), ("", [])]
    document = office.draft()
    assert proposed(office)[0][1] == [(document, True)]


def test_another_offices_number_is_only_perhaps_meant(office: Any) -> None:
    other, last_year = office.draft(issuer="UBND xã Mẫu"), office.draft(issued_on="2025-06-03")
    asked(office)
    assert proposed(office) == [("1234/UBND-KGVX ngày 03/06/2026", [(other, False)])]
    assert (len(on_page(office, other)), on_page(office, last_year)) == (1, [])


def test_without_a_day_on_either_side_a_number_says_nothing(office: Any) -> None:
    undated = office.draft(issued_on="")
    asked(office, Reference("", "1234/UBND-KGVX"), ISSUER)
    assert (proposed(office), on_page(office, undated)) == ([("1234/UBND-KGVX", [])], [])


def test_news_of_our_own_documents_recalls_nothing(office: Any) -> None:
    document = office.draft()
    asked(office, kind=Kind.STATUS)
    assert (proposed(office), on_page(office, document)) == ([], [])


def test_a_clerk_closes_a_recall_with_a_reason_once(office: Any) -> None:
    document, notice = office.draft(), asked(office)
    with office.database.writing() as session:
        clerk, leader = person(session, office), session.get_one(User, office.leader_id)
        with pytest.raises(NotAllowed):
            recalls.settle(session, notice, "không phải", by=leader, at=MORNING)
        with pytest.raises(NotAllowed):
            recalls.open_recalls(session, leader)
        for reason in ("", " x ", "x" * 501):
            with pytest.raises(Permanent):
                recalls.settle(session, notice, reason, by=clerk, at=MORNING)
        with pytest.raises(Permanent):
            recalls.settle(session, notice + 1, "không có", by=clerk, at=MORNING)
        recalls.settle(session, notice, "Không phải nơi ban hành yêu cầu", by=clerk, at=MORNING)
        with pytest.raises(WrongState):
            recalls.settle(session, notice, "lần nữa", by=clerk, at=MORNING)
    assert (proposed(office), on_page(office, document)) == ([], [])
    with office.database.reading() as session:
        event = session.scalars(sa.select(events.Event).order_by(events.Event.id.desc())).first()
        assert event is not None
        assert (event.act, event.payload) == ("recall_settled", {"reason": "Không phải nơi ban hành yêu cầu"})


def test_a_declined_draft_answers_its_recall_until_it_is_taken_back(office: Any) -> None:
    document, notice = office.draft(), asked(office)
    doubtful = asked(office, organ="UBND xã Mẫu")
    with office.database.writing() as session:
        found, clerk = session.get_one(Incoming, document), person(session, office)
        drafts.decline(session, found, "Nơi gửi thu hồi", by=clerk, at=MORNING)
        kept = session.get_one(PackageNotice, notice)
        assert (kept.answer, kept.settled_by, kept.incoming_id) == ("Nơi gửi thu hồi", clerk.id, document)
        assert session.get_one(PackageNotice, doubtful).settled_at is None
    assert (proposed(office), on_page(office, document)) == ([], [])
    with office.database.writing() as session:
        drafts.take_back(session, session.get_one(Incoming, document), by=person(session, office), at=MORNING)
    assert len(on_page(office, document)) == 2


def test_a_voided_number_answers_its_recall(office: Any) -> None:
    document, notice = office.draft(), asked(office)
    enter(office, document)
    with office.database.writing() as session:
        found, clerk = session.get_one(Incoming, document), person(session, office)
        registration.void(session, found, "Nơi gửi thu hồi", by=clerk, at=MORNING)
        assert session.get_one(PackageNotice, notice).incoming_id == document
    assert proposed(office) == []


def test_removing_the_content_closes_the_recall_and_keeps_its_record(office: Any) -> None:
    new = NewDraft(Origin.MAIL, office.book_id, None, MORNING, 0, {}, (), (), Exchange(Kind.NEW, "9fbf-1"))
    with office.database.writing() as session:
        document = drafts.insert(session, new)
    notice = asked(office, Reference("9fbf-1"), "")
    assert proposed(office) == [("9fbf-1", [(document, True)])]
    with office.database.writing() as session:
        custodian = person(session, office, Role.CUSTODIAN)
        found = session.get_one(Incoming, document)
        removal.remove_content(session, found, Basis.RECALLED, "nơi gửi thu hồi", by=custodian, at=MORNING)
        assert (found.exchange_id, found.exchange) == ("", {})
        assert recalls.open_recalls(session, custodian) == []
        kept = session.get_one(PackageNotice, notice)
        assert (kept.settled_by, kept.incoming_id, kept.said) == (custodian.id, document, "Ban hành nhầm")


def test_a_recall_of_what_proves_to_be_secret_forgets_it_too(office: Any) -> None:
    document, notice = office.draft(), asked(office)
    with office.database.writing() as session:
        letter = session.get_one(Message, session.get_one(PackageNotice, notice).message_id)
        letter.reports = [{"action": "recall", "about": "1234/UBND-KGVX"}]
        found = session.get_one(Incoming, document)
        removal.remove_content(session, found, Basis.SECRET, "có dấu mật", by=None, at=MORNING)
        kept = session.get_one(PackageNotice, notice)
        assert (kept.code, kept.code_key, kept.document_id, kept.said, kept.issued_on) == ("", "", "", "", None)
        assert (kept.incoming_id, letter.reports) == (document, [])
