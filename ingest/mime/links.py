"""Links that a mail brings instead of files: found in its text and behind the words of its HTML; never fetched."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import parse_qs, quote, urlsplit

from config.vocabulary import vocabulary
from core.incoming.links import host_of
from core.text import fold, normal

MOST_LINKS = 5  # of one letter that are kept
_MOST_LOOKED = 200  # addresses of one letter that are looked at
_MOST_LINES = 5_000
_LONGEST = 2_000
_BESIDE = 200  # letters of the line on either side of a link that are its neighbours
_WORDS = vocabulary("links")
_ADDRESS = re.compile(
    r"https?://[^\s<>\"']{1,2000}|(?<![\w@./:-])(?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,10}/[^\s<>\"']{1,2000}", re.IGNORECASE
)
_SIGNATURE = re.compile(r"-- ?$")  # RFC 3676 4.3
_ANSWER = re.compile(r"\s{0,9}(?:re|trả lời|tra loi|phúc đáp)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}:", re.IGNORECASE)
_QUOTED = re.compile(
    r"(?:đã viết|wrote)\s{0,3}:\s{0,9}$|^\W{0,9}original message|^\W{0,9}thư gốc|^(?:from|từ)\s{0,3}:", re.IGNORECASE
)


def _any_of(name: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile("|".join(_WORDS[name]), flags)


_NEVER, _PATHS, _CLOSING = _any_of("never", re.IGNORECASE), _any_of("paths", re.IGNORECASE), _any_of("closings")
_SAID, _SAID_BARE = _any_of("said"), _any_of("said_bare")
_NOT_SAID, _ELSEWHERE = _any_of("not_said"), _any_of("elsewhere")


def file_links(subject: str, texts: list[str]) -> tuple[str, ...]:
    """The addresses, at most MOST_LINKS, that the mail gives in place of its files, as they may be shown.

    `texts` say the same in different forms, addresses behind words in angle brackets. Links of a signature, to leave
    a list, of a web site's front page, and what an answer quotes are not among them.
    """
    is_answer = bool(_ANSWER.match(subject))
    found: dict[str, None] = {}
    for text in texts:
        for address in _in_text(text, is_answer=is_answer):
            found.setdefault(address)
            if len(found) >= MOST_LINKS:
                return tuple(found)
    return tuple(found)


def _in_text(text: str, *, is_answer: bool) -> Iterator[str]:
    looked, above, is_signed = 0, "", False
    for line in islice(text.splitlines(), _MOST_LINES):
        if _SIGNATURE.match(line) or (is_answer and _QUOTED.search(line[:300])):
            return
        if line.startswith(">"):
            continue
        is_signed = is_signed or (len(line) < 100 and bool(_CLOSING.search(normal(line).lower())))
        for found in _ADDRESS.finditer(line):
            looked += 1
            if looked > _MOST_LOOKED:
                return
            address = _whole(found[0])
            inner, beside = _unwrapped(address), _beside(line, found.start(), found.end(), above)
            if _is_file(_shown(inner), beside, is_signed=is_signed):
                yield _shown(inner if _is_wrapper(address) else address)
        above = line if any(map(str.isalpha, _ADDRESS.sub(" ", line))) else above


def _beside(line: str, start: int, end: int, above: str) -> str:
    before, behind = _ADDRESS.sub(" ", line[max(0, start - _BESIDE) : start]), line[end : end + _BESIDE]
    if not any(map(str.isalpha, before)):  # a list of links under the line that announces them
        before = _ADDRESS.sub(" ", above[-_BESIDE:])
    return normal(f"{before} {_ADDRESS.sub(' ', behind)}").replace("<", " ").replace(">", " ").lower()


def _is_file(address: str, beside: str, *, is_signed: bool) -> bool:
    if _NEVER.search(address) or _NOT_SAID.search(beside):
        return False
    words = " ".join(beside.split())
    is_said = bool(_SAID.search(words) or _SAID_BARE.search(fold(words)))
    if _is_of_files(address):
        return is_said or not is_signed
    return is_said and not is_signed and not _ELSEWHERE.search(words)


def _is_of_files(address: str) -> bool:
    host, rest = host_of(address), re.sub(r"^https?://[^/?#]*", "", address, count=1, flags=re.IGNORECASE)
    if not rest.strip("/"):
        return False
    if _is_host_of(address, _WORDS["hosts"]):
        return True
    return bool(_PATHS.search(rest)) or bool(set(host.split(".")[:-1]) & set(_WORDS["host_words"]))


def _whole(address: str) -> str:
    address = address.rstrip(".,;:!?)]}»”*_")
    return address if "://" in address else f"https://{address}"


def _shown(address: str) -> str:
    """The address with the signs that are not seen escaped."""
    return "".join(letter if letter.isprintable() else quote(letter, errors="replace") for letter in address[:_LONGEST])


def _is_wrapper(address: str) -> bool:
    """Whether the address leads to the one in it: any other host may send people wherever it likes."""
    return _is_host_of(address, _WORDS["wrappers"])


def _is_host_of(address: str, known: Iterable[str]) -> bool:
    host = host_of(address)
    return any(host == one or host.endswith("." + one) for one in known)


def _unwrapped(address: str) -> str:
    """The address that stands in another as a parameter, as Outlook's safe links, Google and virus filters make them;
    else the address itself."""
    try:
        asked = parse_qs(urlsplit(address).query, max_num_fields=20)
    except ValueError:
        return address
    for name in ("url", "q", "u", "target"):
        for value in asked.get(name, ()):
            if re.match(r"https?://[^\s<>\"']+$", value):
                return value
    return address
