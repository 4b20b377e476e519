"""The address book grows with what is entered, and shrinks with what is voided or removed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from agency_letters import HOME, MORNING, PROVINCE, SENDER, MailRoom

from core import people, removal
from core.agencies import book, senders
from core.agencies.tables import Agency, AgencyAddress, AgencyCode, AgencyName, AgencySighting, Sort
from core.events import Event
from core.incoming.tables import Incoming
from core.people import Role
from core.removal import Basis


@pytest.fixture
def room(office: Any) -> MailRoom:
    return MailRoom(office)


def test_an_entry_brings_its_issuer_with_code_and_address(room: MailRoom) -> None:
    room.enters()
    room.enters()
    assert room.agencies() == [HOME]
    assert room.said() == ({HOME: 2}, {"SNV": 2}, {SENDER: 2})
    with room.office.database.reading() as session:
        agency = session.scalars(sa.select(Agency)).one()
        assert (agency.parent_name, agency.is_checked, agency.made_by) == (PROVINCE, False, room.office.clerk_id)
        acts = session.scalars(sa.select(Event.act).where(Event.subject_kind == "agency")).all()
        assert acts == ["agency_seen"]


def test_one_agency_written_otherwise_is_one(room: MailRoom) -> None:
    room.enters()
    room.enters(issuer="SỞ NỘI VỤ", parent_issuer="UBND tỉnh Mẫu")
    room.enters(issuer="So Noi vu", parent_issuer="")
    room.enters(issuer="Sở Khoa học và Công nghệ", sender="skhcn@mau.gov.vn")
    room.enters(issuer="Sở KH&CN", sender="skhcn@mau.gov.vn")
    assert room.agencies() == [HOME, "Sở Khoa học và Công nghệ"]


def test_places_that_differ_by_a_mark_are_two_agencies(room: MailRoom) -> None:
    room.enters(issuer="UBND xã Tân Hòa", sender="tanhoa1@mau.gov.vn")
    room.enters(issuer="UBND xã Tân Hoà", sender="tanhoa1@mau.gov.vn")
    room.enters(issuer="UBND xã Tân Hóa", sender="tanhoa2@mau.gov.vn")
    assert room.agencies() == ["UBND xã Tân Hòa", "UBND xã Tân Hóa"]


def test_a_name_that_may_be_anothers_is_told_by_the_address_or_not_counted(room: MailRoom) -> None:
    room.enters(parent_issuer="UBND tỉnh Mẫu")
    room.enters(parent_issuer="UBND tỉnh Khác", sender="snv@khac.gov.vn")
    assert room.agencies() == [HOME, HOME]
    room.enters(parent_issuer="", sender="snv@khac.gov.vn")
    room.enters(parent_issuer="", sender="ai@dau.gov.vn")
    assert room.agencies() == [HOME, HOME]
    assert room.said()[2] == {SENDER: 1, "snv@khac.gov.vn": 2}


def test_the_identification_code_of_a_package_is_kept(room: MailRoom) -> None:
    draft_id = room.arrives()
    with room.office.database.writing() as session:
        session.get_one(Incoming, draft_id).exchange_id = "H36.09,2026/06/03,1/SNV-VP"
    room.enter(draft_id)
    with room.office.database.reading() as session:
        codes = session.execute(sa.select(AgencyCode.sort, AgencyCode.code).order_by(AgencyCode.id)).all()
    assert codes == [(Sort.SIGNS, "SNV"), (Sort.EXCHANGE, "H36.09")]


def test_a_voided_entry_takes_back_what_it_said(room: MailRoom) -> None:
    first = room.enters(issuer="Sở Nội vụ tỉnh Mẫu")
    second = room.enters(issuer="Sở Nội vụ Mẫu", code="5/VP")
    assert room.said()[0] == {"Sở Nội vụ tỉnh Mẫu": 1, "Sở Nội vụ Mẫu": 1}
    room.void(first)
    assert room.said() == ({"Sở Nội vụ Mẫu": 1}, {"VP": 1}, {SENDER: 1})
    assert room.agencies() == ["Sở Nội vụ Mẫu"], "it is called as the letters that are left call it"
    room.void(second)
    assert room.agencies() == [] and room.said() == ({}, {}, {})


def test_what_a_person_looked_at_stays_when_its_letter_goes(room: MailRoom) -> None:
    entry = room.enters()
    with room.office.database.writing() as session:
        book.check(session, session.scalars(sa.select(Agency)).one(), by=room.clerk(session), at=MORNING)
    room.void(entry)
    assert room.said() == ({HOME: 0}, {}, {})


def test_removed_content_leaves_nothing_in_the_book(room: MailRoom) -> None:
    room.enters(sender="khac@mau.gov.vn")
    secret = room.enters(issuer="Sở Nội vụ Mật", sender="mat@mau.gov.vn", code="9/MAT")
    with room.office.database.writing() as session:
        custodian = people.add(session, "kha", "Hồ Minh Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        document = session.get_one(Incoming, secret)
        removal.remove_content(session, document, Basis.SECRET, "Phát hiện sau", by=custodian, at=MORNING)
    assert room.agencies() == [HOME]
    with room.office.database.reading() as session:
        for kind in (AgencyName, AgencyCode, AgencyAddress, AgencySighting):
            assert session.scalar(sa.select(sa.func.count()).select_from(kind)) == 1


def test_what_was_taken_out_is_not_brought_back_by_letters(room: MailRoom) -> None:
    room.enters()
    with room.office.database.writing() as session:
        row = session.scalars(sa.select(AgencyAddress)).one()
        row.removed_at = MORNING
    room.enters()
    with room.office.database.reading() as session:
        assert session.scalars(sa.select(AgencyAddress.removed_at)).one() is not None


def test_two_clerks_enter_letters_of_one_new_agency_at_once_and_it_is_one(room: MailRoom) -> None:
    drafts = [room.arrives() for _ in range(4)]
    barrier = Barrier(len(drafts))

    def enter(draft_id: int) -> None:
        barrier.wait(10)
        room.enter(draft_id)

    with ThreadPoolExecutor(len(drafts)) as pool:
        list(pool.map(enter, drafts))
    assert room.agencies() == [HOME]
    assert room.said() == ({HOME: 4}, {"SNV": 4}, {SENDER: 4})


def test_an_agency_whose_only_letter_is_voided_while_another_is_entered_is_there(room: MailRoom) -> None:
    for _ in range(8):
        entry, draft = room.enters(), room.arrives()
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(room.void, entry), pool.submit(room.enter, draft)]
            assert [one.result() for one in done] == [None, None]
        assert room.said() == ({HOME: 1}, {"SNV": 1}, {SENDER: 1})
        room.void(draft)


def test_an_address_that_pretends_to_be_another_is_not_learned(room: MailRoom) -> None:
    for _ in range(3):
        room.enter(room.arrives("vanthu@snv-mau.example", notes=("domain_lookalike:vanthu@snv-mau.example",)))
    with room.office.database.reading() as session:
        assert senders.writers(session, "vanthu@snv-mau.example").owner is None
