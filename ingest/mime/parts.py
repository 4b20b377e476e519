"""The structure of a mail: where each part's header and body lie, found by offset (RFC 2046 5.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.mime.headers import Header, split_header
from ingest.mime.names import field_value, file_name
from ingest.mime.raw import Raw

MAX_DEPTH = 100
MAX_PARTS = 3_000
MAX_HEADER_BYTES = 256 * 1024
# Lines that begin with "--" and are no boundary; a mail of nothing else is not worth reading to its end.
MAX_CANDIDATES = 300_000
MAX_GUESSES = 8
_BLANK_LINE = re.compile(rb"\n\r{0,8}\n")
_LONGEST_BLANK = 16
_LONGEST_BOUNDARY = 1_000
_USUAL_HEADER_BYTES = 8 * 1024
_GUESS = re.compile(rb"\A\s*--([^\r\n]{1,200}?)[ \t]*\r?\n(?:content-[a-z-]+[ \t]*:|\r?\n)", re.IGNORECASE)
NESTED_TYPES = {"message/rfc822", "message/global", "message/news"}
_PLAIN_TRANSFER = {"", "7bit", "8bit", "binary"}


@dataclass(slots=True)
class Part:
    """One part: its header, its type, and its body as offsets [start, end) into the raw mail.

    `head` is where its header begins, `parent` the index of the part that holds it (-1 for the letter itself), `nested`
    counts the message/rfc822 parts around it. `end` is set when the scanner gets there.
    """

    header: Header
    media_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    transfer: str
    head: int
    start: int
    end: int
    parent: int
    nested: int
    content_id: str = ""
    warnings: list[str] = field(default_factory=list)
    has_children: bool = False

    @property
    def is_multipart(self) -> bool:
        return self.media_type.startswith("multipart/")


def file_part(name: str, start: int, end: int) -> Part:
    """A file that some other container than MIME holds, as a part."""
    return Part(Header(()), "application/octet-stream", {}, "attachment", name, "binary", start, start, end, -1, 0)


class Scanner:
    """Walks a mail once from front to end and collects its parts in their order."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.parts: list[Part] = []
        self.warnings: set[str] = set()
        # From the root to the part being read: index of the part, and its boundary while that is awaited.
        self._path: list[tuple[int, bytes | None]] = []
        self._boundaries: dict[bytes, int] = {}
        # From where the last blank line was searched for, where it begins and ends.
        self._blank = (0, -1, 0)
        self._candidates = 0
        self._guesses = 0

    def scan(self) -> list[Part]:
        """All parts, containers before what they contain."""
        at: int | None = self._open(0, -1)
        while at is not None:
            at = self._advance(at)
        return self.parts

    def _advance(self, at: int) -> int | None:
        """Go on from `at` to the next boundary line and act on it; None at the end of the mail."""
        found = self._next_delimiter(at) if self._boundaries else None
        if found is None:
            return self._close(0, self.raw.size)
        line_start, line_end, level, is_close = found
        reopened = self._close(level + 1, self._before_newline(line_start))
        if reopened is not None:
            return reopened
        index = self._path[level][0]
        if is_close:
            self._close(level, line_start, guess=False)
            return line_end
        if len(self.parts) >= MAX_PARTS:
            self.warnings.add("too_many_parts")
            self._close(0, line_start, guess=False)
            return None
        self.parts[index].has_children = True
        return self._open(line_end, index)

    def _open(self, at: int, parent: int) -> int:
        """Read the header at `at`, enter the part, and return the offset where its body begins."""
        while True:
            header, body = self._header(at)
            part = self._part(header, at, body, parent)
            index = len(self.parts)
            self.parts.append(part)
            if parent >= 0:
                self.parts[parent].has_children = True
            is_deep = len(self._path) >= MAX_DEPTH
            if is_deep and (part.is_multipart or part.media_type in NESTED_TYPES):
                self.warnings.add("too_deep")
                part.media_type = "application/octet-stream"
            boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8") if part.is_multipart else b""
            self._push(index, boundary or None)
            if part.is_multipart and not boundary:
                return self._guess(len(self._path) - 1) or body
            if part.media_type not in NESTED_TYPES or part.transfer not in _PLAIN_TRANSFER:
                return body
            at, parent = body, index

    def _part(self, header: Header, at: int, body: int, parent: int) -> Part:
        media_type, parameters, damage = field_value(header, "content-type")
        disposition, extra, damage_too = field_value(header, "content-disposition")
        holder = self.parts[parent] if parent >= 0 else None
        name = file_name(parameters, extra)
        if "/" not in media_type:
            in_digest = holder is not None and holder.media_type == "multipart/digest"
            # RFC 2045 5.2 takes what it can't read as text; with a name and a word such as "BINARY" it is a file.
            unknown = "application/octet-stream" if media_type.strip() and name else "text/plain"
            media_type = "message/rfc822" if in_digest else unknown
        return Part(
            header=header,
            media_type=media_type.split()[0] if media_type.split() else "text/plain",
            parameters=parameters,
            disposition=disposition.split()[0] if disposition.split() else "",
            name=name,
            transfer=header.text("content-transfer-encoding").split(";")[0].strip("\"' ").lower(),
            head=at,
            start=body,
            end=self.raw.size,
            parent=parent,
            nested=0 if holder is None else holder.nested + (holder.media_type in NESTED_TYPES),
            content_id=header.text("content-id").strip("<> "),
            warnings=list(dict.fromkeys((*header.warnings, *damage, *damage_too))),
        )

    def _header(self, at: int) -> tuple[Header, int]:
        block, end = self._header_block(at)
        header, used = split_header(block, self._is_delimiter)
        if end is not None and used == len(block):
            return header, end
        return header, at + used

    def _header_block(self, at: int) -> tuple[bytes, int | None]:
        """The bytes of a header, and the offset behind it where those had to be shortened."""
        raw = self.raw
        place = raw.load(at)
        for blank in (b"\n", b"\r\n"):
            if raw.window.startswith(blank, place):
                return blank, None
        end = self._blank_line(at)
        if end - at > _USUAL_HEADER_BYTES and self._boundaries:
            # No blank line near: the part may be over before one comes.
            delimiter = self._next_delimiter(at)
            end = min(end, delimiter[0]) if delimiter else end
        if end - at <= MAX_HEADER_BYTES:
            return raw.read(at, end), None
        # Keep both ends: a giant field in the middle must not cost the fields behind it.
        self.warnings.add("header_too_large")
        tail = raw.read(end - MAX_HEADER_BYTES // 4, end).partition(b"\n")[2]
        return raw.read(at, at + MAX_HEADER_BYTES * 3 // 4) + b"\n" + tail, end

    def _blank_line(self, at: int) -> int:
        """The offset behind the next blank line. Remembered, so that a mail without any is searched once."""
        searched_from, found, end = self._blank
        if searched_from <= at <= found:
            return end
        raw, searched_from = self.raw, at
        while at < raw.size:
            place = raw.load(at)
            if match := _BLANK_LINE.search(raw.window, place):
                self._blank = (searched_from, raw.base + match.start(), raw.base + match.end())
                return self._blank[2]
            at = raw.base + len(raw.window)
            at -= _LONGEST_BLANK if at < raw.size else 0
        self._blank = (searched_from, raw.size, raw.size)
        return raw.size

    def _next_delimiter(self, at: int) -> tuple[int, int, int, bool] | None:
        """The next boundary line at or behind `at`: its start, its end, whose it is (level), and whether it
        closes."""
        raw = self.raw
        while at < raw.size and self._candidates < MAX_CANDIDATES:
            for start, line in self._dashed_lines(at):
                self._candidates += 1
                level, is_close = self._level(line.strip())
                if level is not None:
                    return start, start + len(line), level, is_close
                at = start + 2
                if self._candidates >= MAX_CANDIDATES:
                    break
            else:
                return None
        if self._candidates >= MAX_CANDIDATES:
            self.warnings.add("too_many_dashed_lines")
        return None

    def _dashed_lines(self, at: int) -> Iterator[tuple[int, bytes]]:
        raw = self.raw
        while at < raw.size:
            place = raw.load(at)
            window, base = raw.window, raw.base
            if window.startswith(b"--", place) and self._begins_line(at):
                yield at, _line(window, place)
            while (newline := window.find(b"\n--", place)) >= 0:
                if len(window) - newline < _LONGEST_BOUNDARY and base + len(window) < raw.size:
                    break
                yield base + newline + 1, _line(window, newline + 1)
                place = newline + 2
            # A delimiter may lie across the end of the window: come back to the last line's beginning.
            at = base + (newline if newline >= 0 else max(place + 1, len(window) - 3))
            if newline < 0 and base + len(window) >= raw.size:
                return

    def _begins_line(self, at: int) -> bool:
        return at == 0 or self.raw.read(at - 1, at) == b"\n"

    def _level(self, line: bytes) -> tuple[int | None, bool]:
        level = self._boundaries.get(line[2:])
        if level is None and line.endswith(b"--"):
            return self._boundaries.get(line[2:-2].rstrip()), True
        return level, False

    def _is_delimiter(self, line: bytes) -> bool:
        return line.startswith(b"--") and self._level(line.strip())[0] is not None

    def _push(self, index: int, boundary: bytes | None) -> None:
        self._path.append((index, boundary))
        if boundary:
            self._boundaries[boundary] = len(self._path) - 1

    def _close(self, level: int, end: int, *, guess: bool = True) -> int | None:
        """End every part from `level` of the path on. A multipart in which no boundary was found gets one
        more reading with the boundary its body seems to use: then returns the offset to go on from."""
        while len(self._path) > level:
            part = self.parts[self._path[-1][0]]
            part.end = max(part.start, end)
            if part.is_multipart and not part.has_children:
                again = self._guess(len(self._path) - 1) if guess else None
                if again is not None:
                    return again
                part.warnings.append("boundary_missing")
                part.media_type = "text/plain"
            self._path.pop()
        self._boundaries = {boundary: place for place, (_, boundary) in enumerate(self._path) if boundary is not None}
        return None

    def _guess(self, level: int) -> int | None:
        index, declared = self._path[level]
        part = self.parts[index]
        match = _GUESS.match(self.raw.read(part.start, min(part.end, part.start + 8_192)))
        if match is None or match[1] == declared or self._guesses >= MAX_GUESSES:
            return None
        self._guesses += 1
        part.warnings.append("boundary_guessed")
        part.end = self.raw.size
        del self._path[level:]
        self._boundaries = {b: place for place, (_, b) in enumerate(self._path) if b is not None}
        self._push(index, match[1])
        return part.start

    def _before_newline(self, at: int) -> int:
        """The line end before a boundary belongs to the boundary (RFC 2046 5.1.1)."""
        before = self.raw.read(max(0, at - 2), at)
        if before == b"\r\n":
            return at - 2
        return at - 1 if before.endswith(b"\n") else at


def _line(window: bytes, place: int) -> bytes:
    end = window.find(b"\n", place, place + _LONGEST_BOUNDARY)
    return window[place : end + 1] if end >= 0 else window[place : place + _LONGEST_BOUNDARY]
