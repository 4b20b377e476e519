"""DKIM signatures: which stand, whose they are, and what is no proof though it stands."""

from collections.abc import Callable
from pathlib import Path

import pytest
from signed_mails import key, signed

from core.signing.dkim import check, keys_needed
from core.signing.values import DkimFinding, DkimResult

SENDER, DOMAIN = "vanthu@lamdong.gov.vn", "lamdong.gov.vn"
NAME = f"mail._domainkey.{DOMAIN}"
LETTER = (
    b"From: =?utf-8?B?VsSDbiB0aMawIFVCTkQ=?= <vanthu@lamdong.gov.vn>\r\nTo: vanthu@skhcn.example.gov.vn\r\n"
    b"Subject: =?utf-8?B?Y8O0bmcgdsSDbg==?=\r\nDate: Thu, 04 Jun 2026 08:30:00 +0700\r\n"
    b"Message-ID: <1@lamdong.gov.vn>\r\n\r\nKinh gui van ban kem theo.\r\n"
)


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., DkimFinding]:
    def check_letter(raw: bytes, sender: str = SENDER, keys: dict[str, bytes | None] | None = None) -> DkimFinding:
        path = tmp_path / "letter"
        path.write_bytes(raw)
        return check(path, sender, {NAME: key(2048)[1].encode()} if keys is None else keys)

    return check_letter


def test_a_letter_that_its_own_domain_has_signed(found: Callable[..., DkimFinding], tmp_path: Path) -> None:
    raw = signed(LETTER, DOMAIN)
    assert found(raw) == DkimFinding(DkimResult.PASS, DOMAIN, is_aligned=True)
    assert keys_needed(tmp_path / "letter") == (NAME,)


@pytest.mark.parametrize(
    ("of", "to"),
    [(b"Kinh gui", b"Kinh moi"), (b"vanthu@lamdong", b"giamdoc@lamdong"), (b"Y8O0bmcgdsSDbg", b"Y8O0bmcgdsSDaa")],
)
def test_what_was_changed_on_the_way_does_not_stand(found: Callable[..., DkimFinding], of: bytes, to: bytes) -> None:
    raw = signed(LETTER, DOMAIN)
    assert found(raw.replace(of, to)) == DkimFinding(DkimResult.FAIL, DOMAIN, is_aligned=True)


def test_a_second_sender_written_above_is_nobodys_word(found: Callable[..., DkimFinding]) -> None:
    raw = b"From: Bo truong <bt@most.gov.vn>\r\n" + signed(LETTER, DOMAIN)
    assert found(raw) == DkimFinding(DkimResult.FAIL, DOMAIN, is_aligned=False)


def test_the_signature_of_another_domain_stands_and_is_not_the_senders(found: Callable[..., DkimFinding]) -> None:
    raw = signed(LETTER, "gmail.com")
    keys: dict[str, bytes | None] = {"mail._domainkey.gmail.com": key(2048)[1].encode()}
    assert found(raw, keys=keys) == DkimFinding(DkimResult.PASS, "gmail.com", is_aligned=False)
    own = signed(raw, DOMAIN)
    assert found(own, keys=keys | {NAME: key(2048)[1].encode()}) == DkimFinding(
        DkimResult.PASS, DOMAIN, is_aligned=True
    )


@pytest.mark.parametrize(
    ("sender", "is_aligned"),
    [("a@stttt.lamdong.gov.vn", True), ("a@gov.vn", True), ("a@xlamdong.gov.vn", False), ("", False)],
)
def test_whose_domain_it_is(found: Callable[..., DkimFinding], sender: str, is_aligned: bool) -> None:
    assert found(signed(LETTER, DOMAIN), sender=sender).is_aligned is is_aligned


def test_a_signature_over_a_part_of_the_text_proves_nothing(found: Callable[..., DkimFinding]) -> None:
    raw = signed(LETTER, DOMAIN, length=True)
    assert found(raw).result is DkimResult.FAIL
    assert found(raw + b"Them vao sau.\r\n").result is DkimResult.FAIL


def test_short_keys_and_keys_that_are_gone(found: Callable[..., DkimFinding]) -> None:
    short = signed(LETTER, DOMAIN, bits=768)
    assert found(short, keys={NAME: key(768)[1].encode()}).result is DkimResult.FAIL
    assert found(signed(LETTER, DOMAIN), keys={NAME: None}) == DkimFinding(DkimResult.NO_KEY, DOMAIN, is_aligned=True)
    assert found(signed(LETTER, DOMAIN), keys={NAME: b"v=DKIM1; p="}).result is DkimResult.FAIL


@pytest.mark.parametrize(
    "header",
    [
        b"DKIM-Signature: v=1; a=rsa-sha256; d=lamdong.gov.vn; s=../../etc; h=from; bh=x; b=x\r\n",
        b"DKIM-Signature: v=1; d=;;;=;\r\n",
        b"DKIM-Signature: \xff\xfe\x00\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=com; s=mail; h=from; bh=x; b=x\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=" + b"a." * 4000 + b"vn; s=mail; h=from; bh=x; b=x\r\n",
    ],
)
def test_a_signature_that_names_no_key_asks_nobody(
    found: Callable[..., DkimFinding], tmp_path: Path, header: bytes
) -> None:
    assert found(header + LETTER) == DkimFinding(DkimResult.NONE)
    assert keys_needed(tmp_path / "letter") == ()


def test_a_hundred_signatures_ask_for_a_few_keys(found: Callable[..., DkimFinding], tmp_path: Path) -> None:
    raw = LETTER
    for number in range(12):
        raw = signed(raw, DOMAIN, f"s{number}")
    assert found(raw, keys={}).result is DkimResult.NO_KEY
    assert len(keys_needed(tmp_path / "letter")) == 5


def test_what_is_no_letter(found: Callable[..., DkimFinding], tmp_path: Path) -> None:
    for raw in (b"", b"\r\n", b"Khong phai thu", b"\xff" * 1000, b": \r\n\r\n"):
        assert found(raw) == DkimFinding(DkimResult.NONE)
        assert keys_needed(tmp_path / "letter") == ()
