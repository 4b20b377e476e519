"""Promise 1 over a restart: every UID that was seen gets its row, also when its letter is gone by then."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from intake_office import Office, letter

from core import arrivals, mailboxes
from core.arrivals import Excluded, Where
from core.letters import ArrivalState, MailFolder
from ingest import committing
from ingest.committing import Entry
from ingest.mailbox import Session


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours handles it."""


def see_and_die(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that ends after the UIDs were seen and before any letter was fetched."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Session, "places", die)
        with pytest.raises(Killed):
            office.take_in()


def expunge(office: Office, *uids: int) -> None:
    with office.dovecot.client(office.mailboxes[0].username) as client:
        client.select_folder("INBOX")
        client.delete_messages(uids)
        client.expunge()


def test_a_letter_seen_and_expunged_during_a_restart_has_vanished(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, *(letter(number) for number in range(6)))
    expunge(office, 2)  # before anybody looked: never seen, no row
    see_and_die(office, monkeypatch)
    assert office.arrivals() == []
    expunge(office, 3, 4, 6)
    assert office.take_in() == 0
    gone = ArrivalState.VANISHED
    assert office.arrivals() == [(1, "taken"), (3, gone), (4, gone), (5, "taken"), (6, gone)]
    assert office.rows(MailFolder.cursor) == [(6,)]
    office.send(mailbox, letter(7))
    assert office.take_in() == 0
    assert office.arrivals()[5:] == [(7, "taken")]


def test_what_was_awaited_under_an_old_uidvalidity_has_vanished_and_comes_under_the_new(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = office.mailbox("vanthu")
    office.send(mailbox, letter(1), letter(2))
    see_and_die(office, monkeypatch)
    with office.database.writing() as session:  # as if the server had counted otherwise before
        session.execute(sa.update(MailFolder).values(uidvalidity=7))
    assert office.take_in() == 0
    assert sorted(office.arrivals()) == [(1, "taken"), (1, "vanished"), (2, "taken"), (2, "vanished")]
    assert office.messages() == 2


def test_a_slow_process_that_has_the_vanished_letter_in_hand_still_brings_it(office: Office) -> None:
    where = Where("imap", "vanthu", "INBOX", 7, 5, None, None)
    now = datetime.now(UTC)
    with office.database.writing() as session:
        mailboxes.ensure(session, "vanthu", "vanthu@example.vn")
        folder = mailboxes.ensure_folder(session, "vanthu", "INBOX")
        arrivals.record_without_letter(session, [where], ArrivalState.VANISHED, at=now)
    entry = Entry(where, Excluded("bi_mat", "rule", "mark", "", None), folder.id, 5, now)
    for _ in range(2):
        committing._write(office.database, entry)
    assert office.arrivals() == [(5, "excluded")]


def test_the_uids_of_a_folder_are_written_as_an_imap_set(office: Office) -> None:
    with office.database.writing() as session:
        mailboxes.ensure(session, "vanthu", "vanthu@example.vn")
        folder = mailboxes.ensure_folder(session, "vanthu", "INBOX")
        mailboxes.begin_series(session, folder.id, 3, None)
        mailboxes.note_awaited(session, folder.id, 3, {9, 4, 7, 8, 1_000_000})
        mailboxes.note_awaited(session, folder.id, 2, {5})  # of a series that is over
        assert session.scalar(sa.select(MailFolder.awaited)) == "4,7:9,1000000"
        assert mailboxes.folder_state(session, folder.id).awaited == {4, 7, 8, 9, 1_000_000}
