"""Nothing answers for ever: answers to answers, echoes of ours, floods (RFC 3834 2)."""

import pytest
from answer_desk import SENDER, AnswerDesk

from core.answers import deciding
from core.deliveries import claiming
from core.deliveries.claiming import Sender


def test_an_answer_to_an_answer_is_not_answered(desk: AnswerDesk) -> None:
    desk.arrives()
    desk.follow()
    with desk.office.database.writing() as session:
        sent = claiming.claim(session, Sender("một", "skhcn.mau.gov.vn"), at=desk.now)
    assert sent is not None
    again = desk.arrives(in_reply_to=sent.message_id)
    desk.enter(again)
    assert desk.follow() == 0


def test_of_a_flood_from_one_address_no_more_than_the_days_most_are_answered(
    desk: AnswerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "MOST_A_DAY", 5)
    for n in range(4):
        desk.arrives(SENDER.upper() if n % 2 else SENDER)
    desk.follow()
    for _ in range(4):
        desk.arrives()
    desk.arrives("vanthu@khac.gov.vn")
    assert desk.follow() == 2
    desk.later(days=1)
    desk.arrives()
    assert desk.follow() == 1


@pytest.mark.parametrize("subject", ["Đã nhận: 3 văn bản", "Trả lại: hồ sơ đề tài"])
def test_who_begins_a_subject_as_our_answers_do_is_answered_all_the_same(desk: AnswerDesk, subject: str) -> None:
    desk.arrives(subject=subject)
    assert desk.follow() == 1
    desk.arrives(subject=f"Re: Đã nhận: {subject}")
    assert desk.follow() == 0
