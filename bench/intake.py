"""What taking in costs, beside controls in the same run: letters a second against mbsync, memory, latency."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

import sqlalchemy as sa  # noqa: E402
from dovecot_server import PASSWORD, Dovecot, running  # noqa: E402
from intake_office import Office, open_office  # noqa: E402

from config.settings import MailboxSettings  # noqa: E402
from core.letters import Arrival, Message  # noqa: E402

UNREAD_BYTES = 220_000  # a file of an unread type: with its base64 and headers a letter of 300 kB


def main() -> None:
    """Run the measurements named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["throughput", "memory", "latency"])
    parser.add_argument("--letters", type=int, default=int(os.environ.get("COUNT", "300")))
    parser.add_argument("--folder", type=Path, help="where the disk to be measured is (default: the temporary folder)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=chosen.folder) as name:
        home = Path(name)
        home.chmod(0o755)
        with running(home / "dovecot") as dovecot:
            for what in chosen.what:
                {"throughput": throughput}[what](home, dovecot, chosen.letters)


def throughput(home: Path, dovecot: Dovecot, count: int) -> None:
    """Letters a second from Dovecot to durable letters, and the same mailbox through mbsync with fsync."""
    (home / "unread").mkdir()
    with open_office(home / "unread", dovecot) as office:
        mailbox = office.mailbox("den")
        _fill(office, mailbox, count)
        control = _mbsync(home, mailbox)
        began = time.monotonic()
        assert office.take_in() == 0
        ours = time.monotonic() - began
        with office.database.reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == count
    print(f"mbsync with fsync   {count / control:8.1f} letters/s")
    print(f"taken in, unread    {count / ours:8.1f} letters/s   ratio {control / ours:.2f} (at least 0.20)")


def _fill(office: Office, mailbox: MailboxSettings, count: int) -> None:
    with office.dovecot.client(mailbox.username) as client:
        for number in range(count):
            client.append("INBOX", letter(number, os.urandom(UNREAD_BYTES), "van-ban.bin", "octet-stream"))


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
