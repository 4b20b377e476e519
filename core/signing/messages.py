"""Signatures that stand beside what they sign, or around it: CMS of mails and files (RFC 5652, RFC 8551; Điều 5.1)."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from asn1crypto import cms, pem, x509
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from core.signing.judging import Judge
from core.signing.signers import DAMAGE, UNREADABLE, USAGE, broken_by
from core.signing.values import Signature, Status

_MOST_SIGNERS = 20
_MOST_BYTES = 64 << 20  # of a CMS file, which is read whole
_WINDOW_BYTES = 1 << 20


class SignedMessage:
    """A CMS file of signatures: `.p7s` beside what it signs, `.p7m` around it."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError for what is no CMS SignedData, or none that can be read."""
        data = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        try:
            if pem.detect(data):
                _, _, data = pem.unarmor(data)
            held = cms.ContentInfo.load(data)
            if held["content_type"].native != "signed_data":
                raise ValueError("no signatures")
            self._signed: cms.SignedData = held["content"]
            self._signers = list(self._signed["signer_infos"])[:_MOST_SIGNERS]
            content = self._signed["encap_content_info"]["content"]
            self.is_apart = content.native is None
            self._held = content.native if isinstance(content.native, bytes) else bytes(content)
        except DAMAGE as error:
            raise ValueError("not CMS SignedData") from error

    def says_digest_of(self, content: BinaryIO) -> bool:
        """Whether one of the signers signed these bytes, going by the digest that stands in the signature."""
        said = [pair for signer in self._signers if (pair := _digest_said(signer))]
        try:
            digests = {name: hashlib.new(name) for name, _ in said}
        except ValueError:  # one that this machine does not know
            return False
        while piece := content.read(_WINDOW_BYTES):
            for digest in digests.values():
                digest.update(piece)
        return any(digests[name].digest() == value for name, value in said)

    def check(self, judge: Judge, content: BinaryIO | None = None) -> list[Signature]:
        """Each signer's signature over `content`, or over what the file itself holds, believed as `judge` does."""
        return [self._checked(signer, judge, content) for signer in self._signers] or [UNREADABLE]

    def _checked(self, signer: cms.SignerInfo, judge: Judge, content: BinaryIO | None) -> Signature:
        known = UNREADABLE
        try:
            known = broken_by(self._certificate_of(signer))
            alone = self._signed.copy()
            alone["signer_infos"] = cms.SignerInfos([signer])
            # As beside what it signs: of both kinds pyHanko checks this one whole, time stamps too.
            info = self._signed["encap_content_info"]
            alone["encap_content_info"] = type(info)({"content_type": info["content_type"].native})
            found, said = judge.judge(known, lambda context: self._validated(alone, content, context))
            stands = said.intact and said.valid
            return replace(found, status=Status.INTACT if stands else Status.BROKEN)
        except DAMAGE:
            return known

    def _validated(
        self, alone: cms.SignedData, content: BinaryIO | None, context: ValidationContext
    ) -> StandardCMSSignatureStatus:
        if content is not None:
            content.seek(0)
        asked = async_validate_detached_cms(
            self._held if content is None else content, alone, context,
            key_usage_settings=USAGE, chunk_size=_WINDOW_BYTES,
        )  # fmt: skip
        return asyncio.run(asked)

    def _certificate_of(self, signer: cms.SignerInfo) -> x509.Certificate:
        """Raises LookupError where it is not in the file."""
        sid = signer["sid"]
        for choice in self._signed["certificates"]:
            certificate: x509.Certificate = choice.chosen
            if not isinstance(certificate, x509.Certificate):
                continue
            if sid.name == "issuer_and_serial_number":
                wanted = (sid.chosen["issuer"].hashable, sid.chosen["serial_number"].native)
                if (certificate.issuer.hashable, certificate.serial_number) == wanted:
                    return certificate
            elif certificate.key_identifier == sid.chosen.native:
                return certificate
        raise LookupError("the signer's certificate is not in the file")


def _digest_said(signer: cms.SignerInfo) -> tuple[str, bytes] | None:
    """Name and value of the digest of the content among the signed attributes (RFC 5652 11.2)."""
    try:
        for attribute in signer["signed_attrs"]:
            if attribute["type"].native == "message_digest":
                return signer["digest_algorithm"]["algorithm"].native, attribute["values"][0].native
    except DAMAGE:
        pass
    return None
