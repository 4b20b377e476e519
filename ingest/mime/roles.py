"""What a part is to its letter: its own text, a picture of that text, a file, a line of a report."""

from ingest.mime.parts import Part

REPORT_TYPES = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
    "message/global-headers",
}
# Texts that are files even without a name.
_FILE_TEXTS = {"calendar", "vcard", "x-vcard", "directory", "csv", "xml", "rtf"}

MAX_NAMED_TEXT_BYTES = 100_000


def is_body(part: Part) -> bool:
    """Whether a part belongs to the text a person reads (RFC 2183 2.1: shown unless it is an attachment)."""
    kind, _, subtype = part.media_type.partition("/")
    if kind != "text" or subtype in _FILE_TEXTS or part.disposition == "attachment":
        return False
    if not part.name:
        return True
    # Some programs name the text itself ("message.txt"): a short plain one that is to be shown is text. So is one
    # without Content-Disposition, which RFC 2183 2 leaves to be shown as ever.
    is_short = part.end - part.start < MAX_NAMED_TEXT_BYTES
    is_text_name = part.name.lower().endswith(".txt") or "." not in part.name
    return subtype == "plain" and part.disposition in ("", "inline") and is_short and is_text_name


def choice(parts: list[Part], index: int) -> int:
    """The same number for parts that say the same in different forms: the index of the multipart/alternative
    around them, else the part's own."""
    found, at = index, parts[index].parent
    while at >= 0:
        if parts[at].media_type == "multipart/alternative":
            found = at
        at = parts[at].parent
    return found


def is_in_related(parts: list[Part], part: Part) -> bool:
    """Whether a part stands beside the text that shows it (RFC 2387)."""
    at = part.parent
    while at >= 0:
        if parts[at].media_type == "multipart/related":
            return True
        at = parts[at].parent
    return False


def holder_name(parts: list[Part], part: Part, names: dict[int, str]) -> str:
    """The file name of the mail within the mail that holds a part, "" for the letter itself. `names` are
    those of the mails met so far, by index."""
    at = part.parent
    while at >= 0:
        if at in names:
            return names[at]
        at = parts[at].parent
    return ""
