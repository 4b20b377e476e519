"""A letter is read and shown inside the sandbox of the systemd units: what they forbid, the program does not need."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy as sa
from intake_office import Office, wait_until
from secret_letters import pdf, raw, with_file
from unit_sandbox import command
from whole_program import PASSWORD, Clerk, Program, Within, running

from core import accounts, people, registers
from core.incoming.tables import Incoming
from core.people import Role

ATTEMPTS = """
import ctypes, mmap, os, socket
def refused(act):
    try:
        return act() not in (None, 0)
    except OSError:
        return True
print(all(map(refused, (
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC) and None,
    lambda: open("/usr/written", "w") and None,
    lambda: open("/proc/sys/kernel/hostname", "r+") and None,
    lambda: os.chmod("/tmp", 0o4755),
    lambda: ctypes.CDLL(None).unshare(0x10000000),
    lambda: ctypes.CDLL(None).mount(b"a", b"/tmp", b"tmpfs", 0, None),
))))
"""


def inside(unit: str, office: Office) -> Within:
    (office.home / "spool").mkdir(exist_ok=True)
    settings = office.settings
    readable = [office.home, *{Path(str(box.ca_file)).parent for box in settings.mailboxes}]
    return lambda line: command(unit, line, readable=readable, writable=[settings.data, office.home / "spool"])


def drafted(office: Office) -> list[str]:
    with office.database.reading() as session:
        return list(session.scalars(sa.select(Incoming.subject)))


@pytest.mark.parametrize("unit", ["congvan@.service", "congvan-ingest@.service", "congvan-dashboard@.service"])
def test_the_sandbox_of_these_tests_refuses_what_the_unit_refuses(unit: str, office: Office) -> None:
    line = inside(unit, office)([sys.executable, "-c", ATTEMPTS])
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("True", "")


def scanned(document: bytes) -> bytes:
    """The first page of a PDF as a picture in another."""
    out = io.BytesIO()
    with pypdfium2.PdfDocument(document) as opened:
        opened[0].render(scale=200 / 72).to_pil().convert("RGB").save(out, "PDF", resolution=200)
    return out.getvalue()


def test_a_letter_is_read_under_the_intakes_unit(office: Office) -> None:
    letters = (raw(with_file(1, "12.pdf", pdf(1, "khong"))), raw(with_file(2, "scan.pdf", scanned(pdf(2, "khong")))))
    office.send(office.mailbox("vanthu"), *letters)
    with (office.home / "log").open("wb") as log:
        done = Program(office, log, inside("congvan-ingest@.service", office)).command("ingest", "--once")
    assert done.returncode == 0, done.stderr
    assert drafted(office) == ["thực hiện nhiệm vụ"] * 2, "the text of the PDF was read, and what the scan shows"


def test_the_whole_program_runs_under_its_unit_and_draws_a_page(office: Office) -> None:
    at = datetime.now(UTC)
    with office.database.writing() as session:
        hashed = accounts.hash_password(PASSWORD)
        lan = people.add(session, "lan", "Lan", {Role.CLERK}, hashed, at=at, must_change_password=False)
        registers.open_series(session, registers.book_by_code(session, "den"), 1, by=lan, at=at)
    office.send(office.mailbox("vanthu"), raw(with_file(1, "12.pdf", pdf(1, "khong"))))
    with running(office, inside("congvan@.service", office)) as program:
        program.wait_for_pages()
        wait_until(lambda: drafted(office), seconds=60)
        clerk = Clerk(program.url, "lan")
        clerk.sign_in()
        page = clerk.page("/den")
        assert "thực hiện nhiệm vụ" in page
        picture = re.search(r'src="(/trang/[^"]+\.png)"', page)
        assert picture is not None, "the file was not outlined"
        assert "PNG" in clerk.page(picture[1])[:8]
        clerk.close()
