"""Signatures judged again, by other roots or by what issuers say of revocation: which, when, and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.files import StoredFile
from core.incoming.tables import FileRole, Incoming, IncomingFile
from core.letters import Message, MessageFile
from core.search.tables import FileText
from core.signing.checks import SignatureCheck
from core.signing.values import Signature, Trust

_PAUSE = timedelta(minutes=10)
_GROWS = 3  # from try to try: the last is asked for some thirteen hours after the one before
_MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be judged: a stored content by its `sha256`, of the letter `message_id` where that is signed."""

    check_id: int
    sha256: str
    message_id: int | None
    roots: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found: the signatures within a content, or of a letter and, by SHA-256, beside its files.

    `is_asked` where issuers were asked, or need not be; `waits` where one did not answer and is to be asked again.
    """

    own: tuple[Signature, ...]
    beside: Mapping[str, tuple[Signature, ...]]
    is_asked: bool = False
    waits: bool = False


def judge_anew(session: Session, roots: str, *, is_online: bool, at: datetime) -> int:
    """Have judged again what was judged by other roots than those of this fingerprint, or, where issuers can be asked
    now, without their word; returns how many."""
    is_stale = SignatureCheck.roots != roots
    if is_online:
        is_stale = sa.or_(is_stale, SignatureCheck.is_asked.is_(False))
    chosen = sa.update(SignatureCheck).where(is_stale, SignatureCheck.try_at.is_(None)).values(try_at=at, tries=0)
    return len(session.scalars(chosen.returning(SignatureCheck.id)).all())


def next_waiting(session: Session, *, at: datetime) -> Waiting | None:
    """What is to be judged next, the newest first; None when nothing waits at `at`."""
    query = (
        sa.select(SignatureCheck.id, SignatureCheck.sha256, SignatureCheck.message_id, SignatureCheck.roots,
                  Message.raw_sha256)
        .join(Message, Message.id == SignatureCheck.message_id, isouter=True)
        .where(SignatureCheck.try_at <= at)
        .where(sa.or_(SignatureCheck.message_id.is_(None), Message.raw_sha256.is_not(None)))
        .order_by(SignatureCheck.id.desc())
        .limit(1)
    )  # fmt: skip
    row = session.execute(query).first()
    return Waiting(row.id, row.sha256 or row.raw_sha256 or "", row.message_id, row.roots) if row is not None else None


def note(session: Session, waiting: Waiting, found: Judged | None, roots: str, *, at: datetime) -> list[Incoming]:
    """Keep what was found by the roots of this fingerprint (None: they could not be looked at) and return the documents
    whose main file it concerns, locked. What came to nothing is tried again, with growing pauses."""
    row = session.get(SignatureCheck, waiting.check_id, with_for_update=True)
    if row is None:  # its content was removed meanwhile
        return []
    row.roots, row.checked_at = roots, at
    row.tries += 1
    is_last = row.tries >= _MOST_TRIES
    row.is_asked = is_last or (found is not None and found.is_asked)
    waits = (found is None or found.waits) and not is_last
    row.try_at = at + _PAUSE * _GROWS ** (row.tries - 1) if waits else None
    concerned: set[str] = set()
    if found is not None:
        concerned = _kept_letter(session, row.message_id, found) if row.message_id else _kept_file(session, row, found)
    session.flush()
    return _documents(session, concerned, row.message_id)


def signatures_on(session: Session, document: Incoming) -> tuple[Signature, ...]:
    """Those within and beside the main file of `document`."""
    main = _main_of(document)
    found = list(session.scalars(sa.select(StoredFile.signatures).where(StoredFile.sha256 == main)))
    of_letter = (MessageFile.message_id == document.message_id, MessageFile.sha256 == main)
    found += session.scalars(sa.select(MessageFile.signatures).where(*of_letter))
    return tuple(Signature.from_json(one) for several in found for one in several)


def is_picture(session: Session, document: Incoming) -> bool:
    """Whether its main file was read as one."""
    return session.scalar(sa.select(FileText.how).where(FileText.sha256 == _main_of(document))) == "ocr"


def forget(session: Session, contents: Sequence[str], message_id: int | None) -> None:
    """Delete what was noted of contents, and of a letter, that are removed."""
    session.execute(sa.delete(SignatureCheck).where(SignatureCheck.sha256.in_(contents)))
    if message_id is not None:
        session.execute(sa.delete(SignatureCheck).where(SignatureCheck.message_id == message_id))


def _kept_file(session: Session, row: SignatureCheck, found: Judged) -> set[str]:
    file = session.get_one(StoredFile, row.sha256)
    file.signatures = _merged(file.signatures, found.own)
    return {file.sha256}


def _kept_letter(session: Session, message_id: int, found: Judged) -> set[str]:
    letter = session.get_one(Message, message_id, with_for_update=True)
    if letter.raw_sha256 is None:
        return set()
    letter.signatures = _merged(letter.signatures, found.own)
    files = session.scalars(sa.select(MessageFile).where(MessageFile.message_id == message_id)).all()
    for file in files:
        if file.sha256 in found.beside:
            file.signatures = _merged(file.signatures, found.beside[file.sha256])
    return {file.sha256 for file in files if file.sha256 in found.beside}


def _merged(stored: list[Any], found: Sequence[Signature]) -> list[Any]:
    if len(stored) != len(found):  # a file that was checked by another program; it was not looked at as a whole
        return stored
    return [_as_known(Signature.from_json(old), new).to_json() for old, new in zip(stored, found, strict=True)]


def _as_known(old: Signature, new: Signature) -> Signature:
    """`new`, with what an issuer said once where it could not be asked now."""
    if new.is_answered or not old.is_answered:
        return new
    is_before = new.is_time_stamped and new.signed_at and old.revoked_at and new.signed_at < old.revoked_at
    is_revoked = new.trust is Trust.TRUSTED and old.revoked_at is not None and not is_before
    return replace(
        new, asked_at=old.asked_at, is_answered=True, revoked_at=old.revoked_at,
        trust=Trust.REVOKED if is_revoked else new.trust,
    )  # fmt: skip


def _documents(session: Session, contents: set[str], message_id: int | None) -> list[Incoming]:
    if not contents:
        return []
    query = (
        sa.select(Incoming)
        .join(IncomingFile, IncomingFile.incoming_id == Incoming.id)
        .where(IncomingFile.sha256.in_(contents), IncomingFile.role == FileRole.MAIN, Incoming.removed_at.is_(None))
        .with_for_update()
    )
    if message_id is not None:
        query = query.where(Incoming.message_id == message_id)
    return list(session.scalars(query).unique())


def _main_of(document: Incoming) -> str:
    return next(file.sha256 for file in document.files if file.role == FileRole.MAIN)
