"""edXML packages among a letter's files: what they bring, for which document they speak, what the clerk is told."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

from core.edxml import Kind
from core.evidence import Evidence, Source
from core.exchange import Exchange
from ingest.grouped import FileReading, Group
from ingest.letter import Attachment
from ingest.reading.packages import exchange_of
from ingest.reading.weighing import same
from ingest.usable import is_kept

Readings = Mapping[int, FileReading]
Said = Mapping[str, Evidence]
_MOST_NAMED = 5  # documents or files in the notes
_SEEN = (Source.OCR, Source.HANDWRITING)  # a picture is misread where a program wrote what it knew


def brought_by(attachments: Sequence[Attachment], index: int) -> set[int]:
    """The files that the package `index` brings, and what came out of them: they stand right behind it."""
    names = {attachments[index].name}

    def is_within(behind: int) -> bool:
        is_brought = attachments[behind].inside in names
        names.update({attachments[behind].name} if is_brought else ())
        return is_brought

    return set(takewhile(is_within, range(index + 1, len(attachments))))


def own_files(attachments: Sequence[Attachment], readings: Readings, index: int) -> set[int]:
    """The files that the package `index` brings and no package within it."""
    brought = brought_by(attachments, index)
    within = (brought_by(attachments, one) for one in brought if one in readings and readings[one].is_package)
    return brought.difference(*within)


def groups(
    attachments: Sequence[Attachment], readings: Readings, found: Sequence[Group], mains: Sequence[int]
) -> list[Group]:
    """A draft of its own for each package whose files no head tells apart, where its letter brings other documents.

    A letter whose only document nothing could be read of is one draft, whoever makes it.
    """
    carrying = [index for index in mains if index in readings and _brings_document(readings[index])]
    if len(carrying) + bool(found) < 2:
        return []
    placed = {index for group in found for index in (*group.documents, *group.annexes)}
    made = []
    for index in carrying:
        own = own_files(attachments, readings, index)
        if own & placed or any(agree(readings, group, index) for group in found):
            continue
        files = sorted(own & set(mains) - set(carrying))
        if files:
            made.append(Group([files[0]], files[1:]))
        elif all("code" in _fields(readings, one) for one in (index, *(group.documents[0] for group in found))):
            made.append(Group([index]))  # its document is nowhere in the letter, and none of those that are
    return made


def speaking(
    attachments: Sequence[Attachment], readings: Readings, group: Group, main: int
) -> tuple[list[Said], Exchange | None, tuple[str, ...]]:
    """The fields of the packages that speak for a draft, what the first makes of its document, and notes.

    A package speaks for the document of its code, for one whose own code could not be read, and for one that it brings
    itself whose code was only seen on a picture. Of several that which brings the document goes before the others,
    which must say the same code.
    """
    fields: list[Said] = []
    exchange, notes = None, []
    heard = [index for index in (main, *group.annexes) if index in readings and readings[index].is_package]
    for index in sorted(heard, key=lambda i: main != i and main not in own_files(attachments, readings, i)):
        package, said = readings[index].package, _fields(readings, index)
        assert package is not None
        if package.kind is Kind.RECALL:
            notes += [f"recall:{one.in_words}" for one in package.concerns[:_MOST_NAMED]]
        if index == main or _may_speak(said, _fields(readings, main), fields, main in brought_by(attachments, index)):
            fields.append(said)
            exchange = exchange or exchange_of(package)
        elif "code" in said:
            notes.append(f"package_disagrees:{said['code'].value}")
        notes += _of_files(attachments, readings, index)
    return [one for one in fields if one], exchange, tuple(dict.fromkeys(notes))


def _may_speak(said: Said, read: Said, heard: Sequence[Said], is_brought: bool) -> bool:
    """Whether a package that says `said` speaks for the document of which `read` was read, after those `heard`."""
    if heard and not _same_code(heard[0], said):
        return False
    return "code" not in read or _same_code(read, said) or (is_brought and read["code"].source in _SEEN)


def once_each(attachments: Sequence[Attachment], readings: Readings, files: Sequence[int]) -> tuple[int, ...]:
    """`files` without those that a package brings and that the mail has besides, byte for byte."""
    packages = [index for index, reading in readings.items() if reading.is_package]
    brought = set().union(*(brought_by(attachments, index) for index in packages))
    others = {attachments[index].sha256 for index in files if index not in brought}
    return tuple(index for index in files if index not in brought or attachments[index].sha256 not in others)


def agree(readings: Readings, group: Group, index: int) -> bool:
    """Whether the first document of `group` bears the code that the package `index` says."""
    return _same_code(_fields(readings, group.documents[0]), _fields(readings, index))


def _same_code(one: Mapping[str, Evidence], other: Mapping[str, Evidence]) -> bool:
    return "code" in one and "code" in other and same(one["code"], other["code"])


def _of_files(attachments: Sequence[Attachment], readings: Readings, index: int) -> list[str]:
    """Notes on files that the package names and that are nowhere in the letter, and on what is wrong with it."""
    package = readings[index].package
    assert package is not None
    here = {attachment.name for attachment in attachments if is_kept(attachment)}
    lacking = [file.name for file in package.attachments if not file.has_content and file.name not in here]
    notes = [f"package_lacks:{name or 'không tên'}" for name in lacking[:_MOST_NAMED]]
    if package.has_more_headers:
        notes.append(f"package_headers:{attachments[index].name}")
    return notes


def _brings_document(reading: FileReading) -> bool:
    return reading.package is not None and reading.package.kind not in (Kind.STATUS, Kind.RECALL)


def _fields(readings: Readings, index: int) -> Mapping[str, Evidence]:
    return readings[index].fields if index in readings else {}
