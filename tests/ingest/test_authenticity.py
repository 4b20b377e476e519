"""What the signatures of a letter's files say, from the mail to the rows of its draft."""

import random
from email.message import EmailMessage
from pathlib import Path

import pytest
import typst
from asn1crypto import pem
from signed_files import ORGANISATION, Authority, save, with_one_byte_changed, with_words_appended

from core.errors import Permanent
from core.signing.roots import read_roots
from core.signing.values import Signature, Status, Trust
from ingest.copies import signed_copy
from ingest.describe import describe, read_raw_letter
from ingest.letter import Attachment

PAGE = typst.compile("Số: 12/SNV-VP\n\nKính gửi: Sở Khoa học và Công nghệ".encode(), ignore_system_fonts=True)
AUTHORITY = Authority()
SIGNED = AUTHORITY.signer(ORGANISATION).sign(AUTHORITY.signer("Nguyễn Văn Mẫu").sign(PAGE, "lanhdao"), "coquan")


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    folder = tmp_path / "roots"
    folder.mkdir()
    save(pem.armor("CERTIFICATE", AUTHORITY.root.dump()), folder / "goc.pem")
    return folder


def read(tmp_path: Path, data: bytes, roots: Path | None = None) -> tuple[Attachment, tuple[str, ...]]:
    spool = tmp_path / "spool"
    spool.mkdir()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "vanthu@snv.lamdong.gov.vn", "vanthu@skhcn.vn", "Gửi văn bản"
    message.set_content("Kính gửi văn bản kèm theo.")
    message.add_attachment(data, maintype="application", subtype="pdf", filename="12.pdf")
    reading = read_raw_letter(save(message.as_bytes(), tmp_path / "thu.eml"), spool, 0, roots)
    assert reading.letter is not None
    return reading.letter.attachments[0], reading.drafts[0].notes


def test_signers_are_named_and_believed_by_the_installed_roots(tmp_path: Path, roots: Path) -> None:
    file, notes = read(tmp_path, SIGNED, roots)
    assert [(s.signer, s.status, s.trust) for s in file.signatures] == [
        ("Nguyễn Văn Mẫu", Status.INTACT, Trust.TRUSTED), (ORGANISATION, Status.INTACT, Trust.TRUSTED),
    ]  # fmt: skip
    assert not [note for note in notes if "signature" in note]


def test_without_roots_nobody_is_believed_and_what_stands_still_stands(tmp_path: Path) -> None:
    file, _ = read(tmp_path, SIGNED)
    assert {(s.status, s.trust) for s in file.signatures} == {(Status.INTACT, Trust.UNKNOWN)}


def test_a_file_without_signatures_has_none(tmp_path: Path) -> None:
    file, notes = read(tmp_path, PAGE)
    assert file.signatures == () and not [note for note in notes if "signature" in note]


@pytest.mark.parametrize(
    ("way", "note"), [(with_one_byte_changed, "signature_broken"), (with_words_appended, "signature_modified")]
)
def test_the_clerk_is_told_of_a_signature_that_does_not_stand(tmp_path: Path, way: object, note: str) -> None:
    assert callable(way)
    file, notes = read(tmp_path, way(SIGNED, random.Random(2)))
    assert f"{note}:12.pdf" in notes
    assert file.signatures, "the letter comes in all the same"


def test_the_clerk_is_told_that_only_a_part_was_signed(tmp_path: Path) -> None:
    file, notes = read(tmp_path, AUTHORITY.signer(ORGANISATION).sign_ranges(PAGE, 0, 300))
    assert "signature_partial:12.pdf" in notes
    assert signed_copy(file.signatures) is None, "of the document nobody has signed what it says"


def test_what_is_said_of_a_file_without_a_letter(tmp_path: Path) -> None:
    (said,) = describe(save(SIGNED, tmp_path / "12.pdf"))
    leader, office = said["drafts"][0]["signatures"]
    assert (leader["signer"], leader["status"], office["trust"]) == ("Nguyễn Văn Mẫu", "intact", "unknown")
    assert leader["signed_at"].endswith("+00:00")


def test_a_root_that_is_no_certificate_is_named(roots: Path) -> None:
    assert [root.subject.native["common_name"] for root in read_roots(roots)] == ["CA Thử nghiệm"]
    save(AUTHORITY.root.dump(), roots / "goc.cer")
    assert len(read_roots(roots)) == 2
    save(b"not a certificate", roots / "khac.crt")
    with pytest.raises(Permanent, match=r"khac\.crt"):
        read_roots(roots)


def test_a_damaged_root_keeps_no_letter_from_coming_in(tmp_path: Path, roots: Path) -> None:
    save(b"not a certificate", roots / "khac.crt")
    file, _ = read(tmp_path, SIGNED, roots)
    assert {(s.status, s.trust) for s in file.signatures} == {(Status.INTACT, Trust.UNKNOWN)}


def test_a_signature_is_stored_as_it_was_found(tmp_path: Path, roots: Path) -> None:
    file, _ = read(tmp_path, SIGNED, roots)
    assert [Signature.from_json(one.to_json()) for one in file.signatures] == list(file.signatures)
