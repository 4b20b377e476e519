"""A real clamd says no: the letter is held sealed; it is away: the setting decides."""

import smtplib
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import clamd_server
import pytest
import sqlalchemy as sa
from busy_desk import congvan
from intake_office import Office, attachment, letter
from pushing import CLERK, SENDER, open_listener

from config.settings import ClamdSettings
from core import held as held_letters
from core import people
from core.incoming.tables import Incoming
from core.letters import HeldLetter, Message
from core.people import Role, User
from ingest import viruses

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with clamd_server.running(tmp_path_factory.mktemp("clamd")) as path:
        yield path


def infected(number: int) -> bytes:
    """A letter whose file, in a zip, holds what clamd knows; in base64 no byte of it is seen."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("macro.bin", attachment(number, 4000) + clamd_server.BAD)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "vanthu@lamdong.gov.vn", f"Công văn {number}"
    mail.set_content("Gửi kèm văn bản.\n")
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="van-ban.zip")
    return mail.as_bytes()


def held(office: Office) -> list[tuple[str, str]]:
    with office.database.reading() as session:
        rows = session.execute(sa.select(HeldLetter.reason, HeldLetter.detail).order_by(HeldLetter.id))
        return [(row.reason, row.detail) for row in rows]


def notes(office: Office) -> list[list[str]]:
    with office.database.reading() as session:
        return list(session.scalars(sa.select(Incoming.notes)))


def test_a_letter_with_a_virus_is_held_sealed_and_the_next_comes_in(office: Office, clamd: Path) -> None:
    office.clamd = ClamdSettings(address=str(clamd))
    office.send(office.mailbox("vanthu"), infected(1), letter(2))
    assert office.take_in() == 0
    assert office.arrivals() == [(1, "held"), (2, "taken")]
    assert held(office) == [("virus", clamd_server.NAME)]
    assert all("virus_unscanned" not in found for found in notes(office))
    office.database.close()
    for path in (p for folder in ("data", "spool") for p in (office.home / folder).rglob("*")):
        assert not path.is_file() or clamd_server.BAD not in path.read_bytes(), path


def custodian(office: Office) -> int:
    with office.database.writing() as session:
        user = people.add(session, "kha", "Kha", {Role.CLERK, Role.CUSTODIAN}, "x", at=AT)
        session.flush()
        return user.id


def decide(office: Office, user_id: int, act: Callable[..., object]) -> str:
    """Press a button beside the one held letter; returns what intake answers."""
    with office.database.writing() as session:
        row = session.scalars(sa.select(HeldLetter)).one()
        act(session, row, by=session.get_one(User, user_id), at=AT)
    return office.answer()


def test_a_draft_of_a_letter_with_a_virus_keeps_its_name_and_the_door_it_came_by(office: Office, clamd: Path) -> None:
    office.clamd = ClamdSettings(address=str(clamd))
    user, settings = custodian(office), open_listener(office)
    with office.watching(), smtplib.LMTP(settings.host, settings.port) as client:
        client.sendmail(SENDER, [CLERK], infected(1))
    with office.database.reading() as session:
        assert session.scalars(sa.select(HeldLetter.sender_address)).one() == "vanthu@lamdong.gov.vn"
    assert decide(office, user, held_letters.release_held).startswith("Đã đọc xong")
    assert held(office) == [("virus", clamd_server.NAME)]
    assert notes(office)[0][0] == f"virus:{clamd_server.NAME}"
    assert office.rows(Incoming.origin) == [("mail",)]


def test_what_was_found_once_stands_until_a_scanner_has_looked_again(office: Office, clamd: Path) -> None:
    office.clamd = ClamdSettings(address=str(clamd))
    user = custodian(office)
    office.send(office.mailbox("vanthu"), infected(1))
    assert office.take_in() == 0
    for address in (str(office.home / "nobody.sock"), ""):
        office.clamd = ClamdSettings(address=address)
        assert "vi-rút" in decide(office, user, held_letters.read_again)
    assert held(office) == [("virus", clamd_server.NAME)] and notes(office) == []


def test_a_letter_that_was_not_scanned_is_scanned_when_it_is_let_in(office: Office, clamd: Path) -> None:
    office.clamd = ClamdSettings(address=str(office.home / "nobody.sock"), when_away="hold")
    user = custodian(office)
    office.send(office.mailbox("vanthu"), infected(1))
    assert office.take_in() == 0
    office.clamd = ClamdSettings(address=str(clamd))
    assert "vi-rút" in decide(office, user, held_letters.release_held)
    assert held(office) == [("virus", clamd_server.NAME)] and notes(office) == []


@pytest.mark.parametrize("address", ["{home}/nobody.sock", "127.0.0.1:1", "may..quet:3310"])
def test_while_clamd_is_away_letters_come_in_with_a_note(office: Office, address: str) -> None:
    office.clamd = ClamdSettings(address=address.format(home=office.home))
    office.send(office.mailbox("vanthu"), letter(1))
    assert office.take_in() == 0
    assert [found for found in notes(office) if "virus_unscanned" in found]
    with office.database.reading() as session:
        assert "virus_unscanned" in session.scalars(sa.select(Message.warnings)).one()


def test_while_clamd_is_away_letters_are_held_where_that_is_set(office: Office) -> None:
    office.clamd = ClamdSettings(address=str(office.home / "nobody.sock"), when_away="hold")
    office.send(office.mailbox("vanthu"), letter(1))
    assert office.take_in() == 0
    assert held(office) == [("virus_unscanned", "")]


def test_doctor_says_whether_clamd_answers_and_what_to_do_when_not(tmp_path: Path, clamd: Path) -> None:
    (tmp_path / "data").mkdir()
    config = tmp_path / "congvan.toml"
    config.write_text(f'data = "data"\n[clamd]\naddress = "{clamd}"\n')
    assert f"✓ Quét vi-rút: clamd ở {clamd}: trả lời" in congvan("doctor", "--config", str(config)).stdout
    config.write_text(f'data = "data"\n[clamd]\naddress = "{tmp_path}/nobody.sock"\nwhen_away = "hold"\n')
    done = congvan("doctor", "--config", str(config))
    assert done.returncode == 1 and f"✗ Quét vi-rút: clamd ở {tmp_path}/nobody.sock\n" in done.stdout
    assert "clamav-daemon" in done.stdout and "thư bị giữ lại" in done.stdout


def test_clean_large_and_infected_files_are_told_apart(tmp_path: Path, clamd: Path) -> None:
    settings = ClamdSettings(address=str(clamd))
    file = tmp_path / "file"
    for content, virus in ((b"", ""), (b"clean" * 100_000, ""), (b"x" * 600_000 + clamd_server.BAD, clamd_server.NAME)):
        file.write_bytes(content)
        assert viruses.ask(settings, file) == virus
    file.write_bytes(b"x" * 9_000_000)
    with pytest.raises(viruses.Away, match="size limit exceeded"):
        viruses.ask(settings, file)
