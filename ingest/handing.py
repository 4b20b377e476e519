"""Takes up what people hand over: files dropped on the desk or on a draft, held and left-out letters let in."""

import errno
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from config.settings import Settings
from core import registers, requests, sealing
from core.arrivals import Where
from core.errors import Permanent, Temporary
from core.incoming.dangers import VIRUS
from core.key_mails import Source, key_source
from core.letters import Arrival, HeldLetter, IntakeRequest
from ingest.pipeline import LET_IN, Parcel
from ingest.shared import Again, Shared
from ingest.spool import Slot
from ingest.watcher import FolderWatch

_UPLOADING_SECONDS = 600  # a file may lie in the folder that long before its request is written
_DROPPED = "ingest.handed:read_dropped"
_AGAIN = "ingest.handed:read_again"
_LOST = "Tệp không còn trong vùng đệm (máy vừa khởi động lại). Thả lại tệp."
_NO_PASSWORD = "Mật khẩu không còn trong vùng đệm (máy vừa khởi động lại). Nhập lại mật khẩu."
_NO_KEY_MAIL = "Thư mang mật khẩu không còn nội dung ở đây. Nhập mật khẩu vào ô."
_TOO_LARGE = "Tệp lớn hơn vùng đệm thư. Báo người quản trị tăng khóa spool_megabytes."
_GONE = "Thư không còn ở hộp thư nên không lấy lại được."
_IN_PLACE = "Thư còn nguyên ở hộp thư, máy không tải về được. Tải tệp từ hộp thư rồi thả vào bàn văn thư."
_FAILED = "Máy không ghi được văn bản này; đã ghi vào nhật ký để người quản trị xem."
_NOT_KEPT = "Nội dung không được giữ lại nên không đưa vào được. Nhận lại từ nơi gửi."

log = structlog.get_logger()


class HandedOver:
    """Looked at a few times a second; also what hears that a request's letter is in the database."""

    waits = True

    def __init__(self, shared: Shared, settings: Settings, watches: Sequence[FolderWatch]) -> None:
        self._shared = shared
        self._settings = settings
        self._watches = watches
        self._on_the_way: set[int] = set()
        self._files: dict[int, Path] = {}
        self._book_id = 0

    def forget_unasked(self) -> None:
        """Remove dropped files and passwords whose request is answered, as when we were killed before we could, or was
        never written by a dashboard that died."""
        lying = {path: path.name.removesuffix(requests.NAME_SUFFIX) for path in self._shared.spool.dropped.iterdir()}
        with self._shared.database.reading() as session:
            asked = requests.asked_with(session, set(lying.values()))
        for path, name in lying.items():
            if asked[name] if name in asked else _is_forgotten(path):
                path.unlink(missing_ok=True)

    def look(self) -> None:
        """Take up what was asked since the last look. Raises Temporary when the database is away."""
        with self._shared.database.reading() as session:
            asked = [request for request in requests.waiting(session) if request.id not in self._on_the_way]
            if not asked:
                return
            held = {request.id: requests.held_of(session, request) for request in asked}
            places = {request.id: requests.place_of(session, request) for request in asked}
            sources = {request.id: key_source(session, request) for request in asked}
            if not self._book_id:
                code = self._settings.mailboxes[0].book if self._settings.mailboxes else "den"
                self._book_id = registers.book_by_code(session, code).id
        for request in asked:
            try:
                self._take(request, held[request.id], places[request.id], sources[request.id])
            except Temporary:
                raise
            except Exception:
                log.exception("request_failed", request=request.id)
                self._answer(request.id, _FAILED)

    def settle(self, uids: Sequence[int], _outcome: object = None) -> None:
        """The rows of these requests are committed."""
        for uid in uids:
            self._on_the_way.discard(uid)
            if (path := self._files.pop(uid, None)) is not None:
                path.unlink(missing_ok=True)
                _name_beside(path).unlink(missing_ok=True)

    def give_up(self, uid: int) -> None:
        """A request's letter did not reach the database: it is answered, so that a person can decide."""
        self._answer(uid, _FAILED)

    def _take(
        self, request: IntakeRequest, letter: HeldLetter | None, place: Arrival | None, source: Source | None
    ) -> None:  # fmt: skip
        if letter is not None and place is not None:
            self._take_held(request, letter, place, source)
        elif request.spool_name is not None:
            self._take_file(request, self._shared.spool.dropped / request.spool_name)
        elif place is not None:
            self._take_excluded(request, place)
        else:
            self._answer(request.id, _NOT_KEPT)

    def _take_file(self, request: IntakeRequest, path: Path) -> None:
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            self._answer(request.id, _LOST)
            return
        slot = self._room(request, size)
        if slot is not None:
            # A link, not a move: if we are killed before the commit, the file is still there to be taken again.
            try:
                _link_or_copy(path, slot.raw)
            except OSError:
                self._shared.spool.release(slot)
                raise
            self._files[request.id] = path
            self._submit(request, slot, size, _DROPPED, _owners_name(path))

    def _take_held(
        self, request: IntakeRequest, letter: HeldLetter, place: Arrival, source: Source | None
    ) -> None:  # fmt: skip
        if request.spool_name is not None:  # a password's file: any answer ends it
            self._files[request.id] = self._shared.spool.dropped / request.spool_name
        if letter.sealed_path is None or letter.seal_key is None:
            self._answer(request.id, _IN_PLACE)
            return
        passwords = source.words if source else ()
        key_letter = source.letter if source else None
        if key_letter is not None and key_letter.id == letter.id:
            key_letter = None
        if source is None and (request.key_held_id or request.key_message_id):
            self._answer(request.id, _NO_KEY_MAIL)
            return
        if request.spool_name is not None:
            try:
                passwords = (self._files[request.id].read_text(encoding="utf-8"),)
            except FileNotFoundError:
                self._answer(request.id, _NO_PASSWORD)
                return
        slot = self._room(request, letter.size + (key_letter.size if key_letter else 0))
        if slot is None:
            return
        try:
            self._unseal(letter, slot.raw)
            if key_letter is not None:
                self._unseal(key_letter, slot.key_mail)
        except (Permanent, FileNotFoundError) as error:
            self._shared.spool.release(slot)
            self._answer(request.id, error.sentence if isinstance(error, Permanent) else _NOT_KEPT)
            return
        except OSError:  # of the disk or the spool: the letter is still there
            self._shared.spool.release(slot)
            raise
        reader = _AGAIN if request.kind == requests.AGAIN else LET_IN
        virus = (letter.detail or "?") if letter.reason == VIRUS else ""
        key_mail = (slot.key_mail if key_letter else slot.raw) if source and source.letter else None
        self._submit(
            request, slot, letter.size, reader, passwords=passwords, key_mail=key_mail, came_by=place.door, virus=virus
        )  # fmt: skip

    def _unseal(self, letter: HeldLetter, target: Path) -> None:
        """Raises Permanent and OSError, as for what is sealed no more."""
        if letter.sealed_path is None or letter.seal_key is None:
            raise FileNotFoundError
        with target.open("xb") as raw:
            for window in sealing.unseal(self._settings.sealed_folder / letter.sealed_path, letter.seal_key):
                raw.write(window)

    def _take_excluded(self, request: IntakeRequest, place: Arrival) -> None:
        watch = next((w for w in self._watches if (w.mailbox.name, w.folder) == (place.mailbox, place.folder)), None)
        if watch is None:
            self._answer(request.id, _NOT_KEPT)
            return

        def fetched(slot: Slot | None) -> None:
            if slot is None:
                self._answer(request.id, _GONE)
            else:
                self._submit(request, slot, place.size or 0, LET_IN, came_by=place.door)

        self._on_the_way.add(request.id)
        watch.fetch_again(Again(place.uidvalidity, place.uid, fetched))

    def _room(self, request: IntakeRequest, size: int) -> Slot | None:
        if not self._shared.spool.can_ever_hold(size):
            self._answer(request.id, _TOO_LARGE)
            return None
        return self._shared.spool.try_reserve(size)  # None: room comes, the next look tries again

    def _submit(
        self, request: IntakeRequest, slot: Slot, size: int, reader: str, name: str = "", *,
        passwords: tuple[str, ...] = (), key_mail: Path | None = None, came_by: str = "dropped", virus: str = "",
    ) -> None:  # fmt: skip
        self._on_the_way.add(request.id)
        door = {LET_IN: "released", _AGAIN: "again"}.get(reader, "dropped")
        where = Where(door, requests.REQUESTED, "", 0, request.id, request.asked_at, size)
        self._shared.pipeline.submit(
            Parcel(self, where, slot, self._book_id, reader, name or "thu.eml", request.incoming_id, passwords,
                   key_mail, came_by, virus)
        )  # fmt: skip

    def _answer(self, request_id: int, sentence: str) -> None:
        log.info("request_answered", request=request_id, answer=sentence)
        with self._shared.database.writing(background=True) as session:
            requests.answer(session, request_id, sentence, at=self._shared.clock())
        self.settle([request_id])


def _is_forgotten(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - _UPLOADING_SECONDS
    except FileNotFoundError:
        return False


def _name_beside(path: Path) -> Path:
    return path.with_name(path.name + requests.NAME_SUFFIX)


def _owners_name(path: Path) -> str:
    try:
        return _name_beside(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(source, target)
