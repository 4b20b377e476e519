"""The certificates by which signers are believed, as an operator installs them."""

from pathlib import Path

from asn1crypto import pem, x509

from core.errors import Permanent

_ENDINGS = (".pem", ".crt", ".cer", ".der")
_MOST_BYTES = 1 << 20


def read_roots(folder: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in the files of `folder` (PEM, one or several in a file, or DER).

    Raises Permanent, naming the file, for one that holds none; OSError where the folder cannot be read.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _ENDINGS and path.is_file())
    return tuple(certificate for path in files for certificate in _in_file(path))


def _in_file(path: Path) -> list[x509.Certificate]:
    data = path.read_bytes()[:_MOST_BYTES]
    try:
        armoured = pem.unarmor(data, multiple=True) if pem.detect(data) else [("CERTIFICATE", {}, data)]
        parts = [der for kind, _, der in armoured if kind == "CERTIFICATE"]
        found = [x509.Certificate.load(der, strict=True) for der in parts]
        for certificate in found:
            certificate.subject.native  # noqa: B018 - read now, that a damaged one is refused here
    except (ValueError, TypeError):
        found = []
    if not found:
        raise Permanent(f"Tệp {path} không phải chứng thư (PEM hoặc DER). Thay tệp khác hoặc lấy ra khỏi thư mục.")
    return found
