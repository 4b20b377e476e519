"""What is read of a file that came later than its draft, put where nobody has written anything else."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import events
from core.evidence import Evidence, Source
from core.incoming.registration import as_text
from core.incoming.tables import FileRole, Incoming, IncomingFile, State
from core.incoming.values import from_evidence
from core.text import squeeze

_BLANK = ("", "thuong")  # of a choice its first value is no word of anybody


def fill(document: Incoming, read: Mapping[str, Evidence]) -> None:
    """Take values into fields that are empty or still say what the program proposed before; others stay.

    The caller counts the version.
    """
    taken = {name: evidence for name, evidence in read.items() if _is_open(document, name)}
    for name, value in from_evidence(taken).items():
        setattr(document, name, value)
    document.proposed = document.proposed | {name: evidence.to_json() for name, evidence in taken.items()}


def fill_drafts(session: Session, sha256: str, read: Mapping[str, Evidence], *, at: datetime) -> None:
    """Take what was read of a scan behind the letters into the drafts whose main file it is.

    Of what was proposed before only the scan's own is replaced, a list whose end intake had not read, and what no
    document says but lessons do.
    Who has such a draft open is told as of a colleague's change.
    """
    if not read:
        return
    query = (
        sa.select(Incoming)
        .join(IncomingFile, IncomingFile.incoming_id == Incoming.id)
        .where(IncomingFile.sha256 == sha256, IncomingFile.role == FileRole.MAIN, Incoming.state == State.DRAFT)
        .with_for_update()
    )
    for document in session.scalars(query).unique().all():
        new = {name: evidence for name, evidence in read.items() if _says_more(document, name, evidence)}
        if new:
            fill(document, new)
            fields = sorted(from_evidence(new))
            document.version += bool(fields)  # a sentence shown beside them takes nothing from who types
            session.flush()
            payload = {"fields": fields}
            events.record(session, "read_on", "incoming", document.id, by=None, at=at, payload=payload)


def _says_more(document: Incoming, name: str, evidence: Evidence) -> bool:
    if not _is_open(document, name):
        return False
    stored = document.proposed.get(name)
    if stored is None:
        return True
    before = Evidence.from_json(stored)
    is_unread = before.source is Source.LESSON and not before.as_read
    is_same_scan = before.source is Source.OCR and before.file == evidence.file
    is_cleared = hasattr(document, name) and as_text(document, name) != squeeze(before.value)
    return (is_same_scan or is_unread) and not is_cleared and before.value != evidence.value


def _is_open(document: Incoming, name: str) -> bool:
    value, proposed = as_text(document, name), document.proposed.get(name)
    return value in _BLANK or (proposed is not None and value == squeeze(Evidence.from_json(proposed).value))
