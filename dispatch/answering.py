"""Answers to senders on their way into the outbox: what the journal calls for, with its files in the store first."""

from collections.abc import Callable
from datetime import datetime

from config.sending import SendingSettings
from config.vocabulary import vocabulary
from core import files
from core.answers import following
from core.answers.deciding import Us
from core.answers.following import Answer, Batch
from core.db import Database
from core.deliveries.queueing import Attachment
from core.files import Content, FolderStore

_PACKAGE_TYPE = "application/xml"


class Answering:
    """Follows the journal of one office."""

    def __init__(
        self, settings: SendingSettings, database: Database, store: FolderStore, clock: Callable[[], datetime]
    ) -> None:
        domains = tuple(vocabulary("screening")["state_domains"])
        self._us = Us(settings.from_address, settings.from_name, domains)
        self._database, self._store, self._clock = database, store, clock
        self._has_begun = False

    def follow(self) -> int:
        """Queue what the journal calls for since the last time; returns how many answers. Raises Temporary."""
        if not self._has_begun:
            with self._database.writing(background=True) as session:
                following.begin(session, at=self._clock())
            self._has_begun = True
        count = 0
        while (batch := self._next()) is not None:
            self._queue(batch)
            count += len(batch.answers)
        return count

    def _next(self) -> Batch | None:
        with self._database.reading() as session:
            return following.next_batch(session, self._us, at=self._clock())

    def _queue(self, batch: Batch) -> None:
        at = self._clock()
        with self._store.adding():
            kept = [self._keep(answer) for answer in batch.answers]
            with self._database.writing(background=True) as session:
                files.note_stored(session, [content for one in kept for _, content in one], at=at)
                attached = [[Attachment(name, c.sha256, c.media_type) for name, c in one] for one in kept]
                following.queue(session, batch, attached, at=at)

    def _keep(self, answer: Answer) -> list[tuple[str, Content]]:
        return [(name, self._store.keep(data, _PACKAGE_TYPE)) for name, data in answer.packages.items()]
