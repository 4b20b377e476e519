"""Mails that two programs read differently: the clerk is told, an ordinary mail raises no doubt."""

import pytest
from mail_parts import HEADER, Reader, mixed, named, pdf_part

SENDER = "From: =?utf-8?B?VsSDbiB0aMawIFPhu58gWSB04bq/?= <vanthu@sytdaknong.vn>\n"


def doubts(read: Reader, data: bytes) -> set[str]:
    letter = read(data)
    all_codes = set(letter.warnings) | {code for file in letter.attachments for code in file.warnings}
    return all_codes & {"subject_twice", "from_twice", "date_disagrees", "readers_disagree", "names_disagree"}


def headed(*fields: str, header: str = HEADER) -> bytes:
    part = pdf_part('Content-Type: application/pdf; name="a.pdf"\n')
    return mixed(part, header="".join(f"{field}\n" for field in fields) + header)


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (headed("Subject: Thông báo khác"), {"subject_twice"}),
        (headed("Subject: =?utf-8?Q?V/v_b=C3=A1o_c=C3=A1o?="), set()),
        (headed("From: ubnd@daknong.gov.vn"), {"from_twice"}),
        (headed("Received: from a by b; Mon, 01 Jun 2026 08:05:00 +0700"), set()),
        (headed("Received: from a by b; Thu, 04 Jun 2026 08:05:00 +0700"), set()),
        (headed("Received: from a by b; Mon, 29 Jun 2026 08:05:00 +0700"), {"date_disagrees"}),
        (headed("Received: nothing; no date"), set()),
        (named("filename=\"a.pdf\"; filename*=utf-8''b.exe"), {"names_disagree", "readers_disagree"}),
        (named("filename=\"a b.pdf\"; filename*=utf-8''a%20b.pdf"), set()),
        (headed(header=HEADER.replace(SENDER, "From: ubnd@daknong.gov.vn <xau@a.vn>\n")), {"readers_disagree"}),
    ],
)
def test_what_is_said_twice_and_differently_is_a_warning(read: Reader, data: bytes, doubt: set[str]) -> None:
    assert doubts(read, data) == doubt


def test_letters_that_only_we_can_decode_are_no_doubt(read: Reader) -> None:
    raw = headed(header=HEADER.replace("=?utf-8?Q?V/v_b=C3=A1o_c=C3=A1o?=", "V/v báo cáo"))
    assert doubts(read, raw) == set()


def test_large_and_deep_mails_are_not_asked_about(read: Reader) -> None:
    header = HEADER.replace(SENDER, "From: ubnd@daknong.gov.vn <xau@a.vn>\n")
    assert doubts(read, mixed(pdf_part("Content-Type: application/pdf\n", bytes(300_000)), header=header)) == set()
    assert doubts(read, mixed(*["Content-Type: text/plain\n\na\n"] * 50, header=header)) == set()
