"""Letters that requests wait for, fetched a second time in a watcher's session."""

from collections import deque
from threading import Event

from ingest.fetch import Fetch
from ingest.mailbox import Session
from ingest.shared import Again
from ingest.spool import Slot, Spool


def fetch_again(imap: Session, waiting: deque[Again], uidvalidity: int, spool: Spool, stop: Event) -> None:
    """Fetch what requests wait for; one that meets trouble stays first in line for the next session."""
    while waiting and not stop.is_set():
        again = waiting[0]
        places = imap.places([again.uid]) if again.uidvalidity == uidvalidity else {}
        todo = deque(place for place in places.values() if spool.can_ever_hold(place.size))
        fetch = Fetch(spool, todo, stop)
        slots: list[Slot | None] = []
        try:
            while todo and not stop.is_set():
                slots += [fetch.complete(body.uid)[1] for body in imap.bodies(fetch.next_uid, fetch.open_target)]
                if todo:
                    spool.wait_for_room(todo[0].size, 0.5)
        finally:
            fetch.abandon()
        if not todo:
            again.answer(slots[0] if slots else None)
            waiting.popleft()
