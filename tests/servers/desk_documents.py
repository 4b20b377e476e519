"""Documents on the clerk's desk as they are really read: invitations, letters for others, scans with a pen's number."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
from desk_papers import store

from core.evidence import Source
from core.incoming import drafts
from core.incoming.drafts import DraftFile, NewDraft
from core.incoming.tables import FileRole, Origin
from core.registers import Book
from dashboard.web import Office
from demo.agencies import HEALTH, PROVINCE
from demo.documents import Document
from demo.scans import scanned
from ingest.reading import read_fields, read_pages

OURS = ("Sở Khoa học và Công nghệ.",)
INVITATION = Document(
    PROVINCE, "620", date(2026, 11, 16), "họp nghe báo cáo tiến độ Đề án chuyển đổi số", kind="Giấy mời",
    paragraphs=(
        "Ủy ban nhân dân tỉnh trân trọng kính mời dự họp, cụ thể như sau:",
        "1. Thành phần:", "- Chủ trì: Đồng chí Trần Quốc Khải, Phó Chủ tịch Ủy ban nhân dân tỉnh;",
        "- Lãnh đạo Sở Khoa học và Công nghệ;", "- Lãnh đạo Sở Tài chính.",
        "2. Thời gian: 14 giờ 00 ngày 24/11/2026.", "3. Địa điểm: Phòng họp số 2, Trung tâm Hành chính tỉnh.",
    ),
)  # fmt: skip
ASKS = Document(
    HEALTH, "4201", date(2026, 11, 16), "góp ý dự thảo Kế hoạch phối hợp", addressees=OURS,
    paragraphs=(
        "Sở Y tế đề nghị quý cơ quan góp ý dự thảo, gửi về Sở Y tế trước 16 giờ 00 ngày 25/11/2026. Quá thời hạn trên, "
        "coi như thống nhất với dự thảo./.",
    ),
)  # fmt: skip
FOR_OTHERS = Document(
    HEALTH, "4202", date(2026, 11, 16), "phối hợp kiểm tra an toàn thực phẩm",
    addressees=("Sở Nông nghiệp và Môi trường tỉnh Lâm Đồng.",), paragraphs=("Đề nghị cử cán bộ tham gia./.",),
)  # fmt: skip


def lay_document(
    office: Office, document: Document, *, is_scan: bool = False, missing: Sequence[str] = (), notes: Sequence[str] = ()
) -> int:
    """Put a document on the desk with what is read of it; returns the draft's id.

    With `is_scan` its file is a picture of it, lying straight: the number then counts as read from a pen, the rest as
    recognised print.
    """
    octets = document.pdf()
    path: Path = office.spool / "read.pdf"
    path.write_bytes(octets)
    pages = read_pages(path, "application/pdf")
    path.unlink()
    at: datetime = office.clock()
    main = store(office, scanned(octets, skew=0) if is_scan else octets, "application/pdf", at)
    read = {name: found for name, found in read_fields(pages, file=main.sha256).items() if name not in missing}
    if is_scan:
        seen = {name: Source.HANDWRITING if name == "code" else Source.OCR for name in read}
        read = {name: replace(found, source=seen[name]) for name, found in read.items()}
    file = DraftFile("van-ban.pdf", main.sha256, "application/pdf", main.size, FileRole.MAIN)
    with office.database.writing() as session:
        book = session.scalars(sa.select(Book)).one()
        return drafts.insert(session, NewDraft(Origin.DROPPED, book.id, None, at, 0, read, [file], notes))
