"""Stored signatures looked at again: what runs in the killable process, without a network."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from asn1crypto import x509

from core.signing.judging import Judge
from core.signing.pdfs import check_pdf
from core.signing.revocation import kept_until
from core.signing.roots import read_roots
from core.signing.values import Answers, Question, Seen
from ingest.authenticity import messages
from ingest.mime import Unreadable, read_letter
from ingest.reading.archives import open_archives

_MOST_QUESTIONS = 12


def roots_in(folder: Path) -> tuple[bytes, ...]:
    """The installed certificates in DER. Raises as `core.signing.roots.read_roots`."""
    return tuple(root.dump() for root in read_roots(folder))


def list_kept_until(data: bytes) -> datetime | None:
    """As `core.signing.revocation.kept_until`."""
    return kept_until(data)


def look_at_file(path: Path, roots: Sequence[bytes], at: datetime, answers: Answers | None) -> Seen:
    """The signatures of the PDF at `path`. Raises OSError."""
    judge = Judge([x509.Certificate.load(root) for root in roots], at, answers)
    found = check_pdf(path, judge)
    return Seen(tuple(found), {}, _few(judge.questions))


def look_at_letter(raw: Path, folder: Path, roots: Sequence[bytes], at: datetime, answers: Answers | None) -> Seen:
    """The signatures that the mail in the file `raw` bears or brings beside its files, its parts decoded into `folder`
    (empty). Raises OSError."""
    with suppress(Unreadable):
        letter = read_letter(raw, folder)
        opened, _ = open_archives(letter.attachments, folder, ())
        terms = messages.Terms(tuple(roots), at, answers)
        letter = messages.with_signatures(replace(letter, attachments=opened), raw, terms)
        beside = {file.sha256: file.signed_beside for file in letter.attachments if file.signed_beside}
        return Seen(letter.signatures, beside, _few(terms.questions))
    return Seen()


def _few(questions: Sequence[Question]) -> tuple[Question, ...]:
    return tuple(dict.fromkeys(questions))[:_MOST_QUESTIONS]
