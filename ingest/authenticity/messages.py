"""Signatures that come as files of their own: beside a document or the mail (`.p7s`), or around them (`.p7m`)."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from core.signing.values import Answers, Signature
from core.signing.values import Question as ToAsk
from ingest.authenticity.pdfs import MEMORY_BYTES, MOST_FILES, SECONDS, UNCHECKED
from ingest.letter import Attachment, Letter
from ingest.mime import smime
from ingest.reading import forked
from ingest.reading.unreadable import Unreadable

if TYPE_CHECKING:
    from core.signing.messages import SignedMessage

SIGNS_NOTHING = "signs_nothing_here"
_PGP = "application/pgp-signature"
_ENDING = re.compile(r"\.(?:p7s|p7m|p7b|sig)$", re.IGNORECASE)
_WINDOW_BYTES = 1 << 18
_MAIL = -1  # in the place of a file


@dataclass(frozen=True, slots=True)
class _Question:
    """What may be signed by the signature in the file `path`: the bytes `entity` of the mail `raw`, or one of `files`
    (place, path), among which `named` bears its name; `within` is what it stands around, if it does."""

    path: Path
    raw: Path | None
    entity: tuple[int, int] | None
    files: tuple[tuple[int, Path], ...]
    named: int | None
    within: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """How signers are believed: by `roots` (DER) at the instant `at` and by what issuers answered (None: they were not
    asked); `questions` gathers what they are to be asked."""

    roots: Sequence[bytes]
    at: datetime
    answers: Answers | None = None
    questions: list[ToAsk] = field(default_factory=list)


def is_signature(file: Attachment) -> bool:
    """Whether `file` holds signatures of something else."""
    kinds = {file.media_type, file.declared_type}
    return file.path is not None and bool(
        kinds & (smime.SIGNATURE_TYPES | smime.TYPES) or file.name.lower().endswith((".p7s", ".p7m"))
    )


def with_signatures(letter: Letter, raw: Path | None, terms: Terms) -> Letter:
    """`letter` with what its signature files say of it and of its other files."""
    files = list(letter.attachments)
    of_mail: list[Signature] = list(letter.signatures)
    places = [place for place, file in enumerate(files) if is_signature(file) and "locked" not in file.warnings]
    for number, place in enumerate(places):
        try:
            if number >= MOST_FILES or _PGP in (files[place].media_type, files[place].declared_type):
                raise Unreadable("too_many")
            signed, signatures = _answer(_question(letter, place, raw), terms)
        except Unreadable as problem:
            note = SIGNS_NOTHING if problem.why == SIGNS_NOTHING else UNCHECKED
            files[place] = replace(files[place], warnings=(*files[place].warnings, note))
            continue
        if signed == _MAIL:
            of_mail += signatures
        else:
            files[signed] = replace(files[signed], signed_beside=(*files[signed].signed_beside, *signatures))
    return replace(letter, attachments=tuple(files), signatures=tuple(of_mail))


def _question(letter: Letter, place: int, raw: Path | None) -> _Question:
    signature = letter.attachments[place]
    others = [
        (number, file) for number, file in enumerate(letter.attachments)
        if file.path and file.inside == signature.inside and not is_signature(file)
    ]  # fmt: skip
    name = _ENDING.sub("", signature.name)
    named = next((number for number, file in others if file.name == name), None)
    if named is None:
        named = next((number for number, file in others if file.name.rpartition(".")[0] == name), None)
    is_mail = bool({signature.media_type, signature.declared_type} & smime.TYPES)
    within = next(
        (n for n, file in enumerate(letter.attachments) if file.inside == signature.name and file.name == name),
        _MAIL if is_mail else None,
    )
    candidates = tuple((number, cast(Path, file.path)) for number, file in others)
    return _Question(cast(Path, signature.path), raw, signature.signs, candidates, named, within)


def _answer(question: _Question, terms: Terms) -> tuple[int, list[Signature]]:
    """What is signed and by whom. Raises Unreadable, "signs_nothing_here" where nothing at hand is."""
    import core.signing.messages  # noqa: F401 - here, so that all forks to come have it

    said = list(forked.objects(_checked, question, terms, seconds=SECONDS, memory_bytes=MEMORY_BYTES))
    terms.questions.extend(one for one in said if isinstance(one, ToAsk))
    return cast(int, said[0]), [one for one in said if isinstance(one, Signature)]


def _checked(question: _Question, terms: Terms) -> Iterator[int | Signature | ToAsk]:
    from asn1crypto import x509

    from core.signing.judging import Judge
    from core.signing.messages import SignedMessage

    try:
        message = SignedMessage(question.path)
    except ValueError as error:
        raise Unreadable("damaged") from error
    judge = Judge([x509.Certificate.load(root) for root in terms.roots], terms.at, terms.answers)
    if not message.is_apart:
        if question.within is None:
            raise Unreadable(SIGNS_NOTHING)
        yield question.within
        yield from message.check(judge)
        yield from judge.questions
        return
    with ExitStack() as opened:
        signed, content = _signed(message, question, opened)
        yield signed
        yield from message.check(judge, content)
        yield from judge.questions


def _signed(message: "SignedMessage", question: _Question, opened: ExitStack) -> tuple[int, BinaryIO]:
    """What the signature that stands apart is of, by the digest in it; else what it says itself to be of."""
    if question.entity and question.raw:
        for turns in (False, True):
            content = opened.enter_context(_entity(question.raw, *question.entity, turns_line_ends=turns))
            if message.says_digest_of(content):
                break
        return _MAIL, content
    named = None
    for place, path in question.files:
        content = opened.enter_context(path.open("rb"))
        if message.says_digest_of(content):
            return place, content
        if place == question.named:
            named = content
    if question.named is None or named is None:
        raise Unreadable(SIGNS_NOTHING)
    return question.named, named


def _entity(raw: Path, start: int, end: int, *, turns_line_ends: bool) -> BinaryIO:
    """The part of a mail that is signed, its line ends CR LF as they were when it was (RFC 8551 3.1.1), in memory."""
    copy = os.fdopen(os.memfd_create("signed", os.MFD_CLOEXEC), "w+b")
    with raw.open("rb") as source:
        source.seek(start)
        left = end - start
        while left and (piece := source.read(min(left, _WINDOW_BYTES))):
            left -= len(piece)
            if turns_line_ends:
                # A window may end between the two: then the next one begins with the LF.
                piece = piece.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            copy.write(piece)
    copy.seek(0)
    return copy
