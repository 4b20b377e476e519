"""Clears the mailbox where that is set: old letters that are stored, verified and backed up are moved or deleted.

The only session of this program that writes to a mailbox; it is opened for the purpose and closed at once.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from imapclient.exceptions import IMAPClientError

from config.settings import MailboxSettings
from core import clearing
from core.clearing import Letter
from core.db import Database
from core.errors import Permanent, Temporary
from core.files import FolderStore, sha256_of
from ingest.account import account_of
from ingest.mailbox import Session
from ingest.trouble import Kind, Trouble

_AT_ONCE = 200

log = structlog.get_logger()


def clear(
    database: Database,
    clock: Callable[[], datetime],
    mailbox: MailboxSettings,
    folder: str,
    uidvalidity: int,
    store: FolderStore,
    is_backed_up: Callable[[Letter], bool],
) -> int:
    """Clear one folder of what may leave it; returns how many letters left. Does nothing unless it is set.

    `is_backed_up` tells whether a letter lies in a backup that was proved readable: no other may leave.

    Trouble with the server or the database ends it for today, with a line in the log.
    """
    if not mailbox.clear_after_days:
        return 0
    try:
        letters = _may_leave(database, clock, mailbox, folder, uidvalidity, store, is_backed_up)
        if not letters:
            return 0
        with WritingSession(account_of(mailbox)) as imap:
            imap.need_ways(folder, mailbox.clear_to)  # before an intention is written down
            return sum(
                _clear(database, clock, mailbox, imap, folder, uidvalidity, letters[start : start + _AT_ONCE])
                for start in range(0, len(letters), _AT_ONCE)
            )
    except Trouble as trouble:
        log.warning("clearing_failed", mailbox=mailbox.name, kind=trouble.kind.value, detail=trouble.detail)
    except Temporary as error:
        log.warning("clearing_failed", mailbox=mailbox.name, error=str(error.__cause__ or error))
    return 0


class WritingSession(Session):
    """A session that may take named letters out of a folder, and nothing else."""

    def take_out(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> set[int]:
        """Move `uids` to the folder `target`, or delete them where it is empty; returns which are gone.

        RFC 6851 MOVE or RFC 4315 UID EXPUNGE, so that no other letter is touched. Raises Trouble when the server
        has neither, or when the folder's UIDs are counted anew.
        """
        self.need_ways(folder, target)
        with self._troubles():
            answer = self._client.select_folder(folder)
            if int(answer[b"UIDVALIDITY"]) != uidvalidity:
                raise Trouble(Kind.FOLDER, folder=folder, detail="UIDVALIDITY changed")
            if target and self._client.has_capability("MOVE"):
                self._make(target)
                self._client.move(uids, target)
            else:
                if target:
                    self._make(target)
                    self._client.copy(uids, target)
                self._client.delete_messages(uids, silent=True)
                self._client.uid_expunge(uids)
        return set(uids) - self.existing(uids)

    def need_ways(self, folder: str, target: str) -> None:
        """Raise Trouble where the server can neither move to `target` nor delete single letters."""
        if not (target and self._client.has_capability("MOVE")) and not self._client.has_capability("UIDPLUS"):
            raise Trouble(Kind.PROTOCOL, folder=folder, detail="neither MOVE nor UIDPLUS")

    def _make(self, folder: str) -> None:
        with contextlib.suppress(IMAPClientError):  # it is there already; if not, the move says so
            self._client.create_folder(folder)


def _may_leave(
    database: Database,
    clock: Callable[[], datetime],
    mailbox: MailboxSettings,
    folder: str,
    uidvalidity: int,
    store: FolderStore,
    is_backed_up: Callable[[Letter], bool],
) -> list[Letter]:
    before = clock() - timedelta(days=mailbox.clear_after_days)
    with database.reading() as session:
        old = clearing.old_letters(session, mailbox.name, folder, uidvalidity, before=before, limit=5000)
    return [letter for letter in old if is_backed_up(letter) and _is_whole(store, letter)]


def _is_whole(store: FolderStore, letter: Letter) -> bool:
    """Whether the stored bytes are those of the row, read anew from the disk."""
    try:
        is_whole = sha256_of(store.path_of(letter.raw_sha256)) == letter.raw_sha256
    except (OSError, Permanent):
        is_whole = False
    if not is_whole:
        log.error("stored_letter_damaged", message=letter.message_id, sha256=letter.raw_sha256)
    return is_whole


def _clear(
    database: Database,
    clock: Callable[[], datetime],
    mailbox: MailboxSettings,
    imap: WritingSession,
    folder: str,
    uidvalidity: int,
    letters: Sequence[Letter],
) -> int:
    target = mailbox.clear_to
    with database.writing(background=True) as session:
        clearing.note_intent(session, mailbox.name, letters, target, at=clock())
    gone = imap.take_out(folder, uidvalidity, [letter.uid for letter in letters], target)
    cleared = [letter for letter in letters if letter.uid in gone]
    with database.writing(background=True) as session:
        clearing.note_cleared(session, mailbox.name, cleared, target, at=clock())
    log.info("cleared", mailbox=mailbox.name, folder=folder, letters=len(cleared), to=target)
    return len(cleared)
