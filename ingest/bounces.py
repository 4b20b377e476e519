"""Bounces in prose: what mail servers write to people when a letter comes back, read for its recipients.

No server agrees with another on the words, so nothing hangs on one wording: what counts is who speaks
(a mail daemon), that something failed, and where addresses stand in the lines before the returned letter.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.letter import Report
from ingest.mime.headers import Header

MAX_PROSE_LETTERS = 20_000
MAX_RECIPIENTS = 200
ADDRESS = re.compile(r"""(?:"[^"\s]{1,64}"|[^\s<>()\[\]",:;@=|]{1,128})@[^\s<>()\[\]",:;@=|'`]{1,255}""")
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:#-])([45])\d\d(?![\d.:])")
_DAEMON = re.compile(
    r"^(?:mailer-?daemon|post-?master|mail-?daemon|mail\.?delivery|mdaemon|mmdf|bounces?|undisclosed|nobody|.*-admin"
    r"|microsoftexchange[0-9a-f]{32})$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|unzustellbar|non[- ]?remis|nondeliver|returned mail|return(?:ed|ing)? (?:to|message)|failure|failed"
    r"|mail (?:system )?error|delivery (?:status|problem|notification|report)|could not be delivered|delayed"
    r"|undelivered|warning: (?:could not|message)|rejected|bounce|not delivered"
    r"|không gửi được|không thể gửi|chưa gửi được",
    re.IGNORECASE,
)
ANSWER = re.compile(r"re:|auto|out of|away|vacation|abwesen|réponse|respuesta|trả lời|tự động|vắng", re.IGNORECASE)
_FAILURE = re.compile(
    r"undeliver|(?:not|never|n't|unable to|failed to|cannot|can ?not) (?:be |been )?"
    r"(?:deliver|sen[dt]|relay|receive|reach)"
    r"|fatal error|unrecoverable|permanent|(?:user|recipient|address|mailbox|host|domain|account)s?\)?"
    r"[^.\n]{0,40}(?:unknown|not found|full|reject|disabled|invalid|not exist|does ?n[o']t|no longer)"
    r"|(?:unknown|invalid|no such) (?:user|recipient|address|host|mailbox|final|local)|quota|delivery (?:has )?fail"
    r"|failed|unzustell|did not reach|returned|retried|rejected|\b5\d\d[ -]5\.\d|\b55[0-9]\b"
    r"|không gửi được|không thể gửi|không tồn tại|hộp thư đầy",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"warning (?:message )?only|will (?:be retried|keep trying|continue (?:to )?try)|still being retried"
    r"|do(?:es)? not need to resend"
    r"|delayed|has not (?:yet )?been delivered|\bdelay\b|sẽ thử lại",
    re.IGNORECASE,
)
# Where the prose ends and the returned letter begins. What stands behind says nothing of the failure.
_RETURNED = re.compile(
    r"^(?:[-*|=# >]{2,}.{0,20}(?:this is a copy|copy of|original|returned|unsent|undelivered"
    r"|message text|message header|below this line|header of|message body|body of|mail follows|the message).{0,60}$"
    r"|(?:the )?original (?:message|mail)(?: headers?)?(?: follows| as follows| included below)?\s*[.:]*\s*$"
    r"|[ \t]{0,8}received:[ \t]?(?:from|by|\()|[ \t]{0,8}return-path:[ \t]*<)",
    re.IGNORECASE | re.MULTILINE,
)
_LABEL = (
    r"(?:[\w ()]{0,30}(?:recipient|address|addressee|user|mailbox|rcpt to|to|người nhận|địa chỉ)s?[\w ]{0,20}:\s*)?"
)
_AT_LINE_START = re.compile(
    rf"^[ \t>|*\-\[\]]{{0,40}}(?:[45]\d\d[ -])?{_LABEL}"
    rf"[<\"'(\[]{{0,4}}(?:smtp:|mailto:|rfc822;\s*)?({ADDRESS.pattern})",
    re.I | re.M,
)
_IN_DIALOGUE = re.compile(
    rf"(?:RCPT TO:|said to |to recipient |expanded from:? *)\s*<?({ADDRESS.pattern})", re.IGNORECASE
)
_EXPANDED = re.compile(r"\((?:expanded|generated)\s+from[^)]*\)", re.IGNORECASE)


def is_bounce(header: Header, subject: str, text: str) -> bool:
    """Whether a mail daemon speaks here, and of a failure or delay."""
    sender = ADDRESS.search(header.text("from")[:1_000])
    is_daemon = sender is not None and _DAEMON.match(sender[0].partition("@")[0].strip("'")) is not None
    is_daemon = (
        is_daemon or re.search(r"(?i)mailer[- ]daemon|mail delivery (?:sub)?system", header.text("from")) is not None
    )
    has_failed = bool(header.raw("x-failed-recipients"))
    has_no_return = header.text("return-path") == "<>" or header.text("auto-submitted").lower().startswith("auto-")
    # An absent person's program answers with our own subject, which may speak of failures itself.
    says_so = _SUBJECT.search(subject) is not None and not ANSWER.match(subject)
    if not (has_failed or is_daemon or (says_so and has_no_return)):
        return False
    return has_failed or _FAILURE.search(prose(text)[:6_000]) is not None or (is_daemon and says_so)


def prose(text: str) -> str:
    """The daemon's own words: what stands before the returned letter."""
    text = text[:MAX_PROSE_LETTERS]
    end = _RETURNED.search(text)
    return text[: end.start()] if end and text[: end.start()].strip() else text


def reports(header: Header, text: str, returned: Header | None, original: str | None) -> Iterator[Report]:
    """One report for each recipient a bounce names."""
    words = prose(text)
    delayed = _DELAY.search(header.text("subject") + "\n" + words) is not None
    recipients = _recipients(header, words, returned)
    for recipient, said in _contexts(words, recipients):
        status = _status(said) or _status(words)
        if not status:
            status = "4.0.0" if delayed else "5.0.0"
        action = "delayed" if status[0] == "4" or (delayed and not STATUS.search(said)) else "failed"
        yield Report(recipient, action, status, original, " ".join(said.split())[:500])


def _recipients(header: Header, words: str, returned: Header | None) -> list[str]:
    # Exim and Gmail name them in a field of its own.
    named = _addresses(header.text("x-failed-recipients"))
    if named:
        return named
    own = {address.lower() for address in _addresses(header.text("from") + " " + header.text("to"))}
    flat = _EXPANDED.sub("", words)
    for pattern in (_AT_LINE_START, _IN_DIALOGUE):
        if found := _foreign((match[1] for match in pattern.finditer(flat)), own):
            return found
    if found := _foreign(iter(ADDRESS.findall(flat)), own):
        return found
    return _foreign(iter(_addresses(returned.text("to"))), set()) if returned else []


def _addresses(text: str) -> list[str]:
    return list(dict.fromkeys(ADDRESS.findall(text[:8_000])))[:MAX_RECIPIENTS]


def _foreign(found: Iterator[str], own: set[str]) -> list[str]:
    """The addresses that are neither the daemon's nor the sender's, without the dots and quotes around them."""
    kept: dict[str, str] = {}
    for address in found:
        address = address.strip("'.!?*")
        local = address.partition("@")[0].lower()
        if address.lower() not in own and local not in ("postmaster", "mailer-daemon") and "." in address:
            kept.setdefault(address.lower(), address)
    return list(kept.values())[:MAX_RECIPIENTS]


def _contexts(words: str, recipients: list[str]) -> Iterator[tuple[str, str]]:
    """Each recipient with what is said of it: from its first mention to the next one's."""
    lowered = words.lower()
    places = sorted((lowered.find(recipient.lower()), recipient) for recipient in recipients)
    for (start, recipient), (end, _) in pairwise([*places, (len(words), "")]):
        yield recipient, words[start:end] if start >= 0 else words


def _status(said: str) -> str:
    if match := STATUS.search(said):
        return match[1]
    if match := _REPLY.search(said):
        return f"{match[1]}.0.0"
    return ""
