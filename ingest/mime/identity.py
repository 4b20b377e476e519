"""What makes two mails the same letter (DESIGN, promise 2)."""

import hashlib
from collections.abc import Iterable, Iterator

# A text of nothing but line ends must not gather in memory.
_MOST_HELD = 64 * 1024


class LineDigest:
    """SHA-256 of a text whatever its line ends are: CR LF, CR and LF count alike, line ends at the very end
    not at all. Routes differ in these."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._held = b""

    def update(self, chunk: bytes) -> None:
        """Take in the next bytes of the text."""
        data = self._held + chunk
        if data.endswith(b"\r"):
            # Its LF may come with the next chunk; one CR more at the end changes nothing.
            self._held, data = b"\r", data[:-1]
        else:
            self._held = b""
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        bare = data.rstrip(b"\n")
        self._digest.update(bare)
        self._held = data[len(bare) :] + self._held
        if len(self._held) > _MOST_HELD:
            self._digest.update(self._held[:-1])
            self._held = self._held[-1:]

    def hexdigest(self) -> str:
        """Hex digest of what was taken in so far."""
        return self._digest.hexdigest()


def identity(message_id: str | None, fields: Iterable[str], parts: Iterator[tuple[str, str]]) -> str:
    """The identity of a letter, hex SHA-256.

    `fields` are the decoded Subject, From and Date; `parts` the name and content digest of each part in
    order. Trace fields, transfer encodings and boundaries, which differ from route to route, don't count.
    """
    digest = hashlib.sha256()
    for value in (message_id or "", *fields, *(text for part in parts for text in part)):
        data = value.encode("utf-8", "replace")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()
