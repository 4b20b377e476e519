"""What taking in costs, beside controls in the same run: letters a second against mbsync, memory, latency."""

import argparse
import base64
import contextlib
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

import structlog  # noqa: E402
from dovecot_server import PASSWORD, running  # noqa: E402
from idle_client import listening  # noqa: E402
from intake_office import Office, open_office, wait_until  # noqa: E402
from pushing import CLERK, connected, is_open, open_listener  # noqa: E402

from config.listening import ListenerSettings  # noqa: E402
from config.settings import MailboxSettings  # noqa: E402
from demo.documents import document  # noqa: E402

UNREAD_BYTES = 220_000  # a file of an unread type: with its base64 and headers a letter of 300 kB


def main() -> None:
    """Run the measurements named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    measures = {"unread": unread, "documents": documents, "memory": memory, "listener": listener, "latency": latency}
    parser.add_argument("what", nargs="*", metavar="|".join(measures))
    parser.add_argument("--letters", type=int, default=int(os.environ.get("COUNT", "1000")))
    parser.add_argument("--folder", type=Path, help="where the disk to be measured is (default: the temporary folder)")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="bench-", dir=chosen.folder) as name:
        home = Path(name)
        home.chmod(0o755)
        with running(home / "dovecot") as dovecot:
            for what in chosen.what or measures:
                (home / what).mkdir()
                with open_office(home / what, dovecot) as office:
                    measures[what](office, chosen.letters)


def unread(office: Office, count: int) -> None:
    """Letters a second with files of an unread type, beside mbsync with fsync."""
    _throughput(office, count, "unread files", lambda: (os.urandom(UNREAD_BYTES), "van-ban.bin", "octet-stream"), 0.20)


def documents(office: Office, count: int) -> None:
    """Letters a second with text PDFs read into drafts, beside mbsync with fsync."""
    pdf = document("Công văn", number="123", subject="góp ý dự thảo quy chế chuyển đổi số của tỉnh")
    numbers = iter(range(count))
    _throughput(office, count, "text PDFs", lambda: (pdf + b"%% %d\n" % next(numbers), "van-ban.pdf", "pdf"), 0.08)


def _throughput(
    office: Office, count: int, what: str, content: Callable[[], tuple[bytes, str, str]], least: float
) -> None:
    mailbox = office.mailbox("den")
    with office.dovecot.client(mailbox.username) as client:
        for number in range(count):
            client.append("INBOX", letter(number, *content()))
    control = _mbsync(office.home, mailbox)
    began = time.monotonic()
    assert office.take_in() == 0
    ours = time.monotonic() - began
    assert office.messages() == count
    print(f"{what}: mbsync with fsync {count / control:.1f} letters/s, taken in {count / ours:.1f} letters/s, "
          f"ratio {control / ours:.2f} (at least {least:.2f})")  # fmt: skip


def memory(office: Office, _count: int) -> None:
    """Peak of RssAnon, summed over the intake's processes, above idle; and the spool beside it."""
    peaks = {}
    for megabytes in (1, 100):
        mailbox = office.mailbox(f"m{megabytes}")
        with _service(office) as process:
            idle = _when_still(process.pid)
            raw = letter(megabytes, os.urandom(megabytes * 730_000), "van-ban.bin", "octet-stream")
            office.send(mailbox, raw)
            peak = spool = 0
            until = office.messages() + 1
            while office.messages() < until:
                peak = max(peak, _anonymous(process.pid))
                spool = max(spool, _size_of(office.home / "spool"))
            peaks[megabytes] = peak - idle
            print(f"memory: {len(raw) / 1e6:.0f} MB letter: {(peak - idle) / 1e6:+.1f} MB over idle "
                  f"({idle / 1e6:.0f} MB); spool {spool / 1e6:.0f} MB (at most +48)")  # fmt: skip
        office.mailboxes.clear()
    print(f"memory: difference {abs(peaks[100] - peaks[1]) / 1e6:.1f} MB (at most 16)")


def listener(office: Office, _count: int) -> None:
    """Peak of RssAnon above idle while mail servers push: one letter of 130 MB, then 20 of them at once.

    Idle is after a busy moment: the process that starts when all others are busy, and stays, is none of a letter's
    memory. What it has is printed.
    """
    settings = open_listener(office)
    small = letter(0, b"", "van-ban.bin", "octet-stream")
    content = 1_670_000 * (base64.b64encode(os.urandom(57)) + b"\r\n")
    raw = small.replace(b"\r\n\r\n\r\n--", b"\r\n\r\n" + content + b"--")
    with _service(office) as process:
        wait_until(lambda: is_open(settings), 60)
        before = _when_still(process.pid)
        _push_many(office, settings, process.pid, raw, 3)
        idle = _when_still(process.pid)
        print(f"listener: {(idle - before) / 1e6:+.1f} MB after a busy moment, {len(_children(process.pid))} processes")
        for many in (1, 20):
            began = time.monotonic()
            peak = _push_many(office, settings, process.pid, raw, many)
            print(f"listener: {many} of {len(raw) / 1e6:.0f} MB at once: {(peak - idle) / 1e6:+.1f} MB over idle "
                  f"({idle / 1e6:.0f} MB; at most +48); 250 to all in {time.monotonic() - began:.0f} s")  # fmt: skip


def _push_many(office: Office, settings: ListenerSettings, pid: int, raw: bytes, many: int) -> int:
    """Send `many` letters at once; returns the peak of RssAnon meanwhile."""
    peak, until = 0, office.messages() + many
    pushing = [threading.Thread(target=_push, args=(settings, number, raw)) for number in range(many)]
    for thread in pushing:
        thread.start()
    while any(thread.is_alive() for thread in pushing):
        peak = max(peak, _anonymous(pid))
        time.sleep(0.005)
    assert office.messages() == until
    return peak


def _push(settings: ListenerSettings, number: int, raw: bytes) -> None:
    """Send one letter until it is taken, as a mail server does."""
    trace = b"Message-ID: <%d.%s@lamdong.gov.vn>\r\n" % (number, os.urandom(4).hex().encode())
    start = raw.index(b"Message-ID:")
    head, tail = raw[:start] + trace, memoryview(raw)[raw.index(b"\r\n", start) + 2 :]
    while True:
        with connected(settings, 900) as line:
            line.say(b"LHLO bench\r\n")
            line.say(b"MAIL FROM:<a@b.example> SIZE=%d\r\n" % (len(head) + len(tail)))
            line.say(b"RCPT TO:<%s>\r\n" % CLERK.encode())
            if line.say(b"DATA\r\n").startswith("354"):
                line.socket.sendall(head)
                line.socket.sendall(tail)  # base64 and headers: no line of it begins with a dot
                if line.say(b".\r\n").startswith("250"):
                    return
        time.sleep(1)


def latency(office: Office, _count: int) -> None:
    """From the arrival until the draft is committed, beside the moment a bare IDLE client hears of it."""
    mailbox = office.mailbox("den")
    seen: list[float] = []
    with _service(office), listening(office.dovecot, mailbox.username) as heard:
        time.sleep(3)
        for number in range(40):
            raw = letter(number, os.urandom(UNREAD_BYTES), "van-ban.bin", "octet-stream")
            office.send(mailbox, raw)
            while office.messages() == number:
                time.sleep(0.001)
            seen.append(time.monotonic())
            time.sleep(random.uniform(0.05, 0.6))
    extra = [1000 * (mine - bare) for mine, bare in zip(seen, heard, strict=True)]
    print(f"latency: committed after a bare IDLE client hears: median {statistics.median(extra):.0f} ms, "
          f"p95 {statistics.quantiles(extra, n=20)[18]:.0f} ms (at most 60, the page included)")  # fmt: skip


@contextmanager
def _service(office: Office) -> Iterator[subprocess.Popen[bytes]]:
    """Intake in a process of its own."""
    stored = office.home / "settings.json"
    stored.write_text(office.settings.model_dump_json())
    code = (
        "import sys, threading, logging, structlog\n"
        "structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))\n"
        "from config.settings import Settings; from core.db import Database; from ingest import service\n"
        f"settings = Settings.model_validate_json(open({str(stored)!r}).read())\n"
        "service.run(settings, Database(settings.database_url), stop=threading.Event())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _anonymous(pid: int) -> int:
    """RssAnon in bytes of a process and its children."""
    total = 0
    for each in [pid, *_children(pid)]:
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{each}/status").read_text()
            total += int(status.split("RssAnon:")[1].split()[0]) * 1024
    return total


def _when_still(pid: int) -> int:
    """RssAnon when all processes have started: it has not moved for two seconds."""
    time.sleep(2)
    before, since = 0, time.monotonic()
    while time.monotonic() - since < 2:
        if (now := _anonymous(pid)) != before:
            before, since = now, time.monotonic()
        time.sleep(0.1)
    return before


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total


def letter(number: int, content: bytes, name: str, subtype: str) -> bytes:
    """One mail with one attachment."""
    mail = EmailMessage()
    mail["From"] = "Văn thư UBND <vanthu@lamdong.gov.vn>"
    mail["To"] = "skhcn@lamdong.gov.vn"
    mail["Subject"] = f"Công văn số {number}/UBND-KGVX"
    mail["Date"] = "Thu, 04 Jun 2026 08:30:00 +0700"
    mail["Message-ID"] = f"<{number}.{os.urandom(4).hex()}@lamdong.gov.vn>"
    mail.set_content("Kính gửi Sở Khoa học và Công nghệ. Gửi kèm văn bản.\n")
    mail.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _mbsync(home: Path, mailbox: MailboxSettings) -> float:
    folder = home / "mbsync"
    folder.mkdir()
    (folder / "Maildir").mkdir()
    password = folder / "password"
    password.write_text(PASSWORD)
    config = folder / "mbsyncrc"
    config.write_text(
        f"""FSync yes
IMAPAccount a
Host {mailbox.host}
Port {mailbox.port}
User {mailbox.username}
PassCmd "cat {password}"
SSLType IMAPS
AuthMechs PLAIN
CertificateFile {mailbox.ca_file}

IMAPStore far
Account a

MaildirStore near
Path {folder}/Maildir/
Inbox {folder}/Maildir/INBOX

Channel c
Far :far:
Near :near:
Create Near
Sync Pull
SyncState *
"""
    )
    began = time.monotonic()
    subprocess.run(["mbsync", "-q", "-c", config, "-a"], check=True)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
