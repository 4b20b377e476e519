"""Hands what mail servers push to the pipeline, and waits for the commit on their behalf."""

import asyncio
import contextlib
import hashlib
import ipaddress
import time
from collections.abc import Iterable, Mapping, Sequence

import structlog

from config.listening import ListenerSettings
from config.settings import MEGABYTE
from core.arrivals import Outcome, Where
from ingest.listener.answers import TRY_AGAIN, answer_to
from ingest.listener.receiving import SMALLEST, Receiving
from ingest.pipeline import Parcel
from ingest.shared import Shared

ROOM_SECONDS = 100.0  # clients wait two minutes for the answer to DATA (RFC 5321 4.5.3.2.4)
_LOOK_SECONDS = 0.05

log = structlog.get_logger()


class Door:
    """What all sessions of one listener share; an origin of letters, which waits for what becomes of them.

    Lives in the listener's event loop; `settle` and `give_up` may be called from any thread.
    """

    waits = False  # the sender keeps the letter and comes again: nothing of it has to wait in our memory

    def __init__(
        self, shared: Shared, settings: ListenerSettings, books: Mapping[str, int], loop: asyncio.AbstractEventLoop
    ) -> None:
        """`books` are the ids of the books by the recipient's address, folded."""
        self.settings = settings
        self.max_bytes = min(settings.max_megabytes * MEGABYTE, shared.spool.largest_letter)
        self._shared = shared
        self._books = books
        self._loop = loop
        self._waiting: dict[int, asyncio.Future[Outcome | None]] = {}
        self._last_uid = 0

    def knows(self, recipient: str) -> bool:
        """Whether letters to this address come in here."""
        return recipient.casefold() in self._books

    def is_from_here(self, peer: object) -> bool:
        """Whether this client may speak to us: by its address, and by file rights on a Unix socket."""
        if not isinstance(peer, tuple):
            return True
        address = ipaddress.ip_address(peer[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address.version == network.version and address in network for network in self.settings.networks)

    async def room_for(self, declared: int) -> Receiving | None:
        """Wait for room for a letter of `declared` bytes (0: unknown); None when none came in time."""
        expected = declared or SMALLEST
        spool, until = self._shared.spool, time.monotonic() + ROOM_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if (slot := spool.try_reserve(expected)) is not None:
                    return Receiving(spool, slot, expected, self.max_bytes)
            await asyncio.sleep(_LOOK_SECONDS)
        return None

    async def hand_in(self, letter: Receiving, sender: str, recipients: Sequence[str]) -> str:
        """The answer to a complete letter, when its rows are committed or can't be.

        When the time for an answer is over the letter goes its way nevertheless; sent again it is known again.
        """
        at = self._shared.clock()
        uid = self._last_uid = max(self._last_uid + 1, int(at.timestamp() * 1_000_000))
        folded = [recipient.casefold() for recipient in recipients]
        place = (self.settings.name, ", ".join(dict.fromkeys(folded))[:200], self._envelope(sender, folded), uid)
        where = Where(self.settings.protocol, *place, at, letter.size)
        answer = self._waiting[uid] = self._loop.create_future()
        try:
            self._shared.pipeline.submit(Parcel(self, where, letter.slot, self._books[folded[0]]))
            return answer_to(await asyncio.wait_for(answer, self.settings.answer_seconds))
        except TimeoutError:
            log.warning("letter_answer_late", mailbox=where.mailbox, uid=uid)
            return TRY_AGAIN
        finally:
            self._waiting.pop(uid, None)

    def settle(self, uids: Iterable[int], outcome: Outcome | None = None) -> None:
        """The rows of these letters are committed."""
        for uid in uids:
            self._tell(uid, outcome)

    def give_up(self, uid: int) -> None:
        """The letter did not reach the database: its sender keeps it."""
        self._tell(uid, None)

    def _tell(self, uid: int, outcome: Outcome | None) -> None:
        def tell() -> None:
            answer = self._waiting.get(uid)
            if answer is not None and not answer.done():
                answer.set_result(outcome)

        with contextlib.suppress(RuntimeError):  # the loop is closed, and with it the connection
            self._loop.call_soon_threadsafe(tell)

    def _envelope(self, sender: str, recipients: Sequence[str]) -> int:
        # Stands where IMAP has its UIDVALIDITY. With the process's own name two of them never make the same key.
        words = "\0".join((self._shared.holder, sender, *recipients))
        return int.from_bytes(hashlib.sha256(words.encode("utf-8", "surrogateescape")).digest()[:8]) >> 1
