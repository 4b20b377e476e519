"""Pictures of a mail's text told from documents sent as pictures."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from urllib.parse import unquote

from ingest.letter import Attachment
from ingest.mime.body import Body

# A photographed page is larger than this even when it is poor; logos and drawn signatures are smaller.
MAX_ORNAMENT_BYTES = 24 * 1024
MAX_SHOWN_BYTES = 256 * 1024
_CID = re.compile(rb"""cid:([^"'\s>)]{1,250})""", re.IGNORECASE)
# A picture within the text itself; what is shorter than an ornament is one.
_DATA = re.compile(rb"data:image/[a-z0-9.+-]{1,20};base64,\s*([A-Za-z0-9+/=\s]{32768,})", re.IGNORECASE)
_MOST_PASTED = 10
_PAGES = ("image/tiff", "image/heic")  # what scanners and telephones send, and no mail text shows


def marked(
    attachments: Iterable[Attachment], content_ids: Mapping[int, str], bodies: Iterable[Body]
) -> tuple[Attachment, ...]:
    """`attachments`, those pictures marked that belong to the text. `content_ids` are by index, "inline" for
    pictures that stand beside the text without one.

    A picture that the text shows is the text's own up to 256 kB: beyond, it may be a page pasted into the mail,
    which must not be lost. One with a Content-ID that no text names is an ornament up to 24 kB.
    """
    if not content_ids:
        return tuple(attachments)
    shown = {unquote(match.decode("ascii", "replace")) for body in bodies for match in _CID.findall(body.data)}
    shown.add("inline")
    return tuple(
        replace(attachment, is_inline=True) if _is_ornament(attachment, content_ids.get(place), shown) else attachment
        for place, attachment in enumerate(attachments)
    )


def pasted(bodies: Iterable[Body]) -> Iterator[bytes]:
    """The pictures that the text has within itself (RFC 2397), where they are large enough for a page."""
    found = (match[1] for body in bodies for match in _DATA.finditer(body.data))
    for encoded in islice(found, _MOST_PASTED):
        with suppress(ValueError):
            yield base64.b64decode(encoded)


def _is_ornament(attachment: Attachment, content_id: str | None, shown: set[str]) -> bool:
    if content_id is None or not attachment.media_type.startswith("image/") or attachment.media_type in _PAGES:
        return False
    return attachment.size <= (MAX_SHOWN_BYTES if content_id in shown else MAX_ORNAMENT_BYTES)
