"""A second opinion: where another mail program would see another letter than we do, so that the clerk looks twice."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses

from ingest.letter import Address, Attachment
from ingest.mime import addresses, headers
from ingest.mime.headers import Header
from ingest.mime.names import safe_name
from ingest.mime.parts import NESTED_TYPES, Part
from ingest.mime.raw import Raw

# The standard library's parser is only asked where it can't run away: it recurses, and keeps everything twice.
MAX_BYTES = 256 * 1024
MAX_PARTS = 40
MAX_DEPTH = 8
# Clocks are wrong by hours and queues keep mail for five days (RFC 5321 4.5.4.1).
MOST_APART = timedelta(days=7)
_WONT_PARSE = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)


def doubts(header: Header, sent: datetime | None) -> set[str]:
    """What the header says twice and differently: "subject_twice", "from_twice" (RFC 5322 3.6 allows one each),
    "date_disagrees" (Date is a week or more away from when the first server that noted it got it)."""
    found = set()
    if len({headers.decode_words(headers.to_text(value)) for value in header.all("subject")}) > 1:
        found.add("subject_twice")
    if len({addresses.parse(iter([value])) for value in header.all("from")}) > 1:
        found.add("from_twice")
    received = [headers.date(value.rpartition(b";")[2].strip()) for value in header.all("received")]
    known = [at for at in received if at is not None]
    if sent is not None and known and min(abs(sent - at) for at in known) > MOST_APART:
        found.add("date_disagrees")
    return found


def disagreement(
    raw: Raw, parts: list[Part], subject: str, senders: tuple[Address, ...], attachments: tuple[Attachment, ...]
) -> set[str]:
    """{"readers_disagree"} when the standard library reads another subject, other senders or other names of files
    in the same bytes. Mails that are large or deep are not asked about, nor is what it can't parse."""
    depth = max(_depth(parts, part) for part in parts)
    if raw.size > MAX_BYTES or len(parts) > MAX_PARTS or depth > MAX_DEPTH:
        return set()
    try:
        message = message_from_bytes(raw.read(0, raw.size), policy=compat32)
        theirs = (_plain(message, "subject"), _senders(message), _names(message))
    except _WONT_PARSE:
        return set()
    ours = (_tidy(subject), sorted({sender.address.lower() for sender in senders}), _our_names(attachments))
    # Letters that the other could not decode are no disagreement.
    differ = any(one != other and "\ufffd" not in str(other) for one, other in zip(ours, theirs, strict=True))
    return {"readers_disagree"} if differ else set()


def _depth(parts: list[Part], part: Part) -> int:
    depth = 0
    while part.parent >= 0:
        part, depth = parts[part.parent], depth + 1
    return depth


def _plain(message: Message, name: str) -> str:
    return _tidy(str(make_header(decode_header(str(message.get(name, "")).replace("\n", "")))))


def _tidy(text: str) -> str:
    text = text.encode("ascii", "surrogateescape").decode("ascii", "replace") if _is_raw(text) else text
    # Where encoded words meet, programs differ in blanks; that deceives nobody.
    return "".join(headers.plain(text).split())


def _is_raw(text: str) -> bool:
    """Whether bytes stand in it that the other reader had no charset for."""
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def _senders(message: Message) -> list[str]:
    found = getaddresses([str(value) for value in message.get_all("from", [])])
    return sorted({address.lower().split()[-1] for _, address in found if "@" in address})


def _names(message: Message) -> list[str]:
    parts = [part for part in message.walk() if _is_file_type(part.get_content_type())]
    names = [part.get_filename() for part in parts]
    return sorted(_tidy(safe_name(headers.decode_words(name))) for name in names if name)


def _our_names(attachments: tuple[Attachment, ...]) -> list[str]:
    # What was found within a file is out of the question: the other reader opens none.
    files = {a.name for a in attachments if a.declared_type not in NESTED_TYPES}
    return sorted(
        _tidy(a.name) for a in attachments
        if "name_generated" not in a.warnings and _is_file_type(a.declared_type) and a.inside not in files
    )  # fmt: skip


def _is_file_type(media_type: str) -> bool:
    """Texts and mails with a name are files to some programs and the mail's own text to others, in good faith."""
    return media_type.partition("/")[0] not in ("text", "message", "multipart")
