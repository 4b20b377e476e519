"""The signatures of a PDF, checked with pyHanko: what was signed, by whom, and whether it still stands (Điều 5.1)."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from asn1crypto import parser
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from core.signing.judging import Judge
from core.signing.signers import DAMAGE, UNREADABLE, USAGE, broken_by
from core.signing.values import Signature, Status, Trust

_TRACE = re.compile(rb"/ByteRange\s*\[")
_LONGEST_END = 1024
_END = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_ENDED = re.compile(rb"%%EOF(?!.*\bobj\b)", re.DOTALL)
_HOLE = re.compile(rb"<((?:[0-9A-F]{2})+|(?:[0-9a-f]{2})+)>")


def check_pdf(path: Path, judge: Judge) -> list[Signature]:
    """The signatures of the PDF at `path` in the order they were put down, believed as `judge` does.

    Traces of a signature that cannot be read, in a damaged file above all, count as a broken one by nobody known; a
    file that needs a password shows none.
    """
    with path.open("rb") as file:
        try:
            reader = _opened(file)
            if reader is None:
                return []
            found = [_checked(one, judge) for one in reader.embedded_regular_signatures]
            known = len(reader.embedded_signatures)
        except DAMAGE:
            found, known = [], 0
        file.seek(0)
        if len(_TRACE.findall(file.read())) > known:
            found.append(UNREADABLE)
    return [_as_last_signed(one, found[number:]) for number, one in enumerate(found, 1)]


def _opened(file: BinaryIO) -> PdfFileReader | None:
    reader = PdfFileReader(file, strict=False)
    return None if reader.encrypted and not _opens_without_password(reader) else reader


def _opens_without_password(reader: PdfFileReader) -> bool:
    if not isinstance(reader.security_handler, StandardSecurityHandler):
        return False
    return reader.decrypt(b"").status is not AuthStatus.FAILED


def _as_last_signed(one: Signature, later: Sequence[Signature]) -> Signature:
    """`one`, standing still where it was changed and somebody no less to be believed has signed what came of it: the
    number that an office fills in between its leader's signature and its own."""
    if one.status is not Status.MODIFIED or not one.is_whole:
        return one
    if any(
        other.status is Status.INTACT and (other.trust is one.trust or other.trust is Trust.TRUSTED) for other in later
    ):
        return replace(one, status=Status.INTACT, changed_after=True)
    return one


def _checked(one: EmbeddedPdfSignature, judge: Judge) -> Signature:
    known = broken_by(one.signer_cert)
    is_part = _signs_a_part(one)
    if not (is_part or _fills_its_hole(one)):
        return known
    found, said = judge.judge(known, lambda context: validate_pdf_signature(one, context, key_usage_settings=USAGE))
    if is_part:
        return replace(found, status=Status.PARTIAL if said.intact and said.valid else Status.BROKEN, is_whole=False)
    whole = said.coverage in (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE)
    return replace(found, status=_status(one, said), is_whole=whole)


def _signs_a_part(one: EmbeddedPdfSignature) -> bool:
    """Whether what was signed does not end as a PDF does (ISO 32000-1, 7.5.5): it never was a whole file. No change of
    a file makes a signature of the whole one into such a one, for the bytes that were signed say it."""
    ranges, file = [int(number) for number in one.byte_range], one.reader.stream
    pairs, size = list(zip(ranges[::2], ranges[1::2], strict=False)), file.seek(0, os.SEEK_END)
    # A range beyond the end of the file would hide where what was signed ends.
    if len(ranges) not in (2, 4) or min(ranges) < 0 or any(start + length > size for start, length in pairs):
        return False
    end = b""
    for start, length in pairs:
        last = min(length, _LONGEST_END)
        file.seek(start + length - last)
        end = (end + file.read(last))[-_LONGEST_END:]
    return _ENDED.search(end) is None


def _fills_its_hole(one: EmbeddedPdfSignature) -> bool:
    """Whether nothing but the signature stands where the signed bytes leave a hole: what is written there, to the case
    of its digits, is signed by nobody."""
    ranges = [int(number) for number in one.byte_range]
    if len(ranges) != 4 or not 0 <= ranges[1] < ranges[2]:
        return False
    stream = one.reader.stream
    stream.seek(ranges[0] + ranges[1])
    hole = _HOLE.fullmatch(stream.read(ranges[2] - ranges[0] - ranges[1]))
    if hole is None:
        return False
    content = bytes.fromhex(hole[1].decode())
    return not any(content[parser.peek(content) :])


def _status(one: EmbeddedPdfSignature, said: PdfSignatureStatus) -> Status:
    if not (said.intact and said.valid) or said.coverage in (None, SignatureCoverageLevel.UNCLEAR):
        return Status.BROKEN
    is_changed = said.modification_level in (None, ModificationLevel.OTHER) or said.docmdp_ok is False
    if is_changed or (said.coverage is not SignatureCoverageLevel.ENTIRE_FILE and not _ends_well(one.reader.stream)):
        return Status.MODIFIED
    return Status.INTACT


def _ends_well(file: BinaryIO) -> bool:
    """Whether the file ends where an update ends; behind it other readers look for what this one does not see."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    return _END.search(file.read()) is not None
