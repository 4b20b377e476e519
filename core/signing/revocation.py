"""What has to be asked of those who gave certificates, and what they answered (RFC 6960, RFC 5280)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urlsplit

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator.path import ValidationPath

from core.signing.values import Answers, Question

_MOST_CERTIFICATES = 4  # of one path: a signer, and two levels of authorities, are usual
_MOST_ADDRESSES = 2  # of one certificate and kind
_LONGEST_ADDRESS = 500


def readable(answers: Answers) -> tuple[list[ocsp.OCSPResponse], list[crl.CertificateList]]:
    """Those of `answers` that are what they should be."""
    responses = [found for data in answers.ocsps if (found := _response(data))]
    lists = [found for data in answers.crls if (found := _list(data))]
    return responses, lists


def questions_on(path: ValidationPath | None) -> Iterator[Question]:
    """What is to be asked of the certificates from a signer to a root, OCSP before CRL."""
    if path is None:
        return
    certificates = [one for one in path if isinstance(one, x509.Certificate)]
    # From the root down: each is asked for of the one before it.
    for issuer, certificate in list(pairwise(certificates))[-_MOST_CERTIFICATES:]:
        request = _request(certificate, issuer)
        yield from (Question(address, request) for address in _addresses(certificate.ocsp_urls))
        points = certificate.crl_distribution_points
        yield from (Question(address) for address in _addresses([one.url for one in points]))


def kept_until(data: bytes) -> datetime | None:
    """Until when the CRL `data` is to be kept (UTC), None for what is none or does not say."""
    found = _list(data)
    said = found["tbs_cert_list"]["next_update"].native if found is not None else None
    return said.astimezone(UTC) if isinstance(said, datetime) else None


def _request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    # SHA-1 only names the issuer here (RFC 6960 4.1.1); not every responder knows another.
    asked = {
        "hash_algorithm": {"algorithm": "sha1"}, "issuer_name_hash": certificate.issuer.sha1,
        "issuer_key_hash": issuer.public_key.sha1, "serial_number": certificate.serial_number,
    }  # fmt: skip
    request = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": asked}]}})
    return bytes(request.dump())


def _addresses(found: Sequence[str | None]) -> list[str]:
    return [one for one in found if one and len(one) <= _LONGEST_ADDRESS and _is_http(one)][:_MOST_ADDRESSES]


def _is_http(address: str) -> bool:
    try:
        return urlsplit(address).scheme == "http"
    except ValueError:
        return False


def _response(data: bytes) -> ocsp.OCSPResponse | None:
    try:
        found = ocsp.OCSPResponse.load(data, strict=True)
        return found if found["response_status"].native == "successful" and found.basic_ocsp_response else None
    except (ValueError, TypeError, LookupError):
        return None


def _list(data: bytes) -> crl.CertificateList | None:
    try:
        found = crl.CertificateList.load(data, strict=True)
        found["tbs_cert_list"]["next_update"].native  # noqa: B018 - read now, that a damaged one is left out here
    except (ValueError, TypeError, LookupError):
        return None
    return found
