"""Which copy of a document a letter brings: signed by the office, by somebody only, not at all, or a picture."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import typst
from signed_files import ORGANISATION, Authority, save

from core.incoming.copies import Copy
from core.signing.values import Signature, Status, Trust
from demo.scans import scanned
from ingest.copies import copy_of
from ingest.describe import read_raw_letter
from ingest.letter import Attachment

PAGE = typst.compile(
    "Số: 12/SNV-VP\n\nKính gửi: Sở Khoa học và Công nghệ. Đề nghị quý cơ quan góp ý dự thảo kế hoạch.".encode(),
    ignore_system_fonts=True,
)
AUTHORITY = Authority()
LEADER, OFFICE = AUTHORITY.signer("Nguyễn Văn Mẫu"), AUTHORITY.signer(ORGANISATION)


def copy(tmp_path: Path, **files: bytes) -> str:
    spool = tmp_path / "spool"
    spool.mkdir()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "vanthu@snv.lamdong.gov.vn", "vanthu@skhcn.vn", "Gửi văn bản"
    mail.set_content("Kính gửi văn bản kèm theo.")
    for name, data in files.items():
        kind = ("application", "pkcs7-signature") if name == "p7s" else ("application", "pdf")
        mail.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=f"12.{name}")
    (draft,) = read_raw_letter(save(mail.as_bytes(), tmp_path / "thu.eml"), spool, 0).drafts
    return draft.copy


def test_the_offices_signature_makes_it_as_good_as_the_original(tmp_path: Path) -> None:
    assert copy(tmp_path, pdf=OFFICE.sign(LEADER.sign(PAGE, "lanhdao"), "coquan")) == Copy.SIGNED


def test_a_leaders_signature_alone_lacks_the_offices(tmp_path: Path) -> None:
    assert copy(tmp_path, pdf=LEADER.sign(PAGE, "lanhdao")) == Copy.UNSEALED


def test_a_signature_beside_it_counts_as_one_in_it(tmp_path: Path) -> None:
    assert copy(tmp_path, pdf=PAGE, p7s=OFFICE.sign_apart(PAGE)) == Copy.SIGNED


def test_what_does_not_stand_is_no_signature(tmp_path: Path) -> None:
    assert copy(tmp_path, pdf=PAGE + b"% later\n", p7s=OFFICE.sign_apart(PAGE)) == Copy.UNSIGNED


def test_text_without_signatures(tmp_path: Path) -> None:
    assert copy(tmp_path, pdf=PAGE) == Copy.UNSIGNED


def test_a_scan_is_a_picture_of_paper(tmp_path: Path) -> None:
    assert copy(tmp_path, pdf=scanned(PAGE, skew=0)) == Copy.SCAN


@pytest.mark.parametrize("trust", [Trust.STRANGE, Trust.REVOKED, Trust.WEAK, Trust.REFUSED])
def test_who_is_not_to_be_believed_signs_nothing(trust: Trust) -> None:
    signed = Signature(ORGANISATION, "", "", Status.INTACT, trust)
    file = Attachment("12.pdf", 1, "0" * 64, "application/pdf", "application/pdf", None, signatures=(signed,))
    assert copy_of(file, ()) == Copy.UNSIGNED
    assert copy_of(replace(file, signatures=(replace(signed, trust=Trust.TRUSTED),)), ()) == Copy.SIGNED
    assert copy_of(replace(file, signatures=(replace(signed, trust=Trust.UNKNOWN),)), ()) == Copy.SIGNED
