"""What comes back to the outbox, what people decide, and what a restore and a removal leave of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from outbox_desk import Desk, message

from core import removal
from core.deliveries import claiming, pausing, queueing, reports
from core.deliveries.claiming import Said
from core.deliveries.queueing import Attachment
from core.deliveries.tables import Delivery, State
from core.errors import NotAllowed, Permanent, WrongState
from core.events import Event
from core.files import StoredFile
from core.incoming.tables import Incoming
from core.people import Role, User, UserRole
from core.removal import Basis

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ended(desk: Desk, note: Any, **values: Any) -> Delivery:
    """A delivery that was tried once."""
    desk.queue(message(**values))
    delivery = desk.claim()
    assert delivery
    desk.note(claiming.hand_over, delivery)
    desk.note(note, delivery, Said("lời máy chủ"))
    return delivery


def told(desk: Desk, message_id: str | None, action: str, words: str = "550 no such user", to: str = "") -> list[Any]:
    with desk.database.writing() as session:
        to = to or "vanthu@lamdong.example"
        return reports.take_report(session, message_id, to, action, "5.1.1", words, at=MORNING + HOUR)


def test_a_bounce_moves_what_was_sent_to_what_could_not_be_sent_and_counts_once(desk: Desk) -> None:
    sent = ended(desk, claiming.note_sent)
    assert [fact.act for fact in told(desk, sent.message_id, "failed")] == ["delivery_reported"]
    assert told(desk, sent.message_id, "failed") == []
    row = desk.get(sent.id)
    assert (row.state, row.said) == (State.FAILED, "550 no such user")
    assert [step[0] for step in desk.steps(sent.id)] == ["queued", "sent", "report_failed"]


def test_a_forged_report_is_not_believed(desk: Desk) -> None:
    sent = ended(desk, claiming.note_sent)
    assert sent.message_id
    digit = sent.message_id[-14]
    other = sent.message_id[:-14] + ("e" if digit == "f" else "f") + sent.message_id[-13:]
    moved = sent.message_id.replace("so.", "xa.")
    forged = [other, moved, sent.message_id.replace(".", ".0", 1), f"<{sent.id}@so.example>", None, ""]
    assert [told(desk, one, "failed") for one in forged] == [[]] * len(forged)
    assert desk.get(sent.id).state == State.SENT


def test_a_proof_of_arrival_settles_what_was_uncertain_and_stops_a_second_copy(desk: Desk) -> None:
    unsure = ended(desk, claiming.note_uncertain)
    told(desk, unsure.message_id, "delivered", "250 ok")
    row = desk.get(unsure.id)
    assert (row.state, row.delivered_at) == (State.SENT, MORNING + HOUR)
    again = ended(desk, claiming.note_uncertain)
    desk.act(queueing.decide, again.id, State.WAITING)
    told(desk, again.message_id, "displayed", "")
    assert desk.get(again.id).state == State.SENT and desk.claim() is None
    assert desk.get(again.id).displayed_at == MORNING + HOUR


def test_a_report_of_another_address_says_which(desk: Desk) -> None:
    sent = ended(desk, claiming.note_sent)
    told(desk, sent.message_id, "delayed", "451 later", "other@lamdong.example")
    assert desk.steps(sent.id)[-1] == ("report_delayed", "", "5.1.1", "other@lamdong.example: 451 later")
    assert desk.get(sent.id).state == State.SENT


def test_a_person_decides_what_becomes_of_an_uncertain_delivery_once(desk: Desk) -> None:
    first, second = ended(desk, claiming.note_uncertain), ended(desk, claiming.note_uncertain)
    desk.act(queueing.decide, first.id, State.SENT)
    desk.act(queueing.decide, second.id, State.WAITING)
    for one in (first, second):
        with pytest.raises(WrongState):
            desk.act(queueing.decide, one.id, State.WAITING)
    again = desk.claim()
    assert again and again.id == second.id and again.message_id == second.message_id and again.tries == 1
    assert desk.get(first.id).state == State.SENT and desk.claim() is None


def test_a_corrected_address_makes_a_new_delivery_that_says_so(desk: Desk) -> None:
    failed = ended(desk, claiming.note_failed, urgency="khan", in_reply_to="<a@b>", references=["<a@b>"])
    with pytest.raises(Permanent):
        desk.act(queueing.resend, failed.id, "không phải địa chỉ")
    made = desk.act(queueing.resend, failed.id, " vanthu2@lamdong.example ").id
    row = desk.get(made)
    assert (row.corrects_id, row.recipient_address, row.rank) == (failed.id, "vanthu2@lamdong.example", 2)
    assert (row.in_reply_to, row.reference_ids, row.subject) == ("<a@b>", ["<a@b>"], failed.subject)
    assert desk.get(failed.id).state == State.CANCELLED
    assert desk.steps(failed.id)[-1] == ("corrected", "", "", "vanthu2@lamdong.example")
    claimed = desk.claim()
    assert claimed and claimed.id == made and claimed.message_id != failed.message_id


def test_only_a_clerk_runs_the_outbox(desk: Desk) -> None:
    failed = ended(desk, claiming.note_failed)
    with desk.database.writing() as session:
        leader = session.scalars(sa.select(User.id).join(UserRole).where(UserRole.role == Role.LEADER)).one()
    for act, words in (
        (queueing.decide, (failed.id, State.WAITING)), (queueing.cancel, (failed.id,)),
        (queueing.resend, (failed.id, "a@b.vn")), (queueing.acknowledge, (failed.id, "gọi điện")),
        (pausing.pause, ("bảo trì",)), (pausing.resume, ()),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            desk.act(act, *words, by=leader)


def test_what_is_cancelled_is_not_sent_and_what_is_sent_cannot_be_cancelled(desk: Desk) -> None:
    waiting = desk.queue(message())
    desk.act(queueing.cancel, waiting)
    assert desk.claim() is None
    sent = ended(desk, claiming.note_sent)
    with pytest.raises(WrongState):
        desk.act(queueing.cancel, sent.id)


def test_after_a_restore_everything_unfinished_is_uncertain_and_waits_for_a_person(desk: Desk) -> None:
    sent, failed = ended(desk, claiming.note_sent), ended(desk, claiming.note_failed)
    sending = desk.queue(message())
    assert desk.claim()
    waiting = desk.queue(message())
    with desk.database.writing() as session:
        assert pausing.begin_after_restore(session, at=MORNING) == 2
    states = [desk.get(one).state for one in (sent.id, failed.id, sending, waiting)]
    assert states == [State.SENT, State.FAILED, State.UNCERTAIN, State.UNCERTAIN]
    fresh = desk.queue(message())
    assert desk.claim() is None, "nothing leaves before a person has looked"
    desk.act(pausing.resume)
    claimed = desk.claim()
    assert claimed and claimed.id == fresh and desk.claim() is None


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b.vn", "a b@c.vn", "a@b.vn\r\nRCPT TO:<x@y.vn>", "a@b.vn>", "a..b@c.vn", "a@-b.vn", "<a@b.vn>",
     "a@b.vn, c@d.vn", "x" * 65 + "@b.vn", "a@" + "b" * 64 + ".vn", "a@b.vn\0"],
)  # fmt: skip
def test_what_is_no_address_is_refused(desk: Desk, address: str) -> None:
    with pytest.raises(Permanent, match="không đúng dạng"):
        desk.queue(message(recipient_address=address))


def test_a_removed_document_leaves_nothing_in_the_outbox(desk: Desk, office: Any) -> None:
    document = office.draft()
    sha256, shared = "a" * 64, "b" * 64
    with desk.database.writing() as session:
        for one in (sha256, shared):
            session.add(StoredFile(sha256=one, size=1, media_type="application/pdf", stored_at=MORNING))
    file, other = Attachment("mật.pdf", sha256, "application/pdf"), Attachment("chung.pdf", shared, "application/pdf")
    sent = ended(desk, claiming.note_sent, incoming_id=document, files=[file, other], body="lời mật")
    waiting = desk.queue(message(incoming_id=document, files=[file]))
    elsewhere = desk.queue(message(files=[other], incoming_id=office.draft()))
    with desk.database.writing() as session:
        found = session.get_one(Incoming, document)
        gone = removal.remove_content(session, found, Basis.SECRET, "phát hiện mật", by=None, at=MORNING)
    assert gone == [sha256], "the other file still goes with another delivery"
    row = desk.get(sent.id)
    assert (row.state, row.subject, row.body, row.files, row.said) == (State.SENT, "(nội dung đã gỡ)", "", [], "")
    assert desk.get(waiting).state == State.CANCELLED and desk.get(elsewhere).state == State.WAITING
    assert {step[3] for step in desk.steps(sent.id)} == {""}
    with pytest.raises(WrongState, match="đã gỡ"):
        desk.act(queueing.resend, sent.id, "a@b.vn")


def test_what_is_removed_while_it_is_being_sent_is_not_tried_again(desk: Desk, office: Any) -> None:
    document = office.draft()
    desk.queue(message(incoming_id=document))
    delivery = desk.claim()
    with desk.database.writing() as session:
        found = session.get_one(Incoming, document)
        removal.remove_content(session, found, Basis.SECRET, "phát hiện mật", by=None, at=MORNING)
    assert delivery
    desk.note(claiming.note_deferred, delivery, Said("451 bận"), try_at=MORNING)
    assert desk.get(delivery.id).state == State.CANCELLED


def test_events_of_the_outbox_quote_no_message(desk: Desk) -> None:
    failed = ended(desk, claiming.note_failed, subject="trích yếu riêng", body="lời riêng")
    desk.act(queueing.resend, failed.id, "a@b.vn")
    with desk.database.reading() as session:
        payloads = str(list(session.scalars(sa.select(Event.payload).where(Event.subject_kind == "delivery"))))
    assert "riêng" not in payloads and "@" not in payloads
