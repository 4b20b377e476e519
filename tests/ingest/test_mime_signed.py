"""Signed and encrypted mails: S/MIME in one piece is opened, a signature that stands apart is no document."""

import base64
import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from mail_parts import HEADER, PDF, Reader, mixed, pdf_part

from ingest.describe import read_raw_letter
from ingest.letter import Outcome

Key = rsa.RSAPrivateKey


@cache
def signer() -> tuple[x509.Certificate, Key]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Sở Nội vụ")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return certificate, key


def signed(data: bytes) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(*signer(), hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def encrypted(data: bytes) -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(data).add_recipient(signer()[0])
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def in_pieces(data: bytes) -> bytes:
    """The same with indefinite lengths, as programs write that sign while they send: the octets in pieces."""
    pieces = b"".join(b"\x04\x81\x80" + data[at : at + 128] for at in range(0, len(data) - len(data) % 128, 128))
    rest = data[len(data) - len(data) % 128 :]
    octets = b"\x24\x80" + pieces + b"\x04" + bytes([len(rest)]) + rest + b"\0\0"
    held = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80" + octets + b"\0\0\0\0"
    inner = b"\x30\x80\x02\x01\x01\x31\x00" + held + b"\x31\x00\0\0"
    return b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + inner + b"\0\0\0\0"


def whole(data: bytes, kind: str = "signed-data") -> bytes:
    head = f'{HEADER}Content-Type: application/pkcs7-mime; smime-type={kind}; name="smime.p7m"\n'
    body = base64.encodebytes(data).decode()
    return f"{head}Content-Transfer-Encoding: base64\n\n{body}".replace("\n", "\r\n").encode()


ENTITY = mixed(
    "Content-Type: text/plain; charset=utf-8\n\nKính gửi quý cơ quan\n",
    pdf_part('Content-Type: application/pdf; name="CV12.pdf"\n'),
    header="",
)


@pytest.mark.parametrize("wrap", [signed, in_pieces])
def test_a_mail_signed_in_one_piece_gives_its_files_and_keeps_the_original(read: Reader, wrap: object) -> None:
    data = wrap(ENTITY)  # type: ignore[operator]
    letter = read(whole(data))
    envelope, file = letter.attachments
    assert (envelope.name, envelope.sha256) == ("smime.p7m", hashlib.sha256(data).hexdigest())
    assert "opened" in envelope.warnings
    assert (file.name, file.inside, file.sha256) == ("CV12.pdf", "smime.p7m", hashlib.sha256(PDF).hexdigest())
    assert letter.text == "Kính gửi quý cơ quan"


def test_openssls_signed_mail_is_opened(read: Reader, tmp_path: Path) -> None:
    certificate, key = signer()
    pem = tmp_path / "signer.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    command = ["openssl", "cms", "-sign", "-nodetach", "-stream", "-binary", "-signer", str(pem), "-outform", "DER"]
    data = subprocess.run(command, input=ENTITY, capture_output=True, check=True).stdout
    assert [file.name for file in read(whole(data)).attachments] == ["smime.p7m", "CV12.pdf"]


def test_a_signed_document_gives_the_document(read: Reader) -> None:
    part = pdf_part('Content-Type: application/octet-stream; name="CV12.pdf.p7m"\n', signed(PDF))
    names = [(file.name, file.media_type) for file in read(mixed(part)).attachments]
    assert names[1] == ("CV12.pdf", "application/pdf")


def test_a_secret_line_in_a_signed_mail_is_found(tmp_path: Path) -> None:
    mail, spool = tmp_path / "a.eml", tmp_path / "parts"
    spool.mkdir()
    mail.write_bytes(whole(signed(ENTITY.replace("Kính gửi quý cơ quan".encode(), "Độ mật: Tối mật".encode()))))
    assert read_raw_letter(mail, spool).is_secret


def test_an_encrypted_mail_is_held_as_locked(tmp_path: Path) -> None:
    mail, spool = tmp_path / "a.eml", tmp_path / "parts"
    spool.mkdir()
    mail.write_bytes(whole(encrypted(ENTITY), "enveloped-data"))
    reading = read_raw_letter(mail, spool)
    assert (reading.outcome, reading.reasons[0].rule) == (Outcome.HOLD, "locked_file")


def test_a_signature_that_stands_apart_is_noted_and_never_the_document(tmp_path: Path) -> None:
    mail, spool = tmp_path / "a.eml", tmp_path / "parts"
    spool.mkdir()
    signature = pdf_part('Content-Type: application/pkcs7-signature; name="smime.p7s"\n', signed(b""))
    mail.write_bytes(mixed(signature, pdf_part('Content-Type: application/pdf; name="CV12.pdf"\n')))
    (draft,) = read_raw_letter(mail, spool).drafts
    assert (draft.main, "signs_nothing_here" in draft.notes) == (1, True)


@pytest.mark.parametrize("cut", [1, 7, 20, 60, 2_000])
def test_a_damaged_envelope_stays_a_file(read: Reader, cut: int) -> None:
    data = signed(ENTITY)[:cut]
    assert read(whole(data)).attachments[0].sha256 == hashlib.sha256(data).hexdigest()
    assert read(whole(b"\x30\x80" * 50_000)).attachments[0].name == "smime.p7m"


@pytest.mark.parametrize("kind", ["text/calendar", "text/vcard"])
def test_an_appointment_alone_waits_for_the_clerk_and_is_no_document(tmp_path: Path, kind: str) -> None:
    mail, spool = tmp_path / "a.eml", tmp_path / "parts"
    spool.mkdir()
    mail.write_bytes(mixed(f"Content-Type: {kind}; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"))
    reading = read_raw_letter(mail, spool)
    assert reading.letter is not None
    assert (reading.outcome, reading.drafts, len(reading.letter.attachments)) == (Outcome.HOLD, (), 1)
