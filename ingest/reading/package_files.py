"""The files that an edXML package brings, decoded into the spool like those of an archive."""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.edxml import Package, contents
from ingest.letter import Attachment
from ingest.mime import sniff
from ingest.mime.decoding import loose_base64
from ingest.mime.files import made_up_name
from ingest.mime.names import safe_name
from ingest.reading import zips
from ingest.reading.member_names import is_clutter
from ingest.reading.unpacked import TooMuch, Unpacked

_WINDOW = 256 << 10
_FEW = 16  # entries of a zip in which the one file is looked for
_ENCRYPTED_FLAG = 0x1
_WONT_OPEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError)


def take(package: Package, path: Path, out: Unpacked, holder: str) -> tuple[list[Attachment], tuple[str, ...]]:
    """The files of the package at `path` and what is wrong with it ("damaged_package", "archive_limits").

    Gateways pack a file into a zip of its own and keep its name (DOMAIN §3.4 number 6): such a zip is taken off. Raises
    OSError.
    """
    taken: list[Attachment] = []
    warnings = () if package.is_whole else ("damaged_package",)
    if not any(file.has_content for file in package.attachments):
        return taken, warnings
    try:
        with path.open("rb") as stream:
            for number, encoded in contents(stream):
                file = package.attachments[number]
                if file.has_content:
                    out.allow(1, 0, 0)
                    out.note_folders(file.name.encode())
                    taken.append(_unwrapped(_decoded(file.name, encoded, number, out, holder), out, holder))
    except TooMuch:
        return taken, (*warnings, "archive_limits")
    return taken, warnings


def _decoded(said: str, encoded: Iterator[bytes], number: int, out: Unpacked, holder: str) -> Attachment:
    damage: list[str] = []
    name = safe_name(said)
    kept = out.keep(name, out.counted(loose_base64(encoded, damage), out.bytes, 0), holder)
    if not name:
        kept = replace(kept, name=made_up_name(kept.media_type, number + 1), warnings=("name_generated",))
    return replace(kept, warnings=(*kept.warnings, *damage, *(() if kept.size else ("empty",))))


def _unwrapped(file: Attachment, out: Unpacked, holder: str) -> Attachment:
    """The one file in a zip that goes by this file's name; the zip itself where it is a real one, locked or damaged."""
    if file.media_type != sniff.ZIP or file.path is None or file.name.lower().endswith(".zip"):
        return file
    try:
        if not zips.is_readable(file.path, _FEW):
            return file
        with zipfile.ZipFile(file.path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not is_clutter(one.filename)]
            if len(members) != 1 or members[0].header_offset < 0 or members[0].flag_bits & _ENCRYPTED_FLAG:
                return file
            out.allow(0, members[0].file_size, file.size)
            with archive.open(members[0]) as stream:
                chunks = iter(lambda: stream.read(_WINDOW), b"")
                only = out.keep(file.name, out.counted(chunks, out.bytes, 0), holder)
    except _WONT_OPEN:
        return file
    file.path.unlink()
    return replace(only, warnings=file.warnings)
