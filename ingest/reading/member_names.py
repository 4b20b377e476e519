"""The names of files in archives: whatever bytes they are in, as text that is safe to show."""

import re
import zipfile
from pathlib import PurePosixPath

from core.text import is_syllable, nfc, repair
from ingest.mime.charsets import decode

_WORDS, _CYRILLIC = re.compile(r"[^\W\d_]+"), re.compile(r"[А-яЁё]{2,}")
_UTF8_FLAG = 0x800


def raw_name(member: zipfile.ZipInfo) -> bytes:
    """The bytes of a name as they stand in the zip."""
    # zipfile decoded bytes of no declared encoding as CP437.
    return member.filename.encode("utf-8" if member.flag_bits & _UTF8_FLAG else "cp437", "replace")


def shown_name(raw: bytes) -> str:
    """The name to show for a file in an archive: its last path element, NFC, from UTF-8, Windows-1258, TCVN3, VNI,
    CP437 or CP866 bytes, whichever makes Vietnamese syllables of it."""
    last = PurePosixPath(decoded(raw).replace("\\", "/")).name
    clean = "".join(c for c in nfc(last) if c.isprintable())
    return clean.strip(" .")[:200] or "tệp không tên"


def decoded(raw: bytes) -> str:
    """The bytes of a path as text, read as the encoding that makes sense of them."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [decode(raw, None)[0], repair(raw.decode("latin-1").replace("_", " ")), raw.decode("cp437")]
    best = max(readings, key=_sense)
    cyrillic = raw.decode("cp866")
    return cyrillic if all(map(_CYRILLIC.fullmatch, _marked(cyrillic))) else best


def _sense(text: str) -> float:
    """The share of Vietnamese syllables among the words with marks."""
    marked = _marked(text)
    return sum(map(is_syllable, marked)) / len(marked) if marked else 0.0


def _marked(text: str) -> list[str]:
    return [word for word in _WORDS.findall(text) if not word.isascii()]


def is_clutter(name: str) -> bool:
    """What macOS and Windows put into archives for themselves."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db", "desktop.ini")
