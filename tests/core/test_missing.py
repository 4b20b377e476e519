"""A letter that brought links: no number before its file has come, or a clerk has said why it needs none."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import events, files, requests
from core.errors import NotAllowed, Permanent, WrongState
from core.evidence import Evidence, Source
from core.files import Content
from core.incoming import drafts, grouping, missing, registration
from core.incoming.drafts import DraftFile
from core.incoming.links import NO_FILE, host_of, link_note
from core.incoming.tables import FileRole, Incoming
from core.letters import IntakeRequest
from core.listings import history
from core.people import User
from core.requests import Attached

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
LINK = link_note("https://drive.google.com/file/d/x/view")


def linked(office: Any) -> int:
    draft_id: int = office.draft()
    with office.database.writing() as session:
        session.get_one(Incoming, draft_id).notes = [NO_FILE, LINK, "number_blank"]
    return draft_id


def give(office: Any, draft_id: int, name: str = "12.pdf", **read: str) -> None:
    """What intake does with a file that was dropped on the draft."""
    file = DraftFile(name, "a" * 64, "application/pdf", 1, FileRole.ANNEX)
    evidence = {key: Evidence(value, 0.95, Source.TEXT, file.sha256) for key, value in read.items()}
    with office.database.writing() as session:
        files.note_stored(session, [Content(Path(), file.sha256, 1, file.media_type)], at=MORNING)
        asked = IntakeRequest(kind="attached", name="", spool_name=name, asked_by=office.clerk_id, asked_at=MORNING)
        session.add(asked)
        session.flush()
        assert requests.attach(session, asked.id, Attached(draft_id, [file], evidence), at=MORNING)


def register(office: Any, draft_id: int) -> int:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        return registration.register(session, document, by=clerk, at=MORNING)


def waive(office: Any, draft_id: int, reason: str, by: int | None = None) -> None:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, by or office.clerk_id)
        missing.waive(session, document, reason, by=clerk, at=MORNING)


def notes(office: Any, draft_id: int) -> list[Any]:
    with office.database.reading() as session:
        return list(session.get_one(Incoming, draft_id).notes)


def test_no_number_before_the_file_is_there_and_then_it_is_the_main_one(office: Any) -> None:
    draft_id = linked(office)
    with pytest.raises(Permanent, match="Chưa có tệp: thư chỉ gửi liên kết"):
        register(office, draft_id)
    give(office, draft_id)
    assert notes(office, draft_id) == [LINK, "number_blank"]
    with office.database.reading() as session:
        assert [file.role for file in session.get_one(Incoming, draft_id).files] == [FileRole.MAIN]
    assert register(office, draft_id) == 1


def test_what_is_read_of_the_file_stands_where_nobody_has_written(office: Any) -> None:
    draft_id = linked(office)
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        form = {"subject": "chị Lan gõ", "kind": "", "issued_on": "02/06/2026"}
        drafts.amend(session, document, form, version=1, by=clerk, at=MORNING)
    read = {
        "code": "12/SNV-VP",
        "subject": "trên văn bản",
        "kind": "Công văn",
        "issued_on": "2026-06-01",
        "urgency": "khan",
    }
    give(office, draft_id, **read)
    give(office, draft_id, "phụ lục.pdf", code="99/UBND-VX")
    with office.database.reading() as session:
        document = session.get_one(Incoming, draft_id)
        assert (document.code, document.code_number, document.kind) == ("12/SNV-VP", "12", "Công văn")
        assert (document.subject, f"{document.issued_on}", document.urgency) == ("chị Lan gõ", "2026-06-02", "khan")
        assert document.proposed["code"]["file"] == "a" * 64
        assert [file.role for file in document.files] == [FileRole.MAIN, FileRole.ANNEX]


def test_a_file_that_is_left_out_again_is_missing_again(office: Any) -> None:
    draft_id = linked(office)
    give(office, draft_id)
    for role, is_missing in ((FileRole.LEFT_OUT, True), (FileRole.ANNEX, False)):
        with office.database.writing() as session:
            document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
            drafts.set_file_role(session, document, 1, role, by=clerk, at=MORNING)
        assert (NO_FILE in notes(office, draft_id)) is is_missing


def test_a_file_that_is_split_off_is_missing_again(office: Any) -> None:
    draft_id = linked(office)
    give(office, draft_id)
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        drafts.set_file_role(session, document, 1, FileRole.ANNEX, by=clerk, at=MORNING)
        grouping.split(session, document, 1, by=clerk, at=MORNING)
    assert NO_FILE in notes(office, draft_id)


def test_a_draft_that_is_taken_back_without_its_files_waits_for_them(office: Any) -> None:
    linked_id, other_id = linked(office), office.draft()
    give(office, linked_id)
    with office.database.writing() as session:
        clerk, document = session.get_one(User, office.clerk_id), session.get_one(Incoming, linked_id)
        grouping.merge(session, document, session.get_one(Incoming, other_id), by=clerk, at=MORNING)
        drafts.take_back(session, document, by=clerk, at=MORNING)
    assert NO_FILE in notes(office, linked_id)


def test_what_only_accompanies_the_file_is_not_the_file(office: Any) -> None:
    draft_id = linked(office)
    with office.database.writing() as session:
        files.note_stored(session, [Content(Path(), "b" * 64, 1, "text/calendar")], at=MORNING)
        beside = DraftFile("hop.ics", "b" * 64, "text/calendar", 1, FileRole.LEFT_OUT)
        drafts.add_files(session, draft_id, [beside])
        document = session.get_one(Incoming, draft_id)
        document.notes = [*document.notes, "misaddressed:người mà tệp đã bỏ ra gửi đến"]
    give(office, draft_id, code="12/SNV-VP")
    with office.database.reading() as session:
        document = session.get_one(Incoming, draft_id)
        assert [file.role for file in document.files] == [FileRole.LEFT_OUT, FileRole.MAIN]
        assert document.proposed["code"]["value"] == "12/SNV-VP"
        assert document.notes == [LINK, "number_blank"]


def test_a_file_that_comes_after_all_ends_the_waiver(office: Any) -> None:
    draft_id = linked(office)
    waive(office, draft_id, "đã có bản giấy")
    give(office, draft_id)
    assert notes(office, draft_id) == [LINK, "number_blank"]


def test_a_clerk_does_without_the_file_and_the_journal_says_why(office: Any) -> None:
    draft_id = linked(office)
    with pytest.raises(Permanent, match="ít nhất 3 ký tự"):
        waive(office, draft_id, " x ")
    with pytest.raises(NotAllowed):
        waive(office, draft_id, "đã có bản giấy", by=office.leader_id)
    waive(office, draft_id, " đã có\n bản giấy: số 12 ")
    waive(office, draft_id, "bấm lần nữa")
    assert notes(office, draft_id) == ["no_file_waived:đã có bản giấy: số 12", LINK, "number_blank"]
    assert register(office, draft_id) == 1
    with pytest.raises(WrongState):
        waive(office, draft_id, "muộn rồi")
    with office.database.reading() as session:
        said = [(step.who, step.what) for step in history.steps(session, draft_id)]
        acts = sa.select(events.Event.act, events.Event.actor_id).where(events.Event.act == "file_waived")
        assert [tuple(row) for row in session.execute(acts)] == [("file_waived", office.clerk_id)]
    assert said[0] == ("Nguyễn Thị Lan", "Cho vào sổ không kèm tệp: đã có bản giấy: số 12")


def test_merging_brings_the_file_but_no_waiver(office: Any) -> None:
    with_file, without, waived = office.draft(), linked(office), linked(office)
    give(office, with_file)
    waive(office, waived, "đã có bản giấy")
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        grouping.merge(
            session, session.get_one(Incoming, waived), session.get_one(Incoming, without), by=clerk, at=MORNING
        )
    assert notes(office, without) == [NO_FILE, LINK, "number_blank"]
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        grouping.merge(
            session, session.get_one(Incoming, with_file), session.get_one(Incoming, without), by=clerk, at=MORNING
        )
    assert notes(office, without) == [LINK, "number_blank"]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://drive.google.com@mau.example/file", "mau.example"),
        ("https://mau.example\\@drive.google.com/file", "mau.example"),
        ("https://Drive.Google.com:443/file", "drive.google.com"),
        ("https://[half/file", ""),
        ("https://drive.google.com%2emau.example/file", "drive.google.com.mau.example"),
        ("https://drive.gооgle.com/file", "drive.xn--ggle-55da.com"),
        ("https://d\u00adrive。google.com/file", "drive.google.com"),
        ("https://faß.de/x", "xn--fa-hia.de"),
        ("https://" + "一丁".join("a" * 900) + "/x", ""),
    ],
)
def test_the_host_is_the_one_that_the_address_leads_to(address: str, host: str) -> None:
    assert host_of(address) == host
