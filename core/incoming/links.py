"""A document whose letter brought links instead of files, by its notes (see `core.incoming.missing`)."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

NO_FILE, LINK, WAIVED = "no_file", "link", "no_file_waived"
NO_FILE_SENTENCE = (
    "Chưa có tệp: thư chỉ gửi liên kết nên chưa vào sổ được. Thêm tệp văn bản vào dự thảo, "
    "hoặc ghi lý do vào sổ không kèm tệp."
)
_LONGEST_HOST = 253  # RFC 1035; making xn--… of thousands of letters takes a second
_HOST = re.compile(r"[a-z0-9._:-]+")


def link_note(address: str) -> str:
    """The note that says where the file is said to lie."""
    return f"{LINK}:{address}"


def links(notes: Iterable[object]) -> tuple[str, ...]:
    """The addresses that a document's notes name, as text; nothing of ours ever opens them."""
    return tuple(rest for code, _, rest in (str(note).partition(":") for note in notes) if code == LINK)


def is_missing(notes: Iterable[object]) -> bool:
    """Whether a draft with these notes still waits for its file."""
    return NO_FILE in notes


def without_waiver(notes: Iterable[object]) -> list[object]:
    """Notes without the one that a clerk does without the file."""
    return [note for note in notes if str(note).partition(":")[0] != WAIVED]


def host_of(address: str) -> str:
    """The host that a browser would go to, in the letters of the domain system: what looks like another name stands
    there as xn--…; "" where it can't be read."""
    try:
        # To a browser "\" is "/" (WHATWG URL 4.4): behind it "@" no longer says who asks.
        said = unquote(urlsplit(address.replace("\\", "/")).hostname or "")
    except ValueError:
        return ""
    seen = "".join(letter for letter in said if unicodedata.category(letter) != "Cf")
    plain = unicodedata.normalize("NFKC", seen).lower().replace("。", ".")
    if len(plain) > _LONGEST_HOST:
        return ""
    host = ".".join(name if name.isascii() else f"xn--{name.encode('punycode').decode()}" for name in plain.split("."))
    return host.rstrip(".") if _HOST.fullmatch(host) else ""
