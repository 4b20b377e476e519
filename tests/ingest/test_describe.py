"""Whole mails and bare files to what they would become."""

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import typst
from PIL import Image

from ingest.describe import describe, read_raw_letter
from ingest.letter import Outcome

PAPER = """
#set page(paper: "a4", margin: (left: 3cm, right: 1.5cm, y: 2cm)); #set text(font: "Libertinus Serif", size: 13pt)
#grid(columns: (2fr, 3fr), align(center)[UBND TỈNH LÂM ĐỒNG #linebreak() *SỞ NỘI VỤ* #linebreak() %s],
 align(center)[*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM* #linebreak() *Độc lập - Tự do - Hạnh phúc* #linebreak()
 _Lâm Đồng, ngày 04 tháng 6 năm 2026_])
%s
#align(center)[Kính gửi: Sở Khoa học và Công nghệ]
#par(first-line-indent: (amount: 1.27cm, all: true))[Phúc đáp Công văn số 45/SKHCN-QLCN ngày 01/6/2026, Sở Nội vụ đề
 nghị Quý Sở có ý kiến trước ngày 15/6/2026./.]
#grid(columns: (1fr, 1fr), [Nơi nhận:], align(center)[*GIÁM ĐỐC* #v(2cm) *Nguyễn Văn Mẫu*])
"""


def pdf(code: str = "Số: 12/SNV-VP", stamp: str = "") -> bytes:
    done = typst.compile(PAPER.replace("%s", code, 1).replace("%s", stamp, 1).encode(), ignore_system_fonts=True)
    assert isinstance(done, bytes)
    return done


def mail(folder: Path, *files: tuple[str, bytes], subject: str = "Gửi văn bản") -> Path:
    message = EmailMessage()
    message["From"], message["To"] = "vanthu@snv.lamdong.gov.vn", "vanthu@skhcn.lamdong.gov.vn"
    message["Subject"], message["Message-ID"] = subject, "<1@snv.lamdong.gov.vn>"
    message.set_content("Kính gửi văn bản kèm theo.")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    path = folder / "thu.eml"
    path.write_bytes(message.as_bytes())
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def test_a_mail_with_a_document_becomes_a_draft_with_its_fields(tmp_path: Path, spool: Path) -> None:
    reading = read_raw_letter(mail(tmp_path, ("12.pdf", pdf())), spool)
    assert reading.outcome is Outcome.DRAFT
    values = {name: evidence.value for name, evidence in reading.drafts[0].fields.items()}
    assert values == {
        "code": "12/SNV-VP", "code_number": "12", "code_notation": "SNV-VP", "issued_on": "2026-06-04",
        "kind": "Công văn", "issuer": "Sở Nội vụ", "parent_issuer": "UBND tỉnh Lâm Đồng",
        "signer_name": "Nguyễn Văn Mẫu", "signer_title": "GIÁM ĐỐC", "due_at": "2026-06-15",
        "in_reply_to": "45/SKHCN-QLCN", "page_count": "1", "recipients": "Sở Khoa học và Công nghệ",
    }  # fmt: skip
    assert reading.letter is not None
    file = reading.letter.attachments[0].sha256
    assert {(e.file, e.page) for n, e in reading.drafts[0].fields.items() if n != "page_count"} == {(file, 1)}


def test_what_had_no_time_for_its_pictures_says_so(tmp_path: Path, spool: Path) -> None:
    out = io.BytesIO()
    Image.new("L", (827, 1169), 255).save(out, "PNG")
    assert read_raw_letter(mail(tmp_path, ("12.png", out.getvalue())), spool, 0).is_unfinished
    (tmp_path / "other").mkdir()
    assert not read_raw_letter(mail(tmp_path, ("12.pdf", pdf())), tmp_path / "other", 0).is_unfinished


def test_a_document_in_an_archive_is_found(tmp_path: Path, spool: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("12.pdf", pdf())
    reading = read_raw_letter(mail(tmp_path, ("van ban.zip", packed.getvalue())), spool)
    assert reading.letter is not None
    assert [a.name for a in reading.letter.attachments] == ["van ban.zip", "12.pdf"]
    assert reading.drafts[0].fields["code"].value == "12/SNV-VP"


def test_a_suspected_secret_leaves_nothing_of_its_contents(tmp_path: Path, spool: Path) -> None:
    path = mail(tmp_path, ("12.pdf", pdf(stamp="#place(dx: -1cm)[*TỐI MẬT*] #v(1cm)")), subject="Ý kiến riêng")
    reading = read_raw_letter(path, spool)
    assert (reading.outcome, reading.is_secret, reading.letter, reading.drafts) == (Outcome.EXCLUDE, True, None, ())
    assert (reading.sender, reading.message_id) == ("vanthu@snv.lamdong.gov.vn", "<1@snv.lamdong.gov.vn>")
    (shown,) = describe(path)
    text = json.dumps(shown, ensure_ascii=False)
    assert shown["letter"] is None and shown["drafts"] == []
    assert not any(word in text for word in ("Ý kiến riêng", "12.pdf", "TỐI MẬT", "SNV-VP"))


def test_a_damaged_file_is_still_drafted_with_a_note(tmp_path: Path, spool: Path) -> None:
    reading = read_raw_letter(mail(tmp_path, ("12.pdf", b"%PDF-1.4 torn")), spool)
    assert reading.outcome is Outcome.DRAFT
    assert reading.drafts[0].notes == ("damaged",)


def test_a_folder_gives_one_answer_for_each_file_below_it(tmp_path: Path) -> None:
    (tmp_path / "trong").mkdir()
    (tmp_path / "trong" / "12.pdf").write_bytes(pdf())
    (tmp_path / "khong so.pdf").write_bytes(pdf("Số:        /SNV-VP"))
    mail(tmp_path, ("12.pdf", pdf()))
    (tmp_path / "rong.eml").write_bytes(b"")
    shown = {Path(o["path"]).name: o for o in describe(tmp_path)}
    assert {name: (o["type"], o["outcome"], len(o["drafts"])) for name, o in shown.items()} == {
        "12.pdf": ("document", "draft", 1), "khong so.pdf": ("document", "draft", 1), "thu.eml": ("letter", "draft", 1),
        "rong.eml": ("letter", "hold", 0),
    }  # fmt: skip
    assert "code" not in shown["khong so.pdf"]["drafts"][0]["fields"]
    code = shown["12.pdf"]["drafts"][0]["fields"]["code"]
    assert (code["value"], code["source"], code["file"], code["page"]) == ("12/SNV-VP", "text", "12.pdf", 1)
    assert all(0 <= edge <= 1 for edge in code["box"])
    assert json.loads(json.dumps(list(shown.values()), ensure_ascii=False))


def test_a_package_speaks_for_its_document(tmp_path: Path, spool: Path) -> None:
    package = (
        "<edXML><MessageHeader><From><OrganName>Sở Nội vụ</OrganName></From><DocumentId>H36.7,12</DocumentId><Code>"
        "<CodeNumber>12</CodeNumber><CodeNotation>SNV-VP</CodeNotation></Code><Subject>V/v góp ý dự thảo</Subject>"
        "<OtherInfo><Priority>1</Priority></OtherInfo></MessageHeader></edXML>"
    )
    reading = read_raw_letter(mail(tmp_path, ("12.edxml", package.encode()), ("12.pdf", pdf())), spool)
    (made,) = reading.drafts
    assert (made.main, made.files) == (1, (1, 0))
    assert (made.fields["subject"].value, made.fields["subject"].source) == ("góp ý dự thảo", "edxml")
    assert made.exchange is not None
    assert (made.fields["urgency"].value, made.exchange.document_id) == ("khan", "H36.7,12")
    assert made.fields["signer_name"].source == "text"


def test_a_status_message_is_a_report(tmp_path: Path, spool: Path) -> None:
    status = b"<edXML><MessageHeader><StatusCode>03</StatusCode></MessageHeader></edXML>"
    reading = read_raw_letter(mail(tmp_path, ("status.edxml", status)), spool)
    assert (reading.outcome, [r.rule for r in reading.reasons]) == (Outcome.REPORT, ["edxml_status"])


@pytest.mark.parametrize("level", ["Tối mật", "2"])
def test_a_package_that_says_secret_is_kept_out(tmp_path: Path, spool: Path, level: str) -> None:
    package = f"<edXML><MessageHeader><SecurityLevel>{level}</SecurityLevel></MessageHeader></edXML>"
    reading = read_raw_letter(mail(tmp_path, ("12.edxml", package.encode())), spool)
    assert (reading.is_secret, reading.letter) == (True, None)


def _stamped() -> bytes:
    return pdf(stamp="#place(dx: -1cm)[*TỐI MẬT*] #v(1cm)")


def _secret_mail(text: str = "MẬT", subject: str = "Gửi văn bản") -> EmailMessage:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "a@snv.lamdong.gov.vn", "b@snv.lamdong.gov.vn", subject
    inner.set_content(f"{text}\nNội dung cần giữ kín.")
    return inner


def _packed(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _forwarded(folder: Path, *inner: EmailMessage) -> Path:
    path = mail(folder, ("12.pdf", pdf()))
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    for one in inner:
        message.add_attachment(one)
    path.write_bytes(message.as_bytes())
    return path


def _in_base64(folder: Path, inner: EmailMessage) -> Path:
    path = _forwarded(folder, inner)
    plain = inner.as_bytes()
    head, _, _ = path.read_bytes().rpartition(b"Content-Type: message/rfc822")
    boundary = message_from_bytes(path.read_bytes()).get_boundary()
    coded = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(plain)
    path.write_bytes(head + coded + f"\n--{boundary}--\n".encode())
    return path


def _in_html_only(folder: Path) -> Path:
    message = EmailMessage()
    message["From"], message["Subject"] = "vanthu@snv.lamdong.gov.vn", "Gửi văn bản"
    message.set_content("Xem nội dung trong thư.")
    message.add_alternative("<p>TỐI MẬT</p><p>Nội dung cần giữ kín.</p>", subtype="html")
    message.add_attachment(pdf(), maintype="application", subtype="pdf", filename="12.pdf")
    path = folder / "thu.eml"
    path.write_bytes(message.as_bytes())
    return path


SECRET_WITHIN: dict[str, Callable[[Path], Path]] = {
    "body of a forwarded mail": lambda folder: _forwarded(folder, _secret_mail()),
    "subject of a forwarded mail": lambda folder: _forwarded(folder, _secret_mail("", "Tài liệu tối mật")),
    "forwarded mail in base64": lambda folder: _in_base64(folder, _secret_mail()),
    "HTML beside a plain text": _in_html_only,
    "mail in an archive": lambda folder: mail(folder, ("t.zip", _packed("thư.eml", _secret_mail().as_bytes()))),
    "document of a mail in an archive": lambda folder: mail(
        folder, ("t.zip", _packed("thư.eml", mail(folder, ("9.pdf", _stamped())).read_bytes()))
    ),
    "attached text": lambda folder: mail(folder, ("a.txt", "TỐI MẬT\nNội dung".encode())),
    "attached text in UTF-16": lambda folder: mail(folder, ("a.txt", "TỐI MẬT\nNội dung".encode("utf-16"))),
    "attached page": lambda folder: mail(folder, ("a.html", "<html><body><p>TỐI MẬT</p>x</body></html>".encode())),
}  # fmt: skip


@pytest.mark.parametrize("place", SECRET_WITHIN)
def test_a_secret_is_suspected_wherever_in_a_letter_it_stands(place: str, tmp_path: Path, spool: Path) -> None:
    reading = read_raw_letter(SECRET_WITHIN[place](tmp_path), spool)
    assert (reading.outcome, reading.is_secret, reading.letter) == (Outcome.EXCLUDE, True, None)


def test_files_of_a_mail_in_an_archive_stand_among_the_letters(tmp_path: Path, spool: Path) -> None:
    inner = mail(tmp_path, ("12.pdf", pdf())).read_bytes()
    reading = read_raw_letter(mail(tmp_path, ("thu.zip", _packed("thư.eml", inner))), spool)
    assert reading.letter is not None
    assert [(a.name, a.inside) for a in reading.letter.attachments] == [
        ("thu.zip", ""), ("thư.eml", "thu.zip"), ("12.pdf", "thư.eml")
    ]  # fmt: skip
    assert reading.drafts[0].fields["code"].value == "12/SNV-VP"


def test_a_file_that_would_take_all_memory_is_left_unread_and_the_next_is_read(tmp_path: Path) -> None:
    content = zlib.compress(b"q " * (25 << 20), 1)  # 50 MB of saved states, said to be a picture
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Subtype/Image/Length %d>>stream\n%b\nendstream" % (len(content), content),
    ]  # fmt: skip
    body = b"".join(b"%d 0 obj %b endobj\n" % (number, one) for number, one in enumerate(objects, 1))
    (tmp_path / "1.pdf").write_bytes(b"%PDF-1.7\n" + body + b"trailer <</Size 5/Root 1 0 R>>\n%%EOF\n")
    (tmp_path / "2.pdf").write_bytes(pdf())
    bomb, paper = describe(tmp_path)
    assert bomb["outcome"] == "draft" and bomb["drafts"][0]["notes"] == ["too_large_inside"], bomb
    assert paper["drafts"][0]["fields"]["code"]["value"] == "12/SNV-VP"
