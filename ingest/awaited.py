"""UIDs that were seen and have no row yet: noted before anything is fetched, so that a restart knows of them."""

from collections.abc import Sequence

from core import mailboxes
from core.arrivals import Where
from core.letters import ArrivalState
from core.mailboxes import FolderState
from ingest.series import Series
from ingest.shared import Shared


def note(shared: Shared, series: Series) -> None:
    """A UID once seen gets its row, even if both it and we are gone the next moment. Raises Temporary."""
    if news := series.to_be_noted():
        with shared.database.writing(background=True) as session:
            mailboxes.note_awaited(session, series.folder_id, series.uidvalidity, news)
        series.noted(news)


def vanish(shared: Shared, series: Series, uids: Sequence[int]) -> None:
    """Write the rows of UIDs that were seen and are gone from the folder. Raises Temporary."""
    places = [Where("imap", series.mailbox, series.folder, series.uidvalidity, uid, None, None) for uid in uids]
    shared.committer.without_letter(series, places, ArrivalState.VANISHED)


def end_series(shared: Shared, mailbox: str, folder: str, state: FolderState) -> None:
    """What was awaited under the UIDVALIDITY of before comes, if at all, under another UID. Raises Temporary."""
    if state.uidvalidity is not None and state.awaited:
        series = Series(state.id, mailbox, folder, state.uidvalidity, state.cursor, (), state.awaited)
        vanish(shared, series, series.see(())[1])
