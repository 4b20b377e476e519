"""The embedded office's post as a process of its own: mail server up, letters there, more arriving.

    python -m demo.postman HOME [--imap-port N] [--smtp-port N] [--seconds N]

When the letters of the morning lie in the mailboxes it prints one line, `ready ` and a JSON object with
imap_port, smtp_port, certificate (the file to verify against), mailboxes and password. It ends cleanly on
SIGTERM or SIGINT, and by itself when the process that started it is gone. A second start on the same HOME
serves the same mailboxes and delivers only what has not arrived yet.
"""

import argparse
import json
import os
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from demo import mailserver
from demo.letters import SECONDS_BETWEEN, DemoLetter, letters


def deliver_waiting(mail: mailserver.DemoMail, post: Sequence[DemoLetter]) -> int:
    """Put the letters that are there at the start into their mailboxes; return how many were new."""
    waiting = [letter for letter in post if letter.delay_seconds is None]
    return sum(mail.append(letter.raw, letter.received_at, letter.mailbox, letter.key) for letter in waiting)


def deliver_arriving(
    mail: mailserver.DemoMail,
    post: Sequence[DemoLetter],
    *,
    pause: Callable[[], bool],
    clock: Callable[[], datetime],
) -> None:
    """Deliver the other letters one by one; `pause` waits before each and says whether to go on.

    `clock` gives the present moment (aware): no letter is received in the future.
    """
    for letter in post:
        if letter.delay_seconds is None or mail.has(letter.mailbox, letter.key):
            continue
        if not pause():
            return
        mail.append(letter.raw, min(letter.received_at, clock()), letter.mailbox, letter.key)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the post until told to stop; the exit code is 0, or 75 (EX_TEMPFAIL) when a port is taken."""
    options = _options(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        mail = mailserver.start(options.home, options.imap_port, options.smtp_port)
    except OSError as error:
        print(f"Không mở được máy chủ thư của bản trình diễn: {error}")
        return os.EX_TEMPFAIL
    with mail:
        post = letters(datetime.now(UTC))
        deliver_waiting(mail, post)
        print("ready " + json.dumps(_description(mail)), flush=True)
        parent = os.getppid()
        deliver_arriving(
            mail, post, pause=lambda: _wait(stop, options.seconds, parent), clock=lambda: datetime.now(UTC)
        )
        while _wait(stop, 3600, parent):
            pass
    return 0


def _wait(stop: threading.Event, seconds: float, parent: int) -> bool:
    """Wait; False when it is time to end. An orphan ends within a second, so nothing is left behind."""
    waited = 0.0
    while waited < seconds:
        if stop.wait(min(1.0, seconds - waited)) or os.getppid() != parent:
            return False
        waited += 1.0
    return True


def _description(mail: mailserver.DemoMail) -> dict[str, object]:
    return {
        "imap_port": mail.ports.imap, "smtp_port": mail.ports.smtp, "certificate": str(mail.certificate),
        "mailboxes": list(mail.mailboxes), "password": mailserver.PASSWORD,
    }  # fmt: skip


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.postman", description="Hộp thư của bản trình diễn.")
    parser.add_argument("home", type=Path, help="thư mục giữ thư và chứng thư")
    parser.add_argument("--imap-port", type=int, default=0, help="cổng IMAPS, 0: cổng trống bất kỳ")
    parser.add_argument("--smtp-port", type=int, default=0, help="cổng SMTP, 0: cổng trống bất kỳ")
    parser.add_argument("--seconds", type=float, default=SECONDS_BETWEEN, help="giây giữa hai thư đến sau")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
