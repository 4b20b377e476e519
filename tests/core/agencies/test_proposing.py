"""What the address book makes of a new letter: its issuer where the document does not say it, and of its sender."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from agency_letters import HOME, MORNING, PROVINCE, SENDER, MailRoom

from core.agencies import said
from core.agencies.tables import Agency, Sort
from core.evidence import Source
from core.incoming import registration
from core.incoming.tables import Incoming
from core.learning.tables import Lesson


@pytest.fixture
def room(office: Any) -> MailRoom:
    return MailRoom(office)


def says(room: MailRoom, name: str, work: Any, *args: Any, parent: str = PROVINCE) -> int:
    """The clerk puts an agency into the book and says one thing of it."""
    one = room.puts(name, parent)
    with room.office.database.writing() as session:
        work(session, session.get_one(Agency, one), *args, by=room.clerk(session), at=MORNING)
    return one


def forget_lessons(room: MailRoom) -> None:
    with room.office.database.writing() as session:
        session.execute(sa.delete(Lesson))


def test_an_issuer_that_was_not_read_is_the_one_whose_address_it_is(room: MailRoom) -> None:
    says(room, HOME, said.add_address, SENDER, ())
    draft = room.arrives(issuer="", parent_issuer="")
    proposed, parent = room.proposed(draft), room.proposed(draft, "parent_issuer")
    assert proposed is not None and parent is not None
    assert (proposed.value, proposed.source, parent.value) == (HOME, Source.AGENCY, PROVINCE)
    assert proposed.text == f"không đọc được; theo danh bạ, {SENDER} là địa chỉ của «{HOME}»"
    with room.office.database.reading() as session:
        assert {"issuer", "parent_issuer"} <= registration.unsure_fields(session.get_one(Incoming, draft))


def test_what_stands_clearly_in_the_document_stays(room: MailRoom) -> None:
    says(room, HOME, said.add_address, SENDER, ())
    proposed = room.proposed(room.arrives(issuer="Sở Tư pháp"))
    assert proposed is not None and (proposed.value, proposed.source) == ("Sở Tư pháp", Source.OCR)
    proposed = room.proposed(room.arrives(issuer="Sở Nội vu"))
    assert proposed is not None and (proposed.value, proposed.source) == ("Sở Nội vu", Source.OCR)


def test_an_unsure_name_that_the_sender_bears_out_is_taken_more_surely(room: MailRoom) -> None:
    says(room, HOME, said.add_address, SENDER, ())
    agreed = room.proposed(room.arrives(issuer="SỞ NỘI VỤ", unsure=("issuer",)))
    assert agreed is not None and (agreed.value, agreed.as_read) == (HOME, "SỞ NỘI VỤ")
    assert agreed.confidence >= registration.UNSURE_BELOW and agreed.text.startswith("đọc được «SỞ NỘI VỤ», khớp")
    misread = room.proposed(room.arrives(issuer="Sở Nội vu tỉnh Mẫu", unsure=("issuer",)))
    assert misread is not None and misread.confidence < registration.UNSURE_BELOW
    assert misread.value == HOME and "danh bạ có" in misread.text
    other = room.proposed(room.arrives(issuer="UBND xã Khác", unsure=("issuer",)))
    assert other is not None and other.source is Source.OCR, "another agency's letter, sent on"


def test_marks_lost_by_a_reader_are_put_back_where_one_agency_bears_the_name(room: MailRoom) -> None:
    room.puts("UBND xã Tân Hòa")
    read = room.proposed(room.arrives(issuer="UBND xã Tân Hoa", parent_issuer="", unsure=("issuer",), sender=""))
    assert read is not None and (read.value, read.source) == ("UBND xã Tân Hòa", Source.AGENCY)
    room.puts("UBND xã Tân Hóa")
    read = room.proposed(room.arrives(issuer="UBND xã Tân Hoa", parent_issuer="", unsure=("issuer",), sender=""))
    assert read is not None and read.source is Source.OCR


def test_a_sender_seen_once_or_shared_proposes_nothing(room: MailRoom) -> None:
    room.enters()
    forget_lessons(room)
    assert room.proposed(room.arrives(issuer="", code="")) is None
    room.enters()
    forget_lessons(room)
    assert room.proposed(room.arrives(issuer="", code="")) is not None
    room.enters(issuer="Sở Tư pháp", code="1/STP")
    forget_lessons(room)
    assert room.proposed(room.arrives(issuer="", code="")) is None, "two of three are not most"


def test_a_code_of_another_agency_speaks_against_the_sender(room: MailRoom) -> None:
    one = says(room, HOME, said.add_address, SENDER, ())
    with room.office.database.writing() as session:
        agency = session.get_one(Agency, one)
        said.add_code(session, agency, Sort.SIGNS, "SNV", (None, None), by=room.clerk(session), at=MORNING)
    assert room.proposed(room.arrives(issuer="", code="12/QĐ-SNV")) is not None
    assert room.proposed(room.arrives(issuer="", code="12/QĐ-STP")) is None


def test_a_code_that_one_agency_has_names_it_faintly(room: MailRoom) -> None:
    says(room, HOME, said.add_code, Sort.SIGNS, "SNV", (date(2025, 3, 1), None))
    proposed = room.proposed(room.arrives(issuer="", code="12/SNV-VP", sender=""))
    assert proposed is not None and (proposed.value, proposed.confidence) == (HOME, 0.5)
    says(room, HOME, said.add_code, Sort.SIGNS, "SNV", (None, None), parent="UBND tỉnh Khác")
    assert room.proposed(room.arrives(issuer="", code="12/SNV-VP", sender="")) is None


def test_a_domain_is_proof_only_while_nobody_else_writes_there(room: MailRoom) -> None:
    says(room, HOME, said.add_address, "@snv.mau.gov.vn", ())
    assert room.proposed(room.arrives("ai@snv.mau.gov.vn", issuer="", code="")) is not None
    assert room.proposed(room.arrives("ai@phong.snv.mau.gov.vn", issuer="", code="")) is not None
    assert room.proposed(room.arrives("ai@mau.gov.vn", issuer="", code="")) is None
    says(room, "Sở Tư pháp", said.add_address, "stp@snv.mau.gov.vn", ())
    assert room.proposed(room.arrives("ai@snv.mau.gov.vn", issuer="", code="")) is None


def test_a_lesson_does_not_take_one_agency_for_another(room: MailRoom) -> None:
    for _ in range(2):
        room.enters(issuer="UBND xã Tân Hòa", parent_issuer="")
    changed = room.proposed(room.arrives(issuer="UBND xã Tân Hóa", parent_issuer=""))
    assert changed is not None and changed.value == "UBND xã Tân Hòa", "lessons don't hear marks"
    room.puts("UBND xã Tân Hóa")
    kept = room.proposed(room.arrives(issuer="UBND xã Tân Hóa", parent_issuer=""))
    assert kept is not None and (kept.value, kept.source) == ("UBND xã Tân Hóa", Source.OCR)


def test_the_address_of_another_agency_is_said_aloud_until_it_is_habit(room: MailRoom) -> None:
    says(room, HOME, said.add_address, SENDER, ())
    room.puts("Sở Tư pháp", PROVINCE)
    draft = room.arrives(issuer="Sở Tư pháp")
    assert room.notes(draft) == [f"sender_of_other:{SENDER} ({HOME})"]
    assert room.notes(room.arrives()) == [], "its own"
    assert room.notes(room.arrives(issuer="Sở chưa ai biết")) == []
    assert room.notes(room.arrives(issuer="Sở Tư pháp", sender="khac@mau.gov.vn")) == []
    room.enter(draft)
    assert room.notes(room.arrives(issuer="Sở Tư pháp")) == []


def test_a_private_mailbox_that_is_known_to_be_the_agency_s_is_not_spoken_of(room: MailRoom) -> None:
    private = "sonoivu.mau@gmail.com"
    notes = (f"sender_private:{private}", f"name_pretends:{private}")
    assert room.notes(room.arrives(private, notes=notes)) == list(notes)
    says(room, HOME, said.add_address, private, ("gmail.com",))
    assert room.notes(room.arrives(private, notes=notes)) == [notes[1]]
    assert len(room.notes(room.arrives(private, notes=notes, issuer="Sở Tư pháp"))) == 2
