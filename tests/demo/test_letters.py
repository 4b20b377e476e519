"""The letters of the embedded office: each story is there, and is what it says."""

import io
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pypdfium2
import pytest
from docx import Document as read_word_file

from core.evidence import FIELDS
from core.office import office_date
from demo.letters import DemoLetter, letters
from demo.mailserver import MAILBOXES

MONDAY_MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 09:30 in Vietnam
Find = Callable[[str], DemoLetter]


def test_there_are_enough_letters_and_each_has_its_own_name(post: Sequence[DemoLetter]) -> None:
    waiting = [letter for letter in post if letter.delay_seconds is None]
    assert len(post) >= 40 and 25 <= len(waiting) <= len(post) - 12
    assert len({letter.key for letter in post}) == len(post)
    assert {letter.mailbox for letter in post} == set(MAILBOXES)
    assert all(letter.story for letter in post)


def test_letters_arrive_in_order_and_every_twenty_seconds(post: Sequence[DemoLetter]) -> None:
    times = [letter.received_at for letter in post]
    assert times == sorted(times)
    assert [letter.delay_seconds for letter in post if letter.delay_seconds] == list(range(20, 340, 20))


@pytest.mark.parametrize("hours", [17, 24 * 5 + 3])
def test_at_any_hour_nothing_comes_from_the_future_or_from_long_ago(hours: int) -> None:
    now = MONDAY_MORNING + timedelta(hours=hours)
    for letter in letters(now):
        due = now + timedelta(seconds=letter.delay_seconds or 0)
        assert now - timedelta(days=5) < letter.received_at <= due
        for fields in letter.expected:
            assert fields["issued_on"] <= office_date(letter.received_at).isoformat()


def test_the_same_moment_gives_the_same_letters(post: Sequence[DemoLetter]) -> None:
    assert letters(MONDAY_MORNING) == post


def test_well_made_letters_parse_without_a_defect(post: Sequence[DemoLetter]) -> None:
    for letter in post:
        parsed = _parsed(letter)
        defects = [defect for part in parsed.walk() for defect in part.defects]
        assert letter.is_malformed or not defects, letter.key
        assert parsed["Message-ID"] and parsed["Date"]
        assert b"\n" not in letter.raw.replace(b"\r\n", b""), letter.key


def test_the_malformed_ones_are_malformed_each_in_its_way(letter: Find) -> None:
    assert _parsed(letter("ranh-gioi-sai")).defects
    assert "Kính gửi = 100% ".encode() in letter("qp-tam-bit").raw
    assert b"charset=x-vnsoft-unicode" in letter("bang-ma-la").raw
    assert b"=?utf-8?Q?m=C3=A3_s=E1=BB?=" in letter("tieu-de-hong").raw


def test_expected_fields_stand_in_the_text_of_the_document(post: Sequence[DemoLetter]) -> None:
    seen = 0
    for letter in post:
        texts = [_squeezed(_text(content)) for content in _files(letter, ".pdf").values()]
        for fields in letter.expected:
            assert set(fields) <= set(FIELDS)
            text = next((one for one in texts if _squeezed(fields["code"]) in one), "")
            if text and letter.outcome == "draft":
                seen += 1
                assert _squeezed(fields["subject"]) in text and _squeezed(fields["issuer"]) in text
                assert _squeezed(fields["signer_name"]) in text
    assert seen >= 28


def test_the_invitation_is_for_two_in_the_afternoon_today(letter: Find) -> None:
    (fields,) = letter("giay-moi-14h").expected
    assert fields["kind"] == "Giấy mời" and fields["event_at"] == "2026-11-23T14:00"
    assert "14 giờ 00 ngày 23/11/2026" in _words(letter("giay-moi-14h"))


def test_the_telegram_is_a_scan_without_text(letter: Find) -> None:
    (content,) = _files(letter("cong-dien-hoa-toc"), ".pdf").values()
    assert not _text(content).strip()
    assert letter("cong-dien-hoa-toc").expected[0]["urgency"] == "hoa_toc"


def test_the_ministry_sends_twelve_workbooks_in_an_archive(letter: Find) -> None:
    (content,) = _files(letter("bo-12-bieu"), ".zip").values()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) == 12 and all(name.endswith(".xlsx") for name in names)
    assert "quá hạn coi như thống nhất" in _words(letter("bo-12-bieu"))


def test_the_answer_comes_as_three_files_and_again_from_a_private_mailbox(letter: Find) -> None:
    own, forwarded = letter("tra-loi-ba-ban"), letter("tra-loi-chuyen-tiep")
    assert [name.partition(".")[2] for name in _files(own, "")] == ["docx", "pdf", "signed.pdf"]
    assert _files(own, "") == _files(forwarded, "")
    assert own.expected[0]["in_reply_to"] == "1185/SKHCN-KHTC"
    assert "thucanhan.example.com" in _parsed(forwarded)["From"]


def test_the_commune_sends_a_photo_with_a_number_in_ink_and_an_old_encoding(letter: Find) -> None:
    (content,) = _files(letter("anh-chup-xa"), ".jpg").values()
    assert content.startswith(b"\xff\xd8")
    body = _parsed(letter("anh-chup-xa")).get_body()
    assert body is not None and "KÝnh göi: Së Khoa häc" in body.get_content()


def test_the_package_carries_the_document_that_the_mail_carries(letter: Find) -> None:
    files = _files(letter("goi-edxml"), "")
    (package,) = (content for name, content in files.items() if name.endswith(".edxml"))
    (document,) = (content for name, content in files.items() if name.endswith(".pdf"))
    root = ET.fromstring(package)
    space = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"
    found = {name: root.findtext(f".//{space}{name}") for name in ("CodeNumber", "CodeNotation", "Subject")}
    fields = letter("goi-edxml").expected[0]
    assert found == {"CodeNumber": fields["code_number"], "CodeNotation": fields["code_notation"],
                     "Subject": fields["subject"]}  # fmt: skip
    content = root.findtext(f".//{space}ContentTransferEncoded")
    assert content is not None
    assert b64decode(content) == document


def test_the_locked_archive_opens_with_the_password_of_the_other_mail(letter: Find) -> None:
    (content,) = _files(letter("zip-khoa"), ".zip").values()
    archive = zipfile.ZipFile(io.BytesIO(content))
    with pytest.raises(RuntimeError, match="password"):
        archive.read(archive.namelist()[0])
    password = _parsed(letter("mat-khau")).get_content().strip().rpartition(" ")[2]
    assert archive.read(archive.namelist()[0], pwd=password.encode()).startswith(b"%PDF")


def test_one_mail_brings_three_documents(letter: Find) -> None:
    assert len(_files(letter("ba-van-ban"), ".pdf")) == 3
    assert len({fields["code"] for fields in letter("ba-van-ban").expected}) == 3


def test_the_secret_scan_has_no_text_and_the_top_secret_file_shows_its_mark(letter: Find) -> None:
    (scan,) = _files(letter("quet-dau-mat"), ".pdf").values()
    (typed,) = _files(letter("toi-mat"), ".pdf").values()
    assert not _text(scan).strip()
    assert "TỐI MẬT" in _text(typed).splitlines()
    assert "MẬT ONG" in _words(letter("mat-ong")) and letter("mat-ong").outcome == "draft"


@pytest.mark.parametrize(
    ("name", "outcome", "words"),
    [
        ("chi-co-lien-ket", "draft", "https://drive.google.com/"),
        ("phieu-chuyen-don", "hold", "ĐƠN KIẾN NGHỊ"),
        ("don-to-cao", "exclude", "ĐƠN TỐ CÁO"),
        ("to-khai-mot-cua", "exclude", "TỜ KHAI"),
        ("quang-cao", "ignore", "Báo giá"),
        ("thu-tra-lai", "report", "không chuyển được"),
        ("vang-mat", "ignore", "đi công tác"),
        ("da-nhan-214", "report", "Đã nhận, số đến 214. Văn thư"),
        ("thu-hoi", "draft", "thu hồi văn bản nêu trên"),
        ("gui-nham-so-khac", "draft", "Kính gửi: Sở Nông nghiệp và Môi trường"),
        ("van-ban-dang", "draft", "ĐẢNG CỘNG SẢN VIỆT NAM"),
        ("thong-tu", "draft", "Thông tư này có hiệu lực"),
        ("van-ban-hop-nhat", "draft", "VĂN BẢN HỢP NHẤT"),
        ("cong-van-thuong-khan", "draft", "THƯỢNG KHẨN"),
        ("hoi-thao-dai-hoc", "draft", "Hội thảo"),
    ],
)
def test_each_letter_says_what_its_story_promises(letter: Find, name: str, outcome: str, words: str) -> None:
    assert letter(name).outcome == outcome
    assert words in _words(letter(name))


def test_file_names_come_in_every_way_they_are_written(letter: Find) -> None:
    (name,) = _files(letter("to-trinh-phuong"), ".pdf")
    assert name == unicodedata.normalize("NFD", name) != unicodedata.normalize("NFC", name)
    assert b"filename*0*=utf-8''" in letter("trich-yeu-dai").raw
    assert b'filename="=?utf-8?' in letter("bo-12-bieu").raw
    assert "12 biểu thống kê.zip" in _files(letter("bo-12-bieu"), "")
    assert "Dự thảo Quyết định.docx" in _files(letter("trich-yeu-dai"), "")


def test_a_letter_without_pdf_is_a_readable_word_file(letter: Find) -> None:
    ((name, content),) = _files(letter("chi-co-docx"), "").items()
    assert name.endswith(".docx")
    tables = read_word_file(io.BytesIO(content)).tables
    assert letter("chi-co-docx").expected[0]["code"] in tables[0].cell(1, 0).text


def _parsed(letter: DemoLetter) -> EmailMessage:
    parsed = message_from_bytes(letter.raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _files(letter: DemoLetter, suffix: str) -> dict[str, bytes]:
    parts = [part for part in _parsed(letter).walk() if part.get_filename()]
    named = {str(part.get_filename()): part.get_payload(decode=True) for part in parts}
    return {name: content for name, content in named.items() if name.endswith(suffix) and isinstance(content, bytes)}


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "\n")
    finally:
        document.close()


def _words(letter: DemoLetter) -> str:
    body = _parsed(letter).get_body(("plain",))
    texts = [str(body.get_content()) if body else "", *map(_text, _files(letter, ".pdf").values())]
    return " ".join(" ".join(texts).split())


def _squeezed(text: str) -> str:
    # Only letters and digits: pdfium leaves out the hyphen at a line's end.
    return "".join(letter for letter in text.casefold() if letter.isalnum())
