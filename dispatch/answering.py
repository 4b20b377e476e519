"""Answers to senders on their way into the outbox: what the journal calls for, with its files in the store first."""

from collections.abc import Callable
from datetime import datetime

import structlog

from config.settings import Settings
from config.vocabulary import vocabulary
from core.answers import following
from core.answers.deciding import Us
from core.answers.following import Followed
from core.db import Database
from core.files import Content, FolderStore

_PACKAGE_TYPE = "application/xml"

log = structlog.get_logger("dispatch")


class Answering:
    """Follows the journal of one office. `waits` while something is to be told in a moment, whatever happens."""

    def __init__(
        self, settings: Settings, database: Database, store: FolderStore, clock: Callable[[], datetime]
    ) -> None:
        domains = tuple(vocabulary("screening")["state_domains"])
        sending = settings.sending
        self._us = Us(sending.from_address, sending.from_name, domains, settings.senders.dkim)
        self._database, self._store, self._clock = database, store, clock
        self._has_begun = False
        self.waits = False

    def follow(self) -> int:
        """Queue what the journal calls for since the last time; returns how many answers. Raises Temporary."""
        if not self._has_begun:
            with self._database.writing(background=True) as session:
                following.begin(session, at=self._clock())
            self._has_begun = True
        count, self.waits = 0, False
        with self._database.reading() as session:
            has_more = following.is_due(session, at=self._clock())
        while has_more:
            done = self._step()
            for event_id in done.failed:
                log.error("answer_not_made", event_id=event_id)
            count, has_more, self.waits = count + done.count, done.has_more, done.waits
        with self._database.reading() as session:
            self.waits = self.waits or following.has_returns(session)
        return count

    def _step(self) -> Followed:
        with self._store.adding(), self._database.writing(background=True) as session:
            return following.follow(session, self._us, self._keep, at=self._clock())

    def _keep(self, data: bytes) -> Content:
        return self._store.keep(data, _PACKAGE_TYPE)
