"""Signatures judged again behind the letters: when other roots are installed, and by what issuers say of revocation."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from config.settings import Settings
from core import signature_checks
from core.db import Database
from core.files import FolderStore
from core.incoming import copies
from core.sandbox import Limits, Sandbox, SandboxFailed
from core.signature_checks import Judged, Waiting
from core.signing.values import Answers, Question, Seen
from ingest.copies import signed_copy
from ingest.priority import READING_NICE

if TYPE_CHECKING:
    from ingest.issuers import Issuers

_MEMORY = 768 << 20  # lists of revoked certificates are read whole
_SECONDS = 60

log = structlog.get_logger()


class TrustCheck:
    """Takes one signed file or letter after the other; it is opened in a killable process, issuers are asked here."""

    def __init__(
        self, settings: Settings, database: Database, store: FolderStore, folder: Path, clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        """`folder` is in the spool."""
        self._database, self._store, self._folder, self._clock = database, store, folder, clock
        self._reader = Sandbox(Limits(_SECONDS, _MEMORY, nice=READING_NICE), folder, ["ingest.judged"])
        self._roots_folder = settings.intake.roots
        self._state: tuple[object, ...] | None = None
        self._roots: tuple[bytes, ...] = ()
        self._fingerprint: str | None = None
        self._issuers: Issuers | None = None
        if settings.signatures.online:
            import ingest.issuers  # an HTTP client, for who asks only

            self._issuers = ingest.issuers.Issuers(settings.signatures, clock, self._kept_until)

    def judge_next(self) -> bool:
        """Judge one file's or letter's signatures; False when none waits."""
        if not self._follow_roots():
            return False
        with self._database.reading() as session:
            waiting = signature_checks.next_waiting(session, at=self._clock())
        if waiting is None:
            return False
        try:
            found = self._found(waiting)
        except (SandboxFailed, OSError) as error:
            log.warning("signatures_not_judged", sha256=waiting.sha256, error=str(error))
            found = None
        self._keep(waiting, found)
        return True

    def close(self) -> None:
        """Kill the reader; what is in its hands is judged after the next start."""
        self._reader.kill()
        self._reader.close()

    def _follow_roots(self) -> bool:
        """Whether the installed roots are known; where they are others than before, all is judged by them anew."""
        state = _state_of(self._roots_folder)
        if state == self._state:
            return self._fingerprint is not None
        self._state = state
        try:
            found = self._reader.call("ingest.judged:roots_in", self._roots_folder) if self._roots_folder else ()
        except SandboxFailed as error:
            log.error("roots_not_read", folder=str(self._roots_folder), error=str(error))  # doctor tells which file
            self._fingerprint = None
            return False
        assert isinstance(found, tuple)
        self._roots = found
        self._fingerprint = _fingerprint(found)
        with self._database.writing(background=True) as session:
            count = signature_checks.judge_anew(
                session, self._fingerprint, is_online=self._issuers is not None, at=self._clock()
            )
        log.info("roots_read", roots=len(found), judged_again=count)
        return True

    def _found(self, waiting: Waiting) -> Judged:
        if not self._roots and not waiting.roots:  # nobody can be believed, as when it came
            return Judged((), {})
        seen = self._seen(waiting, None)
        if self._issuers is None or not seen.questions:
            return Judged(seen.own, seen.beside, is_asked=self._issuers is not None)
        questions = seen.questions
        ocsps = self._answers(one for one in questions if one.request)
        seen = self._seen(waiting, Answers(ocsps))
        if seen.is_unanswered:
            lists = self._answers(one for one in questions if not one.request)
            seen = self._seen(waiting, Answers(ocsps, lists))
        return Judged(seen.own, seen.beside, is_asked=not seen.is_unanswered, waits=seen.is_unanswered)

    def _seen(self, waiting: Waiting, answers: Answers | None) -> Seen:
        path, at = self._store.path_of(waiting.sha256), self._clock()
        if waiting.message_id is None:
            seen = self._reader.call("ingest.judged:look_at_file", path, self._roots, at, answers)
        else:
            parts = self._folder / "parts"
            shutil.rmtree(parts, ignore_errors=True)
            parts.mkdir(parents=True, mode=0o700)
            try:
                seen = self._reader.call("ingest.judged:look_at_letter", path, parts, self._roots, at, answers)
            finally:
                shutil.rmtree(parts, ignore_errors=True)
        assert isinstance(seen, Seen)
        return seen

    def _answers(self, questions: Iterable[Question]) -> tuple[bytes, ...]:
        assert self._issuers is not None
        return tuple(found for one in questions if (found := self._issuers.answer(one)) is not None)

    def _kept_until(self, data: bytes) -> datetime | None:
        try:
            until = self._reader.call("ingest.judged:list_kept_until", data)
        except SandboxFailed:
            return None
        return until if isinstance(until, datetime) else None

    def _keep(self, waiting: Waiting, found: Judged | None) -> None:
        assert self._fingerprint is not None
        at = self._clock()
        with self._database.writing(background=True) as session:
            for document in signature_checks.note(session, waiting, found, self._fingerprint, at=at):
                signed = signed_copy(signature_checks.signatures_on(session, document))
                is_picture = signature_checks.is_picture(session, document)
                copies.judge_again(session, document, signed, is_picture=is_picture, at=at)


def _state_of(folder: Path | None) -> tuple[object, ...]:
    """What changes when somebody installs other roots."""
    if folder is None:
        return ()
    try:
        files = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    except OSError as error:
        return ("unreadable", error.errno)
    return tuple(sorted((name, found.st_size, found.st_mtime_ns) for name, found in files))


def _fingerprint(roots: Sequence[bytes]) -> str:
    """Of the certificates, in whatever files and order; "" of none."""
    digests = sorted({hashlib.sha256(root).hexdigest() for root in roots})
    return hashlib.sha256("\n".join(digests).encode()).hexdigest() if digests else ""
