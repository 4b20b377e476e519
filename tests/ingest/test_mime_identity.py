"""Which letter it is, who sent it, and what sort of mail it is."""

from pathlib import Path

import pytest
from mail_parts import Reader, mixed, pdf_part

from ingest.letter import Address, MailClass
from ingest.mime import Unreadable, read_letter


def test_the_same_letter_by_another_route_has_the_same_identity(read: Reader) -> None:
    text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {}\n\n{}"
    file = pdf_part('Content-Type: application/pdf; name="cv.pdf"\n')
    one = mixed(text.format("8bit", "Kính gửi\nsở\n"), file)
    other = mixed(text.format("quoted-printable", "K=C3=ADnh g=E1=BB=ADi\ns=E1=BB=9F\n\n"), file)
    other = b"Received: by relay.example\r\n" + other.replace(b"\r\n", b"\n").replace(b"=_b", b"other")
    assert read(one).identity == read(other).identity


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Message-ID: <1@", b"Message-ID: <2@"),
        (b"V/v_b", b"V/v_c"),
        (b"08:00:00", b"08:00:01"),
        (b"<vanthu@sytdaknong.vn>\r\nTo", b"<khac@sytdaknong.vn>\r\nTo"),
        (b"cv.pdf", b"cw.pdf"),
        (b"JVBERi", b"JVBERj"),
        (b"xin", b"Xin"),
    ],
)
def test_other_content_is_another_letter(read: Reader, old: bytes, new: bytes) -> None:
    raw = mixed("Content-Type: text/plain\n\nxin", pdf_part('Content-Type: application/pdf; name="cv.pdf"\n'))
    assert old in raw
    assert read(raw).identity != read(raw.replace(old, new)).identity


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("X-Priority: 1", MailClass.LETTER),
        ("Auto-Submitted: no", MailClass.LETTER),
        ("Auto-Submitted: auto-generated", MailClass.LETTER),  # how document systems send documents
        ("Auto-Submitted: auto-replied", MailClass.AUTO_REPLY),
        ("X-Autoreply: yes", MailClass.AUTO_REPLY),
        ("Precedence: auto_reply", MailClass.AUTO_REPLY),
        ("Precedence: bulk", MailClass.BULK),
        ("List-Id: <tin.example.vn>", MailClass.BULK),
        ("List-Unsubscribe: <mailto:x@y.vn>", MailClass.BULK),
        ("Feedback-ID: 1:2:3", MailClass.BULK),
    ],
)
def test_mail_of_programs_is_told_from_letters(read: Reader, field: str, kind: MailClass) -> None:
    assert read(f"From: a@b.vn\nSubject: x\n{field}\n\nx".encode()).mail_class is kind


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ('"Sở, Ban" <a@b.vn>, c@d.vn', [("Sở, Ban", "a@b.vn"), ("", "c@d.vn")]),
        ("a@b.vn; c@d.vn", [("", "a@b.vn"), ("", "c@d.vn")]),
        ("Nhóm: a@b.vn, c@d.vn;", [("", "a@b.vn"), ("", "c@d.vn")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?B?VsSDbiB0aMaw?=<a@b.vn>", [("Văn thư", "a@b.vn")]),
        ("a@b.vn (Văn thư)", [("Văn thư", "a@b.vn")]),
        ("Pete(A \\) chap) <pete(x)@b.vn(host)>", [("Pete", "pete@b.vn")]),
        ("Van thu <a@b.vn", [("Van thu", "a@b.vn")]),
        ("khong co gi, a@b.vn", [("", "a@b.vn")]),
    ],
)
def test_one_bad_address_does_not_lose_the_others(read: Reader, field: str, found: list[tuple[str, str]]) -> None:
    letter = read(f"From: x@y.vn\nTo: {field}\n\nx".encode())
    assert [(address.name, address.address) for address in letter.to] == found


def test_words_of_a_letter_never_reach_the_log(
    read: Reader, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    letter = read("From: x@y.vn\nTo: tuyệt mật) [x <a@b.vn\nSubject: =?bí?mật?=\n\nx".encode())
    assert letter.to == (Address("tuyệt mật) [x", "a@b.vn"),)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_an_empty_file_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").touch()
    with pytest.raises(Unreadable):
        read_letter(tmp_path / "empty.eml", None)
