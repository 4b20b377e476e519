"""edXML packages from the mailbox to the register: a document, what replaces it, what is asked back, what was done."""

from datetime import UTC, datetime
from email.message import EmailMessage

import sqlalchemy as sa
from exchange_packages import SENDER, Made, Part, package, replacing, status
from intake_office import Office

from core import people, recalls, registers
from core.exchange import PackageNotice
from core.incoming import registration, relations
from core.incoming.tables import Incoming, IncomingFile
from core.letters import Message
from core.people import Role
from core.registers import Book
from demo.agencies import HEALTH
from demo.documents import Document

AT = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)


def paper(number: str) -> bytes:
    """The document itself, as a PDF."""
    return Document(
        HEALTH, number, datetime(2026, 6, 4).date(), "góp ý dự thảo", addressees=("Sở Khoa học và Công nghệ.",),  # noqa: DTZ001
        paragraphs=("Đề nghị quý cơ quan góp ý./.",),
    ).pdf()  # fmt: skip


def letter(number: int, text: str) -> bytes:
    """A mail with one package."""
    message = EmailMessage()
    message["From"], message["To"] = "vanthu@syt.lamdong.gov.vn", "vanthu@skhcn.lamdong.gov.vn"
    message["Subject"], message["Message-ID"] = "Gửi văn bản", f"<{number}@x>"
    message.set_content("Gửi kèm.")
    message.add_attachment(text.encode(), maintype="application", subtype="xml", filename="goi.edxml")
    return message.as_bytes()


def test_packages_become_drafts_links_requests_and_reports(office: Office) -> None:
    code = "SYT-NVY"
    old = Made(number="41", notation=code, document_id=f"{SENDER},2026/06/04,41/{code}", organ=HEALTH.name,
               parts=[Part("41.pdf", paper("41"), packed=True)])  # fmt: skip
    new = Made(number="42", notation=code, document_id=f"{SENDER},2026/06/04,42/{code}", organ=HEALTH.name,
               business_type="3", business=replacing(old.document_id), parts=[Part("42.pdf", paper("42"))])  # fmt: skip
    box = office.mailbox("vanthu")
    for number, text in enumerate((package(old), package(new), status("13", new.document_id), status("03"))):
        office.send(box, letter(number, text))
    assert office.take_in() == 0
    drafts = sorted(office.rows(Incoming.code, Incoming.exchange_id, Incoming.issuer))
    assert drafts == [(f"41/{code}", old.document_id, HEALTH.name), (f"42/{code}", new.document_id, HEALTH.name)]
    assert sorted(office.rows(IncomingFile.name, IncomingFile.role, IncomingFile.inside)) == [
        ("41.pdf", "main", "goi.edxml"), ("42.pdf", "main", "goi.edxml"),
        ("goi.edxml", "annex", ""), ("goi.edxml", "annex", ""),
    ]  # fmt: skip
    assert sorted(office.rows(Message.outcome)) == [("draft",), ("draft",), ("report",), ("report",)]
    assert sorted(office.rows(PackageNotice.kind, PackageNotice.status_code, PackageNotice.code)) == [
        ("recall", "13", f"42/{code}"), ("status", "03", "63/SMA-VP"),
    ]  # fmt: skip
    with office.database.writing() as session:
        clerk = people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=AT)
        session.flush()
        registers.open_series(session, session.scalars(sa.select(Book)).one(), 7, by=clerk, at=AT)
        first, second = session.scalars(sa.select(Incoming).order_by(Incoming.code)).all()
        for document in (first, second):
            looked_at = registration.unsure_fields(document)
            registration.register(session, document, by=clerk, at=AT, looked_at=looked_at)
        assert [(one.is_newer, one.arrival_number) for one in relations.related(session, first)] == [(True, 8)]
        (asked,) = recalls.open_recalls(session, clerk)
        assert [match.document.id for match in asked.matches] == [second.id]
        assert (asked.sender, second.removed_at) == ("vanthu@syt.lamdong.gov.vn", None)
