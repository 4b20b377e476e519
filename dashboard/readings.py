"""Files that people read: found only for who may read them, and every reading in the journal before it is served."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from core import events
from core.incoming.dangers import danger_of
from core.incoming.tables import Incoming, IncomingFile
from core.rights import may_read
from core.tasks import submitting
from dashboard.web import acting, in_reading, in_thread, now, office_of, origin_of, user_of

_MOST_NOTED = 20_000
READ_AGAIN_AFTER = timedelta(hours=1)  # one reading in the journal for each person, document and hour


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is needed to open one file of a document: its content's name, its type and its shown name.

    `danger` says why it is not to be opened; see `core.incoming.dangers`."""

    sha256: str
    media_type: str
    name: str
    danger: str = ""


async def readable_file(request: Request) -> StoredFile:
    """The file a request's path names by document id and position; 404 unless the person may read it."""
    person, place = user_of(request), request.path_params
    return await in_reading(request, _file, person.id, place["id"], place["position"])


async def note_reading(request: Request, incoming_id: int, *, in_full: bool = True) -> None:
    """Write to the journal of readings that the person reads a document, once an hour, before it is served.

    Not `in_full` where a page tells what the document is about and does not show it: it still waits to be opened.
    """
    if is_noted(request, incoming_id, in_full=in_full):
        return
    key, at, noted = (user_of(request).id, incoming_id, in_full), now(request), _noted(request)
    database, source = office_of(request).database, origin_of(request).source

    def write() -> None:
        with database.writing() as session:
            fact = events.Fact("read", "incoming", incoming_id)
            if in_full:
                submitting.note_seen(session, incoming_id, key[0], at=at)
            events.record_many(session, [fact], by=key[0], at=at, source=source, chain=events.READINGS)

    # Not by in_writing: a form that comes back after a new login is shown again, and that is a reading too.
    await in_thread(request, write)
    if len(noted) >= _MOST_NOTED:
        noted.clear()  # some readings are then noted twice, which harms nobody
    noted[key] = at


def is_noted(request: Request, incoming_id: int, *, in_full: bool = True) -> bool:
    """Whether the journal has that the person reads the document in this hour; see `note_reading`."""
    noted, person_id, at = _noted(request), user_of(request).id, now(request)
    known = (noted.get((person_id, incoming_id, whole)) for whole in {True, in_full})
    # A reading of later than now was noted before the clock was set back: it says nothing of this hour.
    return any(then is not None and timedelta() <= at - then < READ_AGAIN_AFTER for then in known)


def record_download(session: Session, user_id: int, incoming_id: int, name: str, *, at: datetime, source: str) -> None:
    """Append to the journal of readings that the file `name` of a document was taken away."""
    fact = events.Fact("downloaded", "incoming", incoming_id, {"name": name})
    events.record_many(session, [fact], by=user_id, at=at, source=source, chain=events.READINGS)


def _noted(request: Request) -> dict[tuple[int, int, bool], datetime]:
    """(user, document, whether in full) -> when its reading was last noted by this process."""
    state = request.app.state
    if not hasattr(state, "readings_noted"):
        state.readings_noted = {}
    noted: dict[tuple[int, int, bool], datetime] = state.readings_noted
    return noted


def _file(session: Session, user_id: int, incoming_id: int, position: int) -> StoredFile:
    user, document = acting(session, user_id), session.get(Incoming, incoming_id)
    file = session.get(IncomingFile, (incoming_id, position))
    if document is None or file is None or not may_read(session, user, document):
        raise HTTPException(404)
    return StoredFile(file.sha256, file.media_type, file.name, danger_of(document.notes, file.name))
