"""Composing: whatever stands in names, subjects, addresses and files, the mail says it, and nothing else."""

import email
import random
import re
import warnings
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
from counts import times

from core.deliveries.tables import Delivery, DeliveryFile, Kind
from dispatch.composer import Mail, Office, clean, clean_name, compose
from ingest import mime

MORNING = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
OFFICE = Office("vanthu@so.example", "Văn thư Sở KH&CN, tỉnh Lâm Đồng")
FILES = {"a" * 64: b"%PDF-1.7\n.\r\n..\n" + bytes(range(256)) * 8, "b" * 64: b""}
_PIECES = [
    "Báo cáo", "công văn số 12/QĐ-UBND", "Nguyễn Thị Lan", "a", "…", "🙂", "\r\n", "\n", "\r", "\0", "\t", "  ", '"',
    "\\", "=?utf-8?B?YQ==?=", "Bcc: x@y.vn", "\r\nBcc: x@y.vn", "\n\nbody", ",", ";", "<x@y.vn>", "(chú)", "%0d%0a",
    "e\u0301", "\u202e", "\u2028", "\x85", "\ud800", "'", "*", "x" * 90, "ệ" * 90, "..", "/etc/passwd", "C:\\", ".pdf",
    ":", "@",
]  # fmt: skip


def delivery(**values: Any) -> Delivery:
    plain: dict[str, Any] = {
        "id": 7, "kind": Kind.ANSWER, "recipient_address": "vanthu@lamdong.example", "recipient_name": "Văn thư",
        "subject": "Báo nhận", "body": "Kính gửi.\n", "message_id": "<cv.7.ab@so.example>", "reference_ids": [],
        "is_automatic": False,
    }  # fmt: skip
    names = values.pop("files", [])
    made = Delivery(**(plain | values))
    made.files = [
        DeliveryFile(position=number, name=name, sha256=sha256, media_type="application/pdf")
        for number, (name, sha256) in enumerate(names, start=1)
    ]
    return made


def composed(**values: Any) -> Mail:
    return compose(delivery(**values), OFFICE, FILES.__getitem__, at=MORNING)


def generated(rng: random.Random) -> str:
    return "".join(rng.choice(_PIECES) + rng.choice(["", " "]) for _ in range(rng.randint(0, 7)))


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.torture) for part in range(1, 5))])
def test_generated_names_and_subjects_make_no_header_and_read_back_the_same(part: int, tmp_path: Path) -> None:
    rng = random.Random(20260604 + part)
    for number in range(times(400, 2_500, 25_000)):
        subject, name, body, file = (generated(rng) for _ in range(4))
        mail = composed(subject=subject, recipient_name=name, body=body, files=[(file, "a" * 64), (file, "b" * 64)])
        _is_plain_mail(mail.data)
        read = email.message_from_bytes(mail.data, policy=policy.default)
        assert read["subject"] == clean(subject), subject
        assert _mailbox(mail.data, "To") == (clean(name), "vanthu@lamdong.example"), name
        assert _mailbox(mail.data, "From") == (OFFICE.name, OFFICE.address)
        assert [part.get_filename() for part in read.iter_attachments()] == [clean_name(file)] * 2, file
        assert [part.get_content() for part in read.iter_attachments()] == [FILES["a" * 64], b""]
        if number % 25 == 0:
            _read_by_us(mail, tmp_path, clean(subject), clean_name(file))
            other = _read_by_flanker(mail.data)
            assert other.headers["Subject"] == clean(subject)
            assert [part.detected_file_name for part in list(other.parts)[1:]] == [clean_name(file)] * 2


def _mailbox(data: bytes, field: str) -> tuple[str, str]:
    # `policy.default` leaves the blank between two encoded words of a phrase (RFC 2047 6.2); the older way does not.
    name, address = parseaddr(str(email.message_from_bytes(data)[field]).replace("\r\n", ""))
    return str(make_header(decode_header(name))) if name else "", address


def _is_plain_mail(data: bytes) -> None:
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", data) and data.endswith(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    head, _, _ = data.partition(b"\r\n\r\n")
    fields = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert fields == [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type"]
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


def _read_by_flanker(data: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is as old as it is tolerant
        from flanker import mime as flanker_mime

        return flanker_mime.from_string(data)


def _read_by_us(mail: Mail, folder: Path, subject: str, name: str) -> None:
    path = folder / "mail.eml"
    path.write_bytes(mail.data)
    letter = mime.read_letter(path, None)
    assert letter.subject == subject
    assert [part.name for part in letter.attachments] == [name, name] and letter.warnings == ()


def test_threads_and_automatic_answers_say_what_they_are() -> None:
    mail = composed(
        in_reply_to="<1@a.vn>", reference_ids=["<0@a.vn>", "rác\r\nBcc: a@b.vn", "<1@a.vn>"], is_automatic=True
    )
    read = email.message_from_bytes(mail.data, policy=policy.default)
    assert read["In-Reply-To"] == "<1@a.vn>" and read["References"] == "<0@a.vn> <1@a.vn>"
    assert read["Auto-Submitted"] == "auto-replied" and read["Date"] == "Thu, 04 Jun 2026 08:30:00 +0700"
    assert email.message_from_bytes(composed(is_automatic=True).data)["Auto-Submitted"] == "auto-generated"
    assert email.message_from_bytes(composed(in_reply_to="<1@a.vn>").data)["Auto-Submitted"] is None


def test_a_file_name_stands_there_in_both_ways_that_programs_read() -> None:
    data = composed(files=[("Công văn.pdf", "a" * 64)]).data
    assert b'Content-Type: application/pdf;\r\n name="=?utf-8?B?Q8O0bmcgdsSDbi5wZGY=?="\r\n' in data
    assert b"Content-Disposition: attachment;\r\n filename*=utf-8''C%C3%B4ng%20v%C4%83n.pdf\r\n" in data


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("ệ" * 200 + ".pdf").endswith("ệ.pdf") and len(clean_name("ệ" * 200 + ".pdf").encode()) <= 200
    assert [clean_name(name) for name in ("", " . ", "../a", "a\r\nb.pdf")] == ["tep", "tep", "_a", "a b.pdf"]
