"""Which files of a letter become which draft."""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.evidence import Evidence, Source
from ingest.drafting import draft
from ingest.grouped import FileReading
from ingest.letter import Address, Attachment, Draft, Letter, MailClass, Page, Word
from ingest.reading import read_fields, read_pages
from ingest.reading.pages import DOCX, PDF, XLSX

sys.path.append(str(Path(__file__).parent / "reading"))
from printed_papers import papers, print_pdf

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


@pytest.mark.parametrize("page", [SCAN_PAGE, Page(1, (Word("mờ", 0.1, 0.1, 0.2, 0.12),), is_seen=True)])
def test_nothing_is_lost_where_nothing_was_read(page: Page) -> None:
    one = letter([file("danh sach.xlsx", "x/y"), file("quet.pdf")])
    (made,) = drafts(one, {1: FileReading((page,))})
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


def words(*lines: str) -> Page:
    """A page with these lines in its upper part."""
    placed = [
        Word(word, 0.1 + 0.05 * column, 0.1 + 0.03 * row, 0.14 + 0.05 * column, 0.12 + 0.03 * row)
        for row, line in enumerate(lines) for column, word in enumerate(line.split())
    ]  # fmt: skip
    return Page(1, tuple(placed))


def test_an_annex_goes_with_the_document_it_names() -> None:
    one = letter([file("12.pdf"), file("13.pdf"), file("a.docx", DOCX), file("b.docx", DOCX)])
    named = FileReading((words("PHỤ LỤC I", "(Kèm theo Công văn số 13/SNV-VP ngày", "04/6/2026 của Sở Nội vụ)"),))
    blank = FileReading((words("BÁO CÁO", "(kèm theo Công văn số …/SNV-VP)"),), document(None, subject="thu").fields)
    readings = {0: document("12/SNV-VP"), 1: document("13/SNV-VP", subject="khác"), 2: named, 3: blank}
    made = drafts(one, readings)
    assert [names(one, d) for d in made] == [["12.pdf", "b.docx"], ["13.pdf", "a.docx"]]


def test_running_text_about_what_is_enclosed_makes_no_annex() -> None:
    running = words("Sở Nội vụ gửi kèm theo Công văn số 13/SNV-VP danh sách")
    one = letter([file("12.pdf"), file("a.docx", DOCX)])
    made = drafts(one, {0: document("12/SNV-VP"), 1: FileReading((running,), document(None, "SNV-TC", "khác").fields)})
    assert len(made) == 2


def test_a_slip_keeps_what_it_forwards() -> None:
    one = letter([file("don vi.pdf"), file("phieu.pdf"), file("bang.xlsx", "x/y")])
    slip = document("7/PC-UBND", "PC-UBND", "chuyển văn bản")
    slip = FileReading(slip.pages, dict(slip.fields) | {"kind": Evidence("Phiếu chuyển", 0.9, Source.TEXT)})
    (made,) = drafts(one, {0: document("12/SNV-VP"), 1: slip})
    assert names(one, made) == ["phieu.pdf", "don vi.pdf", "bang.xlsx"]
    assert made.fields["code"].value == "7/PC-UBND"
    assert made.notes == ("enclosed:don vi.pdf",)


def test_two_slips_stay_apart() -> None:
    slips = [document(f"{n}/PC-UBND", "PC-UBND", f"việc {n}") for n in (7, 8)]
    kind = {"kind": Evidence("Phiếu chuyển", 0.9, Source.TEXT)}
    readings = {n: FileReading(one.pages, dict(one.fields) | kind) for n, one in enumerate(slips)}
    assert len(drafts(letter([file("7.pdf"), file("8.pdf")]), readings)) == 2


@pytest.mark.parametrize(
    ("codes", "note"), [(("12/SNV-VP", "13/TB-SNV"), "second_document:2"), (("12/SNV-VP",) * 2, "")]
)
def test_two_documents_in_one_file_are_told(tmp_path: Path, codes: tuple[str, str], note: str) -> None:
    paper = next(papers())
    pages: list[Page] = []
    for code in codes:
        (page,) = read_pages(
            print_pdf(replace(paper, code=f"Số: {code}", body=paper.body[:1]), tmp_path / "a.pdf"), PDF
        )
        pages.append(replace(page, number=len(pages) + 1))
    reading = FileReading(tuple(pages), read_fields(pages))
    (made,) = drafts(letter([file("a.pdf")]), {0: reading})
    assert [n for n in made.notes if n.startswith("second")] == ([note] if note else [])


def test_links_instead_of_a_file_are_a_draft_that_waits_for_it() -> None:
    link, subject = "https://drive.google.com/file/d/x/view", "12/SNV-VP V/v góp ý dự thảo Quy chế"
    card = file("van thu.vcf", "text/vcard")
    (made,) = drafts(replace(letter([card], subject), links=(link,)), {})
    assert (made.main, made.files, made.notes) == (None, (0,), ("no_file", f"link:{link}"))
    assert made.fields["code"].value == "12/SNV-VP"
    (whole,) = drafts(replace(letter([file("cv 12.pdf")]), links=(link,)), {0: document("12/SNV-VP")})
    assert (whole.main, whole.notes) == (0, ())
    assert drafts(letter([]), {}) == []


def test_a_mail_of_annexes_alone_says_whose_they_are_and_has_no_number_of_its_own() -> None:
    one = letter([file("PL1.xlsx", XLSX), file("PL2.pdf")], "Bổ sung phụ lục kèm theo Công văn số 12/SNV-VP")
    (made,) = drafts(one, {1: FileReading((SCAN_PAGE,))})
    assert (made.fields["annex_of"].value, "code" in made.fields) == ("12/SNV-VP", False)
    (named,) = drafts(letter([file("PL1.xlsx", XLSX)], "Phụ lục Công văn 12/SNV-VP"), {})
    assert {name: said.value for name, said in named.fields.items()} == {"annex_of": "12/SNV-VP"}
    page = words("PHỤ LỤC", "(Kèm theo Công văn số 13/SNV-VP ngày 05 tháng 6 năm 2026)")
    (told,) = drafts(one, {1: FileReading((page,))})
    assert (told.fields["annex_of"].value, told.fields["annex_of"].source) == ("13/SNV-VP", Source.TEXT)


@pytest.mark.parametrize("subject", ["Công văn 12/SNV-VP", "Gửi phụ lục Công văn 12/SNV-VP và 13/SNV-VP"])
def test_a_scan_that_could_not_be_read_is_no_annex(subject: str) -> None:
    (made,) = drafts(letter([file("quet 12.pdf"), file("PL1.xlsx", XLSX)], subject), {0: FileReading((SCAN_PAGE,))})
    assert "annex_of" not in made.fields
    (nameless,) = drafts(letter([file("PL1.xlsx", XLSX)], "Gửi phụ lục Công văn 12/SNV-VP và 13/SNV-VP"), {})
    assert "annex_of" not in nameless.fields
