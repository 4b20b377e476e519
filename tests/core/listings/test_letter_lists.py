"""What the pages list of held and left-out letters, mailboxes and counters, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import held as letters
from core import mailboxes as acts
from core import people
from core.letters import Arrival, Exclusion, HeldLetter, IntakeRequest, MailFolder
from core.listings import held, mailboxes
from core.listings.counters import counters
from core.people import Role, User

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def custodian(office: Any) -> int:
    """Four held and two left-out letters of one mailbox; gives the custodian's id."""
    with office.database.writing() as session:
        user = people.add(session, "kha", "Hồ Minh Kha", {Role.CUSTODIAN}, "x", at=MORNING)
        acts.ensure(session, "van-thu", "vanthu@example.vn")
        session.flush()
        session.add(
            MailFolder(
                mailbox="van-thu",
                folder="INBOX",
                import_since=date(2026, 6, 1),
                lease_until=MORNING + timedelta(minutes=1),
            )
        )
        for uid in range(6):
            state = "held" if uid < 4 else "excluded"
            arrival = Arrival(mailbox="van-thu", folder="INBOX", uidvalidity=1, uid=uid, state=state, seen_at=MORNING)
            session.add(arrival)
            session.flush()
            if state == "held":
                session.add(
                    HeldLetter(arrival_id=arrival.id, reason="locked_file", mark=str(uid), size=uid, held_at=MORNING)
                )
            else:
                session.add(
                    Exclusion(
                        arrival_id=arrival.id, category="bi_mat", rule="secret_line", mark=str(uid), excluded_at=MORNING
                    )
                )
        return user.id


def test_held_letters_come_newest_first_by_pages(office: Any, custodian: int) -> None:
    with office.database.reading() as session:
        first = held.held(session, decided=False, limit=3)
        assert [row.uid for row in first] == [3, 2, 1]
        assert [row.uid for row in held.held(session, decided=False, before=first[-1].id, limit=3)] == [0]
        assert held.held(session, decided=True) == []


def test_a_decided_letter_moves_to_the_other_list_with_who_and_why(office: Any, custodian: int) -> None:
    with office.database.writing() as session:
        letter = held.held(session, decided=False)[0]
        kha = session.get_one(User, custodian)
        letters.decline_held(session, session.get_one(HeldLetter, letter.id), "Thư rác", by=kha, at=MORNING)
    with office.database.reading() as session:
        [row] = held.held(session, decided=True)
        assert (row.id, row.decided_by, row.decision_note) == (letter.id, "Hồ Minh Kha", "Thư rác")
        assert counters(session, session.get_one(User, custodian), (), at=MORNING) == {"held": 3}


def test_a_request_shows_as_under_way_and_then_its_answer(office: Any, custodian: int) -> None:
    with office.database.writing() as session:
        left = held.left_out(session, "bi_mat")[0]
        kha = session.get_one(User, custodian)
        request = letters.release_exclusion(session, session.get_one(Exclusion, left.id), by=kha, at=MORNING)
    with office.database.writing() as session:
        assert held.left_out(session, "bi_mat")[0].is_asked
        row = session.get_one(IntakeRequest, request)
        row.done_at, row.answer = MORNING, "Thư không còn trên máy chủ."
    with office.database.reading() as session:
        row_after = held.left_out(session, "bi_mat")[0]
        assert (row_after.is_asked, row_after.answer) == (False, "Thư không còn trên máy chủ.")
        assert held.left_out_counts(session, session.get_one(User, custodian)) == {"bi_mat": 2, "nhap": 0}


def test_a_mailbox_lists_its_folders_with_what_became_of_their_letters(office: Any, custodian: int) -> None:
    with office.database.reading() as session:
        [box] = mailboxes.mailboxes(session, at=MORNING)
        [folder] = box.folders
        assert (folder.counts["held"], folder.counts["excluded"], folder.counts["taken"]) == (4, 2, 0)
        assert folder.is_watched
        [later] = mailboxes.mailboxes(session, at=MORNING + timedelta(minutes=2))
        assert not later.folders[0].is_watched


def test_the_pulse_beats_when_a_mailbox_fails_and_recovers_and_only_then(office: Any, custodian: int) -> None:
    def pulse() -> str:
        with office.database.reading() as session:
            return mailboxes.pulse(session)

    seen = [pulse()]
    with office.database.writing() as session:
        acts.note_success(session, "van-thu", at=MORNING)
    assert pulse() == seen[0]
    with office.database.writing() as session:
        acts.note_trouble(session, "van-thu", "login", "Sai mật khẩu.", refused_logins=1, is_stopped=False, at=MORNING)
    seen.append(pulse())
    with office.database.writing() as session:
        acts.note_success(session, "van-thu", at=MORNING + timedelta(seconds=9))
    seen.append(pulse())
    assert len(set(seen)) == 3
