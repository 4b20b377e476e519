"""Answers to senders from the mailbox to the mail server: who is answered how, and that nothing answers for ever."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import scripted_smtp
import sqlalchemy as sa
from counts import times
from dovecot_server import Dovecot
from exchange_packages import SENDER, Made, Part, package
from intake_office import Office, open_office
from scripted_smtp import Server

from config.sending import SendingSettings
from config.settings import MailboxSettings
from core import edxml, people, registers
from core.answers import following
from core.edxml import Kind
from core.incoming import registration
from core.incoming.tables import Incoming
from core.letters import Message
from core.people import Role
from core.registers import Book
from demo.agencies import HEALTH
from demo.documents import Document
from dispatch import service

OURS, THEIRS = "vanthu@skhcn.lamdong.gov.vn", "vanthu@syt.lamdong.gov.vn"


@dataclass
class Room:
    """A mail room at `address` that takes in, enters and answers."""

    office: Office
    box: MailboxSettings
    sink: Server
    address: str

    def gets(self, *letters: bytes) -> None:
        """Letters come, are read and all their documents entered."""
        self.office.send(self.box, *letters)
        assert self.office.take_in() == 0
        now = datetime.now(UTC)
        with self.office.database.writing() as session:
            clerk = people.by_username(session, "lan")
            assert clerk is not None
            for document in session.scalars(sa.select(Incoming).where(Incoming.state == "draft")):
                for name, value in (("issuer", "Sở Y tế"), ("kind", "Công văn"), ("subject", "góp ý dự thảo")):
                    setattr(document, name, getattr(document, name) or value)
                document.code, document.issued_on = document.code or "1/SYT-NVY", document.issued_on or now.date()
                registration.register(session, document, by=clerk, at=now, looked_at=set(document.proposed))

    def answers(self) -> list[bytes]:
        """What `congvan dispatch --once` hands to the mail server."""
        before = len(self.sink.mails)
        sending = SendingSettings(host="127.0.0.1", port=self.sink.port, security="none", from_address=self.address,
                                  from_name="Văn thư", domain_per_minute=0)  # fmt: skip
        settings = self.office.settings.model_copy(update={"sending": sending})
        assert service.run(settings, self.office.database, once=True, stop=threading.Event()) == 0
        return self.sink.mails[before:]


@pytest.fixture
def room(tmp_path: Path, dovecot: Dovecot) -> Iterator[Callable[[str, str], Room]]:
    with ExitStack() as opened:

        def open_room(name: str, address: str) -> Room:
            home = tmp_path / f"{tmp_path.name}-{name}"
            home.mkdir()
            office = opened.enter_context(open_office(home, dovecot))
            sink = opened.enter_context(scripted_smtp.running())
            now = datetime.now(UTC)
            with office.database.writing() as session:
                clerk = people.add(session, "lan", "Nguyễn Thị Lan", {Role.CLERK}, "x", at=now)
                session.flush()
                registers.open_series(session, session.scalars(sa.select(Book)).one(), 1, by=clerk, at=now)
                following.begin(session, at=now - timedelta(minutes=1))
            return Room(office, office.mailbox("vanthu"), sink, address)

        yield open_room


def paper(number: int) -> bytes:
    """A document of the sender, as a PDF."""
    return Document(
        HEALTH, str(number), datetime(2026, 6, 4).date(), f"góp ý dự thảo {number}",  # noqa: DTZ001
        addressees=("Sở Khoa học và Công nghệ.",), paragraphs=("Đề nghị quý cơ quan góp ý./.",),
    ).pdf()  # fmt: skip


PAPER = paper(41)


def letter(number: int, headers: Mapping[str, str] = {}, *, file: bytes | None = PAPER) -> EmailMessage:
    """A mail with a document, as a clerk of another office sends it."""
    made = EmailMessage()
    made["To"], made["Message-ID"] = OURS, f"<{number}@syt>"
    usual = {"From": f"Văn thư Sở Y tế <{THEIRS}>", "Subject": f"Gửi văn bản {number}"}
    for name, value in (usual | dict(headers)).items():
        made[name] = value
    made.set_content(f"Kính gửi quý cơ quan văn bản kèm theo, lần {number}.")
    if file is not None:
        made.add_attachment(file, maintype="application", subtype="pdf", filename="vanban.pdf")
    return made


def test_a_package_is_receipted_and_entered_with_status_messages_in_its_thread(room: Callable[..., Room]) -> None:
    ours = room("a", OURS)
    code = f"{SENDER},2026/06/04,41/SYT-NVY"
    made = Made(number="41", notation="SYT-NVY", document_id=code, organ=HEALTH.name, parts=[Part("41.pdf", PAPER)])
    mail = letter(1, file=None)
    mail.add_attachment(package(made).encode(), maintype="application", subtype="xml", filename="goi.edxml")
    ours.gets(mail.as_bytes())
    sent = [message_from_bytes(one, policy=default) for one in ours.answers()]
    assert [one["subject"] for one in sent] == ["Đã nhận: Gửi văn bản 1", "Đã vào sổ: Gửi văn bản 1"]
    for one, status in zip(sent, ("01", "03"), strict=True):
        assert (one["in-reply-to"], one["auto-submitted"]) == ("<1@syt>", "auto-replied")
        assert one["to"].addresses[0].addr_spec == THEIRS
        (file,) = one.iter_attachments()
        said = edxml.read_package(file.get_content())
        assert (said.kind, said.status_code, said.concerns[0].document_id) == (Kind.STATUS, status, code)
    text = sent[1].get_body()
    assert text is not None and "số đến 1 ngày" in text.get_content()
    assert ours.answers() == []


def test_two_such_offices_do_not_answer_each_other(room: Callable[..., Room]) -> None:
    ours, theirs = room("a", OURS), room("b", THEIRS)
    ours.gets(letter(1).as_bytes())
    answered = ours.answers()
    assert len(answered) == 2
    theirs.gets(*answered)
    assert theirs.answers() == []
    assert ours.answers() == []


@pytest.mark.parametrize("keeps_thread", [True, False], ids=["in our thread", "without a thread"])
def test_a_program_that_sends_everything_back_unmarked_is_not_answered(
    room: Callable[..., Room], *, keeps_thread: bool
) -> None:
    ours = room("a", OURS)
    ours.gets(letter(1).as_bytes())
    answered = ours.answers()
    assert len(answered) == 2
    back = []
    for number, one in enumerate(answered, start=100):
        read = message_from_bytes(one, policy=default)
        thread = {"In-Reply-To": read["message-id"]} if keeps_thread else {}
        subject = "Văn bản của quý cơ quan" if keeps_thread else f"Re: {read['subject']}"
        back.append(letter(number, {"Subject": subject} | thread).as_bytes())
    ours.gets(*back)
    assert ours.answers() == []
    ours.gets(letter(200).as_bytes())
    assert len(ours.answers()) == 2


# Each would be answered but for what is said here; {n} makes no two alike.
AUTOMATIC: list[dict[str, str]] = [
    {"Auto-Submitted": "auto-replied"}, {"Auto-Submitted": "auto-generated"}, {"Auto-Submitted": "auto-notified"},
    {"Auto-Submitted": "AUTO-GENERATED; owner-email=x@y"}, {"Auto-Submitted": "auto-replied (vacation)"},
    {"Return-Path": "<>"}, {"Return-Path": " < > "}, {"X-Auto-Response-Suppress": "All"},
    {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}, {"Precedence": "bulk"}, {"Precedence": "list"},
    {"Precedence": "junk"}, {"Precedence": "auto_reply"}, {"List-Id": "<tin.lamdong.gov.vn>"},
    {"List-Unsubscribe": "<mailto:bo@x>"}, {"Feedback-ID": "1:2:3"}, {"X-Autoreply": "yes"}, {"X-Autorespond": "yes"},
    {"X-Vacation": "1"}, {"Subject": "Automatic reply: văn bản {n}"}, {"Subject": "Trả lời tự động: văn bản {n}"},
    {"Precedence": "bulk (x)"}, {"List-Post": "<mailto:tin@x>"}, {"Mailing-List": "tin"}, {"X-Loop": "tin@x"},
    {"Return-Path": "<ke-la@khac.example>"}, {"Received-SPF": "Fail (x)"}, {"Resent-From": "a@khac.example"},
    {"Authentication-Results": "mx; spf=pass; dmarc=fail"}, {"From": "Máy <no-reply@syt.lamdong.gov.vn>"},
    {"From": "Mail <MAILER-DAEMON@syt.lamdong.gov.vn>"}, {"From": "postmaster@syt.lamdong.gov.vn"},
    {"From": "tin-bounces@syt.lamdong.gov.vn"}, {"From": "a@syt.lamdong.gov.vn, b@syt.lamdong.gov.vn"},
    {"From": "vanthu+1@skhcn.lamdong.gov.vn"}, {"Subject": "Read: văn bản {n}"},
    {"Subject": "Out of Office: văn bản {n}"}, {"Subject": "Vắng mặt: văn bản {n}", "In-Reply-To": "<x@y>"},
]  # fmt: skip


def bounce(number: int) -> bytes:
    """A report of delivery that quotes a document."""
    text = letter(number).as_string()
    return (
        f"From: Mail Delivery System <mailer-daemon@syt.lamdong.gov.vn>\r\nTo: {OURS}\r\n"
        f"Subject: Undelivered {number}\r\n"
        f"Message-ID: <{number}@bounce>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; syt\r\n\r\nFinal-Recipient: rfc822; {THEIRS}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{text}\r\n--b--\r\n"
    ).encode()


def _storm(room: Callable[..., Room], count: int) -> None:
    ours = room("a", OURS)
    mails = []
    for number in range(1, count + 1):
        kind = number % (len(AUTOMATIC) + 1)
        if kind == len(AUTOMATIC):
            mails.append(bounce(number))
            continue
        headers = {name: value.replace("{n}", str(number)) for name, value in AUTOMATIC[kind].items()}
        mails.append(letter(number, headers).as_bytes())
    ours.gets(*mails, letter(count + 1).as_bytes())
    with ours.office.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Message)) == count + 1
        drafts = session.scalar(sa.select(sa.func.count()).select_from(Incoming)) or 0
    assert drafts > count // 4  # many of them bring documents all the same
    sent = [message_from_bytes(one, policy=default) for one in ours.answers()]
    assert {one["in-reply-to"] for one in sent} == {f"<{count + 1}@syt>"} and len(sent) == 2


def test_a_storm_of_automatic_mails_gets_not_one_answer(room: Callable[..., Room]) -> None:
    _storm(room, len(AUTOMATIC) + 1)


@pytest.mark.torture
def test_a_storm_of_a_thousand_automatic_mails_gets_not_one_answer(room: Callable[..., Room]) -> None:
    _storm(room, times(100, 200, 1000))
