"""`congvan demo`: the mail server, the office and its services, and letters that keep arriving, until Ctrl+C."""

import fcntl
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from config import logs
from config.settings import LogSettings, Settings
from config.supervisor import Supervisor
from core.db import Database
from core.errors import Permanent, Temporary
from core.incoming.tables import Incoming
from demo import mailserver, office
from demo.letters import SECONDS_BETWEEN, letters
from demo.mailserver import DemoMail
from demo.postman import deliver_arriving, deliver_waiting

FIRST_DRAFTS = 3  # so many stand on the desk when `ready` is said
_PATIENCE_SECONDS = 60
_LOOK_SECONDS = 0.1


def run_demo(home: Path | None, port: int, command: Sequence[str], services: Sequence[str]) -> int:
    """Run the embedded office until SIGINT or SIGTERM; returns the exit code.

    `home` keeps the office from one start to the next; without it the office is made anew and removed at the
    end. `port` 0 takes a free one. `command` starts the program, `services` are the commands it runs.
    Raises Permanent when another demo uses the same home, or the port is taken.
    """
    logs.configure(LogSettings(level="warning"), "demo")
    port = _free_port(port)
    with _home(home, port) as folder, mailserver.start(_below(folder, "mail")) as mail:
        config = office.write_settings(folder, mail, port)
        settings = office.prepare(config, datetime.now(UTC))
        # Letters are made while the services start: both take some seconds.
        stop = threading.Event()
        show = threading.Thread(target=_show, args=(mail, stop), name="demo-letters", daemon=True)
        children = [(name, [*command, name, "--config", str(config)]) for name in services]
        supervisor = Supervisor(children, on_ready=_Announcer(settings, port, stop).start)
        show.start()
        try:
            return supervisor.run()
        finally:
            stop.set()
            show.join(timeout=10)


class _Announcer:
    """Says `ready` when the services run and the first letters are drafts."""

    def __init__(self, settings: Settings, port: int, stop: threading.Event) -> None:
        self._settings, self._port, self._stop = settings, port, stop

    def start(self) -> None:
        threading.Thread(target=self._announce, name="demo-ready", daemon=True).start()

    def _announce(self) -> None:
        database = Database(self._settings.database_url)
        until = time.monotonic() + _PATIENCE_SECONDS
        while _drafts(database) < FIRST_DRAFTS and time.monotonic() < until:
            if self._stop.wait(_LOOK_SECONDS):
                return
        database.close()
        print(f"ready http://127.0.0.1:{self._port}\n\n{office.account_table()}\n")
        print(f"Tệp cấu hình, cho các lệnh khác: --config {self._settings.data.parent / 'congvan.toml'}")
        print("Thư tiếp tục đến. Dừng: Ctrl+C.", flush=True)


def _drafts(database: Database) -> int:
    try:
        with database.reading() as session:
            return session.execute(sa.select(sa.func.count()).select_from(Incoming)).scalar_one()
    except Temporary:
        return 0


def _show(mail: DemoMail, stop: threading.Event) -> None:
    """Put the day's letters into the mailboxes: the morning's at once, the others while one watches."""
    post = letters(datetime.now(UTC))
    deliver_waiting(mail, post)
    deliver_arriving(mail, post, pause=lambda: not stop.wait(SECONDS_BETWEEN), clock=lambda: datetime.now(UTC))


@contextmanager
def _home(home: Path | None, port: int) -> Iterator[Path]:
    """The office's folder, held by a lock; without `home` it is emptied at the start and removed at the end."""
    folder = home if home is not None else _cache() / f"demo-{port}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder.with_name(folder.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Permanent(f"Một cơ quan mẫu khác đang dùng {folder}. Dừng nó, hoặc chọn --home khác.") from None
        if home is None:
            _empty(folder)
        yield folder.resolve()
        if home is None:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _below(folder: Path, name: str) -> Path:
    below = folder / name
    below.mkdir(exist_ok=True, mode=0o700)
    return below


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "congvan"


def _free_port(port: int) -> int:
    """The port itself if it is free, some free one for 0. Raises Permanent when it is taken."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            raise Permanent(f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: --port N.") from None
        return int(trial.getsockname()[1])
