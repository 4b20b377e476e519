"""The committing process: killed it is made anew, refused rows become a held letter, nothing is written twice."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from intake_office import wait_until

from core import files, mailboxes, removal, sealing
from core.arrivals import Excluded, Held, Outcome, Taken, Where
from core.db import Database
from core.errors import Temporary
from core.files import Content, FolderStore
from core.letters import Arrival, Exclusion, HeldLetter, MailFolder, Message
from ingest.committer import Committer
from ingest.pipeline import Ready
from ingest.series import Series

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    shutil.copy(migrated_sqlite, tmp_path / "office.sqlite3")
    made = Database(f"sqlite:///{tmp_path / 'office.sqlite3'}")
    yield made
    made.close()


@pytest.fixture
def series(database: Database) -> Series:
    with database.writing() as session:
        mailboxes.ensure(session, "den", "den@example.gov.vn")
        folder_id = mailboxes.ensure_folder(session, "den", "INBOX").id
        mailboxes.begin_series(session, folder_id, 7, None)
    made = Series(folder_id, "den", "INBOX", 7, 0, ())
    made.see(range(1, 10))
    return made


@pytest.fixture
def committer(database: Database, tmp_path: Path) -> Iterator[Committer]:
    made = Committer(database, tmp_path / "files", tmp_path, lambda: AT)
    made.start()
    yield made
    made.close()


def held(series: Series, uid: int, outcome: Outcome | None = None, instead: list[int] | None = None) -> Ready:
    series.hand_over(uid)
    where = Where("imap", "den", "INBOX", 7, uid, AT, 100)
    hold_instead = None if instead is None else lambda: instead.append(uid)
    return Ready(
        series, where, outcome or Held("too_large", f"mark-{uid}", 100, None, None), lambda: None, hold_instead
    )


def uids(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(sa.select(Arrival.uid).order_by(Arrival.uid)))


def test_a_letter_is_written_and_the_cursor_follows(committer: Committer, series: Series, database: Database) -> None:
    committer.put(held(series, 1))
    wait_until(lambda: series.cursor == 1)
    with database.reading() as session:
        assert session.scalars(sa.select(MailFolder.cursor)).one() == 1
        assert session.scalars(sa.select(HeldLetter.held_at)).one() == AT


def test_a_killed_process_is_made_anew_and_the_letter_written_once(
    committer: Committer, series: Series, database: Database
) -> None:
    for uid in range(1, 8):
        committer.put(held(series, uid))
        wait_until(lambda: committer.pid is not None)
        os.kill(committer.pid or 0, signal.SIGKILL)
        wait_until(lambda uid=uid: series.cursor == uid)  # type: ignore[misc]
    assert uids(database) == [1, 2, 3, 4, 5, 6, 7]


def test_rows_the_database_refuses_are_held_instead_and_stop_nothing(
    committer: Committer, series: Series, database: Database
) -> None:
    instead: list[int] = []
    wrong = replace(Held("too_large", "m", 100, None, None), reason=None)  # type: ignore[arg-type]
    committer.put(held(series, 1, wrong, instead))
    committer.put(held(series, 2))
    wait_until(lambda: uids(database) == [2])
    assert instead == [1]


def test_a_letter_written_before_its_answer_was_lost_is_not_written_again(
    committer: Committer, series: Series, database: Database
) -> None:
    committer.put(held(series, 1))
    committer.put(held(series, 1))
    committer.put(held(series, 2))
    wait_until(lambda: uids(database) == [1, 2])
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(HeldLetter)) == 2


def test_a_letter_under_way_is_committed_while_somebody_waits_to_be_alone_with_the_store(
    committer: Committer, series: Series, tmp_path: Path
) -> None:
    store, was_alone = FolderStore(tmp_path / "files"), threading.Event()

    def sweep() -> None:
        with store.alone():
            was_alone.set()

    with store.adding():  # as the intake does for the letter
        waiting = threading.Thread(target=sweep, daemon=True)
        waiting.start()
        assert not was_alone.wait(0.3)
        committer.put(held(series, 1))
        wait_until(lambda: series.cursor == 1)
    assert was_alone.wait(10)


class Hearing:
    """An origin that remembers what it hears, and can't hear of a letter given up."""

    waits = True

    def __init__(self) -> None:
        self.heard: list[object] = []

    def settle(self, uids: list[int], outcome: object = None) -> None:
        self.heard += [(uid, outcome) for uid in uids]

    def give_up(self, _uid: int) -> None:
        raise Temporary("the database is away")


def test_an_origin_that_cannot_hear_of_a_refused_letter_stops_nothing(
    committer: Committer, series: Series, database: Database
) -> None:
    wrong = replace(Held("too_large", "m", 100, None, None), reason=None)  # type: ignore[arg-type]
    where = Where("dropped", "request", "", 0, 1, AT, 100)
    committer.put(Ready(Hearing(), where, wrong, lambda: None))
    committer.put(held(series, 2))
    wait_until(lambda: uids(database) == [2])


def test_a_letter_whose_content_goes_while_it_is_on_its_way_is_left_out(
    committer: Committer, series: Series, database: Database, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    raw.write_bytes(b"a letter")
    values: dict[str, object] = {
        "message_id": None, "mail_class": "letter", "outcome": "draft", "subject": "KHOA-BI-MAT", "sender_name": "A",
        "sender_address": "a@example.gov.vn", "recipients": [], "in_reply_to": None, "sent_at": None, "body_text": "",
        "reasons": [], "reports": [], "warnings": [],
    }  # fmt: skip
    letter = Taken("the letter", Content(raw, files.sha256_of(raw), 8, "message/rfc822"), values, (), ())
    committer.put(held(series, 1, letter))
    wait_until(lambda: uids(database) == [1])
    with database.writing() as session:  # what a removal leaves; the second copy was judged before it
        mark = sealing.mark(sealing.mark_key(session), letter.identity)
        session.execute(sa.update(Message).values(identity=mark, raw_sha256=None, subject=""))
    origin = Hearing()
    committer.put(replace(held(series, 2, letter), origin=origin))
    wait_until(lambda: uids(database) == [1, 2] and origin.heard)
    assert origin.heard == [(2, Excluded("bi_mat", removal.REMOVED_RULE, mark, "a@example.gov.vn", None))]
    with database.reading() as session:
        assert session.scalars(sa.select(Arrival.state).order_by(Arrival.uid)).all() == ["taken", "excluded"]
        assert session.scalars(sa.select(Message.subject)).all() == [""]
        found = session.scalars(sa.select(Exclusion)).one()
        assert (found.mark, found.rule, found.subject) == (mark, removal.REMOVED_RULE, None)
