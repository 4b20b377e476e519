"""PDFs signed as offices sign them, and what may be done to them afterwards."""

import io
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

DAY = datetime(2026, 6, 4, 1, 30, tzinfo=UTC)
ORGANISATION = "Ủy ban nhân dân tỉnh Lâm Đồng"


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@dataclass(frozen=True)
class Signer:
    """Somebody with a certificate and the key to it."""

    certificate: asn1_x509.Certificate
    key: Key

    def sign_apart(self, data: bytes) -> bytes:
        """A signature of `data` for a file of its own (DER)."""
        return self._cms(data, pkcs7.PKCS7Options.DetachedSignature)

    def sign_around(self, data: bytes) -> bytes:
        """`data` within its signature (DER)."""
        return self._cms(data)

    def _cms(self, data: bytes, *options: pkcs7.PKCS7Options) -> bytes:
        certificate = x509.load_der_x509_certificate(self.certificate.dump())
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(certificate, self.key, hashes.SHA256())
        return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])

    def sign(
        self, data: bytes, field: str, stamped_at: datetime | None = None, stamper: "Signer | None" = None
    ) -> bytes:
        """`data`, a PDF, with one more signature at its end, and a time stamp of `stamper`'s in it."""
        writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
        signer = signers.SimpleSigner(
            signing_cert=self.certificate,
            signing_key=self._private,
            cert_registry=SimpleCertificateStore.from_certs([self.certificate]),
        )
        out = signers.PdfSigner(
            signers.PdfSignatureMetadata(field_name=field), signer=signer, new_field_spec=SigFieldSpec(field),
            timestamper=stamper._stamper(stamped_at) if stamper else None,
        ).sign_pdf(writer)  # fmt: skip
        return bytes(out.getvalue())

    def sign_ranges(self, data: bytes, *ranges: int) -> bytes:
        """`data`, a PDF, with a signature of nothing but these ranges of it (starts and lengths in octets)."""
        pairs = zip(ranges[::2], ranges[1::2], strict=True)
        content = self.sign_apart(b"".join(data[start : start + length] for start, length in pairs))
        return with_signature(data, content, ranges)

    def _stamper(self, at: datetime | None) -> DummyTimeStamper:
        return DummyTimeStamper(self.certificate, self._private, fixed_dt=at)

    @property
    def _private(self) -> keys.PrivateKeyInfo:
        der = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return keys.PrivateKeyInfo.load(der)


class Authority:
    """Somebody who gives certificates; its own is the root."""

    def __init__(self, name: str = "CA Thử nghiệm", address: str = "") -> None:
        """What it gives names `address`/ocsp and `address`/crl, where it is one."""
        self._address = address
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._root = self._made(self._name, self._key, DAY, is_authority=True)

    @property
    def root(self) -> asn1_x509.Certificate:
        """The certificate that an operator installs."""
        return _asn1(self._root)

    def signer(self, name: str, since: datetime = DAY - timedelta(days=300), *, stamps: bool = False) -> Signer:
        """Somebody called `name`, with a certificate for two years from `since`, for time stamps where it `stamps`."""
        key: Key = ec.generate_private_key(ec.SECP256R1())
        if stamps:  # pyHanko's stamping server for tests knows no other
            key = rsa.generate_private_key(65537, 2048)
        names = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION)]
        )
        more = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)] if stamps else []
        return Signer(_asn1(self._made(names, key, since, *more, *self._addresses(), is_authority=False)), key)

    def ocsp(
        self, signer: Signer, at: datetime, revoked_at: datetime | None = None, by: "Authority | None" = None
    ) -> bytes:
        """What it (or another, `by`) answers at `at` about `signer`'s certificate (DER)."""
        answering = by or self
        status = ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=x509.load_der_x509_certificate(signer.certificate.dump()), issuer=self._root, algorithm=hashes.SHA1(),
            cert_status=status, this_update=at, next_update=at + timedelta(hours=1), revocation_time=revoked_at,
            revocation_reason=None,
        )  # fmt: skip
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, answering._root)
        return builder.sign(answering._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def crl(self, at: datetime, *revoked: tuple[Signer, datetime], hours: int = 24) -> bytes:
        """Its list of `revoked` certificates of `at`, good for some `hours` (DER)."""
        builder = (
            x509.CertificateRevocationListBuilder().issuer_name(self._name)
            .last_update(at).next_update(at + timedelta(hours=hours))
        )  # fmt: skip
        for signer, since in revoked:
            one = (
                x509.RevokedCertificateBuilder().serial_number(signer.certificate.serial_number).revocation_date(since)
            )
            one = one.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            builder = builder.add_revoked_certificate(one.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _addresses(self) -> list[tuple[x509.ExtensionType, bool]]:
        if not self._address:
            return []
        place = [x509.UniformResourceIdentifier(f"{self._address}/crl")]
        way = x509.UniformResourceIdentifier(f"{self._address}/ocsp")
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, way)
        point = x509.DistributionPoint(place, None, None, None)
        return [(x509.AuthorityInformationAccess([access]), False), (x509.CRLDistributionPoints([point]), False)]

    def _made(
        self,
        subject: x509.Name,
        key: Key,
        since: datetime,
        *more: tuple[x509.ExtensionType, bool],
        is_authority: bool,
    ) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=not is_authority, content_commitment=not is_authority, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        years = 10 if is_authority else 2
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject).issuer_name(self._name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since - timedelta(days=365 if is_authority else 0))
            .not_valid_after(since + timedelta(days=365 * years))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )  # fmt: skip
        for extension, is_critical in more:
            builder = builder.add_extension(extension, is_critical)
        return builder.sign(self._key, hashes.SHA256())


def with_signature(data: bytes, content: bytes, ranges: Sequence[int], hidden: bytes = b"") -> bytes:
    """`data`, a PDF, with a signature whose `content` (CMS, DER) and byte ranges are given; before it, in a stream that
    no page shows, what is `hidden`."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    writer.add_object(generic.StreamObject(stream_data=hidden))
    value = generic.DictionaryObject({
        generic.pdf_name("/Type"): generic.pdf_name("/Sig"),
        generic.pdf_name("/Filter"): generic.pdf_name("/Adobe.PPKLite"),
        generic.pdf_name("/SubFilter"): generic.pdf_name("/adbe.pkcs7.detached"),
        generic.pdf_name("/ByteRange"): generic.ArrayObject(map(generic.NumberObject, ranges)),
        generic.pdf_name("/Contents"): generic.ByteStringObject(content),
    })  # fmt: skip
    field = generic.DictionaryObject({
        generic.pdf_name("/FT"): generic.pdf_name("/Sig"),
        generic.pdf_name("/T"): generic.TextStringObject("ky"),
        generic.pdf_name("/V"): writer.add_object(value),
    })  # fmt: skip
    form = {generic.pdf_name("/Fields"): generic.ArrayObject([writer.add_object(field)])}
    writer.root["/AcroForm"] = generic.DictionaryObject(form)
    writer.update_root()
    return _written(writer)


def behind(other: bytes, signed: bytes, beyond: int) -> bytes:
    """`other`, a PDF, as readers see it, with all of `signed`, and its signature, whose last range claims `beyond`
    octets more than there are. The tables of `signed` are not found: those of `other` stand where its end says."""
    start = signed.rindex(b"/Contents <") + len("/Contents ")
    end = signed.index(b">", start) + 1
    content = bytes.fromhex(signed[start + 1 : end - 1].decode())
    (root,), table = re.findall(rb"/Root (\d+) 0 R", other)[-1:], int(re.findall(rb"startxref\s+(\d+)", signed)[-1])
    size = before = padding = 0
    for _ in range(8):  # until offsets and their digits agree
        xref = b"\nxref\n0 0\ntrailer\n<< /Size 99 /Root %b 0 R /Prev %d >>\n" % (root, before)
        ranges = (size, start, size + end, len(signed) - end + beyond)
        made = with_signature(other, content, ranges, b" " * padding + xref)
        padding += table - made.index(xref) - 1
        size, before = len(made), int(re.findall(rb"startxref\s+(\d+)", made)[-1])
    return made + signed


def with_one_byte_changed(data: bytes, rng: random.Random) -> bytes:
    """A bit of the signed text or its pages turned over, before the first signature."""
    at = rng.randrange(20, data.index(b"/ByteRange"))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def with_words_appended(data: bytes, rng: random.Random) -> bytes:
    """Words written over the first page in an update at the end, as anybody can."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    words = generic.StreamObject(stream_data=b"BT /F1 20 Tf 100 %d Td (10.000.000.000) Tj ET" % rng.randrange(100, 700))
    contents = page.raw_get("/Contents")
    page["/Contents"] = generic.ArrayObject([contents, writer.add_object(words)])
    writer.update_container(page)
    return _written(writer)


def with_pages_swapped(data: bytes, _: random.Random) -> bytes:
    """The pages in the opposite order, or the one page twice."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    pages = writer.root["/Pages"]
    kids = [pages["/Kids"].raw_get(i) for i in range(len(pages["/Kids"]))]
    kids = kids[::-1] if len(kids) > 1 else kids * 2
    pages["/Kids"] = generic.ArrayObject(kids)
    pages["/Count"] = generic.NumberObject(len(kids))
    writer.update_container(pages)
    return _written(writer)


def with_an_object_changed(data: bytes, rng: random.Random) -> bytes:
    """What the first page shows, put in the place of what was signed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(
        generic.StreamObject(stream_data=b"0 0 %d 100 re f" % rng.randrange(100, 500))
    )
    writer.update_container(page)
    return _written(writer)


def truncated(data: bytes, rng: random.Random) -> bytes:
    """Cut off somewhere behind the first signature, not where a signed file may end."""
    at = rng.randrange(data.index(b"/ByteRange"), len(data) - 8)
    return data[:at]


WAYS = (with_one_byte_changed, with_words_appended, with_pages_swapped, with_an_object_changed, truncated)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def save(data: bytes, path: Path) -> Path:
    """`data` at `path`."""
    path.write_bytes(data)
    return path
