"""How full a mailbox is, as a real server with a quota tells it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from dovecot_server import Dovecot
from intake_office import Office, letter, open_office

from core.letters import MailboxState, MailFolder
from ingest import alarms


@pytest.fixture
def small_office(tmp_path: Path, dovecot_with_quota: Dovecot) -> Iterator[Office]:
    """An office whose mailbox has room for 200 kB."""
    with open_office(tmp_path, dovecot_with_quota) as opened:
        yield opened


def state(office: Office) -> MailboxState:
    with office.database.reading() as session:
        return session.scalars(sa.select(MailboxState)).one()


def compare(office: Office) -> None:
    """Two passes, the second of which compares and reads the quota."""
    assert office.take_in() == 0
    with office.database.writing() as session:
        session.execute(sa.update(MailFolder).values(reconciled_at=datetime.now(UTC) - timedelta(days=2)))
    assert office.take_in() == 0


def look(office: Office) -> str:
    alarms.look(office.settings.mailboxes, office.database, lambda: datetime.now(UTC))
    return state(office).alarm


def test_a_mailbox_that_is_four_fifths_full_raises_an_alarm_and_stops_when_it_is_tidied(small_office: Office) -> None:
    mailbox = small_office.mailbox("vanthu")
    small_office.send(mailbox, letter(1, 60_000))
    compare(small_office)
    told = state(small_office)
    assert told.room_limit == 200 * 1024 and told.room_used is not None and 80_000 < told.room_used < 90_000
    assert look(small_office) == ""
    small_office.send(mailbox, letter(2, 60_000))
    compare(small_office)
    assert look(small_office).startswith("Hộp thư đã dùng 8"), state(small_office).room_used
    with small_office.dovecot.client(mailbox.username) as client:
        client.select_folder("INBOX")
        client.delete_messages([1])
        client.expunge()
    compare(small_office)
    assert look(small_office) == ""


def test_a_server_without_quota_is_said_to_tell_nothing(office: Office) -> None:
    office.send(office.mailbox("vanthu"), letter(1))
    compare(office)
    assert state(office).room_read_at is not None and state(office).room_limit is None
