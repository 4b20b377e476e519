"""Promises 1, 2 and 5 under fire: kill any process at any instant; nothing lost, nothing twice, numbers 1..n."""

import hashlib
import os
import random
import threading
import time
from datetime import UTC, datetime
from email import message_from_binary_file
from email.message import EmailMessage

import pytest
from counts import times
from dovecot_server import PASSWORD as MAILBOX_PASSWORD
from imapclient import IMAPClient
from intake_office import Office, wait_until
from whole_program import PASSWORD, Clerk, Program, running

from core import accounts, files, people, registers, sealing
from core.files import StoredFile
from core.incoming.tables import Incoming
from core.letters import Arrival, HeldLetter, Message, MessageFile
from core.people import Role

VALUES = {"code": "12/UBND-KT", "issued_on": "03/06/2026", "issuer": "UBND", "kind": "Công văn", "subject": "thử"}


def letter(number: int, rng: random.Random) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Văn thư UBND <vanthu@lamdong.example.gov.vn>"
    mail["To"] = "vanthu@skhcn.example.gov.vn"
    mail["Subject"] = f"V/v gửi văn bản {number}"
    mail["Date"] = "Thu, 04 Jun 2026 08:30:00 +0700"
    mail["Message-ID"] = f"<{number // 2}@lamdong.example.gov.vn>"  # each Message-ID is borne by two letters
    mail.set_content("Kính gửi văn bản kèm theo.\n")
    data = rng.randbytes(rng.randint(1_000, 400_000))
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=f"Văn bản {number}.bin")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def people_at_work(office: Office) -> None:
    at = datetime.now(UTC)
    with office.database.writing() as session:
        hashed = accounts.hash_password(PASSWORD)
        clerk = people.add(session, "lan", "Lan", {Role.CLERK}, hashed, at=at, must_change_password=False)
        people.add(session, "hoa", "Hoa", {Role.CLERK}, hashed, at=at, must_change_password=False)
        registers.open_series(session, registers.book_by_code(session, "den"), 1, by=clerk, at=at)


def confirmed(office: Office) -> int:
    return len([row for row in office.rows(Incoming.arrival_number) if row[0] is not None])


def work(program: Program, username: str, done: threading.Event) -> None:
    clerk = Clerk(program.url, username)
    while not done.is_set():
        try:
            if not clerk.confirm_next(VALUES):
                done.wait(0.05)
        except Exception:
            done.wait(0.1)
    clerk.close()


@pytest.mark.torture
def test_kills_at_any_instant_lose_nothing_double_nothing_and_leave_no_gap(office: Office) -> None:
    kills, letters = times(2, 15, 60), times(24, 300, 2000)
    rng = random.Random(int(os.environ.get("SEED", "20260604")))
    boxes = [office.mailbox("chinh"), office.mailbox("phu")]
    sent: dict[str, set[str]] = {box.name: set() for box in boxes}
    for number in range(letters):
        raw = letter(number, rng)
        for box in boxes if number % 10 == 0 else [boxes[number % 2]]:  # every tenth comes by both routes
            office.send(box, raw)
            sent[box.name].add(hashlib.sha256(raw).hexdigest())
    people_at_work(office)
    arrivals = sum(len(raws) for raws in sent.values())
    done = threading.Event()
    with running(office) as program:
        program.wait_for_pages()
        clerks = [threading.Thread(target=work, args=(program, name, done)) for name in ("lan", "hoa")]
        for thread in clerks:
            thread.start()
        killed, end = 0, time.monotonic() + 300 + 10 * kills
        while killed < kills or (confirmed(office) < 10 and time.monotonic() < end):
            if killed % 2:  # every second kill meets clerks at work, however long a start takes on this machine
                program.wait_for_pages(120)
            time.sleep(rng.uniform(0.1, 1.2) * (1 + killed // kills))
            program.kill(rng.choice(program.pids()))
            program.restart()
            killed += 1
        wait_until(lambda: len(office.rows(Arrival.id)) == arrivals, seconds=120 + letters / 5)
        time.sleep(0.5)
        done.set()
        for thread in clerks:
            thread.join()
    assert_whole(office, program, letters, sent)


def sealed(office: Office) -> list[str]:
    """SHA-256 of the letters that were held because their reader was killed twice."""
    found = []
    for reason, name, key in office.rows(HeldLetter.reason, HeldLetter.sealed_path, HeldLetter.seal_key):
        assert reason == "unreadable_crash" and isinstance(key, bytes)
        raw = b"".join(sealing.unseal(office.settings.sealed_folder / str(name), key))
        found.append(hashlib.sha256(raw).hexdigest())
    return found


def assert_whole(office: Office, program: Program, letters: int, sent: dict[str, set[str]]) -> None:
    assert program.command("ingest", "--once").returncode == 0  # a start sweeps what the kills left behind
    places = office.rows(Arrival.mailbox, Arrival.uidvalidity, Arrival.uid)
    assert len(places) == len(set(places)) == sum(len(raws) for raws in sent.values())
    raws = [str(row[0]) for row in office.rows(Message.raw_sha256)]
    # One held on the first route may have come in by the second: nobody could know them for the same.
    raws += set(sealed(office)) - set(raws)
    assert len(raws) == len(set(raws)) == letters
    assert set(raws) == set().union(*sent.values())
    assert_attachments(office)
    numbers = sorted(row[0] for row in office.rows(Incoming.arrival_number) if row[0] is not None)  # type: ignore[type-var]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 10, "the clerks hardly worked, so the kills proved little"
    assert {row[0] for row in office.rows(StoredFile.sha256)} == {path.name for path in office.store.contents()}
    assert all(files.sha256_of(path) == path.name for path in office.store.contents())
    checked = program.command("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for mailbox in office.mailboxes:
        with office.dovecot.client(mailbox.username, MAILBOX_PASSWORD) as client:
            assert_untouched(client, sent[mailbox.name])


def assert_attachments(office: Office) -> None:
    """Every stored attachment is what the standard library decodes from the stored raw bytes."""
    kept = {row[0]: row[1] for row in office.rows(MessageFile.message_id, MessageFile.sha256)}
    for message_id, raw in office.rows(Message.id, Message.raw_sha256):
        with office.store.open(str(raw)) as stored:
            parts = [part.get_payload(decode=True) for part in message_from_binary_file(stored).walk()]
        files = [part for part in parts if isinstance(part, bytes)][1:]  # the first is the text
        assert [kept[message_id]] == [hashlib.sha256(data).hexdigest() for data in files]


def assert_untouched(client: IMAPClient, sent: set[str]) -> None:
    client.select_folder("INBOX", readonly=True)
    found = client.fetch(client.search(), ["FLAGS", "BODY.PEEK[]"])
    assert {hashlib.sha256(one[b"BODY[]"]).hexdigest() for one in found.values()} == sent
    # \Recent is the server's own word for "new to this session"; nobody can set it.
    assert {flag for one in found.values() for flag in one[b"FLAGS"]} <= {b"\\Recent"}
