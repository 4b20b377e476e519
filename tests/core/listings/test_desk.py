"""What the desk shows, on both databases: the order of the queue, what comes next, counters."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from core import events
from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.tables import Incoming, Origin
from core.listings import desk, history
from core.people import User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)  # a Thursday, 08:30 in the office


def lay(
    office: Any, *, hours: int = 0, uid: int = 0, notes: Sequence[str] = (), sure: float = 0.95, **values: str
) -> int:
    proposed = {name: Evidence(value, sure, Source.TEXT) for name, value in values.items()}
    new = drafts.NewDraft(Origin.MAIL, office.book_id, None, MORNING + timedelta(hours=hours), uid, proposed, (), notes)
    with office.database.writing() as session:
        return drafts.insert(session, new)


def look(office: Any, what: Any, *arguments: Any, **named: Any) -> Any:
    with office.database.reading() as session:
        return what(session, session.get_one(User, office.clerk_id), *arguments, **named)


def enter(office: Any, draft_id: int, *, minutes: int = 0) -> None:
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft_id), session.get_one(User, office.clerk_id)
        registration.register(session, document, by=clerk, at=MORNING + timedelta(minutes=minutes))


def test_the_queue_begins_with_the_most_urgent_then_follows_arrival(office: Any) -> None:
    late = lay(office, hours=2)
    second_of_one_mail_hour = lay(office, hours=1, uid=8)
    first_of_one_mail_hour = lay(office, hours=1, uid=7)
    urgent = lay(office, hours=3, urgency="khan")
    most_urgent = lay(office, hours=4, urgency="hoa_toc")
    expected = [most_urgent, urgent, first_of_one_mail_hour, second_of_one_mail_hour, late]
    assert [row.id for row in look(office, desk.queue, at=MORNING)] == expected
    walked = [look(office, desk.first)]
    for _ in expected[1:]:
        walked.append(look(office, desk.next_after, walked[-1]))
    assert walked == expected
    assert look(office, desk.next_after, late) == most_urgent  # the first one after the last


def test_nothing_comes_after_the_only_draft(office: Any) -> None:
    assert look(office, desk.next_after, lay(office)) is None
    assert look(office, desk.first) is not None


def test_a_row_counts_working_days_and_unsure_values(office: Any) -> None:
    lay(office, hours=-24 * 7, sure=0.5, code="1/UBND", kind="Công văn")
    (row,) = look(office, desk.queue, at=MORNING)
    assert (row.age_days, row.unsure, row.code) == (5, 2, "1/UBND")


def test_counters_count_all_urgent_and_noted_drafts(office: Any) -> None:
    lay(office, notes=("chưa đọc được dấu",))
    lay(office, urgency="khan")
    enter(office, office.draft())
    assert look(office, desk.counters, at=MORNING) == desk.Counters(waiting=2, urgent=1, warned=1, entered_today=1)
    assert look(office, desk.counters, at=MORNING + timedelta(days=1)).entered_today == 0


def test_a_run_ends_with_a_long_pause(office: Any) -> None:
    assert look(office, desk.last_run, at=MORNING) is None
    for minutes in (0, 30, 33, 36):
        enter(office, office.draft(), minutes=minutes)
    assert look(office, desk.last_run, at=MORNING) == desk.Run(entries=3, minutes=6)


def test_the_way_of_a_document_is_told_in_words(office: Any) -> None:
    draft = office.draft()
    with office.database.writing() as session:
        document, clerk = session.get_one(Incoming, draft), session.get_one(User, office.clerk_id)
        drafts.amend(session, document, {"subject": "góp ý", "remark": "gấp"}, version=1, by=clerk, at=MORNING)
    enter(office, draft)
    with office.database.reading() as session:
        told = [(step.who, step.what) for step in history.steps(session, draft)]
    assert told == [("Nguyễn Thị Lan", "Sửa ghi chú, trích yếu"), ("Nguyễn Thị Lan", "Vào sổ, số đến 1")]


def test_a_blanked_event_still_has_its_line(office: Any) -> None:
    draft = office.draft()
    with office.database.writing() as session:
        events.record(session, "voided", "incoming", draft, by=office.clerk_id, at=MORNING, payload=None)
    with office.database.reading() as session:
        (step,) = history.steps(session, draft)
    assert step.what == "Hủy số đến (nội dung đã xóa): (nội dung đã xóa)"
