"""Signatures in files of their own: beside a document, around it, and of the mail itself (S/MIME)."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mail_parts import HEADER, PDF, mixed, pdf_part
from signed_files import ORGANISATION, Authority, save

from core.signing.values import Signature, Status, Trust
from ingest.describe import read_raw_letter
from ingest.letter import Reading

AUTHORITY = Authority()
OFFICE = AUTHORITY.signer(ORGANISATION)
DOCUMENT = 'Content-Type: application/pdf; name="CV12.pdf"\n'
ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nK\xc3\xadnh g\xe1\xbb\xadi\r\n"
INTACT = (ORGANISATION, Status.INTACT, Trust.TRUSTED)
Read = Callable[[bytes], Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    roots = tmp_path / "roots"
    roots.mkdir()
    save(pem.armor("CERTIFICATE", AUTHORITY.root.dump()), roots / "goc.pem")

    def read(raw: bytes) -> Reading:
        spool = tmp_path / "spool"
        spool.mkdir()
        return read_raw_letter(save(raw, tmp_path / "thu.eml"), spool, 0, roots)

    return read


def with_signature(signature: bytes, name: str = "CV12.pdf.p7s", document: bytes = PDF) -> bytes:
    kind = "pkcs7-signature" if name.endswith(".p7s") else "octet-stream"
    part = pdf_part(f'Content-Type: application/{kind}; name="{name}"\n', signature)
    return mixed(pdf_part(DOCUMENT, document), part)


def multipart(signature: bytes, entity: bytes = ENTITY) -> bytes:
    head = HEADER + 'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="=S="\n\n'
    body = base64.encodebytes(signature).replace(b"\n", b"\r\n")
    part = b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return b"--=S=\r\n".join([head.replace("\n", "\r\n").encode(), entity + b"\r\n", part + body]) + b"--=S=--\r\n"


def of_file(reading: Reading, name: str = "CV12.pdf") -> list[tuple[str, Status, Trust]]:
    assert reading.letter is not None
    return [_said(one) for file in reading.letter.attachments if file.name == name for one in file.signed_beside]


def of_mail(reading: Reading) -> list[tuple[str, Status, Trust]]:
    assert reading.letter is not None
    return [_said(one) for one in reading.letter.signatures]


def _said(one: Signature) -> tuple[str, Status, Trust]:
    return one.signer, one.status, one.trust


def notes(reading: Reading) -> list[str]:
    return [note for draft in reading.drafts for note in draft.notes if "sign" in note]


@pytest.mark.parametrize("name", ["CV12.pdf.p7s", "CV12.p7s", "chu-ky.p7s", "signature.sig"])
def test_a_signature_beside_a_document_is_that_documents_whatever_its_name(read: Read, name: str) -> None:
    kind = {"signature.sig": "application/pkcs7-signature"}.get(name)
    raw = with_signature(OFFICE.sign_apart(PDF), name)
    reading = read(raw.replace(b"application/octet-stream", kind.encode()) if kind else raw)
    assert of_file(reading) == [INTACT] and of_mail(reading) == [] and notes(reading) == []


def test_a_signature_is_of_the_file_whose_digest_it_bears_not_of_the_one_beside(read: Read) -> None:
    other = PDF + b"% another\n"
    part = pdf_part('Content-Type: application/pdf; name="Khac.pdf"\n', other)
    signature = pdf_part('Content-Type: application/pkcs7-signature; name="a.p7s"\n', OFFICE.sign_apart(other))
    reading = read(mixed(pdf_part(DOCUMENT), part, signature))
    assert of_file(reading) == [] and of_file(reading, "Khac.pdf") == [INTACT]


def test_a_document_changed_after_it_was_signed_is_told(read: Read) -> None:
    reading = read(with_signature(OFFICE.sign_apart(PDF), document=PDF + b"% one more\n"))
    assert [said[:2] for said in of_file(reading)] == [(ORGANISATION, Status.BROKEN)]
    assert notes(reading) == ["signature_broken:CV12.pdf"]


def test_a_signature_of_nothing_in_the_letter_is_told(read: Read) -> None:
    reading = read(with_signature(OFFICE.sign_apart(b"what was never sent"), "khac.p7s"))
    assert of_file(reading) == [] and notes(reading) == ["signs_nothing_here"]


def test_a_document_within_its_signature(read: Read) -> None:
    part = pdf_part('Content-Type: application/octet-stream; name="CV12.pdf.p7m"\n', OFFICE.sign_around(PDF))
    assert of_file(read(mixed(part))) == [INTACT]


@pytest.mark.parametrize("way", ["beside", "around", "streamed"])
def test_several_sign_one_file_with_openssl(read: Read, tmp_path: Path, way: str) -> None:
    options = {"beside": [], "around": ["-nodetach"], "streamed": ["-nodetach", "-stream"]}[way]
    words = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", *options]
    for number, one in enumerate([AUTHORITY.signer("Nguyễn Văn Mẫu"), OFFICE]):
        key = one.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        words += ["-signer", str(save(key + pem.armor("CERTIFICATE", one.certificate.dump()), tmp_path / f"{number}"))]
    data = subprocess.run(words, input=PDF, capture_output=True, check=True).stdout
    part = pdf_part('Content-Type: application/octet-stream; name="CV12.pdf.p7m"\n', data)
    reading = read(with_signature(data) if way == "beside" else mixed(part))
    assert set(of_file(reading)) == {("Nguyễn Văn Mẫu", Status.INTACT, Trust.TRUSTED), INTACT}


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_signed_mail(read: Read, line_end: bytes) -> None:
    reading = read(multipart(OFFICE.sign_apart(ENTITY)).replace(b"\r\n", line_end))
    assert of_mail(reading) == [INTACT]


def test_a_signed_mail_in_one_piece(read: Read) -> None:
    head = HEADER + 'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\n'
    body = base64.encodebytes(OFFICE.sign_around(ENTITY)).decode()
    reading = read(f"{head}Content-Transfer-Encoding: base64\n\n{body}".replace("\n", "\r\n").encode())
    assert of_mail(reading) == [INTACT]


def test_a_mail_changed_on_its_way_is_told(read: Read) -> None:
    entity = mixed(ENTITY.decode(), pdf_part(DOCUMENT), header="")
    signature = OFFICE.sign_apart(entity)
    reading = read(multipart(signature, entity.replace("Kính".encode(), b"Xin ")))
    assert [said[:2] for said in of_mail(reading)] == [(ORGANISATION, Status.BROKEN)]
    assert notes(reading) == ["mail_signature_broken"]


@pytest.mark.parametrize("share", [number / 16 for number in range(16)])
def test_a_damaged_signature_never_passes_and_keeps_no_letter_away(read: Read, share: float) -> None:
    whole = OFFICE.sign_apart(PDF)
    at = int(share * len(whole))
    reading = read(with_signature(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]))
    assert INTACT not in of_file(reading)
    assert reading.drafts
