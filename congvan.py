#!/usr/bin/env python3
"""Công văn: the command line and the composition root, the only module that knows all the parts.

Each command imports what it needs when it runs, so that `read` and `--help` start quickly.
"""

import json
import resource
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.command_line import Exit, parser

if TYPE_CHECKING:
    from config.settings import Settings
    from core.db import Database


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (sysexits.h); expected failures end in one Vietnamese sentence."""
    words = sys.argv[1:] if arguments is None else arguments
    asked = parser().parse_args(words, Namespace(words=words))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would be a letter on the disk (promise 4)
    try:
        return int(_COMMANDS[asked.command](asked))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody to tell
        return Exit.IO
    except Exception as error:
        code = _code_of(error)
        if code is None:
            raise
        print(f"congvan {asked.command}: {_sentence(error)}", file=sys.stderr)
        return code


def _code_of(error: Exception) -> int | None:
    """The exit code of an expected failure; None for a bug, which shows its traceback."""
    from config.account import WrongAccount
    from config.settings import SettingsError

    if isinstance(error, SettingsError):
        return Exit.CONFIG
    if isinstance(error, WrongAccount) or (isinstance(error, PermissionError) and error.filename):
        return Exit.NO_PERMISSION
    from core.errors import CongvanError, NotAllowed, Temporary, is_of_disk
    from core.schema import NotCurrent

    if is_of_disk(error):
        return Exit.TEMPORARY
    codes = {
        NotCurrent: Exit.CONFIG,
        Temporary: Exit.TEMPORARY,
        NotAllowed: Exit.NO_PERMISSION,
        CongvanError: Exit.DATA,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), None)


def _sentence(error: Exception) -> str:
    from core.errors import is_of_disk
    from core.system_words import reason_of

    if isinstance(error, OSError) and is_of_disk(error):
        place = f" ({error.filename})" if error.filename else ""
        return f"Đĩa không đọc hay ghi được{place}: {reason_of(error)}. Xem đĩa có đầy, có hỏng không rồi chạy lại."
    if not isinstance(error, PermissionError):
        return str(error)
    from core.access import why_closed

    return why_closed(Path(error.filename)) or f"{error.filename}: {reason_of(error)}"


def _run(asked: Namespace) -> int:
    from config.supervisor import Supervisor

    settings = _settings(asked, "run")
    _database(settings).close()  # says at once what is wrong with it, before anything is started
    return Supervisor([(name, [*own_command(), name, "--config", str(asked.config)]) for name in SERVICES]).run()


def _background(asked: Namespace) -> int:
    import signal

    from config import notify, supervisor

    run: Callable[..., int]
    if asked.command == "ingest":
        from ingest import service as intake

        run = intake.run
    else:
        from dispatch import service as sending

        run = sending.run
    supervisor.end_with_supervisor()
    settings = _settings(asked, asked.command)
    database = _database(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        return run(
            settings, database, once=asked.once, stop=stop,
            heartbeat=notify.heartbeat(), ready=lambda: notify.tell(notify.READY),
        )  # fmt: skip
    finally:
        notify.tell(notify.STOPPING)
        database.close()


def _dashboard(asked: Namespace) -> int:
    import structlog

    from config import notify, supervisor, web_port
    from core.files import FolderStore
    from dashboard.server import serve
    from dashboard.web import Office
    from ingest.spool import spool_root

    supervisor.end_with_supervisor()
    settings = _settings(asked, "dashboard")
    office = Office(_database(settings), FolderStore(settings.files_folder), settings, now, spool_root(settings))

    def ready(address: str) -> None:
        structlog.get_logger().info("serving", address=address)
        notify.tell(notify.READY)

    try:
        serve(office, ready, notify.heartbeat())
    except OSError as error:
        if error.filename is not None:  # a file's, not the port's
            raise
        print(f"congvan dashboard: {web_port.sentence(settings.dashboard, error)}", file=sys.stderr)
        return Exit.UNAVAILABLE
    finally:
        office.database.close()
    return Exit.OK


def _demo(asked: Namespace) -> int:
    from demo.running import run_demo

    return run_demo(asked.home, asked.port, [*own_command()], SERVICES)


def _read(asked: Namespace) -> int:
    from ingest.describe import describe

    missing = [path for path in asked.paths if not path.exists()]
    for path in missing:
        print(f"congvan read: không có {path}.", file=sys.stderr)
    for found in describe(*(path for path in asked.paths if path.exists())):
        _print_json(found)
    return Exit.NO_INPUT if missing else Exit.OK


def _export(asked: Namespace) -> int:
    from core import exports

    with _database(_settings(asked, "export")).reading() as session:
        for row in exports.KINDS[asked.kind](session):
            _print_json(row)
    return Exit.OK


def _upgrade(asked: Namespace) -> int:
    from config.profiles import profile
    from config.vocabulary import vocabulary
    from core import profiles, schema
    from core.db import Database

    settings = _settings(asked, "upgrade")
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    print(*schema.upgrade(database).sentences(), sep="\n")
    with database.writing() as session:
        if asked.profile:
            kinds = vocabulary("document_kinds")["kind"]
            print(profiles.open_office(session, profile(asked.profile), kinds, at=now()).sentence())
        elif not profiles.is_open(session):
            print("Cơ quan chưa mở. Mở bằng: congvan upgrade --profile TÊN_HOẶC_TỆP (xem config/profiles/).")
    return Exit.OK


def _verify(asked: Namespace) -> int:
    from core.files import FolderStore
    from core.verify import verify
    from ingest import backup_commands

    settings = _settings(asked, "verify")
    if asked.backup:
        return _say(backup_commands.trial(settings, _database(settings), now))
    store = FolderStore(settings.files_folder)
    with _database(settings).reading() as session:
        proof = verify(session, store, settings.sealed_folder, on_fault=lambda fault: print(f"✗ {fault}"))
    print(*proof.sentences(), sep="\n")
    return Exit.OK if not proof.faults else Exit.FOUND_FAULTS


def _backup(asked: Namespace) -> int:
    from config import account
    from ingest import backup_commands

    if asked.command == "restore":
        return _say(backup_commands.restore(asked, account.new_owner(asked.target), now))
    if asked.new_key:
        return _say(backup_commands.new_key(asked.new_key))
    settings = _settings(asked, "backup")
    if settings.backup.folder is not None:
        account.refuse_place(settings.backup.folder, settings.data, asked.words)
    return _say(backup_commands.backup(asked, settings, _database(settings), now))


def _say(lines: Iterable[str]) -> int:
    for line in lines:
        print(line, flush=True)
    return Exit.OK


def _doctor(asked: Namespace) -> int:
    from dispatch import checkup as sending
    from ingest import checkup

    settings = _settings(asked, "doctor")
    checks = [*checkup.everything(asked.config, settings, now()), *sending.look_at(settings.sending)]
    for check in checks:
        print(check.line())
    return Exit.OK if all(check.is_right for check in checks if check.is_needed) else Exit.FOUND_FAULTS


def _user(asked: Namespace) -> int:
    from dashboard import user_commands

    return _say(user_commands.run(asked, _database(_settings(asked, "user")), now))


def _agencies(asked: Namespace) -> int:
    from dashboard import agency_commands

    return _say(agency_commands.run(asked, _database(_settings(asked, "agencies")), now))


_COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "run": _run, "ingest": _background, "dispatch": _background, "dashboard": _dashboard, "demo": _demo,
    "read": _read, "export": _export, "upgrade": _upgrade, "verify": _verify, "doctor": _doctor, "user": _user,
    "backup": _backup, "restore": _backup, "agencies": _agencies,
}  # fmt: skip
SERVICES = ("ingest", "dispatch", "dashboard")


def now() -> datetime:
    """The program's clock: aware UTC."""
    return datetime.now(UTC)


def own_command() -> tuple[str, ...]:
    """How this program starts itself again."""
    return (sys.executable, str(Path(__file__).resolve()))


def _settings(asked: Namespace, service: str) -> "Settings":
    """The settings, in the account that the office's folder belongs to: as root this may start the program anew."""
    from config import account, logs, settings

    found = settings.load(asked.config)
    account.become_owner(found.data, own_command(), asked.words)
    logs.configure(found.log, service)
    return found


def _database(settings: "Settings") -> "Database":
    from core.schema import open_current

    return open_current(settings.database_url)


def _print_json(found: object) -> None:
    print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
