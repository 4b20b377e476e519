"""What a reading process does with files that people hand over: dropped documents and mails, released letters."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core import passwords
from ingest.describe import is_mail, read_opened, wrapped
from ingest.letter import Draft, Outcome, Reading
from ingest.mime import read_letter


def read_dropped(raw: Path, folder: Path, scan_seconds: float, roots: Path | None, name: str) -> Reading:
    """Read a dropped file, mail or document, as if it had come by mail; `name` is what its owner calls it.

    A clerk put it there, so what would be held for lack of anything official becomes a draft.
    """
    reading = _read(raw, folder, scan_seconds, roots, name, screened=True)
    if reading.is_secret or reading.outcome is not Outcome.HOLD or reading.letter is None:
        return reading
    return _drafted(reading)


def read_released(raw: Path, folder: Path, scan_seconds: float, roots: Path | None, name: str) -> Reading:
    """Read a letter that a person has let in: screening has no say any more."""
    return _drafted(_read(raw, folder, scan_seconds, roots, name, screened=False))


def read_again(
    raw: Path, folder: Path, scan_seconds: float, roots: Path | None, name: str, keys: Sequence[str] = (),
    key_mail: Path | None = None,
) -> Reading:  # fmt: skip
    """Read a held letter once more, screened as if it came now; the passwords `keys` and those that the mail in the
    file `key_mail` brings are tried on its files."""
    if key_mail is not None:
        place = folder / "key"
        place.mkdir(mode=0o700)
        mail = read_letter(key_mail, place)
        keys = (*keys, *passwords.said_in(mail.subject, mail.text))
        shutil.rmtree(place)
    return _read(raw, folder, scan_seconds, roots, name, screened=True, keys=keys)


def _read(
    raw: Path, folder: Path, scan_seconds: float, roots: Path | None, name: str, *, screened: bool,
    keys: Sequence[str] = (),
) -> Reading:  # fmt: skip
    # The reader names a bare document by its path, so it gets one with the owner's name.
    named = folder / "dropped" / (name.replace("/", "_").replace("\x00", "")[-100:].strip(". ") or "tep")
    named.parent.mkdir()
    os.link(raw, named)
    parts = folder / "parts"
    parts.mkdir()
    letter = read_letter(named, parts) if is_mail(named) else wrapped(named)
    return read_opened(letter, parts, scan_seconds, roots, screened=screened, keys=keys)


def _drafted(reading: Reading) -> Reading:
    files = tuple(range(len(reading.letter.attachments))) if reading.letter else ()
    drafts = reading.drafts or (Draft(files[0] if files else None, files, {}),)
    return replace(reading, outcome=Outcome.DRAFT, drafts=drafts)
