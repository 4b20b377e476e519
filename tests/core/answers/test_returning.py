"""Trả lại nơi gửi: with a reason, to a superior after a second nod, called back while it can be (Điều 21.2 NĐ 30)."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from answer_desk import OURS, SENDER, AnswerDesk

from core import events, removal
from core.answers import returning
from core.answers.tables import AnswerProgress, DocumentReturn
from core.deliveries import queueing
from core.deliveries.tables import Delivery
from core.deliveries.tables import State as Sending
from core.errors import NotAllowed, Permanent, WrongState
from core.incoming import drafts
from core.incoming.tables import Incoming, State
from core.listings import answers
from core.people import Role, User
from core.removal import Basis

SUPERIOR = {"issuer": "Ủy ban nhân dân tỉnh Mẫu", "parent_issuer": ""}
WHY = "Gửi nhầm cơ quan"


def state(desk: AnswerDesk, incoming_id: int) -> tuple[str, str]:
    with desk.office.database.reading() as session:
        row = session.get_one(Incoming, incoming_id)
        return row.state, row.closed_reason


def decided(desk: AnswerDesk, by: int, words: str = "", *, is_agreed: bool = True) -> None:
    with desk.office.database.writing() as session:
        made = session.scalars(sa.select(DocumentReturn).where(DocumentReturn.is_agreed.is_(None))).one()
        returning.decide(session, made, words, is_agreed=is_agreed, by=session.get_one(User, by), at=desk.now)


def test_a_draft_goes_back_with_the_reason_and_leaves_the_desk(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, f" {WHY} ")
    assert state(desk, document) == (State.DECLINED, f"Trả lại nơi gửi: {WHY}")
    desk.tell()
    mail = desk.outbox()[-1]
    assert desk.codes() == ["01", "02"] and (mail.recipient_address, mail.is_automatic) == (SENDER, False)
    assert mail.subject == "Trả lại: Gửi văn bản 1" and f"Lý do: {WHY}" in mail.body
    with pytest.raises(WrongState):
        desk.act(returning.ask, document, "Lần nữa")


def test_a_person_may_return_to_a_stranger_and_late(desk: AnswerDesk) -> None:
    document = desk.arrives("nguyenvana@mail.example", received_at=desk.now - timedelta(days=40))
    desk.act(returning.ask, document, WHY)
    desk.later(days=9)
    desk.tell()
    assert desk.codes() == ["02"]


def test_an_entry_keeps_its_number(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.enter(document)
    desk.tell()
    desk.act(returning.ask, document, WHY)
    desk.tell()
    assert (state(desk, document)[0], desk.codes()) == (State.REGISTERED, ["01", "03", "02"])


def test_to_a_superior_only_with_a_second_nod(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    desk.tell()
    assert (state(desk, document)[0], desk.codes()) == (State.DRAFT, ["01"])
    with pytest.raises(WrongState, match="chờ lãnh đạo"):
        desk.act(returning.ask, document, WHY)
    with pytest.raises(NotAllowed):
        decided(desk, desk.office.second_clerk_id)
    decided(desk, desk.office.leader_id)
    desk.tell()
    assert (state(desk, document)[0], desk.codes()) == (State.DECLINED, ["01", "02"])


def test_who_asks_does_not_nod_himself(desk: AnswerDesk) -> None:
    both = desk.person("chanh", Role.CLERK, Role.OFFICE_CHIEF)
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY, by=both)
    with pytest.raises(NotAllowed, match="một người khác"):
        decided(desk, both)


def test_what_the_second_person_refuses_stays_at_the_desk_and_can_be_asked_for_again(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    with pytest.raises(Permanent, match="lý do"):
        decided(desk, desk.office.leader_id, is_agreed=False)
    decided(desk, desk.office.leader_id, "Đúng việc của Sở", is_agreed=False)
    assert state(desk, document)[0] == State.DRAFT
    desk.act(returning.ask, document, "Hỏi lại")
    decided(desk, desk.office.leader_id)
    assert state(desk, document)[0] == State.DECLINED


def test_what_went_another_way_meanwhile_is_not_returned(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    desk.act(drafts.decline, document, "Trùng")
    with pytest.raises(WrongState):
        decided(desk, desk.office.leader_id)


def test_to_ourselves_nothing_goes_back(desk: AnswerDesk) -> None:
    with pytest.raises(Permanent, match="Không có ai để trả lại"):
        desk.act(returning.ask, desk.arrives(OURS), WHY, own_address=OURS)


def test_it_is_called_back_while_the_mail_has_not_left(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    desk.tell()
    desk.act(returning.withdraw, document)
    assert [row.state for row in desk.outbox()][-1] == Sending.CANCELLED
    desk.act(drafts.take_back, document)
    assert state(desk, document)[0] == State.DRAFT


def test_there_are_two_minutes_in_which_no_mail_leaves(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    desk.later(seconds=119)
    desk.follow()
    assert desk.codes() == ["01"] and desk.waits
    desk.act(returning.withdraw, document)
    desk.tell()
    assert desk.codes() == ["01"]


def test_what_is_on_its_way_is_not_called_back_but_the_document_comes_back_to_the_desk(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    desk.tell()
    desk.sent()
    with pytest.raises(WrongState, match="đã được báo"):
        desk.act(returning.withdraw, document)
    desk.act(returning.withdraw, document, is_told_too=True)
    desk.act(drafts.take_back, document)
    desk.act(returning.ask, document, "Vẫn là gửi nhầm")
    desk.tell()
    assert desk.codes() == ["01", "02", "02"]


def test_what_was_sent_again_elsewhere_or_may_have_left_is_not_called_back(desk: AnswerDesk) -> None:
    first, second = desk.arrives(), desk.arrives()
    for document in (first, second):
        desk.act(returning.ask, document, WHY)
    desk.tell()
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        for row in session.scalars(sa.select(Delivery).where(Delivery.once_key.like("%:02"))).all():
            row.state = Sending.UNCERTAIN if row.incoming_id == second else Sending.FAILED
            row.handed_at = desk.now
            session.flush()
            if row.incoming_id == second:
                queueing.cancel(session, row, by=clerk, at=desk.now)
            else:
                queueing.resend(session, row, "dung@mau.gov.vn", by=clerk, at=desk.now).state = Sending.SENT
    for document in (first, second):
        with pytest.raises(WrongState, match="đã được báo"):
            desk.act(returning.withdraw, document)
    with desk.office.database.reading() as session:
        told = answers.answered(session, session.get_one(Incoming, first)).told
    assert [(one.words, one.state) for one in told] == [
        ("đã nhận", "waiting"), ("trả lại", "cancelled"), ("trả lại", "sent"),
    ]  # fmt: skip


def test_it_can_be_returned_again_after_it_was_called_back(desk: AnswerDesk) -> None:
    document = desk.arrives()
    for _ in range(2):
        desk.act(returning.ask, document, WHY)
        desk.tell()
        desk.act(returning.withdraw, document)
        desk.act(drafts.take_back, document)
    desk.act(returning.ask, document, WHY)
    desk.tell()
    assert [row.state for row in desk.outbox()] == ["waiting", "cancelled", "cancelled", "waiting"]


def test_what_was_returned_before_anything_could_be_sent_is_told_later(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        session.execute(sa.delete(AnswerProgress))
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    AnswerDesk(desk.office, desk.store, now=desk.now + timedelta(minutes=2))
    assert desk.codes() == ["02"]


def test_what_went_another_way_waits_no_more(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    with desk.office.database.reading() as session:
        assert returning.count(session) == 1
    desk.act(drafts.decline, document, "Trùng")
    with desk.office.database.reading() as session:
        assert (returning.count(session), returning.waiting(session)) == (0, [])


def test_the_journal_names_who_agreed(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    decided(desk, desk.office.leader_id)
    of_it = (events.Event.subject_kind == "incoming", events.Event.subject_id == document)
    with desk.office.database.reading() as session:
        acts = session.scalars(sa.select(events.Event).where(*of_it).order_by(events.Event.id)).all()
        assert [(one.act, one.actor_id) for one in acts] == [
            ("return_asked", desk.office.clerk_id), ("returned", desk.office.leader_id),
        ]  # fmt: skip
        assert (acts[1].payload or {})["asked_by"] == desk.office.clerk_id


def test_what_two_decide_at_once_is_decided_once(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    refused: list[str] = []

    def called_back() -> None:
        try:
            desk.act(returning.withdraw, document)
        except WrongState as error:
            refused.append(error.sentence)

    other = threading.Thread(target=called_back)
    with desk.office.database.writing() as session:
        (waits,) = returning.waiting(session)
        made = session.get_one(DocumentReturn, waits.id)
        leader = session.get_one(User, desk.office.leader_id)
        returning.decide(session, made, "", is_agreed=True, by=leader, at=desk.now)
        other.start()
        other.join(0.5)
    other.join()
    with desk.office.database.reading() as session:
        made = session.get_one(DocumentReturn, made.id)
    assert (made.is_agreed, state(desk, document)[0]) == (True, State.DECLINED)
    assert made.withdrawn_at is not None and not refused  # called back after it was agreed to, before the mail left


@pytest.mark.parametrize("values", [{"is_automatic": True}, {"mail_class": "bulk"}, {"sender": ""}], ids=str)
def test_a_program_gets_nothing_back(desk: AnswerDesk, values: dict[str, object]) -> None:
    document = desk.arrives(**values)  # type: ignore[arg-type]
    with pytest.raises(Permanent, match="Không có ai để trả lại"):
        desk.act(returning.ask, document, WHY)
    assert state(desk, document)[0] == State.DRAFT


def test_nobody_but_a_clerk_returns_and_not_without_a_reason(desk: AnswerDesk) -> None:
    document = desk.arrives()
    with pytest.raises(NotAllowed):
        desk.act(returning.ask, document, WHY, by=desk.office.leader_id)
    with pytest.raises(Permanent, match="lý do"):
        desk.act(returning.ask, document, " ")
    with pytest.raises(NotAllowed):
        desk.act(returning.withdraw, document, by=desk.office.leader_id)


def test_the_reason_goes_with_the_content(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, "Bí mật lộ ra")
    desk.act(removal.remove_content, document, Basis.SECRET, "Có nội dung mật", by=desk.person("giu", Role.CUSTODIAN))
    with desk.office.database.reading() as session:
        assert returning.waiting(session) == []
        assert [row.reason for row in session.query(DocumentReturn)] == ["(đã gỡ cùng nội dung)"]
        assert not any("Bí mật lộ ra" in str(event.payload) for event in session.query(events.Event))
        assert list(events.verify(session)) == []
