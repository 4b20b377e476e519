"""What is read of a scan behind the letters comes into its drafts, where nobody has said anything else."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from core.evidence import Evidence, Source
from core.files import StoredFile
from core.incoming import drafts, registration
from core.incoming.drafts import DraftFile
from core.incoming.filling import fill_drafts
from core.incoming.tables import FileRole, Incoming
from core.listings import history
from core.people import User

AT = datetime(2026, 6, 4, 2, 30, tzinfo=UTC)
SCAN = "a" * 64
READ = {
    "event_at": Evidence("2026-06-12T14:00", 0.8, Source.OCR, SCAN, 1, (0.1, 0.2, 0.3, 0.4)),
    "event_place": Evidence("Hội trường A", 0.8, Source.OCR, SCAN, 1), "subject": Evidence("khác", 0.8, Source.OCR),
    "silence": Evidence("quá hạn coi như đồng ý", 0.8, Source.OCR, SCAN, 2),
}  # fmt: skip


def with_scan(office: Any, role: FileRole = FileRole.MAIN) -> int:
    draft_id: int = office.draft()
    with office.database.writing() as session:
        if session.get(StoredFile, SCAN) is None:
            session.add(StoredFile(sha256=SCAN, size=1, media_type="application/pdf", stored_at=AT))
            session.flush()
        drafts.add_files(session, draft_id, [DraftFile("quet.pdf", SCAN, "application/pdf", 1, role)])
    return draft_id


def take(office: Any) -> None:
    with office.database.writing() as session:
        fill_drafts(session, SCAN, READ, at=AT)


def test_blank_fields_are_filled_once_and_told(office: Any) -> None:
    draft, annexed = with_scan(office), with_scan(office, FileRole.ANNEX)
    take(office)
    take(office)
    with office.database.reading() as session:
        document = session.get_one(Incoming, draft)
        assert (document.event_at, document.event_place, document.version) == ("2026-06-12T14:00", "Hội trường A", 2)
        assert document.subject == "góp ý dự thảo quy chế chuyển đổi số", "what was proposed before stays"
        assert document.proposed["silence"]["value"] == "quá hạn coi như đồng ý"
        assert [step.what for step in history.steps(session, draft)] == ["Đọc xong bản quét, thêm giờ họp, nơi họp"]
        assert session.get_one(Incoming, annexed).version == 1


def test_a_list_of_which_intake_had_read_the_beginning_is_completed(office: Any) -> None:
    draft = with_scan(office)
    for place in ("Hội trường", "Hội trường A"):
        with office.database.writing() as session:
            read = {"event_place": Evidence(place, 0.8, Source.OCR, SCAN, 1)}
            fill_drafts(session, SCAN, read, at=AT)
    with office.database.reading() as session:
        assert session.get_one(Incoming, draft).event_place == "Hội trường A"


def test_a_value_that_a_clerk_has_cleared_stays_cleared(office: Any) -> None:
    draft = with_scan(office)
    take(office)
    with office.database.writing() as session:
        clerk, document = session.get_one(User, office.clerk_id), session.get_one(Incoming, draft)
        drafts.amend(session, document, {"event_place": ""}, version=document.version, by=clerk, at=AT)
        fill_drafts(session, SCAN, {"event_place": Evidence("Hội trường B", 0.8, Source.OCR, SCAN, 1)}, at=AT)
    with office.database.reading() as session:
        assert session.get_one(Incoming, draft).event_place == ""


def test_what_a_clerk_has_typed_or_entered_stays(office: Any) -> None:
    typed, entered = with_scan(office), with_scan(office)
    with office.database.writing() as session:
        clerk = session.get_one(User, office.clerk_id)
        form = {"event_at": "13/06/2026 08:00"}
        drafts.amend(session, session.get_one(Incoming, typed), form, version=1, by=clerk, at=AT)
        registration.register(session, session.get_one(Incoming, entered), by=clerk, at=AT)
    take(office)
    with office.database.reading() as session:
        told = [step.what for step in history.steps(session, typed)]
        assert told == ["Sửa giờ họp", "Đọc xong bản quét, thêm nơi họp"], "and is not said to be the program's"
        found = session.execute(sa.select(Incoming.event_at).order_by(Incoming.id)).scalars().all()
        assert found == ["2026-06-13T08:00", ""]
