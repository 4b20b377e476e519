"""Which acts a sender is told of, when, and who is told nothing (C3; RFC 3834)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from answer_desk import MORNING, OURS, SENDER, AnswerDesk

from core import dkim_checks, edxml, removal
from core.answers import following, policies, returning, wording
from core.deliveries.tables import Kind, State
from core.edxml import Kind as PackageKind
from core.edxml import Status
from core.exchange import Exchange
from core.files import StoredFile
from core.incoming import registration
from core.incoming.tables import Incoming
from core.letters import MailboxState, Message
from core.people import Role, User
from core.removal import Basis
from core.signing.values import DkimFinding, DkimResult
from core.tasks import directing, handling
from core.tasks.directing import Assignment
from core.tasks.parties import Party
from core.tasks.tables import Form

PACKAGE = Exchange(PackageKind.NEW, "000.00.99.H36,2026/06/03,1/SNV-VP", organ_id="000.00.99.H36")


def test_a_letter_is_receipted_on_its_day_and_told_of_its_number_in_its_thread(desk: AnswerDesk) -> None:
    first = desk.arrives(in_reply_to="<truoc@mau.gov.vn>")
    assert desk.follow() == 1
    desk.enter(first)
    assert desk.follow() == 1 and desk.follow() == 0
    assert not _is_due(desk)
    received, entered = desk.outbox()
    assert [desk.codes(), received.kind, received.is_automatic] == [["01", "03"], Kind.ANSWER, True]
    assert {one.recipient_address for one in (received, entered)} == {SENDER}
    assert {one.in_reply_to for one in (received, entered)} == {"<1@mau.gov.vn>"}
    assert received.reference_ids == ["<truoc@mau.gov.vn>", "<1@mau.gov.vn>"]
    assert received.subject == "Đã nhận: Gửi văn bản 1" and "số 1/SNV-VP ngày 03/06/2026" in received.body
    assert "lúc 08:30 04/06/2026" in received.body
    assert entered.subject == "Đã vào sổ: Gửi văn bản 1" and "số đến 1 ngày 04/06/2026" in entered.body
    assert (entered.incoming_id, entered.letter_id) == (first, received.letter_id)


def test_who_sends_packages_gets_status_messages_that_name_its_document(desk: AnswerDesk) -> None:
    first = desk.arrives(exchange=PACKAGE, documents=2)
    desk.enter(first)
    desk.follow()
    received, entered = desk.outbox()
    assert [file.name for file in received.files] == ["trang-thai-01-1.edxml", "trang-thai-01-2.edxml"]
    (file,) = entered.files
    with desk.store.open(file.sha256) as stored:
        said = edxml.read_package(stored.read())
    assert (said.kind, said.status_code, said.said) == (PackageKind.STATUS, "03", "Đã tiếp nhận, vào sổ: số đến 1")
    assert said.concerns[0].code == "1/SNV-VP" and said.concerns[0].document_id == PACKAGE.document_id
    assert said.concerns[0].organ_id == "000.00.99.H36" and said.values["MessageHeader/StaffInfo/Staff"] == [
        "Nguyễn Thị Lan"
    ]  # fmt: skip


def test_a_receipt_of_yesterday_and_news_of_last_week_are_no_news(desk: AnswerDesk) -> None:
    first = desk.arrives()
    desk.later(days=1)
    assert desk.follow() == 0
    second = desk.arrives()
    desk.enter(first)
    desk.enter(second)
    desk.later(days=8)
    assert desk.follow() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"mail_class": "bulk"}, {"mail_class": "auto_reply"}, {"mail_class": "report"}, {"is_automatic": True},
        {"reports": [{"action": "failed"}]}, {"outcome": "report"}, {"sender": "nguyenvana@gmail.com"},
        {"sender": OURS}, {"sender": ""}, {"sender": "khong phai dia chi"}, {"door": "dropped"},
        {"notes": ("domain_lookalike:a@b",)}, {"notes": ("reply_elsewhere:a@b",)}, {"notes": ("name_pretends:a@b",)},
        {"received_at": MORNING - timedelta(seconds=1)},
    ],
    ids=str,
)  # fmt: skip
def test_nobody_else_is_told_anything(desk: AnswerDesk, values: dict[str, Any]) -> None:
    made = desk.arrives(**values)
    desk.enter(made)
    assert desk.follow() == 0


def test_our_own_mailbox_is_not_answered_whatever_its_address(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        session.add(MailboxState(name="phu", address="Phu@mau.gov.vn"))
    desk.arrives("phu@mau.gov.vn")
    assert desk.follow() == 0


def test_an_agency_of_the_address_book_is_told_wherever_it_writes_from(desk: AnswerDesk) -> None:
    for known in (0, 1):  # two entries make it known
        first = desk.arrives("phuonghoa@mail.example")
        assert desk.follow() == 0
        desk.enter(first)
        assert desk.follow() == known
    desk.arrives("phuonghoa@mail.example")
    assert desk.follow() == 1


@pytest.mark.parametrize(("result", "answers"), [(DkimResult.FAIL, 0), (DkimResult.PASS, 1), (DkimResult.NONE, 1)])
def test_whose_signature_is_broken_is_not_answered(desk: AnswerDesk, result: DkimResult, answers: int) -> None:
    desk.arrives()
    with desk.office.database.writing() as session:
        session.execute(sa.update(Message).values(raw_sha256=Message.identity))
        letter = dkim_checks.next_unchecked(session, at=desk.now)
        assert letter is not None
        dkim_checks.note(session, letter, DkimFinding(result), at=desk.now)
    assert desk.follow() == answers


def test_the_course_of_the_work_is_told_once_each_and_to_whom_it_was_chosen_for(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        policies.keep(session, f"@{SENDER.partition('@')[2]}", set(Status) - {Status.RECEIVED}, by=clerk, at=MORNING)
    director, worker = desk.person("giamdoc", Role.DIRECTOR), desk.person("viet", Role.SPECIALIST)
    document = desk.arrives()
    desk.enter(document)
    desk.handle(directing.assign, document, _to(worker), by=director)
    desk.handle(directing.take_back, document, by=director)
    desk.handle(directing.assign, document, _to(worker), by=director)
    desk.handle(handling.accept, document, by=worker)
    desk.follow()
    desk.handle(handling.report, document, "Đã dự thảo", by=worker)
    desk.handle(handling.finish, document, "Đã trả lời", by=worker)
    desk.follow()
    desk.handle(handling.confirm, document, by=director)
    assert desk.follow() == 1 and desk.codes() == ["03", "04", "05", "06"]
    assert "Đã trả lời" not in "".join(one.body for one in desk.outbox())


def test_what_is_for_information_has_no_course_to_tell(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        policies.keep(session, policies.OFFICE, set(Status), by=clerk, at=MORNING)
    director = desk.person("giamdoc", Role.DIRECTOR)
    document = desk.arrives()
    desk.enter(document)
    desk.handle(directing.assign, document, Assignment(Form.FOR_INFORMATION), by=director)
    desk.follow()
    assert desk.codes() == ["01", "03"]


def test_two_who_follow_at_once_answer_once(desk: AnswerDesk) -> None:
    desk.arrives()
    second = AnswerDesk(desk.office, desk.store, now=desk.now)  # the first has it all
    assert desk.codes() == ["01"]
    desk.arrives()
    desk.arrives()
    made: list[int] = []
    both = [threading.Thread(target=lambda one=one: made.append(one.follow())) for one in (desk, second)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sum(made) == 2 and desk.codes() == ["01", "01", "01"]


def test_an_answer_that_is_there_already_leaves_no_file_behind(desk: AnswerDesk) -> None:
    with desk.office.database.writing() as session:
        clerk = session.get_one(User, desk.office.clerk_id)
        policies.keep(session, policies.OFFICE, {Status.ASSIGNED}, by=clerk, at=MORNING)
    director, worker = desk.person("giamdoc", Role.DIRECTOR), desk.person("viet", Role.SPECIALIST)
    document = desk.arrives(exchange=PACKAGE)
    desk.enter(document)
    for _ in range(2):
        desk.handle(directing.assign, document, _to(worker), by=director)
        desk.follow()
        desk.handle(directing.take_back, document, by=director)
        desk.later(seconds=5)
    assert desk.codes() == ["04"]
    desk.act(removal.remove_content, document, Basis.SECRET, "Mật", by=desk.person("giu", Role.CUSTODIAN))
    with desk.office.database.reading() as session:
        assert session.scalars(sa.select(StoredFile).where(StoredFile.media_type == "application/xml")).all() == []


def test_nothing_is_said_of_what_is_being_removed(desk: AnswerDesk) -> None:
    document = desk.arrives(exchange=PACKAGE)
    custodian = desk.person("giu", Role.CUSTODIAN)
    other = threading.Thread(target=desk.follow)
    with desk.office.database.writing() as session:
        row, user = session.get_one(Incoming, document), session.get_one(User, custodian)
        removal.remove_content(session, row, Basis.SECRET, "Có nội dung mật", by=user, at=desk.now)
        other.start()
        other.join(0.5)
    other.join()
    assert desk.outbox() == []


def test_of_what_was_returned_nothing_more_is_told(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.enter(document)
    desk.act(returning.ask, document, "Gửi nhầm cơ quan")
    desk.tell()
    assert desk.codes() == ["01", "02"]


def test_a_receipt_waits_a_moment_for_what_dns_says_of_its_letter(desk: AnswerDesk) -> None:
    careful = AnswerDesk(desk.office, desk.store, checks_signatures=True)
    desk.arrives()
    assert (careful.follow(), careful.waits) == (0, True)
    with desk.office.database.writing() as session:
        session.execute(sa.update(Message).values(raw_sha256=Message.identity))
        letter = dkim_checks.next_unchecked(session, at=desk.now)
        assert letter is not None
        dkim_checks.note(session, letter, DkimFinding(DkimResult.FAIL), at=desk.now)
    desk.arrives()
    assert (careful.follow(), careful.waits) == (0, True)
    careful.later(seconds=61)
    assert (careful.follow(), careful.waits) == (1, False) and desk.codes() == ["01"]


def test_one_act_of_which_nothing_can_be_made_holds_up_no_other(
    desk: AnswerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.arrives(subject="hỏng")
    desk.arrives()
    subject_of = wording.subject_of

    def failing(status: Status, subject: str) -> str:
        if subject == "hỏng":
            raise ValueError("broken on purpose")
        return subject_of(status, subject)

    monkeypatch.setattr(wording, "subject_of", failing)
    assert desk.follow() == 1 and desk.follow() == 0


def test_what_a_lost_state_may_have_answered_is_not_answered_anew(desk: AnswerDesk) -> None:
    document = desk.arrives()
    desk.later(hours=1)
    with desk.office.database.writing() as session:
        following.begin_after_restore(session, at=desk.now)
    desk.enter(document)
    assert desk.follow() == 0
    desk.arrives()
    assert desk.follow() == 1


def test_of_a_letter_whose_content_is_removed_no_answer_says_anything(desk: AnswerDesk) -> None:
    first = desk.arrives(exchange=PACKAGE, documents=2)
    desk.enter(first + 1)
    desk.follow()
    custodian = desk.person("giu", Role.CUSTODIAN)
    gone = desk.act(removal.remove_content, first, Basis.SECRET, "Có nội dung mật", by=custodian)
    rows = desk.outbox()
    assert {(row.subject, row.body, row.state) for row in rows} == {("(nội dung đã gỡ)", "", State.CANCELLED)}
    assert len(rows) == 2 and not any(row.files for row in rows) and len(gone) >= 3
    desk.act(registration.void, first + 1, "Nhầm")
    assert desk.follow() == 0


def _to(worker: int) -> Assignment:
    return Assignment(Form.NO_FILE, lead=Party(user_id=worker))


def _is_due(desk: AnswerDesk) -> bool:
    with desk.office.database.reading() as session:
        return following.is_due(session, at=desk.now)
