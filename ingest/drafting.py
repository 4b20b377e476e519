"""A letter and what was read of its files to drafts: main documents, their twins and annexes."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import PurePath

from core.evidence import Evidence, Source
from core.incoming.links import NO_FILE, link_note
from core.notation import code_key, find_codes
from core.rules.patterns import MOST_TEXT
from core.text import fold
from ingest import packaged
from ingest.copies import copy_of
from ingest.grouped import FileReading, Group
from ingest.letter import Attachment, Draft, Letter
from ingest.noting import notes_of
from ingest.reading.attached import goes_with, second_document
from ingest.reading.candidates import from_file_name, from_subject
from ingest.reading.pages import DOC, DOCX, ODT, PDF, PICTURES, RTF, SHEETS
from ingest.reading.weighing import HINT, SUBJECT, merge
from ingest.usable import is_kept, may_be_main

_ANNEX_NAME = re.compile(
    r"^(?:\d+[\s._-]+)?(?:pl|phu[\s._-]?luc|kem[\s._-]?theo|danh[\s._-]?sach|ds|bieu[\s._-]?mau|mau|bang|de[\s._-]?cuong|du[\s._-]?thao|"
    r"file[\s._-]?kem|tai[\s._-]?lieu|bieu)(?:[\s._-]|\d|$)"
)
SLIPS = ("Phiếu chuyển", "Phiếu gửi")
_SIGNED_NAME = re.compile(r"signed|da[\s._-]?ky|ky[\s._-]?so", re.IGNORECASE)
_SUFFIXES = re.compile(
    r"(?:[\s._-]{0,9}(?:signed|da[\s._-]?ky|kyso|ky[\s._-]so|final|\(\d+\)|ban[\s._-]?(?:word|pdf)))+$"
)


def draft(letter: Letter, readings: Mapping[int, FileReading]) -> tuple[Draft, ...]:
    """The drafts of `letter`. `readings` are by index of attachment; files without one are annexes.

    Each document with a head of its own is a draft, but what a Phiếu chuyển or Phiếu gửi brings goes with it; files
    that bear the same code, or the same name but for the ending, are twins of one draft, of which the signed PDF is
    the main file. What has no head is an annex
    of the document that its package, name or archive points to, else of the first. Pictures of the mail's text are
    left out. A letter whose files have no head at all is one draft, so that nothing is lost; one that brings links
    instead of files is a draft that waits for its file.
    """
    usable = [i for i, a in enumerate(letter.attachments) if is_kept(a)]
    mains = [i for i in usable if may_be_main(letter.attachments[i])]
    groups = _under_slips(_documents(letter, readings, mains), readings)
    groups += packaged.groups(letter.attachments, readings, groups, mains)
    placed = {i for group in groups for i in (*group.documents, *group.annexes)}
    rest = [i for i in usable if i not in placed]
    is_headless = not groups
    if is_headless:
        if not mains:
            return _without_file(letter, usable)
        main = min(mains, key=lambda i: _rank(letter.attachments[i], readings.get(i)))
        groups = [Group([main])]
        rest.remove(main)
    for index in rest:
        _home(letter, readings, groups, index).annexes.append(index)
    hints = from_subject(letter.subject) if len(groups) == 1 else {}
    if is_headless and (told := _only_annexes(letter, readings, groups[0])) is not None:
        hints = _as_annexes(letter, hints, told)
    return tuple(_draft(letter, readings, group, hints) for group in groups)


def _only_annexes(letter: Letter, readings: Mapping[int, FileReading], group: Group) -> dict[str, Evidence] | None:
    """Of a letter without any document whose main file is an annex: whose annexes its files say to be, where they do.
    None where the main file may be a document that could not be read."""
    (main,) = group.documents
    if any(reading.is_package for reading in readings.values()):
        return None
    told = {}
    for index in (main, *group.annexes):
        pages = readings[index].pages if index in readings else ()
        code = goes_with(pages)
        if code is not None:
            source = Source.OCR if pages[0].is_seen else Source.TEXT
            told[index] = Evidence(code, HINT, source, letter.attachments[index].sha256, pages[0].number)
    attachment = letter.attachments[main]
    is_named = _ANNEX_NAME.match(fold(attachment.name)) is not None
    if not is_named and main not in told and attachment.media_type not in SHEETS:
        return None
    return next(({"annex_of": said} for said in told.values() if said.value), {})


def _as_annexes(letter: Letter, hints: Mapping[str, Evidence], told: Mapping[str, Evidence]) -> dict[str, Evidence]:
    """The code that the mail names is not the annexes' own: it says what they belong to."""
    codes = {code.text for code in find_codes(letter.subject)}
    named = {}
    if len(codes) == 1:
        named = {"annex_of": Evidence(codes.pop(), SUBJECT, Source.SUBJECT, text=letter.subject)}
    return {name: said for name, said in hints.items() if name != "code"} | named | dict(told)


def _without_file(letter: Letter, files: Sequence[int]) -> tuple[Draft, ...]:
    if not letter.links:
        return ()
    notes = (NO_FILE, *map(link_note, letter.links))
    return (Draft(None, tuple(files), from_subject(letter.subject), (*notes, *notes_of(letter, ()))),)


def _documents(letter: Letter, readings: Mapping[int, FileReading], usable: Sequence[int]) -> list[Group]:
    groups: list[Group] = []
    # Those with a number first: a DOCX whose number is still blank then finds the PDF it became.
    order = sorted(usable, key=lambda i: ("code" not in _fields(readings, i), i))
    for index in order:
        reading = readings.get(index)
        if reading is None or reading.is_package:
            continue
        if letter.attachments[index].media_type in SHEETS and "code" not in reading.fields:
            continue  # tables of figures repeat the head's names; only a number makes one a document
        if not reading.is_document and not _may_be_document(letter, readings, index, usable):
            continue
        twin = next((g for g in groups if _are_twins(letter, readings, g.documents[0], index)), None)
        if twin:
            twin.documents.append(index)
        else:
            groups.append(Group([index]))
    groups.sort(key=lambda g: min(g.documents))
    return groups


def _under_slips(groups: list[Group], readings: Mapping[int, FileReading]) -> list[Group]:
    """With one slip in the letter (DOMAIN §1.1 numbers 26, 27) the documents that it forwards are its annexes."""
    slips = [group for group in groups if _kind(readings, group) in SLIPS]
    if len(slips) != 1:
        return groups
    (slip,) = slips
    slip.annexes += [index for group in groups if group is not slip for index in group.documents]
    return slips


def _kind(readings: Mapping[int, FileReading], group: Group) -> str:
    said = (_fields(readings, index).get("kind") for index in group.documents)
    return next((kind.value for kind in said if kind), "")


def _fields(readings: Mapping[int, FileReading], index: int) -> Mapping[str, Evidence]:
    return readings[index].fields if index in readings else {}


def _may_be_document(letter: Letter, readings: Mapping[int, FileReading], index: int, usable: Sequence[int]) -> bool:
    """An unread scan counts as a document when its name bears a code, or twins a document that was read."""
    reading = readings[index]
    if not reading.is_unread or _ANNEX_NAME.match(fold(letter.attachments[index].name)):
        return False
    if from_file_name(letter.attachments[index].name):
        return True
    stem = _stem(letter.attachments[index].name)
    return any(
        other != index and stem == _stem(letter.attachments[other].name) and readings[other].is_document
        for other in usable
        if other in readings
    )


def _are_twins(letter: Letter, readings: Mapping[int, FileReading], one: int, other: int) -> bool:
    a, b = _fields(readings, one), _fields(readings, other)
    if letter.attachments[one].sha256 == letter.attachments[other].sha256:
        return True
    if "code" in a and "code" in b:
        return code_key(a["code"].value) == code_key(b["code"].value)
    if _stem(letter.attachments[one].name) == _stem(letter.attachments[other].name):
        return True
    both = all("code_notation" in f and "subject" in f for f in (a, b))
    return both and all(fold(a[n].value) == fold(b[n].value) for n in ("code_notation", "subject"))


def _stem(name: str) -> str:
    stem = fold(PurePath(name).stem)
    while (shorter := _SUFFIXES.sub("", stem)) != stem:
        stem = shorter
    return re.sub(r"[\s._-]+", " ", stem).strip()


def _rank(attachment: Attachment, reading: FileReading | None) -> tuple[int, ...]:
    """Sort key for the main file: no annex by name, PDF, signed, readable, in the order of the mail."""
    kinds = {PDF: 0, DOCX: 2, DOC: 2, RTF: 2, ODT: 2}
    kind = kinds.get(attachment.media_type, 1 if attachment.media_type in PICTURES else 3)
    is_annex = bool(_ANNEX_NAME.match(fold(attachment.name)))
    return is_annex, kind, not _is_signed(attachment), reading is None or bool(reading.problem)


def _place(attachment: Attachment, reading: FileReading | None) -> tuple[int, ...]:
    """Among twins: as they rank, and what stands in the mail itself before what was brought within something."""
    return *_rank(attachment, reading), bool(attachment.inside)


def _is_signed(attachment: Attachment) -> bool:
    """By name, or by the byte range that every PDF signature has (ISO 32000-1 12.8.1); trust is judged elsewhere."""
    if _SIGNED_NAME.search(attachment.name):
        return True
    if attachment.media_type != PDF or attachment.path is None:
        return False
    with attachment.path.open("rb") as file:
        window = b""
        while chunk := file.read(256 << 10):
            if b"/ByteRange" in window + chunk:
                return True
            window = chunk[-16:]
    return False


def _home(letter: Letter, readings: Mapping[int, FileReading], groups: Sequence[Group], index: int) -> Group:
    """The draft that the annex `index` belongs to: a package's code, the code it names, same stem, same
    archive, else the first."""
    attachment = letter.attachments[index]
    if "code" in _fields(readings, index):
        for group in groups:
            if packaged.agree(readings, group, index):
                return group
    if index in readings and readings[index].is_package:
        brought = packaged.own_files(letter.attachments, readings, index)
        for group in groups:
            if brought & set(group.documents):
                return group
    if index in readings and (code := goes_with(readings[index].pages)):
        for group in groups:
            own = (_fields(readings, document).get("code") for document in group.documents)
            if any(one and code_key(one.value) == code_key(code) for one in own):
                return group
    stem = _stem(attachment.name)
    for group in groups:
        main = _stem(letter.attachments[group.documents[0]].name)
        if len(main) >= 4 and (stem.startswith(main) or main in stem):
            return group
    for group in groups:
        if attachment.inside and letter.attachments[group.documents[0]].inside == attachment.inside:
            return group
    return groups[0]


def _draft(letter: Letter, readings: Mapping[int, FileReading], group: Group, hints: Mapping[str, Evidence]) -> Draft:
    ranked = sorted(group.documents, key=lambda i: _place(letter.attachments[i], readings.get(i)))
    main, *twins = ranked
    reading = readings.get(main, FileReading())
    name = letter.attachments[main]
    speaking, exchange, said = packaged.speaking(letter.attachments, readings, group, main)
    layers = [*speaking, *({} if reading.is_package else reading.fields,), *(_fields(readings, i) for i in twins)]
    outer = [hints, {} if "annex_of" in hints else from_file_name(name.name, name.sha256)]
    is_read = any(layers)
    fields = merge(*layers, *outer)
    if is_read:  # hints confirm or cast doubt; they fill no place that the document itself left blank
        fields = {n: e for n, e in fields.items() if e.source not in (Source.SUBJECT, Source.FILENAME)}
    files = packaged.once_each(letter.attachments, readings, (*ranked, *group.annexes))
    enclosed = (i for i in group.annexes if i in readings and readings[i].is_document and not readings[i].is_package)
    notes = (
        *_notes(reading, fields),
        *said,
        *(f"enclosed:{letter.attachments[i].name}" for i in enclosed),
        *notes_of(letter, (letter.attachments[i] for i in files)),
    )
    return Draft(main, files, fields, notes, copy_of(name, reading.pages), exchange, _text(reading))


def _text(reading: FileReading) -> str:
    words = (word.text for page in reading.pages for word in page.words)
    return " ".join(islice(words, MOST_TEXT))[:MOST_TEXT]


def _notes(reading: FileReading, fields: Mapping[str, Evidence]) -> tuple[str, ...]:
    notes = []
    if reading.is_unread or any(page.is_unseen for page in reading.pages):
        notes.append("stamp_unread")
    if reading.problem:
        notes.append(reading.problem)
    if "code_notation" in fields and "code" not in fields:
        notes.append("number_blank")
    if page := second_document(reading.pages):
        notes.append(f"second_document:{page}")
    return tuple(notes)
