"""One file to what it would become: raw mail to a Reading, and any path to the JSON of `congvan read`."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

from config.limits import LETTER_MEGABYTES, LETTER_SECONDS, SCAN_SECONDS
from core import passwords
from core.edxml import Kind
from core.evidence import Evidence, Source
from core.exchange import Notice
from core.sandbox import Limits, Sandbox, SandboxFailed
from core.signing.values import Signature
from ingest import active
from ingest.authenticity import with_signatures
from ingest.drafting import draft
from ingest.grouped import FileReading
from ingest.letter import Attachment, Draft, Letter, MailClass, Outcome, Page, Reading, Report
from ingest.mime import Unreadable as UnreadableMail
from ingest.mime import read_letter, sniff
from ingest.mime.parts import NESTED_TYPES
from ingest.reading import Scans, Unreadable, read_fields
from ingest.reading.archives import open_archives
from ingest.reading.packages import PACKAGE_TYPES, notices_of, package_fields, read_package
from ingest.reading.pages import PDF, PICTURES, TIFF
from ingest.reading.pdf_files import with_embedded
from ingest.screening import MOST_FILES, RECALL_PACKAGE, STATUS_PACKAGE, screen

_MOST_SHOWN = 4  # pictures of a mail's text that are read
_NO_DOCUMENT = {Kind.STATUS: STATUS_PACKAGE, Kind.RECALL: RECALL_PACKAGE}
MOST_DOCUMENTS = 100  # files of one letter whose pages are read; more are kept, unread


def read_raw_letter(
    raw: Path, folder: Path, scan_seconds: float = SCAN_SECONDS, roots: Path | None = None
) -> Reading:  # fmt: skip
    """Everything the mail in the file `raw` becomes; its parts are decoded into `folder` (empty, on the spool).

    Pictures of pages are read for `scan_seconds` of processor time together; later ones stay unread. Who signed is
    believed by the certificates in the folder `roots`.
    For a suspected secret nothing of the contents is in the answer. Raises `ingest.mime.Unreadable` for an empty
    file and OSError where the spool fails; time and memory are bounded by the process that calls.
    """
    return read_opened(read_letter(raw, folder), folder, scan_seconds, roots, raw=raw)


def read_opened(
    letter: Letter,
    folder: Path,
    scan_seconds: float = SCAN_SECONDS,
    roots: Path | None = None,
    *,
    raw: Path | None = None,
    screened: bool = True,
    keys: Sequence[str] = (),
) -> Reading:
    """The rest of the way for a letter whose parts lie in `folder`: archives, pages, screening, fields, drafts.
    `raw` is the mail itself, where it is one; `keys` are the passwords that are tried on what is locked."""
    attachments, inner = open_archives(letter.attachments, folder, keys)
    noted = with_embedded(tuple(map(active.noted, attachments)), folder)
    letter = replace(letter, attachments=noted, inner=(*letter.inner, *inner))
    # A letter of so many files is held whatever they are: hundreds of pictures would keep the next letter waiting.
    scans = Scans(scan_seconds if len(letter.attachments) <= MOST_FILES else 0.0)
    letter, files = _read_files(letter, scans)
    pages = {index: file.pages for index, file in files.items() if file.pages} | _pages_in_text(letter, scans)
    outcome, reasons, is_secret = screen(letter, pages) if screened else (Outcome.DRAFT, (), False)
    sender, of_files = letter.senders[0].address if letter.senders else "", _files_identity(letter)
    if is_secret:
        return Reading(outcome, reasons, None, (), True, sender, letter.message_id, letter.identity, of_files)
    letter = with_signatures(letter, raw, roots)
    drafts: tuple[Draft, ...] = ()
    if outcome in (Outcome.DRAFT, Outcome.HOLD):
        drafts = draft(letter, {index: _with_fields(letter.attachments[index], f) for index, f in files.items()})
    is_unfinished = scans.are_left_out and len(letter.attachments) <= MOST_FILES
    return Reading(
        outcome, reasons, letter, drafts, False, sender, letter.message_id, letter.identity, of_files, is_unfinished,
        bool(passwords.said_in(letter.subject, letter.text)),
    )  # fmt: skip


def _files_identity(letter: Letter) -> str | None:
    files = [file for file in letter.attachments if not file.inside and not file.is_inline]
    if all(file.media_type.startswith("image/") for file in files):  # a logo comes with every letter of its sender
        return None
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in files)).encode()).hexdigest()


def _pages_in_text(letter: Letter, scans: Scans) -> dict[int, tuple[Page, ...]]:
    """What the pictures of the mail's own text show, where they are like pages: no documents, but screened as such."""
    shown = ((i, a) for i, a in enumerate(letter.attachments) if a.is_inline and a.media_type in PICTURES and a.path)
    found: dict[int, tuple[Page, ...]] = {}
    for index, attachment in islice(shown, _MOST_SHOWN):
        with contextlib.suppress(Unreadable):
            if attachment.path and scans.is_like_page(attachment.path):
                found[index] = scans.read(attachment.path, attachment.media_type)
    return found


def _read_files(letter: Letter, scans: Scans) -> tuple[Letter, dict[int, FileReading]]:
    """The pages of the documents; a file that could not be opened is marked with the reason as a warning."""
    attachments = list(letter.attachments)
    files: dict[int, FileReading] = {}
    notices: list[Notice] = []
    for index, attachment in enumerate(letter.attachments):
        is_copied = "unlocked" in attachment.warnings
        if attachment.path is None or attachment.is_inline or is_copied or len(files) >= MOST_DOCUMENTS:
            continue
        if attachment.media_type in PACKAGE_TYPES and (package := read_package(attachment.path)):
            if (kind := _NO_DOCUMENT.get(package.kind)) is not None:
                attachments[index] = replace(attachment, warnings=(*attachment.warnings, kind))
            files[index] = FileReading(fields=package_fields(package, attachment.sha256), package=package)
            notices += notices_of(package)
            continue
        try:
            if "too_large_inside" in attachment.warnings:
                raise Unreadable("too_large_inside")
            pages = scans.read(attachment.path, attachment.media_type)
        except Unreadable as problem:
            notes = dict.fromkeys((*attachment.warnings, problem.why))
            attachments[index] = replace(attachment, warnings=tuple(notes))
            files[index] = FileReading(problem=problem.why)
            continue
        if pages:
            files[index] = FileReading(pages)
    told = tuple(dict.fromkeys(notices))
    reports = (*letter.reports, *map(_report, told))
    return replace(letter, attachments=tuple(attachments), notices=told, reports=reports), files


def _report(notice: Notice) -> Report:
    return Report(notice.organ_name or notice.organ_id, notice.kind, notice.status_code, None, notice.said[:500],
                  notice.about.in_words)  # fmt: skip


def _with_fields(attachment: Attachment, file: FileReading) -> FileReading:
    if not file.pages:
        return file
    count = file.pages[-1].number if attachment.media_type in (PDF, TIFF) else None
    source = Source.OCR if any(page.is_seen for page in file.pages) else Source.TEXT
    fields = read_fields(file.pages, file=attachment.sha256, source=source, page_count=count)
    turned = {page.number: page.quarters for page in file.pages if page.quarters}
    return replace(file, fields={name: _as_it_lies(found, turned) for name, found in fields.items()})


def _as_it_lies(evidence: Evidence, turned: Mapping[int, int]) -> Evidence:
    """`evidence` with its box on the page as the file shows it: readers turn a sheet that lies otherwise."""
    quarters = turned.get(evidence.page or 0, 0)
    if not quarters or evidence.box is None:
        return evidence
    x0, y0, x1, y1 = evidence.box
    boxes = {1: (1 - y1, x0, 1 - y0, x1), 2: (1 - x1, 1 - y1, 1 - x0, 1 - y0), 3: (y0, 1 - x1, y1, 1 - x0)}
    return replace(evidence, box=boxes[quarters])


def describe(*paths: Path) -> Iterator[dict[str, Any]]:
    """What each of `paths` would become, as the objects that `congvan read` prints (DESIGN §5); a folder gives one
    for each file below it. Stores nothing.

    Files are read in a killable process within the limits that intake has: one that breaks them would be held.
    """
    # In memory where the system has it: what is read may be a secret, which must never touch a disk.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="congvan-read-", dir=memory if memory.is_dir() else None) as name:
        reader = Sandbox(Limits(LETTER_SECONDS, LETTER_MEGABYTES << 20), Path(name), [__name__])
        try:
            for path in _files_of(paths):
                try:
                    yield cast(dict[str, Any], reader.call(f"{__name__}:describe_file", path))
                except SandboxFailed as failed:
                    kind = "letter" if is_mail(path) else "document"
                    yield _empty(path, kind, f"unreadable_{failed.failure.value}")
        finally:
            reader.close()


def describe_file(path: Path) -> dict[str, Any]:
    """What one file would become; its parts are decoded into a temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not is_mail(path):
            return _object(path, "document", read_opened(wrapped(path), folder))
        try:
            return _object(path, "letter", read_raw_letter(path, folder))
        except UnreadableMail as problem:
            return _empty(path, "letter", str(problem))


def _files_of(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def is_mail(path: Path) -> bool:
    """Whether a file is a mail: by its name, or by its first bytes."""
    return path.suffix.lower() == ".eml" or _media_type(path) == "message/rfc822"


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(sniff.HEAD_BYTES)
        file.seek(max(path.stat().st_size - sniff.HEAD_BYTES, 0))
        tail = file.read(sniff.HEAD_BYTES)
    return sniff.media_type(head, tail, path.name, "")


def wrapped(path: Path) -> Letter:
    """A bare document as a letter with one attachment and nothing else."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    attachment = Attachment(path.name, size, digest, _media_type(path), "", path)
    return Letter(
        message_id=None, identity=digest, raw_sha256=digest, raw_size=size, subject="", senders=(), to=(), cc=(),
        reply_to=(), date=None, in_reply_to=None, mail_class=MailClass.LETTER, text="", attachments=(attachment,),
    )  # fmt: skip


def _object(path: Path, kind: str, reading: Reading) -> dict[str, Any]:
    letter = reading.letter if kind == "letter" else None
    names = reading.letter.attachments if reading.letter else ()
    return {
        "path": str(path),
        "type": kind,
        "outcome": str(reading.outcome),
        "reasons": [{"rule": r.rule, "evidence": r.evidence} for r in reading.reasons],
        "letter": _letter(letter) if letter else None,
        "reports": [
            {"recipient": r.recipient, "action": r.action, "status": r.status,
             "original_message_id": r.original_message_id}
            for r in (letter.reports if letter else ())
        ],
        "drafts": [_draft(d, names) for d in reading.drafts],
    }  # fmt: skip


def _empty(path: Path, kind: str, why: str) -> dict[str, Any]:
    return {"path": str(path), "type": kind, "outcome": str(Outcome.HOLD), "letter": None, "reports": [], "drafts": [],
            "reasons": [{"rule": "unreadable", "evidence": why}]}  # fmt: skip


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "message_id": letter.message_id,
        "subject": letter.subject,
        "from": [a.address for a in letter.senders],
        "to": [a.address for a in letter.to],
        "date": letter.date.isoformat() if letter.date else None,
        "attachments": [_file(a) for a in letter.attachments if not _is_opened_mail(a)],
        # Mails that were parts of this one and were opened: their files stand above, among the letter's.
        "messages": [_file(a) for a in letter.attachments if _is_opened_mail(a)],
    }


def _is_opened_mail(attachment: Attachment) -> bool:
    return attachment.declared_type in NESTED_TYPES and "opened" in attachment.warnings


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        # A name that we made up for a part without one is not the file's name.
        "name": None if "name_generated" in attachment.warnings else attachment.name,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "media_type": attachment.media_type,
    }


def _draft(made: Draft, attachments: tuple[Attachment, ...]) -> dict[str, Any]:
    names = {a.sha256: a.name for a in attachments}
    fields = {}
    for name, evidence in made.fields.items():
        fields[name] = evidence.to_json()
        fields[name]["file"] = names.get(evidence.file or "")
    return {
        "main": attachments[made.main].name if made.main is not None else None,
        "files": [attachments[i].name for i in made.files],
        "signatures": [_signature(one) for i in made.files for one in _all_signatures(attachments[i])],
        "fields": fields,
        "notes": list(made.notes),
        **({"package": made.exchange.to_json()} if made.exchange else {}),
    }


def _all_signatures(file: Attachment) -> tuple[Signature, ...]:
    return file.signatures + file.signed_beside


def _signature(one: Signature) -> dict[str, Any]:
    signed_at = one.signed_at.isoformat() if one.signed_at else None
    return {"signer": one.signer, "status": str(one.status), "trust": str(one.trust), "signed_at": signed_at}
