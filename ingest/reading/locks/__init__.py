"""Files with a password, opened by it: each becomes a copy without, which goes the way of every other file."""

import struct
from pathlib import Path

from ingest.reading.locks import rar4, rar5, seven_zip
from ingest.reading.unreadable import Unreadable

SEVEN_ZIP, RAR = "application/x-7z-compressed", "application/vnd.rar"


def is_locked(path: Path, media_type: str) -> bool:
    """Whether a RAR or 7-Zip archive has a password. libarchive 3.6 does not always tell: of RAR whose names can be
    read it takes out what is encrypted as it stands, and nothing of it would be screened."""
    with path.open("rb") as source:
        if media_type == SEVEN_ZIP:
            return seven_zip.is_locked(source)
        if media_type != RAR:
            return False
        return rar5.is_locked(source) if source.read(len(rar5.MAGIC)) == rar5.MAGIC else rar4.is_locked(source)


def unlock_archive(path: Path, media_type: str, password: str, target: Path) -> frozenset[int]:
    """Write to `target` the archive `path`, RAR or 7-Zip, without its encryption and else as it is, packed still;
    returns the checksums (CRC-32) of its files where nobody else compares all, by which a wrong password shows.

    Raises Unreadable("locked") where the password is wrong (of the contents of 7-Zip and of old RAR that shows only
    when their checksums are compared), or the archive is one of several volumes, contradicts itself or is locked in
    another way.
    """
    try:
        with path.open("rb") as source, target.open("xb") as plain:
            if media_type == SEVEN_ZIP:
                return seven_zip.unlock(source, plain, password)
            if media_type == RAR and source.read(len(rar5.MAGIC)) == rar5.MAGIC:
                rar5.unlock(source, plain, password)
            elif media_type == RAR:
                source.seek(0)
                return rar4.unlock(source, plain, password)
            else:
                raise ValueError("another kind")
    except (EOFError, ValueError, IndexError, OverflowError, struct.error) as error:
        raise Unreadable("locked") from error
    return frozenset()
