"""One mail read into a Letter: parts found, decoded, hashed and named, then put together."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from ingest import reports
from ingest.letter import Attachment, Inner, Letter
from ingest.mime import addresses, headers, links, mail_class, pictures, second, smime, tnef
from ingest.mime.body import MAX_TEXT_BYTES, Body, linked_text, said_beside, text_of
from ingest.mime.decoding import decoded
from ingest.mime.files import PartsFolder, Stored, made_up_name, sniffed, write_all
from ingest.mime.identity import LineDigest, identity
from ingest.mime.parts import NESTED_TYPES, Part, Scanner, file_part
from ingest.mime.raw import Raw
from ingest.mime.roles import REPORT_TYPES, choice, holder_name, is_body, is_in_related

# Encoded mails within mails that are opened; deeper ones stay inside the file around them.
MAX_NESTED_FILES = 10
MAX_SMALL_NESTED_BYTES = 1024 * 1024
MAX_REPORT_BYTES = 256 * 1024
# What is screened of texts besides the letter's own.
MAX_INNER_LETTERS = 1_000_000
MAX_BESIDE_LETTERS = 10_000
_ENTITY = re.compile(rb"\s{0,8}(?:content-[a-z-]{1,40}|mime-version)[ \t]*:", re.IGNORECASE)


class LetterReader:
    """Gathers what one mail holds. Used once, by `read`."""

    def __init__(self, parts_folder: Path | None) -> None:
        self._files = PartsFolder(parts_folder)
        self._attachments: list[Attachment] = []
        self._content_ids: dict[int, str] = {}
        self._bodies: list[Body] = []
        self._report_parts: list[reports.ReportPart] = []
        self._digests: list[tuple[str, str]] = []
        self._warnings: set[str] = set()
        self._nested_bytes = 0
        self._inner: list[Inner] = []
        self._inner_letters = 0
        # Whose text is the letter's own: the letter's, and that of what it is signed into.
        self._own = {""}

    def read(self, path: Path) -> Letter:
        """The letter in the file at `path`. Raises OSError only."""
        with Raw(path) as raw:
            scanner = Scanner(raw)
            parts = scanner.scan()
            self._warnings |= scanner.warnings
            self._take_parts(raw, parts, inside="", level=0)
            return self._letter(raw, parts)

    def _letter(self, raw: Raw, parts: list[Part]) -> Letter:
        root, header = parts[0], parts[0].header
        subject = re.sub(r" {2,}", " ", header.text("subject"))
        text, repaired = text_of(self._bodies)
        self._take_other_forms()
        found, is_report = reports.read(header, self._report_parts, subject, text)
        message_id = headers.message_id(header.raw("message-id"))
        if repaired or not all(value.isascii() or _is_utf8(value) for _, value in header.fields):
            self._warnings.add("charset_repaired")
        senders, sent = addresses.parse(header.all("from")), headers.date(header.raw("date"))
        attachments = pictures.marked(self._attachments, self._content_ids, self._bodies)
        self._warnings |= second.doubts(header, sent)
        self._warnings |= second.disagreement(raw, parts, subject, senders, attachments)
        attachments += tuple(map(self._take_pasted, list(pictures.pasted(self._bodies))))
        self._warnings.update(root.warnings)
        return Letter(
            message_id=message_id,
            identity=identity(
                message_id,
                (" ".join(header.text(name).split()) for name in ("subject", "from", "date")),
                iter(self._digests),
            ),
            raw_sha256=raw.sha256(),
            raw_size=raw.size,
            subject=subject,
            senders=senders,
            to=addresses.parse(header.all("to")),
            cc=addresses.parse(header.all("cc")),
            reply_to=addresses.parse(header.all("reply-to")),
            date=sent,
            in_reply_to=headers.message_id(header.raw("in-reply-to")),
            mail_class=mail_class.classify(header, subject, is_report=is_report),
            text=text,
            attachments=attachments,
            reports=found,
            wants_no_answer=mail_class.wants_no_answer(header, senders),
            warnings=tuple(sorted(self._warnings)),
            inner=tuple(self._inner),
            links=links.file_links(subject, list(map(linked_text, self._bodies))),
        )

    def _take_parts(self, raw: Raw, parts: list[Part], *, inside: str, level: int) -> None:
        """Take the parts of a mail; `inside` names the file the mail came in, `level` counts such files."""
        holders: dict[int, str] = {}
        for index, part in enumerate(parts):
            holder = holder_name(parts, part, holders) or inside
            if part.nested and part.parent >= 0 and parts[part.parent].media_type in NESTED_TYPES:
                self._digests.append(("message/rfc822", part.header.text("subject") + part.header.text("from")))
                self._inner.append(Inner(part.header.text("subject"), ""))
            if part.is_multipart:
                continue
            if part.has_children:  # a mail within the mail, readable in place
                self._take_nested(raw, part, index, holders, holder)
            elif part.media_type in REPORT_TYPES:
                self._take_report_part(raw, part)
            elif is_body(part):
                self._take_body(raw, part, parts, index, is_own=holder in self._own)
            else:
                self._take_file(raw, part, holder, level, parts)

    def _take_nested(self, raw: Raw, part: Part, index: int, holders: dict[int, str], holder: str) -> None:
        """A mail that stands in this one as it is: kept as a file too, while that doesn't multiply the bytes."""
        size = part.end - part.start
        self._nested_bytes += size
        if self._nested_bytes > 2 * raw.size + MAX_SMALL_NESTED_BYTES:
            self._warnings.add("too_deep")
            holders[index] = holder
            return
        stored = self._files.store(raw.chunks(part.start, part.end))
        head = raw.read(part.start, min(part.end, part.start + MAX_REPORT_BYTES))
        self._report_parts.append(reports.ReportPart("message/rfc822", head))
        holders[index] = self._attach(part, stored, holder, "message/rfc822").name

    def _take_report_part(self, raw: Raw, part: Part) -> None:
        kept, digest = _kept_text(decoded(raw, part), MAX_REPORT_BYTES)
        self._report_parts.append(reports.ReportPart(part.media_type, kept))
        self._digests.append(("", digest))

    def _take_body(self, raw: Raw, part: Part, parts: list[Part], index: int, *, is_own: bool) -> None:
        kept, digest = _kept_text(decoded(raw, part), MAX_TEXT_BYTES)
        self._digests.append(("", digest))
        self._warnings.update(part.warnings)
        body = Body(part, kept, choice(parts, index))
        if beside := said_beside(body):
            self._inner.append(Inner("", beside[:MAX_BESIDE_LETTERS]))
        if is_own:
            self._bodies.append(body)
        else:
            self._take_inner(body)

    def _take_other_forms(self) -> None:
        # Of alternatives only one is the letter's text; a program may have left the stamp out of that one.
        choices = Counter(body.choice for body in self._bodies)
        for body in self._bodies:
            if choices[body.choice] > 1:
                self._take_inner(body)

    def _take_inner(self, body: Body) -> None:
        if self._inner_letters < MAX_INNER_LETTERS:
            text, _ = text_of([body])
            self._inner.append(Inner("", text))
            self._inner_letters += len(text)

    def _take_file(self, raw: Raw, part: Part, holder: str, level: int, parts: list[Part]) -> None:
        chunks: Iterable[bytes] = decoded(raw, part)
        lines = LineDigest() if part.media_type.startswith("text/") else None
        if lines is not None:
            chunks = _also(lines, chunks)
        stored = self._files.store(chunks)
        kind = sniffed(stored, part.name, part.media_type)
        is_mail = part.media_type in NESTED_TYPES and level < MAX_NESTED_FILES
        attachment = self._attach(part, stored, holder, "message/rfc822" if is_mail else kind)
        if level == 0 and part.media_type in smime.SIGNATURE_TYPES:
            self._attachments[-1] = attachment = replace(attachment, signs=smime.signed_entity(parts, part))
        self._digests.append((part.name, lines.hexdigest() if lines else stored.sha256))
        if part.content_id or (part.disposition == "inline" and is_in_related(parts, part)):
            self._content_ids[len(self._attachments) - 1] = part.content_id or "inline"
        if level >= MAX_NESTED_FILES:
            return
        if is_mail:
            take = partial(self._take_mail_file, inside=attachment.name, level=level + 1)
        elif kind == "application/ms-tnef":
            take = partial(self._take_tnef_file, inside=attachment.name)
        elif part.media_type in smime.TYPES or part.name.lower().endswith(".p7m"):
            take = partial(self._take_signed_file, inside=attachment.name, level=level + 1, is_own=not holder)
        else:
            return
        place = len(self._attachments) - 1
        with _lying(stored, lambda: decoded(raw, part)) as path:
            note = take(path)
        if note and note not in attachment.warnings:
            self._attachments[place] = replace(attachment, warnings=(*attachment.warnings, note))

    def _take_pasted(self, data: bytes) -> Attachment:
        """A picture out of the text: the text's own, yet it may be a page."""
        stored = self._files.store([data])
        attachment = self._attach(file_part("", 0, stored.size), stored, "", sniffed(stored, ""))
        return replace(attachment, is_inline=stored.size <= pictures.MAX_SHOWN_BYTES)

    def _take_tnef_file(self, path: Path, *, inside: str) -> str:
        with Raw(path, turn_cr=False) as stream:
            for inner in tnef.files(stream):
                stored = self._files.store(stream.chunks(inner.start, inner.end))
                kind = sniffed(stored, inner.name)
                self._attach(file_part(inner.name, inner.start, inner.end), stored, inside, kind)
        return "opened"

    def _take_signed_file(self, path: Path, *, inside: str, level: int, is_own: bool) -> str:
        with Raw(path, turn_cr=False) as stream:
            found = smime.content(stream)
            if found is None or not found.pieces:
                return "locked" if found and found.is_closed else ""

            def chunks() -> Iterator[bytes]:
                return (chunk for piece in found.pieces for chunk in stream.chunks(*piece))

            stored = self._files.store(chunks())
            if _ENTITY.match(stored.head):
                if is_own:
                    self._own.add(inside)
                with _lying(stored, chunks) as entity:
                    return self._take_mail_file(entity, inside=inside, level=level)
        name = re.sub(r"(?i)\.p7m$", "", inside)
        self._attach(file_part(name, 0, stored.size), stored, inside, sniffed(stored, name))
        return "opened"

    def _take_mail_file(self, path: Path, *, inside: str, level: int) -> str:
        with Raw(path) as inner:
            scanner = Scanner(inner)
            parts = scanner.scan()
            self._inner.append(Inner(parts[0].header.text("subject"), ""))
            self._take_parts(inner, parts, inside=inside, level=level)
            self._warnings |= scanner.warnings
        return "opened"

    def _attach(self, part: Part, stored: Stored, holder: str, kind: str) -> Attachment:
        notes = list(dict.fromkeys(part.warnings))
        if not stored.size:
            notes.append("empty")
        if not part.name:
            notes.append("name_generated")
        if part.media_type in NESTED_TYPES:
            notes.append("opened")  # what it holds follows as attachments of their own
        attachment = Attachment(
            name=part.name or made_up_name(kind, len(self._attachments) + 1),
            size=stored.size,
            sha256=stored.sha256,
            media_type=kind,
            declared_type=part.media_type,
            path=stored.path,
            inside=holder,
            warnings=tuple(notes),
        )
        self._attachments.append(attachment)
        return attachment


@contextmanager
def _lying(stored: Stored, chunks: Callable[[], Iterable[bytes]]) -> Iterator[Path]:
    """Where a decoded part that holds files of its own can be read: a mail in base64 or quoted-printable (which
    RFC 2046 5.2.1 forbids and programs do), a winmail.dat, a signed mail in one piece."""
    if stored.path is not None:
        yield stored.path
        return
    # Only measuring: the bytes still have to lie somewhere, and must not touch a disk.
    file = os.memfd_create("part", os.MFD_CLOEXEC)
    try:
        for chunk in chunks():
            write_all(file, chunk)
        yield Path(f"/proc/self/fd/{file}")
    finally:
        os.close(file)


def _kept_text(chunks: Iterable[bytes], most: int) -> tuple[bytes, str]:
    """The first `most` bytes of a text, and the digest of all of it."""
    digest, kept = LineDigest(), b""
    for chunk in chunks:
        digest.update(chunk)
        if len(kept) < most:
            kept += chunk[: most - len(kept)]
    return kept, digest.hexdigest()


def _also(digest: LineDigest, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
