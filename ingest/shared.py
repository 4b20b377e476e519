"""What the threads of one intake process share and ask of each other."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.db import Database
from ingest.committer import Committer
from ingest.pipeline import Pipeline
from ingest.spool import Slot, Spool


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
