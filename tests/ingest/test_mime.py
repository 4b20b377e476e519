"""Letters as agencies' mail programs write them, read whole."""

import base64
import hashlib
from binascii import b2a_uu
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mail_parts import HEADER, PDF, Reader, mixed, named, pdf_part

from ingest.letter import Address, MailClass
from ingest.mime import read_letter


def test_a_letter_with_a_pdf_is_read_whole(read: Reader) -> None:
    raw = mixed(
        "Content-Type: text/plain; charset=utf-8\n\nKính gửi: Sở KH&CN.\n",
        pdf_part('Content-Type: application/pdf; name="cv.pdf"\n'),
    )
    letter = read(raw)
    assert letter.subject == "V/v báo cáo"
    assert letter.senders == (Address("Văn thư Sở Y tế", "vanthu@sytdaknong.vn"),)
    assert letter.to == (Address("", "vanthu@mail.daknong.gov.vn"),)
    assert letter.date == datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    assert letter.message_id == "<1@sytdaknong.vn>"
    assert letter.text == "Kính gửi: Sở KH&CN."
    assert letter.mail_class is MailClass.LETTER
    assert letter.raw_sha256 == hashlib.sha256(raw).hexdigest()
    assert letter.raw_size == len(raw)
    assert letter.warnings == ()
    (file,) = letter.attachments
    assert (file.name, file.media_type, file.size) == ("cv.pdf", "application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert file.path is not None and file.path.read_bytes() == PDF


@pytest.mark.parametrize("size", [0, 1, 2, 3, 393_215, 393_216, 393_217, 1_500_001])
def test_an_attachment_of_any_size_comes_out_byte_for_byte(read: Reader, size: int) -> None:
    data = (bytes(range(251)) * (size // 251 + 1))[:size]
    (file,) = read(mixed(pdf_part('Content-Type: application/octet-stream; name="a.bin"\n', data))).attachments
    assert file.path is not None and file.path.read_bytes() == data
    assert "damaged_base64" not in file.warnings


_DATA = bytes(range(251)) * 4_501  # more than two chunks, and padding at the end
_ENCODED = base64.b64encode(_DATA)


def _pieces(data: bytes, length: int) -> list[bytes]:
    return [data[at : at + length] for at in range(0, len(data), length)]


def lines(data: bytes, length: int, end: bytes) -> bytes:
    return end.join(_pieces(data, length))


@pytest.mark.parametrize(
    ("transfer", "encoded", "is_damaged"),
    [
        ("base64", lines(_ENCODED, 76, b"\r\n"), False),
        ("base64", lines(_ENCODED, 76, b"\n"), False),
        ("base64", lines(_ENCODED, 75, b"\r\n"), False),
        ("base64", lines(_ENCODED, 64, b"\r\n\r\n"), False),
        ("base64", lines(_ENCODED, 1_000, b" \r\n\t"), False),
        ("base64", _ENCODED, False),
        ("BASE64", _ENCODED.rstrip(b"="), True),
        ("base64", lines(_ENCODED, 76, b"\r\n*&^%"), True),
        ("base64", lines(_ENCODED, 76, b"\r\n") + b"\r\n\r\nMot dong cua may chu.", True),
        ("quoted-printable", b"".join(b"=%02X" % byte for byte in _DATA), False),
        ("quoted-printable", lines(b"".join(b"=%02X" % byte for byte in _DATA), 75, b"=\r\n"), False),
        ("x-uuencode", b"begin 644 a.bin\n" + b"".join(map(b2a_uu, _pieces(_DATA, 45))) + b"`\nend\n", False),
    ],
)
def test_a_body_comes_out_byte_for_byte_however_it_was_wrapped(
    read: Reader, transfer: str, encoded: bytes, is_damaged: bool
) -> None:
    fields = f"Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: {transfer}\n\n"
    (file,) = read(HEADER.encode() + fields.encode() + encoded).attachments
    assert file.path is not None and file.path.read_bytes() == _DATA
    assert ("damaged_base64" in file.warnings) is is_damaged


def test_without_a_folder_files_are_measured_and_nothing_is_written(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(mixed(pdf_part('Content-Type: application/pdf; name="cv.pdf"\n')))
    (file,) = read_letter(mail, None).attachments
    assert (file.size, file.sha256, file.path) == (len(PDF), hashlib.sha256(PDF).hexdigest(), None)
    assert [path.name for path in tmp_path.iterdir()] == ["mail.eml"]


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="=?utf-8?B?Q8O0bmcgdsSDbi5wZGY=?="', "Công văn.pdf"),
        ('filename="=?utf-8?Q?C=C3=B4ng_v=C4?=\n =?utf-8?Q?=83n.pdf?="', "Công văn.pdf"),
        ("filename==?utf-8?B?Q8O0bmcgdsSDbi5wZGY=?=", "Công văn.pdf"),
        ('filename="Công văn.pdf"', "Công văn.pdf"),
        ('filename="Co\u0302ng va\u0306n.pdf"', "Công văn.pdf"),
        ("filename*=UTF-8''C%C3%B4ng%20v%C4%83n.pdf", "Công văn.pdf"),
        ("filename*0*=UTF-8''C%C3%B4ng;\n filename*1*=%20v%C4%83n;\n filename*2=.pdf", "Công văn.pdf"),
        ("filename*1*=n.pdf; filename*0*=UTF-8''C%C3%B4ng%20v%C4%83", "Công văn.pdf"),
        ("filename*=windows-1258''C%F4ng%20v%E3n.pdf", "Công văn.pdf"),
        ('filename="../../../etc/passwd"', "passwd"),
        (r'filename="C:\\Users\\vt\\cv.pdf"', "cv.pdf"),
        ("filename*=utf-8''a%0d%0aX-Evil%3a%201.pdf", "a X-Evil: 1.pdf"),
        ('filename="congvan_\u202efdp.exe"', "congvan_fdp.exe"),
        ("filename=Cong van so 12.pdf", "Cong van so 12.pdf"),
        ('filename="a \\"b\\" c.pdf"', 'a "b" c.pdf'),
        ('filename=""', "Tệp PDF 1.pdf"),
    ],
)
def test_a_file_keeps_the_name_its_sender_gave(read: Reader, parameter: str, name: str) -> None:
    assert [file.name for file in read(named(parameter)).attachments] == [name]


def test_of_two_names_the_extended_one_counts_and_the_clerk_is_told(read: Reader) -> None:
    (file,) = read(named("filename=\"hoa don.exe\"; filename*=utf-8''cong%20van.pdf")).attachments
    assert file.name == "cong van.pdf"
    assert "names_disagree" in file.warnings


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("=?utf-8?B?Vi92IGLDoW8gY8Ohbw==?=", "V/v báo cáo"),
        ("=?UTF-8?b?Vi92IGLDoW8gY8Ohbw?=", "V/v báo cáo"),
        ("=?utf-8?Q?V/v b=C3=A1o c=C3=A1o?=", "V/v báo cáo"),
        ("=?utf-8?Q?V/v_b=C3?= =?utf-8?Q?=A1o_c=C3=A1o?=", "V/v báo cáo"),
        ("V/v =?utf-8?Q?b=C3=A1o?= cáo", "V/v báo cáo"),
        ("V/v báo cáo", "V/v báo cáo"),
        ("=?windows-1258?Q?V/v_b=E1o_c=E1o?=", "V/v báo cáo"),
        ("=?x-unknown-charset?Q?V/v_b=C3=A1o_c=C3=A1o?=", "V/v báo cáo"),
        ("=?iso-8859-1?Q?V/v_b=C3=A1o_c=C3=A1o?=", "V/v báo cáo"),
        ("=?utf-8?Q?V/v_b=C3=A1o_c=C3=A1o", "V/v báo cáo"),
        ("=?base64?B?Vi92?=", "V/v"),
        ("=?utf-8?Q?V/v=0D=0ABcc:_x@y.vn?=", "V/v Bcc: x@y.vn"),
    ],
)
def test_a_subject_is_decoded_in_all_its_broken_forms(read: Reader, field: str, subject: str) -> None:
    assert read(f"From: a@b.vn\nSubject: {field}\n\nx".encode()).subject == subject


@pytest.mark.parametrize(
    ("declared", "data", "text", "is_repaired"),
    [
        ("utf-8", "Kính gửi".encode(), "Kính gửi", False),
        ("us-ascii", "Kính gửi".encode(), "Kính gửi", True),
        ("iso-8859-1", "Kính gửi".encode(), "Kính gửi", True),
        ("x-khong-co", "Kính gửi".encode(), "Kính gửi", True),
        ("us-ascii", b"C\xabng v\xa8n s\xe8 12", "C«ng v¨n sè 12", True),
        ("utf-8", "Ki\u0301nh gu\u031b\u0309i".encode(), "Kính gửi", False),
        ("windows-1258", b"Kinh g\xfd\xd2i", "Kinh gửi", False),
        ("utf-16-le", "Kính gửi".encode("utf-16-le"), "Kính gửi", False),
        ("utf-16-le", b"Kinh gui", "Kinh gui", False),
        ("iso-2022-jp", b"\x1b$B4A;z\x1b(B", "漢字", False),
        ("us-ascii", b"S\xf5\xd2 Ta\xcci chi\xecnh", "Sở Tài chính", True),
    ],
)
def test_a_text_is_read_though_its_charset_lies(
    read: Reader, declared: str, data: bytes, text: str, is_repaired: bool
) -> None:
    letter = read(HEADER.encode() + f"Content-Type: text/plain; charset={declared}\n\n".encode() + data)
    assert letter.text == text
    assert ("charset_repaired" in letter.warnings) is is_repaired


def test_html_becomes_its_words_and_nothing_of_it_runs(read: Reader) -> None:
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><script>alert(1)</script>"
        "<p>Kính gửi<br>Quý cơ quan &amp; đơn vị</p><!-- bí mật --><img src=x onerror=alert(1)></body></html>"
    )
    letter = read(HEADER.encode() + b"Content-Type: text/html; charset=utf-8\n\n" + html.encode())
    assert letter.text == "Kính gửi\nQuý cơ quan & đơn vị"


def test_html_may_name_its_own_charset(read: Reader) -> None:
    page = b'<html><head><meta charset="windows-1258"></head><body>S\xf5\xd2 T\xe0i ch\xednh</body></html>'
    assert read(HEADER.encode() + b"Content-Type: text/html\n\n" + page).text == "Sở Tài chính"


def test_a_named_text_that_is_to_be_shown_is_the_text(read: Reader) -> None:
    part = "Content-Type: text/plain\nContent-Disposition: {}; filename={}\n\nxin chào\n"
    assert read(mixed(part.format("inline", "message.txt"))).text == "xin chào"
    assert read(mixed('Content-Type: text/plain; name="message.txt"\n\nxin chào\n')).text == "xin chào"
    for disposition, name in (("attachment", "message.txt"), ("inline", "congvan.edxml")):
        letter = read(mixed(part.format(disposition, name)))
        assert (letter.text, [file.name for file in letter.attachments]) == ("", [name])


def test_a_named_part_of_a_type_that_is_none_is_a_file(read: Reader) -> None:
    letter = read(mixed('Content-Type: BINARY; name="so-lieu.txt"\n\n1;2\n', "Content-Type: text\n\nxin chào\n"))
    assert (letter.text, [file.name for file in letter.attachments]) == ("xin chào", ["so-lieu.txt"])


def test_of_two_forms_of_a_text_the_plain_one_is_taken(read: Reader) -> None:
    both = (
        "Content-Type: multipart/alternative; boundary=alt\n\n--alt\nContent-Type: text/plain\n\n{}\n"
        "--alt\nContent-Type: text/html\n\n<p>rich</p>\n--alt--\n"
    )
    assert read(mixed(both.format("plain"))).text == "plain"
    assert read(mixed(both.format(" "))).text == "rich"


@pytest.mark.parametrize("transfer", ["7bit", "base64"])
def test_a_mail_within_the_mail_is_opened(read: Reader, transfer: str) -> None:
    inner = mixed(pdf_part('Content-Type: application/pdf; name="trong.pdf"\n')).decode()
    if transfer == "base64":
        inner = base64.encodebytes(inner.encode()).decode()
    letter = read(mixed(f"Content-Type: message/rfc822\nContent-Transfer-Encoding: {transfer}\n\n{inner}"))
    assert [(file.name, file.inside, file.media_type) for file in letter.attachments] == [
        ("Thư kèm theo 1.eml", "", "message/rfc822"),
        ("trong.pdf", "Thư kèm theo 1.eml", "application/pdf"),
    ]
    assert ["opened" in file.warnings for file in letter.attachments] == [True, False]


def test_a_winmail_file_is_opened(read: Reader) -> None:
    def attribute(number: int, data: bytes) -> bytes:
        return b"\x02" + number.to_bytes(2, "little") + b"\0\0" + len(data).to_bytes(4, "little") + data + b"\0\0"

    tnef = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x9002, b"\0" * 14)
    tnef += attribute(0x8010, b"baocao.pdf\0") + attribute(0x800F, PDF)
    letter = read(mixed(pdf_part('Content-Type: application/ms-tnef; name="winmail.dat"\n', tnef)))
    assert [(file.name, file.inside) for file in letter.attachments] == [
        ("winmail.dat", ""),
        ("baocao.pdf", "winmail.dat"),
    ]
    assert letter.attachments[1].sha256 == hashlib.sha256(PDF).hexdigest()
