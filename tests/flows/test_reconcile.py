"""Server and database are compared: what has no row is fetched, and the page says so."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from intake_office import Office, letter, wait_until

from core import mailboxes, people
from core.events import Event
from core.letters import Arrival, MailboxState, MailFolder, Message
from core.people import Role


def folder(office: Office) -> MailFolder:
    with office.database.reading() as session:
        return session.scalars(sa.select(MailFolder)).one()


def ask(office: Office) -> None:
    """Press «Đối chiếu ngay» and wait for the answer."""
    with office.database.writing() as session:
        clerk = people.by_username(session, "lan")
        if clerk is None:
            clerk = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=datetime.now(UTC))
        mailboxes.ask_reconcile(session, "vanthu", by=clerk, at=datetime.now(UTC))

    def is_answered() -> bool:
        with office.database.reading() as session:
            row = session.scalars(sa.select(MailboxState)).one()
            assert row.reconcile_asked_at is not None
            return row.reconcile_done_at is not None and row.reconcile_done_at >= row.reconcile_asked_at

    wait_until(is_answered)


def forget(office: Office, uid: int) -> None:
    """Lose a row as no part of the program does, and the letter it named."""
    with office.database.writing() as session:
        session.execute(sa.delete(Arrival).where(Arrival.uid == uid))


def test_letters_without_a_row_are_fetched_and_told_and_the_next_comparison_is_clean(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, *(letter(number) for number in range(1, 6)))
    assert office.take_in() == 0
    with office.watching():
        ask(office)
        assert (folder(office).reconciled_count, folder(office).reconciled_lost) == (5, 0)
        forget(office, 2)
        forget(office, 3)
        ask(office)
        assert (folder(office).reconciled_count, folder(office).reconciled_lost) == (3, 2)
        wait_until(lambda: len(office.arrivals()) == 5)
        office.send(mailbox, letter(6))
        wait_until(lambda: folder(office).cursor == 6)
        ask(office)
    assert (folder(office).reconciled_count, folder(office).reconciled_lost) == (6, 0)
    assert office.arrivals() == [(uid, "taken") for uid in range(1, 7)]
    with office.database.reading() as session:
        missed = session.scalars(sa.select(Event).where(Event.act == "letters_missed")).one()
        assert missed.payload == {"mailbox": "vanthu", "folder": "INBOX", "count": 2}
        assert session.scalar(sa.select(sa.func.count(Message.id))) == 6


def test_only_letters_still_on_the_server_are_counted(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1), letter(2), letter(3))
    assert office.take_in() == 0
    with office.dovecot.client(mailbox.username) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge()
    with office.watching():
        ask(office)
    assert (folder(office).reconciled_count, folder(office).reconciled_lost) == (2, 0)


def test_a_night_without_power_is_made_up_for_at_the_next_start(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1), letter(2))
    assert office.take_in() == 0
    with office.database.writing() as session:
        session.execute(sa.update(MailFolder).values(reconciled_at=datetime.now(UTC) - timedelta(hours=26)))
    forget(office, 1)
    assert office.take_in() == 0
    assert folder(office).reconciled_lost == 1
    assert office.arrivals() == [(1, "taken"), (2, "taken")]
