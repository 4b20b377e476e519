"""After a restore nobody is told again of a return what a lost state of the office may have told (promise 6)."""

import pytest
import sqlalchemy as sa
from answer_desk import AnswerDesk

from core.answers import following, returning
from core.answers.tables import DocumentReturn
from core.deliveries import claiming
from core.deliveries.claiming import Said, Sender
from core.deliveries.tables import State as Sending
from core.errors import WrongState
from core.incoming.tables import Incoming
from core.listings import answers
from core.people import User

SUPERIOR = {"issuer": "Ủy ban nhân dân tỉnh Mẫu", "parent_issuer": ""}
WHY = "Gửi nhầm cơ quan"


def _agree(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        made = session.scalars(sa.select(DocumentReturn)).one()
        leader = session.get_one(User, desk.office.leader_id)
        returning.decide(session, made, "", is_agreed=True, by=leader, at=desk.now)


def _sent(desk: AnswerDesk) -> list[int]:
    sent = []
    with desk.office.database.writing() as session:
        while (row := claiming.claim(session, Sender("một", "skhcn.mau.gov.vn"), at=desk.now)) is not None:
            claiming.note_sent(session, row, Said("250 Ok"), at=desk.now)
            sent.append(row.id)
    return sent


@pytest.mark.parametrize("is_superior", [False, True])
def test_what_a_lost_state_may_have_told_is_not_told_again_but_left_to_a_person(
    desk: AnswerDesk, is_superior: bool
) -> None:
    document = desk.arrives(read=SUPERIOR if is_superior else {})
    desk.follow()
    desk.act(returning.ask, document, WHY)
    with desk.office.database.writing() as session:
        following.begin_after_restore(session, at=desk.now)
    if is_superior:
        _agree(desk)
    desk.tell()
    assert (desk.codes()[-1], desk.outbox()[-1].state) == ("02", Sending.UNCERTAIN)
    assert desk.outbox()[-1].id not in _sent(desk)
    with pytest.raises(WrongState, match="đã được báo trả lại"):
        desk.act(returning.withdraw, document)


def test_before_it_is_known_it_is_not_called_back(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    with desk.office.database.writing() as session:
        following.begin_after_restore(session, at=desk.now)
        assert not answers.answered(session, session.get_one(Incoming, document)).may_withdraw
    with pytest.raises(WrongState, match="đã được báo trả lại"):
        desk.act(returning.withdraw, document)


def test_what_is_returned_after_a_restore_is_told(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        following.begin_after_restore(session, at=desk.now)
    document = desk.arrives()
    desk.act(returning.ask, document, WHY)
    desk.tell()
    assert desk.outbox()[-1].id in _sent(desk)
