"""Backups by the clock and by command: full each day, changes each few minutes, each week a restore on trial."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from config.settings import Settings
from core.backup import keys, marks, proving, restoring, snapshot, taking
from core.backup.container import Damaged
from core.backup.marks import TRIAL, Outcome
from core.backup.vault import CHANGES, FULL, Vault, holds_states, instant_of, kind_of
from core.clearing import Letter
from core.db import Database
from core.errors import CongvanError, Permanent, Temporary
from core.files import FolderStore

NO_PLACE = "Chưa đặt nơi sao lưu: thêm khóa «backup.folder» vào tệp cấu hình."
_COMMIT = timedelta(minutes=5)  # the longest between a letter's instant and its commit
_ROOM = 1.2  # free space that a trial needs, in sizes of the state

log = structlog.get_logger()


def vault_of(settings: Settings) -> Vault:
    """The backup place of the settings. Raises Permanent when none is set or its key can't be read."""
    folder = settings.backup.folder
    if folder is None:
        raise Permanent(NO_PLACE)
    path, name = settings.backup.secret_path(), settings.backup.secret_credential
    if name and not path.exists():
        raise Permanent(
            f"Chìa khóa sao lưu là credential «{name}» của systemd, chỉ có trong dịch vụ (không thấy {path}). Chạy "
            "lệnh này bằng systemd-run như ở mục 6 của docs/install.md, hoặc dùng khóa backup.secret_file."
        )
    return Vault(folder, keys.read_key(path, has_states=holds_states(folder)))


def need_newest(names: Sequence[str], newest: str) -> None:
    """Raise Permanent where the state written last is not among `names`: an old copy stands in the place's stead, and
    each state in it is whole by itself."""
    if newest and newest not in names:
        raise Permanent(
            f"Nơi sao lưu không còn bản mới nhất {newest}: nơi ấy đã bị xóa bớt, hoặc thay bằng một bản chép cũ. "
            "Tìm xem ai đã làm, gắn lại đúng đĩa; nếu không còn thì chạy congvan backup để ghi bản mới."
        )


@dataclass(frozen=True, slots=True)
class Backups:
    """The backups of one office; each run is noted in the database, whatever its end."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    _last: dict[str, tuple[int | None, Outcome]] = field(default_factory=dict)

    def begin(self) -> None:
        """The clock begins to run: from now on runs that don't come are late. Harmless when the database is away."""
        with suppress(Temporary), self.database.writing(background=True) as session:
            marks.await_runs(session, at=self.clock())

    def take(self, kind: str) -> Outcome:
        """Make a state of `kind` and note it. Raises what went wrong, noted too."""
        return self._noted(kind, lambda at: self._take(kind, at))

    def trial(self) -> Outcome:
        """Restore the newest state into a scratch folder, verify it, remove it. Raises what went wrong."""
        return self._noted(TRIAL, self._trial)

    def proved_letters(self) -> Callable[[Letter], bool]:
        """Tells of a letter whether it lies in a state that the last trial has proved, and the place still has that
        state or a later one: only such may be cleared. Raises Temporary when the database is away."""
        with self.database.reading() as session:
            until = marks.proved_until(session)
        if until is not None and not self._has_since(until):
            until = None
        return lambda letter: until is not None and letter.taken_at < until - _COMMIT

    def _has_since(self, instant: datetime) -> bool:
        try:
            return any(instant_of(name) >= instant for name in vault_of(self.settings).states())
        except Permanent as error:
            log.warning("nothing_is_proved", why=error.sentence)
            return False

    def by_clock(self, kind: str) -> None:
        """One run of the scheduler: expected failures are noted and said in the log, and the clock goes on."""
        _, before = self._last.get(CHANGES, (None, None))
        try:
            outcome = self.trial() if kind == TRIAL else self.take(kind)
        except taking.Busy:
            log.info("backup_put_off", kind=kind)
        except CongvanError as error:
            log.warning("backup_failed", kind=kind, why=error.sentence)
        except Exception:
            log.exception("backup_failed", kind=kind)
        else:
            log.info("backup_done", kind=kind, state=outcome.state, written=outcome.written)
            # Where the machine is off at night changes become the full backup, and no trial has its hour.
            is_new_full = kind != TRIAL and kind_of(outcome.state) == FULL and outcome is not before
            if is_new_full and self._is_trial_missed():
                self.by_clock(TRIAL)

    def _is_trial_missed(self) -> bool:
        """Whether the machine was off when the weekly trial was due; what was never tried proves nothing either."""
        with suppress(Temporary), self.database.reading() as session:
            return marks.is_late(marks.all_marks(session).get(TRIAL), TRIAL, self.clock())
        return False

    def _take(self, kind: str, at: datetime) -> Outcome:
        office = taking.Office(
            self.database, self._store(), self.settings.sealed_folder, self.settings.backup_work,
        )  # fmt: skip
        vault = vault_of(self.settings)
        writes, (before, last) = snapshot.writes(self.database), self._last.get(CHANGES, (None, None))
        if kind == CHANGES and last is not None and writes is not None and writes == before:
            vault.prepare()  # nothing to copy, but the place must be there
            return last
        taken = taking.take(office, vault, kind, at=at, keep_days=self.settings.backup.keep_days)
        if taken.missing:
            one = taken.missing[0]
            raise Permanent(
                f"Bản {taken.name} đã ghi, nhưng kho tệp thiếu hoặc hỏng {len(taken.missing)} tệp ({one[:12]}…). "
                "Chạy congvan verify để xem, rồi khôi phục tệp ấy từ bản sao lưu cũ hơn."
            )
        outcome = Outcome(taken.name, taken.entries, taken.files, taken.size, taken.written)
        self._last[CHANGES] = (writes, outcome)
        return outcome

    def _trial(self, at: datetime) -> Outcome:
        vault, work = vault_of(self.settings), self.settings.backup_work
        with taking.in_words(work), taking.alone(work), taking.working(work) as folder:
            names = vault.states()
            if not names:
                raise Permanent("Nơi sao lưu chưa có bản nào hoàn chỉnh để khôi phục thử.")
            with self.database.reading() as session:
                need_newest(names, marks.newest_taken(session))
            vault.need_key()
            try:
                return self._tried(vault, names[0], folder, at)
            except Damaged as error:
                raise Permanent(f"{error.sentence} {self._mend(vault, names[0])}") from error

    def _tried(self, vault: Vault, name: str, folder: Path, at: datetime) -> Outcome:
        manifest = vault.manifest(name)
        contents = vault.contents_of(manifest)
        size = manifest.database_size + sum(contents.values())
        restoring.need_room(folder, int(size * _ROOM))
        url = self.settings.backup.trial_database
        if manifest.engine == "postgresql" and not url:
            proving.check(vault, name)
        else:
            if url:
                _empty(url)
            restoring.lay_down(vault, name, folder / "office", url, at=at)
        return Outcome(name, manifest.entries, len(contents), size)

    def _mend(self, vault: Vault, name: str) -> str:
        """Make room for whole copies of what is damaged; returns what was done and what to do, in words."""
        store, sealed = self._store(), self.settings.sealed_folder
        try:
            erased, lacking, lost = proving.drop_broken(vault, vault.manifest(name), store, sealed)
        except Damaged:  # its list itself
            erased, lacking, lost = 0, 0, 0
        said = [f"Đã bỏ {erased} tệp hỏng khỏi nơi sao lưu."] if erased else []
        if lacking:
            said.append(f"Nơi sao lưu còn thiếu {lacking} tệp.")
        if lost:
            said.append(f"{lost} tệp thì kho tệp cũng không còn nguyên: chạy congvan verify để xem là tệp nào.")
        if erased or lacking or not lost:
            said.append("Chạy congvan backup để chép lại ngay; không thì bản đầy đủ kế tiếp chép lại.")
        return " ".join(said)

    def _store(self) -> FolderStore:
        with taking.in_words(self.settings.files_folder):
            return FolderStore(self.settings.files_folder)

    def _noted(self, kind: str, run: Callable[[datetime], Outcome]) -> Outcome:
        at = self.clock()
        try:
            outcome = run(at)
        except taking.Busy:
            raise
        except Exception as error:
            sentence = error.sentence if isinstance(error, CongvanError) else f"Lỗi chương trình: {error!r:.200}"
            # Where the database refuses too, what went wrong first is still what is said.
            with suppress(Temporary), self.database.writing(background=True) as session:
                marks.note_failure(session, kind, sentence, at=self.clock())
            raise
        with self.database.writing(background=True) as session:
            # Changes may have become a full state: the first, one after a removal, one that makes up for a missed one.
            for done in (kind, FULL) if kind == CHANGES and kind_of(outcome.state) == FULL else (kind,):
                marks.note_done(session, done, outcome, at=self.clock())
        return outcome


def _empty(url: str) -> None:
    with closing(Database(url)) as database:
        snapshot.empty(database)
