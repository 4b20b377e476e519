"""From a real mailbox to rows: each letter once, byte for byte, the mailbox untouched."""

import hashlib
from email.message import EmailMessage

import sqlalchemy as sa
from intake_office import Office

from core.letters import Arrival, Message


def letter(number: int, size: int = 1000, message_id: str | None = None) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Văn thư UBND <vanthu@lamdong.gov.vn>"
    mail["To"] = "skhcn@lamdong.gov.vn"
    mail["Subject"] = f"Công văn {number}/UBND-KGVX"
    mail["Date"] = "Thu, 04 Jun 2026 08:30:00 +0700"
    mail["Message-ID"] = message_id or f"<{number}@lamdong.gov.vn>"
    mail.set_content("Kính gửi Sở Khoa học và Công nghệ. Gửi kèm văn bản.\n")
    mail.add_attachment(hashlib.sha256(b"%d" % number).digest() * (size // 32), maintype="application",
                        subtype="octet-stream", filename=f"van-ban-{number}.bin")  # fmt: skip
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_every_letter_has_one_row_and_its_bytes_are_the_servers(office: Office) -> None:
    mailbox = office.mailbox("vanthu")
    sent = [letter(number) for number in range(12)]
    office.send(mailbox, *sent)
    assert office.take_in() == 0
    assert office.take_in() == 0
    assert sorted(office.rows(Arrival.uid, Arrival.state)) == [(uid, "taken") for uid in range(1, 13)]
    with office.database.reading() as session:
        stored = session.scalars(sa.select(Message.raw_sha256)).all()
    assert sorted(office.store.path_of(sha).read_bytes() for sha in stored) == sorted(sent)
