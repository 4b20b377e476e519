"""Whether two names mean one agency, when the address book has them."""

from typing import Any

import pytest
import sqlalchemy as sa
from agency_letters import HOME, MORNING, PROVINCE, MailRoom

from core.agencies import book, said
from core.agencies.names import Relation, relation
from core.agencies.tables import Agency
from core.incoming import duplicates
from core.incoming.duplicates import Match
from core.incoming.likeness import Likeness
from core.incoming.tables import Incoming


@pytest.fixture
def room(office: Any) -> MailRoom:
    return MailRoom(office)


def alias(room: MailRoom, agency_id: int, name: str) -> None:
    with room.office.database.writing() as session:
        said.add_name(session, session.get_one(Agency, agency_id), name, "", by=room.clerk(session), at=MORNING)


def likes(room: MailRoom, draft_id: int) -> list[Match]:
    with room.office.database.reading() as session:
        return duplicates.find(session, room.clerk(session), session.get_one(Incoming, draft_id))


def suspected(room: MailRoom, draft_id: int) -> bool:
    with room.office.database.reading() as session:
        return draft_id in duplicates.suspected(session, [draft_id])


def test_two_places_that_differ_by_a_mark_are_two_once_both_are_known(room: MailRoom) -> None:
    pair = "UBND xã Tân Hòa", "UBND xã Tân Hóa"
    assert relation(pair[0], "", pair[1], "") is Relation.SAME, "by names alone they are one"
    assert room.relation(*pair) == "SAME"
    room.puts(pair[0])
    assert room.relation(*pair) == "SAME", "the other may be a slip"
    room.puts(pair[1])
    assert room.relation(*pair) == "OTHER"
    assert room.relation("UBND xã Tân Hoà", pair[0]) == "SAME"
    assert room.relation("UBND xa Tan Hoa", pair[0]) == "UNKNOWN", "without marks it may be either"


def test_letters_alone_make_no_second_agency(room: MailRoom) -> None:
    room.puts("UBND xã Tân Hòa")
    for _ in range(3):
        room.enters(issuer="UBND xã Tân Hóa", parent_issuer="")
        assert room.relation("UBND xã Tân Hòa", "UBND xã Tân Hóa") == "SAME"


def test_two_aliases_of_one_agency_are_the_same(room: MailRoom) -> None:
    one = room.puts("Trung tâm Chuyển đổi số")
    assert room.relation("Trung tâm Chuyển đổi số", "TT Tin học") != "SAME"
    alias(room, one, "TT Tin học")
    assert room.relation("Trung tâm Chuyển đổi số", "TT Tin học") == "SAME"


def test_of_predecessor_and_successor_nothing_is_said(room: MailRoom) -> None:
    old, new = room.puts("UBND tỉnh Đắk Nông"), room.puts("UBND tỉnh Lâm Đồng")
    assert room.relation("UBND tỉnh Đắk Nông", "UBND tỉnh Lâm Đồng") == "OTHER"
    with room.office.database.writing() as session:
        book.succeed(session, old, new, MORNING.date())
    assert room.relation("UBND tỉnh Đắk Nông", "UBND tỉnh Lâm Đồng") == "UNKNOWN"


def test_the_parent_tells_agencies_of_one_name_apart(room: MailRoom) -> None:
    one, other = room.puts(HOME, "UBND tỉnh Mẫu"), room.puts(HOME, "UBND tỉnh Khác")
    assert room.known(HOME, PROVINCE).ids == {one} and room.known(HOME, "UBND tỉnh Khác").ids == {other}
    assert room.known(HOME).ids == {one, other}


def test_a_draft_is_no_double_of_the_other_commune_s(room: MailRoom) -> None:
    first, second = "UBND xã Tân Hòa", "UBND xã Tân Hóa"
    room.enters(issuer=first, parent_issuer="", code="7/UBND-VP")
    draft = room.arrives(issuer=second, parent_issuer="", code="7/UBND-VP", sender="b@mau.gov.vn")
    with room.office.database.writing() as session:
        session.get_one(Incoming, draft).issuer = second
    assert [one.likeness for one in likes(room, draft)] == [Likeness.SAME] and suspected(room, draft)
    room.puts(first)
    room.puts(second)
    assert likes(room, draft) == [] and not suspected(room, draft)


def test_a_draft_under_another_name_of_the_agency_is_its_double(room: MailRoom) -> None:
    room.enters(issuer="UBND xã Mới", parent_issuer="", code="7/UBND-VP")
    draft = room.arrives(issuer="UBND xã Đặt Tên", parent_issuer="", code="7/UBND-VP", sender="b@mau.gov.vn")
    assert likes(room, draft) == []
    with room.office.database.reading() as session:
        one = session.scalars(sa.select(Agency.id)).one()
    alias(room, one, "UBND xã Đặt Tên")
    assert [match.likeness for match in likes(room, draft)] == [Likeness.SAME] and suspected(room, draft)


def test_a_name_read_with_doubt_is_not_held_against_it(room: MailRoom) -> None:
    first, second = "UBND xã Tân Hòa", "UBND xã Tân Hóa"
    room.puts(first)
    room.puts(second)
    room.enters(issuer=first, parent_issuer="", code="7/UBND-VP")
    draft = room.arrives(issuer=second, parent_issuer="", code="7/UBND-VP", sender="b@mau.gov.vn", unsure=("issuer",))
    assert [one.likeness for one in likes(room, draft)] == [Likeness.SAME]
