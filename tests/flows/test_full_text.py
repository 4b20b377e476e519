"""From the mailbox to the search page: files are read in full behind the letters, and screened once more."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pypdfium2
import sqlalchemy as sa
from desk_documents import INVITATION
from intake_office import Office, wait_until
from leaks import files_with
from secret_letters import CANARY, forms, raw, with_file

from core import events, held, people, verify
from core.incoming.tables import Incoming
from core.letters import Exclusion, HeldLetter, Message
from core.people import Role, User
from core.search import finding, query
from core.search.finding import Filters
from core.search.tables import FileText, SearchRow, TextState
from core.text import fold
from demo.documents import document
from demo.scans import scanned

DEEP = "khoangsanxanh"  # a word that stands on a page intake doesn't read
LONG = 120.0  # it is done behind everything else that the machine has to do
AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@cache
def _paper(number: str, **fields: Any) -> bytes:
    return document("Công văn", number=number, **fields)


def _pages(*papers: bytes) -> bytes:
    """One PDF of the first pages of several."""
    with pypdfium2.PdfDocument.new() as made:
        for paper in papers:
            made.import_pages(pypdfium2.PdfDocument(paper), [0])
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


def _long(fifth: bytes) -> bytes:
    """Seven pages; intake reads three and the last, since the first bears "Nơi nhận"."""
    plain = _paper("01")
    return _pages(plain, plain, plain, plain, fifth, plain, plain)


def _letter(number: int, fifth: bytes, says: str = "") -> bytes:
    return raw(with_file(number, "van-ban.pdf", _long(fifth) + f"\n% {says}\n".encode()))


def _person(office: Office, role: Role) -> int:
    with office.database.writing() as session:
        return people.add(session, role.value, "Người dùng", {role}, "x", at=AT).id


def _found(office: Office, typed: str, user_id: int) -> list[int]:
    with office.database.reading() as session:
        user = session.get_one(User, user_id)
        return [hit.id for hit in finding.find(session, user, query.parse(typed), Filters()).hits]


def _states(office: Office) -> set[object]:
    return {row[0] for row in office.rows(FileText.state)}


def test_a_word_on_a_page_that_intake_does_not_read_is_found_a_moment_later(office: Office) -> None:
    clerk = _person(office, Role.CLERK)
    box = office.mailbox("chinh")
    office.send(box, _letter(1, _paper("02", paragraphs=(f"Nội dung {DEEP} cần tìm.",))))
    office.take_in()
    assert len(office.rows(Incoming.id)) == 1
    with office.watching():
        wait_until(lambda: _found(office, DEEP, clerk) == [1], seconds=LONG)
    assert office.rows(FileText.state, FileText.pages, FileText.unread_pages) == [(TextState.READ, 7, 0)]
    with office.database.reading() as session:
        assert verify.verify(session, office.store, office.settings.sealed_folder).faults == []


def test_what_a_scanned_invitation_says_below_its_head_comes_into_its_draft_behind_the_letters(office: Office) -> None:
    box = office.mailbox("chinh")
    much = ("Cuộc họp nhằm đánh giá tiến độ các nhiệm vụ được giao, bàn giải pháp tháo gỡ khó khăn, vướng." * 2,) * 6
    paper = replace(INVITATION, paragraphs=(*much, *INVITATION.paragraphs, *much))
    office.send(box, raw(with_file(1, "giay-moi.pdf", scanned(paper.pdf(), seed=5))))
    office.take_in()
    what = (Incoming.event_at, Incoming.event_place, Incoming.invited, Incoming.version)
    assert office.rows(*what) == [("", "", "", 1)]
    with office.watching():
        wait_until(lambda: office.rows(Incoming.event_at) != [("",)], seconds=LONG)
    with office.database.reading() as session:
        draft = session.scalars(sa.select(Incoming)).one()
        event_at, place, invited, version = draft.event_at, draft.event_place, draft.invited, draft.version
        proposed = draft.proposed
    assert (event_at, version) == ("2026-11-24T14:00", 2)
    assert fold(place) == "phong hop so 2, trung tam hanh chinh tinh" and "tai chinh" in fold(invited)
    assert proposed["event_at"]["source"] == "ocr" and proposed["event_at"]["box"] and proposed["event_at"]["file"]


def test_a_file_that_cannot_be_opened_is_noted_and_the_next_is_read(office: Office) -> None:
    clerk = _person(office, Role.CLERK)
    box = office.mailbox("chinh")
    broken = b"%PDF-1.4\n" + b"x" * 4000
    office.send(box, _letter(1, _paper("02", paragraphs=(f"Nội dung {DEEP}.",))))
    office.send(box, raw(with_file(2, "hong.pdf", broken)))
    with office.watching():
        wait_until(lambda: _states(office) == {TextState.READ, TextState.FAILED}, seconds=LONG)
        wait_until(lambda: _found(office, DEEP, clerk) != [], seconds=LONG)
    failed = sa.select(FileText.problem).where(FileText.state == TextState.FAILED)
    with office.database.reading() as session:
        assert session.scalars(failed).all() == ["damaged"]


def _leaks(office: Office) -> dict[str, bytes]:
    return files_with(office.home, forms())


def test_a_secret_found_behind_the_first_pages_is_sealed_and_removed(office: Office) -> None:
    clerk, custodian = _person(office, Role.CLERK), _person(office, Role.CUSTODIAN)
    box = office.mailbox("chinh")
    secret = _letter(1, _paper("03", secrecy="toi_mat", paragraphs=(f"Nội dung {DEEP}.",)), CANARY)
    office.send(box, secret)
    office.take_in()
    assert len(office.rows(Incoming.id)) == 1 and _leaks(office), "intake did not read so far"
    with office.watching():
        wait_until(lambda: len(office.rows(HeldLetter.id)) == 1, seconds=LONG)
        wait_until(lambda: _leaks(office) == {})
        assert office.rows(HeldLetter.reason, HeldLetter.size) == [("secret_found_later", len(secret))]
        assert _found(office, DEEP, clerk) == _found(office, "thực hiện nhiệm vụ", clerk) == []
        assert office.rows(FileText.sha256) == []
        office.send(box, secret)  # and it does not come in by another way
        wait_until(lambda: len(office.rows(Exclusion.id)) == 1)
        _let_in(office, custodian)
        wait_until(lambda: _found(office, DEEP, clerk) == [2], seconds=LONG)
    assert office.rows(Incoming.id, Incoming.removed_by) == [(1, None), (2, None)]
    assert len(office.rows(Message.id)) == 2 and len(office.rows(SearchRow.incoming_id)) == 2
    with office.database.reading() as session:
        done = sa.select(events.Event.act).where(events.Event.actor_id.is_(None)).order_by(events.Event.id)
        assert {"content_removed", "held"} <= set(session.scalars(done))
        assert verify.verify(session, office.store, office.settings.sealed_folder).faults == []


def _let_in(office: Office, custodian: int) -> None:
    """It was a false alarm: the custodian brings it back, and it is not taken out again."""
    with office.database.writing() as session:
        letter = session.scalars(sa.select(HeldLetter)).one()
        held.release_held(session, letter, by=session.get_one(User, custodian), at=AT)
