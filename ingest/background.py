"""What intake does behind the letters: the search index follows, and files are read in full, newest first."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import dns.exception
import structlog

from config import VERSION
from config.settings import Settings
from core import found_later, removal, sealing
from core.db import Database
from core.errors import CongvanError, Temporary
from core.files import FolderStore
from core.found_later import Concern, Sealed
from core.incoming import filling
from core.sandbox import Failure, Limits, Sandbox, SandboxFailed
from core.search import erasing, index, texts
from core.search.index import Prepared
from core.search.texts import Waiting
from ingest.letter import FullText
from ingest.priority import READING_NICE, step_behind_people
from ingest.senders import SenderCheck
from ingest.trust import TrustCheck

_IDLE_SECONDS = 1.0
_TROUBLE_SECONDS = 10.0
_LONGEST_COURTESY_SECONDS = 60.0  # letters go first, but a stream of them may not hold the index back for ever
_SHARE_OF_PICTURES = 0.7  # of the time for one file; pages that are pictures beyond it stay unread
_AT_ONCE = 20  # documents in one transaction, fewer when they are long
_LETTERS_AT_ONCE = 100_000  # some 30 ms of writing
_NICE = READING_NICE + 3  # letters are read before; with much less it would never end on a busy machine

log = structlog.get_logger()


class Background:
    """Threads: one keeps the search index equal to the documents, one reads files in a killable process, one judges
    signatures again, and one checks senders where that is switched on."""

    def __init__(
        self, settings: Settings, database: Database, store: FolderStore, folder: Path, clock: Callable[[], datetime],
        stop: threading.Event, is_busy: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`folder` is in the spool, `is_busy` tells whether letters are on their way, which go first."""
        self._settings, self._database, self._store = settings, database, store
        self._clock, self._stop, self._is_busy = clock, stop, is_busy
        limits = Limits(settings.intake.text_seconds, settings.intake.letter_megabytes << 20, nice=_NICE)
        self._reader = Sandbox(limits, folder / "tmp-text", ["ingest.full_text"])
        self._broken: set[int] = set()
        self._senders = _sender_check(settings, database, store, folder / "tmp-senders", clock)
        self.threads = [
            threading.Thread(target=self._run, args=(work,), name=name, daemon=True)
            for name, work in (("search index", self.follow), ("full text", self.read_next))
        ]
        self._trust = TrustCheck(settings, database, store, folder / "tmp-trust", clock)
        trust = threading.Thread(target=self._run, args=(self._trust.judge_next,), name="trust", daemon=True)
        self.threads.append(trust)
        if self._senders is not None:
            work = self._senders.check_next
            self.threads.append(threading.Thread(target=self._run, args=(work,), name="senders", daemon=True))

    def close(self) -> None:
        """Kill the reader in the middle of whatever it reads; the file is read again after the next start."""
        self._reader.kill()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(timeout=5)
        self._reader.close()
        self._trust.close()
        if self._senders is not None:
            self._senders.close()

    def follow(self) -> bool:
        """Bring the index up with some documents; False when there was nothing to do."""
        if erasing.merge(self._database):
            self._database.forget()
        prepared = self._prepared()
        if prepared:
            with self._database.writing(background=True) as session:
                for one in prepared:
                    index.store(session, one)
        return bool(prepared)

    def read_next(self) -> bool:
        """Read one file in full; False when none waits."""
        with self._database.reading() as session:
            waiting = texts.next_waiting(session, at=self._clock())
            if waiting is None:
                return False
            # What a person has let in is not screened again.
            is_screened = bool(found_later.concerned(session, waiting.sha256))
        try:
            path = self._store.path_of(waiting.sha256)
            found = self._reader.call(
                "ingest.full_text:read_full_text",
                path,
                waiting.media_type,
                waiting.name,
                is_screened,
                self._settings.intake.text_seconds * _SHARE_OF_PICTURES,
            )
        except SandboxFailed as failed:
            if not self._stop.is_set():
                self._fail(waiting, failed)
            return True
        if isinstance(found, FullText):
            self._keep(waiting, found)
        return True

    def _run(self, work: Callable[[], bool]) -> None:
        step_behind_people()
        with contextlib.suppress(Temporary), self._database.writing(background=True) as session:
            texts.try_again(session, VERSION)
        pause = 0.0
        while not self._stop.wait(pause):
            self._let_letters_go_first()
            try:
                pause = 0.0 if work() else _IDLE_SECONDS
            except CongvanError as error:
                log.warning("background_waits", error=str(error.__cause__ or error))
                pause = _TROUBLE_SECONDS
            except Exception:
                log.exception("background_failed", work=work.__name__)
                pause = _TROUBLE_SECONDS

    def _let_letters_go_first(self) -> None:
        until = time.monotonic() + _LONGEST_COURTESY_SECONDS
        while self._is_busy() and time.monotonic() < until and not self._stop.wait(0.1):
            pass

    def _prepared(self) -> list[Prepared]:
        found: list[Prepared] = []
        letters = 0
        with self._database.reading() as session:
            for incoming_id in index.behind(session, _AT_ONCE + len(self._broken)):
                if incoming_id in self._broken or letters > _LETTERS_AT_ONCE or len(found) == _AT_ONCE:
                    continue
                try:
                    one = index.prepare(session, incoming_id)
                except (ValueError, TypeError, KeyError, AttributeError):
                    # One document that can't be put into words must not keep the others out.
                    log.exception("not_indexed", incoming=incoming_id)
                    self._broken.add(incoming_id)
                    continue
                if one is not None:
                    found.append(one)
                    letters += len(one.words.exact)
        return found

    def _fail(self, waiting: Waiting, failed: SandboxFailed) -> None:
        log.warning("text_not_read", sha256=waiting.sha256, reason=failed.failure.value, detail=failed.detail)
        if failed.failure is Failure.DISK:
            raise Temporary("Không đủ chỗ trong vùng đệm để đọc toàn văn.")  # no fault of the file
        with self._database.writing(background=True) as session:
            texts.note_failed(session, waiting.sha256, failed.failure.value, program=VERSION, at=self._clock())

    def _keep(self, waiting: Waiting, found: FullText) -> None:
        if found.secret:
            self._take_out(waiting.sha256, found.secret)
            return
        with self._database.writing(background=True) as session:
            if found.problem:
                texts.give_up(session, waiting.sha256, found.problem, program=VERSION, at=self._clock())
                return
            texts.note_read(
                session, waiting.sha256, found.pages, how=found.how, unread_pages=found.unread_pages, program=VERSION,
                at=self._clock(),
            )  # fmt: skip
            read = {name: replace(evidence, file=waiting.sha256) for name, evidence in found.fields.items()}
            filling.fill_drafts(session, waiting.sha256, read, at=self._clock())

    def _take_out(self, sha256: str, rule: str) -> None:
        """Seal and remove every document that bears a secret. Where a person let one in, it is read once more."""
        with self._database.reading() as session:
            concerns = found_later.concerned(session, sha256)
        for concern in concerns:
            log.error("secret_found_later", incoming=concern.document_id, rule=rule)
            sealed = [self._sealed(one) for one in concern.contents if self._store.path_of(one).exists()]
            self._removed(concern, sealed)

    def _sealed(self, sha256: str) -> Sealed:
        path = self._store.path_of(sha256)
        name, key = sealing.seal(path, self._settings.sealed_folder)
        return Sealed(name, key, sha256, path.stat().st_size)

    def _removed(self, concern: Concern, sealed: list[Sealed]) -> None:
        # The sweep waits for this lock: the sealed files have no row yet.
        with self._store.adding(), self._database.writing() as session:
            gone = found_later.take_out(session, concern, sealed, at=self._clock())
        removal.erase(self._database, self._store, gone)


def _sender_check(
    settings: Settings, database: Database, store: FolderStore, folder: Path, clock: Callable[[], datetime]
) -> SenderCheck | None:
    if not settings.senders.dkim:
        return None
    try:
        return SenderCheck(settings.senders, database, store, folder, clock)
    except dns.exception.DNSException as error:
        log.error("no_dns", error=str(error))  # letters come in all the same; `congvan doctor` says it
        return None
