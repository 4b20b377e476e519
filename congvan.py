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

from config.command_line import ROLES, Exit, asked_password, parser

if TYPE_CHECKING:
    from config.settings import Settings
    from core.db import Database


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (sysexits.h); expected failures end in one Vietnamese sentence."""
    asked = parser().parse_args(arguments)
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
        print(f"congvan {asked.command}: {error}", file=sys.stderr)
        return code


def _code_of(error: Exception) -> int | None:
    """The exit code of an expected failure; None for a bug, which shows its traceback."""
    from config.settings import SettingsError

    if isinstance(error, SettingsError):
        return Exit.CONFIG
    from core.errors import CongvanError, NotAllowed, Temporary
    from core.schema import NotCurrent

    codes = {
        NotCurrent: Exit.CONFIG,
        Temporary: Exit.TEMPORARY,
        NotAllowed: Exit.NO_PERMISSION,
        CongvanError: Exit.DATA,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), None)


def _run(asked: Namespace) -> int:
    from config.supervisor import Supervisor

    settings = _settings(asked, "run")
    _database(settings).close()  # says at once what is wrong with it, before anything is started
    return Supervisor([(name, [*own_command(), name, "--config", str(asked.config)]) for name in SERVICES]).run()


def _ingest(asked: Namespace) -> int:
    import signal

    from config import notify, supervisor
    from ingest import service

    supervisor.end_with_supervisor()
    settings = _settings(asked, "ingest")
    database = _database(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        return service.run(
            settings, database, once=asked.once, stop=stop,
            heartbeat=notify.heartbeat(), ready=lambda: notify.tell(notify.READY),
        )  # fmt: skip
    finally:
        notify.tell(notify.STOPPING)
        database.close()


def _dashboard(asked: Namespace) -> int:
    import structlog

    from config import notify, supervisor
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
        place = f"{settings.dashboard.host}:{settings.dashboard.port}"
        print(f"congvan dashboard: không mở được {place}: đang bận hoặc bị cấm ({error.errno}).", file=sys.stderr)
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
    from ingest import backup_commands

    if asked.command == "restore":
        return _say(backup_commands.restore(asked, now))
    if asked.new_key:
        return _say(backup_commands.new_key(asked.new_key))
    settings = _settings(asked, "backup")
    return _say(backup_commands.backup(asked, settings, _database(settings), now))


def _say(lines: Iterable[str]) -> int:
    for line in lines:
        print(line, flush=True)
    return Exit.OK


def _doctor(asked: Namespace) -> int:
    from ingest import checkup

    checks = [*checkup.everything(asked.config, _settings(asked, "doctor"), now())]
    for check in checks:
        print(check.line())
    return Exit.OK if all(check.is_right for check in checks if check.is_needed) else Exit.FOUND_FAULTS


def _user(asked: Namespace) -> int:
    from core import administration
    from core.incoming import recovery
    from core.people import Role

    database = _database(_settings(asked, "user"))
    if asked.act == "list":
        with database.reading() as session:
            for row in administration.listing(session, at=now()):
                print("\t".join(row))
    elif asked.act == "confirmers":
        with database.writing() as session:
            print(recovery.name_by_username(session, asked.usernames, at=now()))
    elif asked.act in {"add", "password"}:
        _set_password(database, asked)
    else:
        roles = {Role(ROLES[name]) for name in getattr(asked, "roles", ())}
        with database.writing() as session:
            print(administration.change(session, asked.act, asked.username, roles, at=now()))
    return Exit.OK


def _set_password(database: "Database", asked: Namespace) -> None:
    """`user add` and `user password`: what can be refused is refused before a password is asked for."""
    from core import accounts, administration
    from core.errors import Permanent
    from core.people import Role

    account = None
    with database.reading() as session:
        if asked.act == "add":
            roles = frozenset(Role(ROLES[name]) for name in asked.roles)
            account = administration.NewAccount(asked.username, asked.name, roles, asked.title, asked.division)
            administration.check_new(session, account)
        else:
            administration.user(session, asked.username)
    password = asked_password()
    if password is None:
        raise Permanent("Hai lần nhập không giống nhau.")
    accounts.check_new_password(password, asked.username)
    hashed = accounts.hash_password(password)
    with database.writing() as session:
        if account is not None:
            administration.add(session, account, hashed, at=now())
        else:
            found = administration.user(session, asked.username)
            accounts.reset_password(session, found, hashed, at=now())
    print(f"Xong. «{asked.username}» phải đổi mật khẩu ở lần đăng nhập đầu.")


_COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "run": _run, "ingest": _ingest, "dashboard": _dashboard, "demo": _demo, "read": _read, "export": _export,
    "upgrade": _upgrade, "verify": _verify, "doctor": _doctor, "user": _user, "backup": _backup,
    "restore": _backup,
}  # fmt: skip
SERVICES = ("ingest", "dashboard")


def now() -> datetime:
    """The program's clock: aware UTC."""
    return datetime.now(UTC)


def own_command() -> tuple[str, ...]:
    """How this program starts itself again."""
    return (sys.executable, str(Path(__file__).resolve()))


def _settings(asked: Namespace, service: str) -> "Settings":
    from config import logs, settings

    logs.configure((found := settings.load(asked.config)).log, service)
    return found


def _database(settings: "Settings") -> "Database":
    from core.schema import open_current

    return open_current(settings.database_url)


def _print_json(found: object) -> None:
    print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
