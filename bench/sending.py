"""Sending 1,000 mails of 200 kB, each with its rows before and after, beside smtp-source with one session into the same
Postfix."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

import postfix_server  # noqa: E402
import sending_office  # noqa: E402
from outbox_desk import message  # noqa: E402

from config import logs  # noqa: E402
from config.settings import LogSettings  # noqa: E402
from core import schema  # noqa: E402
from core.db import Database  # noqa: E402
from core.deliveries import queueing  # noqa: E402
from core.people import User  # noqa: E402

MAILS, FILE_OCTETS, ROUNDS, LEAST = 1_000, 146_000, 3, 0.25
_MAIL_OCTETS = 200_000


def main() -> int:
    """Print the ratio of the rates; exit code 1 when it is below the bound."""
    logs.configure(LogSettings(level="error"), "bench")
    ratios = []
    with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
        Path(name).chmod(0o755)
        for number in range(ROUNDS):
            with _relay(Path(name) / f"relay-{number}") as port:
                bare, ours = _smtp_source(port), _ours(Path(name) / str(number), port)
            ratios.append(bare / ours)
            print(f"smtp-source {MAILS / bare:.0f} mails/s, congvan {MAILS / ours:.0f} mails/s: {bare / ours:.2f}")
    ratio = statistics.median(ratios)
    print(f"{MAILS} mails of 200 kB: {ratio:.2f} of smtp-source's rate (at least {LEAST})")
    return 0 if ratio >= LEAST else 1


def _ours(home: Path, port: int) -> float:
    home.mkdir()
    empty = Database(f"sqlite:///{home / 'empty.sqlite3'}")
    schema.upgrade(empty)
    empty.close()
    with sending_office.opened(home, home / "empty.sqlite3", port, messages_per_connection=10_000) as office:
        office.now = datetime.now(UTC)
        file = office.file(bytes(range(256)) * (FILE_OCTETS // 256), "Báo cáo.pdf")
        with office.desk.database.writing() as session:
            clerk = session.get(User, office.desk.clerk_id)
            for _ in range(MAILS):
                queueing.queue(session, message(files=[file]), by=clerk, at=office.now)
        began = time.perf_counter()
        assert office.dispatcher().send_waiting() == MAILS
        return time.perf_counter() - began


def _smtp_source(port: int) -> float:
    line = ["smtp-source", "-d", "-s", "1", "-m", str(MAILS), "-l", str(_MAIL_OCTETS), "-t", "a@lamdong.example"]
    began = time.perf_counter()
    subprocess.run([*line, f"inet:127.0.0.1:{port}"], check=True)
    return time.perf_counter() - began


@contextmanager
def _relay(home: Path) -> Iterator[int]:
    """Postfix, which keeps each mail durably before it says so, and then throws it away."""
    home.mkdir()
    with postfix_server.running(home, "lamdong.example", "discard:") as relay:
        yield relay.port


if __name__ == "__main__":
    sys.exit(main())
