"""Files with a password: held, opened by a password that stays nowhere, which a person or another mail brings."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import locked_files
import pytest
import sqlalchemy as sa
from intake_office import Office
from leaks import files_with

from core import held, people
from core.errors import WrongState
from core.events import Event
from core.incoming.tables import Incoming, IncomingFile
from core.key_mails import KeyMail, key_mails
from core.letters import Exclusion, HeldLetter, IntakeRequest, Message
from core.people import Role, User

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
WORD = "chia9khoaQ"
SENDER = "vanthu@skhcn.gov.vn"
LOCKED: dict[str, Callable[[], bytes]] = {
    "ho so.7z": lambda: locked_files.seven_zip({"cong van.txt": b"Cong van so 12"}, WORD),
    "ho so.rar": lambda: locked_files.rar5({"cong van.txt": b"Cong van so 12"}, WORD),
    "ho so cu.rar": lambda: locked_files.rar4({"cong van.txt": b"Cong van so 12"}, WORD),
    "cong van.pdf": lambda: locked_files.pdf(
        "Cong van so 12 cua So Khoa hoc va Cong nghe ve viec lay y kien\n" * 9, WORD
    ),
    "cong van.docx": lambda: locked_files.word("Công văn số 12", WORD),
}


@pytest.fixture
def clerk(office: Office) -> int:
    with office.database.writing() as session:
        user = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=AT)
        session.flush()
        return user.id


def mail(subject: str, text: str, name: str = "", data: bytes = b"", sender: str = SENDER) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = sender, subject, f"<{abs(hash((subject, text)))}@x>"
    made.set_content(text)
    if name:
        made.add_attachment(data, "application", "octet-stream", filename=name)
    return made.as_bytes().replace(b"\n", b"\r\n")


def locked(office: Office) -> HeldLetter:
    with office.database.reading() as session:
        return session.scalars(sa.select(HeldLetter).where(HeldLetter.reason.like("locked_%"))).one()


def try_word(office: Office, user_id: int, word: str) -> str:
    """Give a password on the page; the answer."""
    key = office.home / "spool" / "dropped" / f"khoa-{len(word)}"
    key.parent.mkdir(exist_ok=True, parents=True)
    key.write_text(word)
    with office.database.writing() as session:
        row = session.get_one(HeldLetter, locked(office).id)
        held.read_again(session, row, by=session.get_one(User, user_id), at=AT, key_name=key.name)
    answer = office.answer()
    assert not key.exists()
    return answer


def shown(office: Office, user_id: int) -> list[KeyMail]:
    with office.database.reading() as session:
        one = locked(office).id
        return key_mails(session, [one], session.get_one(User, user_id)).get(one, [])


def try_mail(office: Office, user_id: int, chosen: KeyMail) -> str:
    """Press «Thử mật khẩu» of a mail that is shown; the answer."""
    with office.database.writing() as session:
        held.read_again(
            session, session.get_one(HeldLetter, locked(office).id), by=session.get_one(User, user_id), at=AT,
            key_held_id=chosen.held_id, key_message_id=chosen.message_id,
        )  # fmt: skip
    return office.answer()


def places_of(office: Office, word: str) -> list[str]:
    """The files on the disk and in the spool that hold a word, as text of any width."""
    return [Path(path).name for path in files_with(office.home, (word.encode(), word.encode("utf-16-le")))]


@pytest.mark.parametrize("name", LOCKED)
def test_a_locked_file_opens_with_a_password_that_stays_nowhere(
    office: Office, clerk: int, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    office.send(office.mailbox("vanthu"), mail("Gửi văn bản", "Kính gửi", name, LOCKED[name]()))
    assert office.take_in() == 0
    is_archive = name.startswith("ho so")
    assert locked(office).reason == ("locked_archive" if is_archive else "locked_file")
    assert "không mở được tệp" in try_word(office, clerk, "sai")
    assert locked(office).decision is None
    assert try_word(office, clerk, WORD).startswith("Đã đọc xong")
    assert office.rows(IncomingFile.name) == [("cong van.txt" if is_archive else name,)]
    (notes,) = office.rows(Incoming.notes)
    assert is_archive or f"plain_copy:{name}" in str(notes[0])
    assert locked(office).decision == "read_again" and locked(office).seal_key is None
    assert places_of(office, WORD) == []
    said = capfd.readouterr()
    assert WORD not in said.out + said.err


def test_a_password_for_a_letter_that_lies_in_its_mailbox_stays_nowhere(office: Office, clerk: int) -> None:
    office.send(office.mailbox("vanthu"), mail("Gửi văn bản", "Kính gửi", "ho so.7z", LOCKED["ho so.7z"]()))
    assert office.take_in() == 0
    with office.database.writing() as session:
        session.get_one(HeldLetter, locked(office).id).sealed_path = None
    assert "còn nguyên ở hộp thư" in try_word(office, clerk, WORD)
    assert places_of(office, WORD) == []


def test_what_a_locked_file_hides_is_screened_before_it_is_a_draft(office: Office, clerk: int) -> None:
    secret = locked_files.word("UBND TỈNH LÂM ĐỒNG\nSố: 12/BC-UBND\nTỐI MẬT\nNội dung XKHOATHAT", WORD)
    office.send(office.mailbox("vanthu"), mail("Gửi văn bản", "Kính gửi", "bao cao.docx", secret))
    assert office.take_in() == 0
    assert "không được đưa vào" in try_word(office, clerk, WORD)
    assert office.rows(Exclusion.category) == [("bi_mat",)]
    assert office.rows(Incoming.id) == office.rows(Message.id) == []
    assert places_of(office, "XKHOATHAT") == places_of(office, WORD) == []


@pytest.mark.parametrize("is_earlier", [True, False])
def test_a_held_mail_with_the_password_is_shown_and_tried_only_when_asked(
    office: Office, clerk: int, is_earlier: bool
) -> None:
    box = office.mailbox("vanthu")
    pair = [mail("Gửi văn bản", "Mật khẩu gửi ở thư sau.", "ho so.7z", LOCKED["ho so.7z"]()),
            mail("Mật khẩu", f"Mật khẩu giải nén là: {WORD}", sender=SENDER.title())]  # fmt: skip
    office.send(box, *(reversed(pair) if is_earlier else pair))
    office.send(box, mail("Khác", "Mật khẩu: khac", sender="nguoi.khac@skhcn.gov.vn"))
    assert office.take_in() == 0
    (found,) = shown(office, clerk)
    assert found.held_id is not None and found.held_id != locked(office).id
    assert office.rows(IntakeRequest.id) == [], "nothing was tried"
    assert try_mail(office, clerk, found).startswith("Đã đọc xong")
    assert office.rows(IncomingFile.name) == [("cong van.txt",)]
    assert ({"key_held_id": found.held_id},) in office.rows(Event.payload)
    assert places_of(office, WORD) == [], "the mail that brings it is sealed"


def test_a_mail_that_was_taken_in_and_the_letter_s_own_text_bring_a_password(office: Office, clerk: int) -> None:
    box = office.mailbox("vanthu")
    own = mail("Gửi văn bản", "MK file: sai123\nKính gửi", "cong van.pdf", LOCKED["cong van.pdf"]())
    with_paper = mail("Giấy mời", f"Password: {WORD}.", "giay moi.txt", "Giấy mời họp".encode())
    office.send(box, own)
    assert office.take_in() == 0
    (itself,) = shown(office, clerk)
    assert itself.held_id == locked(office).id
    assert "không mở được tệp" in try_mail(office, clerk, itself)
    office.send(box, with_paper)
    assert office.take_in() == 0
    with office.database.reading() as session:
        message = session.scalars(sa.select(Message)).one()
        assert message.brings_password
    both = shown(office, clerk)
    assert sorted(mail.message_id or 0 for mail in both) == [0, message.id]
    chosen = next(mail for mail in both if mail.message_id)
    assert try_mail(office, clerk, chosen).startswith("Đã đọc xong")
    assert locked(office).decision == "read_again"


def test_only_a_mail_that_is_shown_can_be_tried(office: Office, clerk: int) -> None:
    box = office.mailbox("vanthu")
    office.send(box, mail("Gửi văn bản", "Kính gửi", "ho so.7z", LOCKED["ho so.7z"]()))
    office.send(box, mail("Khác", f"Mật khẩu: {WORD}", sender="nguoi.khac@skhcn.gov.vn"))
    assert office.take_in() == 0
    assert shown(office, clerk) == []
    other = next(row for row in office.rows(HeldLetter.id) if row[0] != locked(office).id)
    with office.database.writing() as session, pytest.raises(WrongState):
        row = session.get_one(HeldLetter, locked(office).id)
        held.read_again(session, row, by=session.get_one(User, clerk), at=AT, key_held_id=int(str(other[0])))


def test_a_password_whose_request_was_answered_before_a_kill_is_gone_at_the_next_start(
    office: Office, clerk: int
) -> None:
    folder = office.home / "spool" / "dropped"
    folder.mkdir(parents=True)
    (folder / "da-tra-loi").write_text(WORD)
    with office.database.writing() as session:
        asked = IntakeRequest(kind="again", name="", spool_name="da-tra-loi", asked_by=clerk, asked_at=AT, done_at=AT)
        session.add(asked)
    (folder / "dang-gui").write_text("x")
    assert office.take_in() == 0
    assert sorted(path.name for path in folder.iterdir()) == ["dang-gui"]
