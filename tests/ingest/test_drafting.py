"""Which files of a letter become which draft."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.evidence import Evidence, Source
from ingest.drafting import FileReading, draft
from ingest.letter import Address, Attachment, Draft, Letter, MailClass, Page, Word
from ingest.reading.pages import DOCX, PDF

TEXT_PAGE = Page(1, (Word("chữ", 0.1, 0.1, 0.2, 0.12),))
SCAN_PAGE = Page(1, (), is_scan=True)


def letter(files: Sequence[Attachment], subject: str = "Gửi văn bản") -> Letter:
    return Letter(
        message_id="<1@mau.example>", identity="0" * 64, raw_sha256="0" * 64, raw_size=1, subject=subject,
        senders=(Address("", "vanthu@snv.lamdong.gov.vn"),), to=(), cc=(), reply_to=(), date=None, in_reply_to=None,
        mail_class=MailClass.LETTER, text="", attachments=tuple(files),
    )  # fmt: skip


def file(
    name: str, media_type: str = PDF, inside: str = "", is_inline: bool = False, path: Path | None = None
) -> Attachment:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Attachment(name, 10, digest, media_type, media_type, path, inside=inside, is_inline=is_inline)


def document(code: str | None = None, notation: str = "SNV-VP", subject: str = "góp ý dự thảo") -> FileReading:
    values = {"code": code, "code_notation": notation, "subject": subject, "issuer": "Sở Nội vụ", "kind": "Công văn"}
    return FileReading((TEXT_PAGE,), {n: Evidence(v, 0.9, Source.TEXT) for n, v in values.items() if v})


def drafts(one: Letter, readings: Mapping[int, FileReading]) -> list[Draft]:
    return list(draft(one, readings))


def names(one: Letter, made: Draft) -> list[str]:
    return [one.attachments[i].name for i in made.files]


def test_a_document_with_annexes_is_one_draft() -> None:
    one = letter(
        [file("PL1.xlsx", "application/x-xlsx"), file("cv 12.pdf"), file("anh.png", "image/png", is_inline=True)]
    )
    (made,) = drafts(one, {1: document("12/SNV-VP")})
    assert (made.main, names(one, made)) == (1, ["cv 12.pdf", "PL1.xlsx"])


def test_the_signed_pdf_leads_its_twins(tmp_path: Path) -> None:
    signed = tmp_path / "signed"
    signed.write_bytes(b"%PDF-1.4" + b"x" * (256 << 10) + b"/ByteRange [0 1 2 3]")
    plain = tmp_path / "plain"
    plain.write_bytes(b"%PDF-1.4")
    one = letter([file("12.docx", DOCX), file("ban in.pdf", path=plain), file("so 12.pdf", path=signed)])
    readings = {0: document(None), 1: document("12/SNV-VP"), 2: document("12/SNV-VP")}
    (made,) = drafts(one, readings)
    assert names(one, made) == ["so 12.pdf", "ban in.pdf", "12.docx"]
    assert made.fields["code"].value == "12/SNV-VP"


def test_twins_confirm_one_another() -> None:
    one = letter([file("12.pdf"), file("12.docx", DOCX)])
    (made,) = drafts(one, {0: document("12/SNV-VP"), 1: document("12/SNV-VP")})
    (alone,) = drafts(letter([file("12.pdf")]), {0: document("12/SNV-VP")})
    assert made.fields["code"].confidence > alone.fields["code"].confidence
    (filled,) = drafts(one, {0: document(None), 1: document("13/SNV-VP")})
    assert filled.fields["code"].value == "13/SNV-VP"


def test_several_documents_are_several_drafts() -> None:
    one = letter(
        [file("12.pdf"), file("13.pdf"), file("12 phu luc.xlsx", "x/y"), file("bang.xlsx", "x/y", inside="b.zip")]
    )
    made = drafts(one, {0: document("12/SNV-VP"), 1: document("13/SNV-VP", subject="khác")})
    assert [names(one, d) for d in made] == [["12.pdf", "12 phu luc.xlsx", "bang.xlsx"], ["13.pdf"]]


def test_annexes_of_an_archive_stay_with_its_document() -> None:
    one = letter([file("12.pdf"), file("13.pdf", inside="b.zip"), file("bang.xlsx", "x/y", inside="b.zip"),
                  file("b.zip", "application/zip")])  # fmt: skip
    made = drafts(one, {0: document("12/SNV-VP"), 1: document("13/SNV-VP", subject="khác")})
    assert [names(one, d) for d in made] == [["12.pdf"], ["13.pdf", "bang.xlsx"]]


def test_nothing_is_lost_where_nothing_was_read() -> None:
    one = letter([file("danh sach.xlsx", "x/y"), file("quet.pdf")])
    (made,) = drafts(one, {1: FileReading((SCAN_PAGE,))})
    assert (made.main, made.files, made.notes) == (1, (1, 0), ("stamp_unread",))
    assert drafts(letter([file("logo.png", "image/png", is_inline=True)]), {}) == []


def test_a_scan_takes_hints_from_name_and_subject_with_little_trust() -> None:
    one = letter([file("2281_TB-SYT.pdf")], "Fwd: [Hỏa tốc] V/v họp giao ban công tác y tế tháng 6")
    (made,) = drafts(one, {0: FileReading((SCAN_PAGE,))})
    assert (made.fields["code"].value, made.fields["code"].source) == ("2281/TB-SYT", Source.FILENAME)
    assert made.fields["subject"].value == "họp giao ban công tác y tế tháng 6"
    assert made.fields["urgency"].value == "hoa_toc"
    assert all(evidence.confidence <= 0.5 for evidence in made.fields.values())


def test_a_blank_number_is_not_filled_from_the_file_name() -> None:
    one = letter([file("12_SNV-VP.docx", DOCX)], "CV 12/SNV-VP V/v góp ý dự thảo quy chế")
    (made,) = drafts(one, {0: document(None)})
    assert "code" not in made.fields
    assert made.notes == ("number_blank",)


def test_a_subject_that_says_otherwise_lowers_the_confidence() -> None:
    (agreed,) = drafts(letter([file("a.pdf")], "CV 12/SNV-VP"), {0: document("12/SNV-VP")})
    (doubted,) = drafts(letter([file("a.pdf")], "CV 21/SNV-VP"), {0: document("12/SNV-VP")})
    assert agreed.fields["code"].value == doubted.fields["code"].value == "12/SNV-VP"
    assert doubted.fields["code"].confidence < 0.9 < agreed.fields["code"].confidence


def test_a_subject_that_only_says_sending_is_no_subject() -> None:
    (made,) = drafts(
        letter([file("quet.pdf")], "Fwd: V/v gửi văn bản qua hộp thư công vụ"), {0: FileReading((SCAN_PAGE,))}
    )
    assert made.fields == {}
