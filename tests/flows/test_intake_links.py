"""A letter of links from the mailbox to its number: drafted without a file, which a clerk then drops in."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from intake_office import Office

from core import people, registers, requests
from core.errors import Permanent
from core.incoming import registration
from core.incoming.tables import FileRole, Incoming
from core.letters import HeldLetter
from core.people import Role, User
from core.registers import Book
from core.requests import NAME_SUFFIX, HandedFile
from demo.agencies import HEALTH
from demo.documents import Document
from ingest.spool import spool_root

AT = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
PAPER = Document(
    HEALTH, "12", date(2026, 6, 3), "góp ý dự thảo Quy chế", addressees=("Sở Khoa học và Công nghệ.",),
    paragraphs=("Đề nghị quý cơ quan góp ý trước ngày 20/6/2026./.",),
)  # fmt: skip
LETTER = (
    "From: Van thu <vanthu@snv.lamdong.gov.vn>\r\nSubject: 12/SNV-VP V/v gop y du thao Quy che\r\nMessage-ID: <l@x>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    '<p>Do tệp lớn, đề nghị tải văn bản <a href="https://snv.lamdong.gov.vn/luu?tep=12">tại đây</a></p>\r\n'
    '--b\r\nContent-Type: text/vcard\r\nContent-Disposition: attachment; filename="lan.vcf"\r\n\r\n'
    "BEGIN:VCARD\r\nFN:Lan\r\nEND:VCARD\r\n--b--\r\n"
)


def test_a_letter_of_links_waits_for_its_file(office: Office) -> None:
    office.send(office.mailbox("vanthu"), LETTER.encode())
    assert office.take_in() == 0
    assert office.rows(HeldLetter.id) == []
    assert office.rows(Incoming.notes, Incoming.code) == [
        (["no_file", "link:https://snv.lamdong.gov.vn/luu?tep=12"], "12/SNV-VP")
    ]
    with office.database.writing() as session:
        clerk, book = (
            people.add(session, "lan", "Lan", {Role.CLERK}, "x", at=AT),
            session.scalars(sa.select(Book)).one(),
        )
        session.flush()
        registers.open_series(session, book, 1, by=clerk, at=AT)
        draft = session.scalars(sa.select(Incoming)).one()
        with pytest.raises(Permanent, match="Chưa có tệp"):
            registration.register(session, draft, by=clerk, at=AT)
        requests.hand_over(session, [HandedFile("12")], draft, by=clerk, at=AT)
        draft_id, user = draft.id, clerk.id
    folder = spool_root(office.settings) / "dropped"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "12").write_bytes(PAPER.pdf())
    (folder / f"12{NAME_SUFFIX}").write_text("12-SNV.pdf")
    assert office.answer() == "Đã thêm 1 tệp vào dự thảo."
    with office.database.writing() as session:
        draft = session.get_one(Incoming, draft_id)
        shown = [(file.name, file.role) for file in draft.files]
        assert shown == [("lan.vcf", FileRole.LEFT_OUT), ("12-SNV.pdf", FileRole.MAIN)]
        assert (draft.code, draft.kind, f"{draft.issued_on}") == (PAPER.code, "Công văn", "2026-06-03")
        clerk, unsure = session.get_one(User, user), registration.unsure_fields(draft)
        assert registration.register(session, draft, by=clerk, at=AT, looked_at=unsure) == 1
