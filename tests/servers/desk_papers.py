"""Drafts for the clerk's desk: typeset papers with their true fields, and the places where these stand."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import sqlalchemy as sa

from core import letters, people, registers
from core.evidence import Evidence, Source
from core.files import Content, note_stored, sha256_of
from core.incoming import drafts
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Origin
from core.people import Role
from core.registers import Book
from dashboard.web import Office
from demo.agencies import HOME_MINISTRY, MINISTRY, PROVINCE, PROVINCE_OFFICE, RADIATION, STANDARDS, Agency
from demo.documents import Document

_SUBJECTS = (
    "triển khai Nghị quyết về phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số",
    "góp ý dự thảo Quy chế quản lý nhiệm vụ khoa học và công nghệ cấp tỉnh",
    "báo cáo tình hình hoạt động sở hữu trí tuệ 9 tháng đầu năm",
    "cử cán bộ tham gia đoàn kiểm tra an toàn bức xạ",
    "rà soát, thống kê tiêu chuẩn quốc gia đã áp dụng",
)
_AGENCIES: tuple[Agency, ...] = (PROVINCE, PROVINCE_OFFICE, MINISTRY, HOME_MINISTRY, STANDARDS, RADIATION)
_KINDS = ("Công văn", "Kế hoạch", "Thông báo", "Quyết định", "Báo cáo")


@dataclass(frozen=True)
class Paper:
    """One paper to be laid on the desk. `unsure` and `missing` name fields read badly or not at all."""

    number: int
    urgency: str = "thuong"
    unsure: Sequence[str] = ()
    missing: Sequence[str] = ()
    notes: Sequence[str] = ()
    annexes: Mapping[str, bytes] = field(default_factory=dict)

    def document(self) -> Document:
        pick = self.number
        kind = _KINDS[pick % len(_KINDS)]
        return Document(
            _AGENCIES[pick % len(_AGENCIES)], str(100 + pick), date(2026, 11, 10 + pick % 7),
            _SUBJECTS[pick % len(_SUBJECTS)], kind=kind, urgency=self.urgency,
            addressees=("Sở Khoa học và Công nghệ.",) if kind == "Công văn" else (),
            paragraphs=("Thực hiện nhiệm vụ được giao, đề nghị quý cơ quan quan tâm, phối hợp triển khai./.",) * 3,
        )  # fmt: skip


def lay(office: Office, paper: Paper, *, received_at: datetime, mail: bool = True) -> int:
    """Put a paper's file in the store and its draft on the desk; returns the draft's id."""
    document = paper.document()
    main = store(office, _typeset(paper.number, paper.urgency), "application/pdf", received_at)
    truth = document.truth()
    read: dict[str, Evidence] = {}
    for name in ("issuer", "parent_issuer", "code", "issued_on", "kind", "subject", "signer_name", "signer_title"):
        if name in truth and name not in paper.missing:
            read[name] = _evidence(paper, document, name, truth[name], main.sha256)
    if paper.urgency != "thuong":
        read["urgency"] = Evidence(paper.urgency, 0.98, Source.TEXT, main.sha256, 1, (0.1, 0.12, 0.25, 0.15), "KHẨN")
    files = [
        DraftFile(f"{document.code.replace('/', '_')}.pdf", main.sha256, "application/pdf", main.size, FileRole.MAIN)
    ]
    for name, octets in paper.annexes.items():
        kind = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
        kept = store(office, octets, kind, received_at)
        files.append(DraftFile(name, kept.sha256, kind, kept.size, FileRole.ANNEX))
    with office.database.writing() as session:
        book = session.scalars(sa.select(Book)).one()
        letter = _letter(document, main, received_at) if mail else None
        if letter is not None:
            session.add(letter)
            session.flush()
        new = NewDraft(
            Origin.MAIL, book.id, letter.id if letter else None, received_at, paper.number, read, files, paper.notes
        )
        return drafts.insert(session, new)


def add_file(office: Office, draft_id: int, name: str, octets: bytes, media_type: str = "application/pdf") -> None:
    """What intake does with a file that was handed in for a draft."""
    kept = store(office, octets, media_type, office.clock())
    with office.database.writing() as session:
        file = DraftFile(name, kept.sha256, kept.media_type, kept.size, FileRole.ANNEX)
        drafts.add_files(session, draft_id, [file])


def open_book(office: Office, first_number: int = 1) -> None:
    """Confirm the first number of the one book, by the clerk Lan."""
    with office.database.writing() as session:
        lan = people.by_username(session, "lan")
        assert lan is not None
        registers.open_series(session, session.scalars(sa.select(Book)).one(), first_number, by=lan, at=office.clock())


def second_clerk(office: Office) -> None:
    """Hùng helps at the desk: he becomes a clerk too."""
    with office.database.writing() as session:
        hung = people.by_username(session, "hung")
        assert hung is not None
        hung.role_rows.append(people.UserRole(role=Role.CLERK))


class _EntryForm(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._form_id, self._is_inside, self._area, self._choice = form_id, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = found.get("id") == self._form_id
        if not self._is_inside:
            return
        name = found.get("name", "")
        if tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.values[name] = found.get("value", "")
        elif tag == "textarea":
            self.values[name], self._area = "", name
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and "selected" in found:
            self.values[self._choice] = found["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._choice = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data


def form_in(html: str, form_id: str = "entry-form") -> dict[str, str]:
    """What a browser without scripts would send of the entry form on a page, token included."""
    parser = _EntryForm(form_id)
    parser.feed(html)
    return parser.values


def lay_many(office: Office, papers: Sequence[Paper], *, until: datetime) -> list[int]:
    """Lay papers that came one an hour, the last one at `until`."""
    start = until - timedelta(hours=len(papers))
    return [lay(office, paper, received_at=start + timedelta(hours=n)) for n, paper in enumerate(papers)]


def _letter(document: Document, main: Content, at: datetime) -> letters.Message:
    agency = document.agency
    return letters.Message(
        identity=hashlib.sha256(f"{document.code} {at}".encode()).hexdigest(), raw_sha256=main.sha256,
        raw_size=main.size, mail_class="letter", outcome="draft", subject=f"{document.code} {document.subject}",
        sender_name=f"Văn thư {agency.name}", sender_address=agency.address, received_at=at, taken_at=at,
        body_text=f"Kính gửi văn bản {document.code}.\nĐề nghị quý cơ quan xác nhận đã nhận.",
    )  # fmt: skip


def _evidence(paper: Paper, document: Document, name: str, value: str, sha256: str) -> Evidence:
    confidence = 0.45 if name in paper.unsure else 0.97
    printed = {
        "code": document.printed_notation, "issued_on": f"ngày {document.issued_on:%d}", "issuer": value.upper(),
        "kind": value.upper(), "parent_issuer": value.upper(),
    }.get(name, value)  # fmt: skip
    box = _place(_typeset(paper.number, paper.urgency), printed.split("\n")[0][:24])
    if box is None:
        return Evidence(value, confidence, Source.SUBJECT, text=document.subject)
    return Evidence(value, confidence, Source.TEXT, sha256, 1, box, printed)


def _place(pdf: bytes, words: str) -> tuple[float, float, float, float] | None:
    with pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0]
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            found = text.search(words).get_next()
            if found is None:
                return None
            boxes = [text.get_charbox(found[0] + n) for n in range(found[1])]
        finally:
            text.close()
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
    return left / width, 1 - top / height, right / width, 1 - bottom / height


@cache
def _typeset(number: int, urgency: str) -> bytes:
    return Paper(number, urgency).document().pdf()


def store(office: Office, octets: bytes, media_type: str, at: datetime) -> Content:
    """Bytes as a content of the file store."""
    path: Path = office.spool / hashlib.sha256(octets).hexdigest()
    path.write_bytes(octets)
    content = Content(path, sha256_of(path), len(octets), media_type)
    with office.store.adding():
        office.store.add(content)
        with office.database.writing() as session:
            note_stored(session, [content], at=at)
    path.unlink()
    return content
