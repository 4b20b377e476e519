"""What the threads of one intake process share and ask of each other."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.db import Database
from ingest.committer import Committer
from ingest.pipeline import Pipeline
from ingest.spool import Slot, Spool
from ingest.trouble import Kind


@dataclass(frozen=True)
class Again:
    """A letter to be fetched once more; `answer` gets its slot in the spool, None when it can't be had."""

    uidvalidity: int
    uid: int
    answer: Callable[[Slot | None], None]


@dataclass(frozen=True)
class Shared:
    """What all watchers of one process share. `holder` names the process in leases."""

    database: Database
    spool: Spool
    pipeline: Pipeline
    committer: Committer
    clock: Callable[[], datetime]
    holder: str
    lease_seconds: float
    stop: threading.Event

    def refusing(self, longer_than_seconds: float) -> Kind | None:
        """Whether disk or database have taken no letter for so long, and which of them."""
        limit = time.monotonic() - longer_than_seconds
        for part, kind in ((self.pipeline, Kind.DISK), (self.committer, Kind.DATABASE)):
            if part.refused_since is not None and part.refused_since < limit:
                return kind
        return None
