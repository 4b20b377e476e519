"""After a restore nobody is told again of a return what a lost state of the office may have told (promise 6)."""

import pytest
import sqlalchemy as sa
from answer_desk import AnswerDesk

from core.answers import following, returning
from core.answers.tables import DocumentReturn
from core.deliveries import queueing
from core.deliveries.tables import Delivery
from core.deliveries.tables import State as Sending
from core.errors import WrongState
from core.incoming import drafts
from core.incoming.tables import Incoming
from core.listings import answers, history
from core.people import User

SUPERIOR = {"issuer": "Ủy ban nhân dân tỉnh Mẫu", "parent_issuer": ""}
WHY = "Gửi nhầm cơ quan"


def _restored(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        following.begin_after_restore(session, at=desk.now)


def _hindrance(desk: AnswerDesk, document: int) -> str:
    with desk.office.database.reading() as session:
        return answers.answered(session, session.get_one(Incoming, document)).why_not_withdrawn


def _agree(desk: AnswerDesk, *, is_agreed: bool = True) -> None:
    with desk.office.database.writing() as session:
        made = session.scalars(sa.select(DocumentReturn)).one()
        leader = session.get_one(User, desk.office.leader_id)
        returning.decide(session, made, "Nơi gửi chưa được báo", is_agreed=is_agreed, by=leader, at=desk.now)


@pytest.mark.parametrize("is_superior", [False, True])
def test_what_a_lost_state_may_have_told_is_not_told_again_but_left_to_a_person(
    desk: AnswerDesk, is_superior: bool
) -> None:
    document = desk.arrives(read=SUPERIOR if is_superior else {})
    desk.follow()
    desk.act(returning.ask, document, WHY)
    _restored(desk)
    if is_superior:
        _agree(desk)
    desk.tell()
    assert (desk.codes()[-1], desk.outbox()[-1].state) == ("02", Sending.UNCERTAIN)
    assert desk.outbox()[-1].id not in desk.sent()
    with pytest.raises(WrongState, match="đã được báo trả lại"):
        desk.act(returning.withdraw, document)


def test_before_it_is_known_it_is_not_called_back(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    _restored(desk)
    assert "có thể đã được báo" in _hindrance(desk, document)
    with pytest.raises(WrongState, match="có thể đã được báo trả lại, chưa rút được"):
        desk.act(returning.withdraw, document)


def test_when_nobody_was_told_the_mail_is_cancelled_and_the_return_called_back(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.enter(document)
    desk.act(returning.ask, document, WHY)
    _restored(desk)
    desk.tell()
    with pytest.raises(WrongState, match=r"có thể đã được báo trả lại, chưa rút được.*hủy thư báo"):
        desk.act(returning.withdraw, document)
    with desk.office.database.writing() as session:
        mail = session.scalars(sa.select(Delivery).where(Delivery.state == Sending.UNCERTAIN)).one()
        queueing.cancel(session, mail, by=session.get_one(User, desk.office.clerk_id), at=desk.now)
    assert _hindrance(desk, document) == ""
    desk.act(returning.withdraw, document)
    assert desk.outbox()[-1].state == Sending.CANCELLED


@pytest.mark.parametrize(("outcome", "sentence"), [(Sending.SENT, "Nơi gửi đã được báo"), (Sending.WAITING, "")])
def test_what_a_person_decides_of_the_mail_says_whether_it_is_called_back(
    desk: AnswerDesk, outcome: Sending, sentence: str
) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    _restored(desk)
    desk.tell()
    with desk.office.database.writing() as session:
        mail = session.scalars(sa.select(Delivery).where(Delivery.state == Sending.UNCERTAIN)).one()
        queueing.decide(session, mail, outcome, by=session.get_one(User, desk.office.clerk_id), at=desk.now)
    said = _hindrance(desk, document)
    assert said.startswith(sentence) and bool(said) == bool(sentence)


def test_what_may_have_been_agreed_to_is_not_called_back_before_the_leader_answers(desk: AnswerDesk) -> None:
    document = desk.arrives(read=SUPERIOR)
    desk.act(returning.ask, document, WHY)
    _restored(desk)
    assert "lãnh đạo có thể đã đồng ý" in _hindrance(desk, document)
    with pytest.raises(WrongState, match="trả lời không đồng ý"):
        desk.act(returning.withdraw, document)
    _agree(desk, is_agreed=False)
    desk.act(returning.ask, document, WHY)
    assert _hindrance(desk, document) == ""


def test_a_draft_that_is_taken_back_says_that_its_sender_may_have_been_told(desk: AnswerDesk) -> None:
    doubtful, certain = desk.arrives(), desk.arrives()
    desk.act(returning.ask, doubtful, WHY)
    _restored(desk)
    desk.act(returning.ask, certain, WHY)
    for document in (doubtful, certain):
        desk.act(returning.withdraw, document, is_told_too=True)
        desk.act(drafts.take_back, document)
    with desk.office.database.reading() as session:
        notes = [session.get_one(Incoming, document).notes for document in (doubtful, certain)]
        steps = [[step.what for step in history.steps(session, document)] for document in (doubtful, certain)]
    assert notes == [[returning.NOTE], []]
    assert [("Rút việc trả lại nơi gửi (nơi gửi có thể đã được báo)" in one) for one in steps] == [True, False]
    assert "Rút việc trả lại nơi gửi" in steps[1]


def test_what_is_returned_after_a_restore_is_told(desk: AnswerDesk) -> None:
    _restored(desk)
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    desk.tell()
    assert desk.outbox()[-1].id in desk.sent()
