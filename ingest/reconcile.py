"""Server and database compared, once a day and on request: is there a letter that has no row? (promise 2)"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core import arrivals, mailboxes
from core.mailboxes import FolderState
from ingest.mailbox import Room
from ingest.series import Series
from ingest.shared import Shared

_DUE_HOURS = 25  # what a night without power has missed is made up for at the next start

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`count` letters on the server have their row; `lost` are the UIDs at or below the cursor that have none."""

    count: int
    lost: Sequence[int]


def is_due(folder: FolderState, at: datetime) -> bool:
    """Whether a folder that was read before has not been compared for more than a day."""
    if folder.reconciled_at is None:
        return folder.cursor > 0
    return at - folder.reconciled_at > timedelta(hours=_DUE_HOURS)


def compare(shared: Shared, series: Series, found: Sequence[int]) -> Comparison:
    """Compare `found`, every UID in the folder now, with the rows. Raises Temporary.

    What is above the cursor is on its way anyway; a row whose letter is gone is a letter that people deleted.
    """
    cursor = series.cursor  # before the rows are read: up to here nothing is on the way
    with shared.database.reading() as session:
        recorded = arrivals.recorded_above(session, series.mailbox, series.folder, series.uidvalidity, 0)
    lost = [uid for uid in found if uid <= cursor and uid not in recorded]
    return Comparison(len(recorded.intersection(found)), lost)


def note(shared: Shared, series: Series, compared: Comparison, room: Room | None) -> None:
    """Write what was found and how full the mailbox is, for the page and the log. Raises Temporary."""
    count, lost = compared.count, len(compared.lost)
    with shared.database.writing(background=True) as session:
        mailboxes.note_reconciled(session, series.folder_id, count=count, lost=lost, at=shared.clock())
        mailboxes.note_room(session, series.mailbox, room.used if room else None, room.limit if room else None,
                            at=shared.clock())  # fmt: skip
    say = log.error if lost else log.info
    say("reconciled", mailbox=series.mailbox, folder=series.folder, letters=count, lost=lost, uids=compared.lost[:20])
