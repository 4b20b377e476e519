"""The letters of one fetch: room in the spool before the command is sent, a file for each body."""

import os
from collections import deque
from threading import Event

from ingest.mailbox import Place
from ingest.spool import Slot, Spool


class Fetch:
    """Feeds `Session.bodies`. `todo` is shared with the caller: what is left in it was not asked for."""

    def __init__(self, spool: Spool, todo: deque[Place], stop: Event) -> None:
        self._spool = spool
        self._todo = todo
        self._stop = stop
        self._asked: dict[int, tuple[Place, Slot]] = {}
        self._files: dict[int, int] = {}

    def next_uid(self) -> int | None:
        """The next letter for which the spool has room now."""
        if not self._todo or self._stop.is_set():
            return None
        slot = self._spool.try_reserve(self._todo[0].size)
        if slot is None:
            return None
        place = self._todo.popleft()
        self._asked[place.uid] = place, slot
        return place.uid

    def open_target(self, uid: int, size: int) -> int | None:
        """The raw file of a letter; None when its body is larger than the server had said it would be."""
        _, slot = self._asked[uid]
        if size > slot.room:
            return None
        self._files[uid] = os.open(slot.raw, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        return self._files[uid]

    def complete(self, uid: int) -> tuple[Place, Slot | None]:
        """The server is done with one letter; its slot is the caller's now, None when no body came."""
        place, slot = self._asked.pop(uid)
        handle = self._files.pop(uid, None)
        if handle is None:
            self._spool.release(slot)
            return place, None
        os.close(handle)
        return place, slot

    def abandon(self) -> None:
        """Free the room of letters that were asked for and did not come whole."""
        for uid in list(self._asked):
            _, slot = self._asked.pop(uid)
            handle = self._files.pop(uid, None)
            if handle is not None:
                os.close(handle)
            self._spool.release(slot)
