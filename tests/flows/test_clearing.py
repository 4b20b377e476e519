"""Clearing the mailbox: only what is stored whole, backed up and old leaves it, on a real server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from imapclient import IMAPClient
from intake_office import Office, letter

from config.settings import MailboxSettings
from core import clearing as core_clearing
from core.clearing import Letter
from core.events import Event
from core.letters import Arrival, Message
from ingest import clearing
from ingest.backups import Backups

LATER = datetime.now(UTC) + timedelta(days=40)


def backed_up(_letter: Letter) -> bool:
    return True


def clear(office: Office, mailbox: MailboxSettings, backup: Callable[[Letter], bool] = backed_up) -> int:
    """The nightly clearing, 40 days from now."""
    with office.database.reading() as session:
        uidvalidity = session.scalars(sa.select(Arrival.uidvalidity)).first()
    assert uidvalidity is not None
    return clearing.clear(office.database, lambda: LATER, mailbox, "INBOX", uidvalidity, office.store, backup)


def uids(office: Office, mailbox: MailboxSettings, folder: str = "INBOX") -> list[int]:
    with office.dovecot.client(mailbox.username) as client:
        client.select_folder(folder, readonly=True)
        return sorted(client.search())


def filled(office: Office, **changes: object) -> MailboxSettings:
    """A mailbox of five: the second is held, and marked for deletion in a clerk's webmail."""
    mailbox = office.mailbox("vanthu", clear_after_days=30, **changes)
    office.send(mailbox, *(letter(number) for number in range(1, 6)))
    assert office.take_in() == 0
    with office.database.writing() as session:
        session.execute(sa.update(Arrival).where(Arrival.uid == 2).values(state="held"))
    with office.dovecot.client(mailbox.username) as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
    return mailbox


def test_nothing_is_cleared_before_there_is_a_backup(office: Office) -> None:
    mailbox = filled(office)
    backups = Backups(office.settings, office.database, lambda: LATER)
    assert clear(office, mailbox, backups.proved_letters()) == 0
    assert uids(office, mailbox) == [1, 2, 3, 4, 5]


def test_only_letters_taken_in_leave_and_what_a_clerk_marked_stays(office: Office) -> None:
    mailbox = filled(office)
    assert clear(office, mailbox) == 4
    assert uids(office, mailbox) == [2], "held, and marked for deletion by others: not ours to expunge"
    with office.database.reading() as session:
        cleared = session.scalars(sa.select(Arrival.uid).where(Arrival.cleared_at.is_not(None))).all()
        acts = session.scalars(sa.select(Event.act).where(Event.act.in_(("clearing_begun", "letter_cleared")))).all()
    assert sorted(cleared) == [1, 3, 4, 5]
    assert list(acts) == ["clearing_begun"] * 4 + ["letter_cleared"] * 4
    assert clear(office, mailbox) == 0


@pytest.mark.parametrize("has_move", [True, False])
def test_letters_are_moved_to_a_named_folder(
    office: Office, monkeypatch: pytest.MonkeyPatch, has_move: bool
) -> None:  # fmt: skip
    mailbox = filled(office, clear_to="Đã nhận vào Công văn")
    if not has_move:  # as a server says it that knows RFC 4315 only
        known = IMAPClient.has_capability
        monkeypatch.setattr(IMAPClient, "has_capability", lambda c, name: name != "MOVE" and known(c, name))
    assert clear(office, mailbox) == 4
    assert uids(office, mailbox) == [2]
    assert len(uids(office, mailbox, "Đã nhận vào Công văn")) == 4


def test_a_letter_whose_stored_bytes_are_damaged_stays(office: Office) -> None:
    mailbox = filled(office)
    with office.database.reading() as session:
        sha256 = session.scalars(
            sa.select(Message.raw_sha256).join(Arrival, Arrival.message_id == Message.id).where(Arrival.uid == 3)
        ).one()
    assert sha256 is not None
    stored = office.store.path_of(sha256)
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes()[:-1] + b"?")
    assert clear(office, mailbox) == 3
    assert uids(office, mailbox) == [2, 3]


def test_letters_younger_than_the_setting_stay_and_off_means_off(office: Office) -> None:
    mailbox = filled(office)
    assert clear(office, mailbox.model_copy(update={"clear_after_days": 45})) == 0
    assert clear(office, mailbox.model_copy(update={"clear_after_days": 0})) == 0
    assert uids(office, mailbox) == [1, 2, 3, 4, 5]


def test_a_folder_whose_uids_are_counted_anew_is_left_alone(office: Office) -> None:
    mailbox = filled(office)
    with office.database.writing() as session:
        session.execute(sa.update(Arrival).values(uidvalidity=Arrival.uidvalidity + 1))
    assert clear(office, mailbox) == 0
    assert uids(office, mailbox) == [1, 2, 3, 4, 5]


def test_killed_between_clearing_and_the_note_the_next_night_notes_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = filled(office)
    with monkeypatch.context() as patched:
        patched.setattr(core_clearing, "note_cleared", _dies)
        with pytest.raises(KeyboardInterrupt):
            clear(office, mailbox)
    assert uids(office, mailbox) == [2]
    assert clear(office, mailbox) == 4
    with office.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Arrival.cleared_at.is_not(None))) == 4


def _dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
