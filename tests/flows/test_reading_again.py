"""A held letter is read again by a newer reader: drafted, left out, or held for another reason."""

import subprocess
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from intake_office import Office, letter

from config import VERSION
from core import held, people
from core.errors import NotAllowed, WrongState
from core.incoming.tables import Incoming, IncomingFile
from core.letters import Exclusion, HeldLetter
from core.people import Role, User

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
SECRET = (
    "From: a@skhcn.gov.vn\r\nSubject: (MẬT) Báo cáo\r\nMessage-ID: <s@x>\r\nX: DIE\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nĐộ mật: TỐI MẬT\r\n"
).encode()


@pytest.fixture
def clerk(office: Office, monkeypatch: pytest.MonkeyPatch) -> int:
    """A clerk's id, in an office whose reader dies over the letters of the test."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    with office.database.writing() as session:
        user = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=AT)
        session.flush()
        return user.id


def hold(office: Office, raw: bytes) -> HeldLetter:
    """Have a letter held by a reader that dies over it."""
    office.send(office.mailbox("vanthu"), raw)
    assert office.take_in(reader="slow_reader:read_raw_letter") == 0
    with office.database.writing() as session:
        letter = session.scalars(sa.select(HeldLetter)).one()
        assert (letter.reason, letter.program) == ("unreadable_crash", VERSION)
        letter.program = "0.0.9"
    return only(office)


def only(office: Office) -> HeldLetter:
    with office.database.reading() as session:
        return session.scalars(sa.select(HeldLetter)).one()


def read_again(office: Office, user_id: int, key_name: str | None = None) -> str:
    """Press «Đọc lại», or give the password that lies in the spool, and return the answer."""
    with office.database.writing() as session:
        row = session.scalars(sa.select(HeldLetter)).one()
        held.read_again(session, row, by=session.get_one(User, user_id), at=AT, key_name=key_name)
        with pytest.raises(WrongState):
            held.read_again(session, row, by=session.get_one(User, user_id), at=AT)
    return office.answer()


def test_a_letter_that_can_be_read_now_is_drafted_and_its_seal_is_gone(office: Office, clerk: int) -> None:
    before = hold(office, b"X: DIE\r\n" + letter(1))
    assert read_again(office, clerk).startswith("Đã đọc xong")
    after = only(office)
    assert (after.decision, after.seal_key, after.decided_by) == ("read_again", None, clerk)
    assert before.seal_key is not None
    with office.database.reading() as session:
        assert session.scalars(sa.select(Incoming.origin)).one() == "mail"


def test_a_locked_archive_opens_with_a_password_that_stays_nowhere(office: Office, clerk: int, tmp_path: Path) -> None:
    paper = office.home / "cong van.txt"
    paper.write_text("Công văn")
    subprocess.run(["7z", "a", "-bd", "-tzip", "-pchia9khoa", "a.zip", paper.name], cwd=office.home, check=True,
                   capture_output=True)  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "vanthu@skhcn.gov.vn", "Gửi văn bản", "<khoa@x>"
    mail.set_content("Kính gửi")
    packed = office.home / "a.zip"
    mail.add_attachment(packed.read_bytes(), "application", "zip", filename="a.zip")
    packed.unlink()
    office.send(office.mailbox("vanthu"), mail.as_bytes().replace(b"\n", b"\r\n"))
    assert office.take_in() == 0
    assert only(office).reason == "locked_archive"
    for number, (password, answer) in enumerate((("sai", "không mở được tệp"), ("chia9khoa", "Đã đọc xong"))):
        key = office.home / "spool" / "dropped" / f"chia-{number}"
        key.parent.mkdir(exist_ok=True, parents=True)
        key.write_text(password)
        assert answer in read_again(office, clerk, key.name)
        assert not key.exists()
    with office.database.reading() as session:
        files = session.scalars(sa.select(IncomingFile.name).order_by(IncomingFile.position)).all()
        assert files == ["cong van.txt"]
    kept = [path for path in office.home.rglob("*") if path.is_file() and b"chia9khoa" in path.read_bytes()]
    assert kept == []


def test_a_letter_that_must_still_be_held_says_why_now_and_by_which_version(office: Office, clerk: int) -> None:
    before = hold(office, b"X: DIE\r\nFrom: a@skhcn.gov.vn\r\nSubject: Hoi\r\n\r\nxin chao\r\n")
    assert "vẫn phải giữ" in read_again(office, clerk)
    after = only(office)
    assert after.reason != "unreadable_crash" and after.program == VERSION and after.decision is None
    assert after.held_at == before.held_at and after.sealed_path != before.sealed_path
    assert office.take_in() == 0, "the start sweeps what no row names"
    assert [path.name for path in office.settings.sealed_folder.iterdir()] == [after.sealed_path]
    assert "vẫn phải giữ" in read_again(office, clerk), "the new seal can be opened too"


def test_a_letter_that_is_a_secret_after_all_is_left_out_by_trace_only(office: Office, clerk: int) -> None:
    hold(office, SECRET)
    assert "không được đưa vào" in read_again(office, clerk)
    after = only(office)
    assert (after.decision, after.seal_key) == ("excluded", None)
    with office.database.reading() as session:
        assert session.scalars(sa.select(Exclusion.category)).one() == "bi_mat"
        assert session.scalars(sa.select(Incoming)).all() == []


def test_what_hints_at_a_secret_is_the_custodian_s_to_have_read_again(office: Office, clerk: int) -> None:
    hold(office, SECRET)
    with office.database.writing() as session:
        row = session.scalars(sa.select(HeldLetter)).one()
        row.reason = "secret_stamp"
        with pytest.raises(NotAllowed):
            held.read_again(session, row, by=session.get_one(User, clerk), at=AT)
