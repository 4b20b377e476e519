"""What attached texts of all kinds say, to be screened: web pages, data, appointments, texts of old editors."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from core.text import normal, repair
from ingest.letter import Attachment
from ingest.mime.body import beside_text, html_to_text
from ingest.mime.charsets import decode, utf16

MOST_BYTES = 256 << 10
_SAMPLE = 4096
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TAG = re.compile(r"<[^<>]*>")
_DATA = re.compile(r"[{}\[\]\",;]|:\s")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_FOLDED = re.compile(r"\r?\n[ \t]")
_FIELD = re.compile(r"^([A-Z-]{1,40})[^:\n]{0,200}:(.*)$", re.MULTILINE)
_ICS_TEXTS = ("DESCRIPTION", "COMMENT", "LOCATION", "X-ALT-DESC")
_DATA_TYPES = ("text/csv", "application/json", "text/yaml", "application/yaml", "application/x-yaml")


def said_by(attachment: Attachment) -> Iterator[dict[str, str]]:
    """The texts of an attached text by place ("subject", "body"; see screening.toml), cut at MOST_BYTES; nothing for
    what is no text by its bytes, whatever it is called."""
    if attachment.path is None or (text := _text(attachment.path)) is None:
        return
    kind = attachment.media_type
    if kind == "text/calendar" or text.lstrip()[:15].upper() == "BEGIN:VCALENDAR":
        yield from _appointments(text)
    else:
        yield {"body": normal(repair(_lines(text, kind)))}


def _text(path: Path) -> str | None:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    if (wide := utf16(data)) is not None:
        return wide
    return None if not data or _CONTROLS.search(data[:_SAMPLE]) else decode(data, None)[0]


def _lines(text: str, kind: str) -> str:
    if kind in ("text/html", "application/xhtml+xml"):
        return f"{html_to_text(text)}\n{beside_text(text)}"
    if kind.endswith("xml"):
        return html.unescape(_TAG.sub("\n", text))
    if kind in _DATA_TYPES or text.lstrip()[:1] in ("{", "["):
        return _DATA.sub("\t", _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    return text


def _appointments(text: str) -> Iterator[dict[str, str]]:
    """RFC 5545: lines folded at 75 bytes, line ends in a value written as "\\n"."""
    fields = _FIELD.findall(_FOLDED.sub("", text).replace("\r", ""))
    said = "\n".join(value for name, value in fields if name in _ICS_TEXTS)
    yield {"body": normal(html_to_text(re.sub(r"\\[nN]", "<br>", said).replace("\\", "").replace("\n", "<br>")))}
    for name, value in fields[:1000]:
        if name == "SUMMARY":
            yield {"subject": normal(value.replace("\\", ""))}
