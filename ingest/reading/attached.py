"""What a file says of being part of something else: "(Kèm theo Công văn số …)", a second head in the same file."""

import re
from collections.abc import Sequence

from core.notation import code_key
from ingest.letter import Page
from ingest.reading.head import code_in, find_head
from ingest.reading.lines import Line, page_lines
from ingest.reading.signature import find_signature

_TOP_LINES = 14
# The line begins with it, as under the title of an annex (NĐ 30 Phụ lục I.III.1); in running text it says otherwise.
_GOES_WITH = re.compile(
    r"^\W*(?:được\s+)?(?:ban hành\s+|gửi\s+|đính\s+)?kèm(?:\s+theo)?\b(?P<rest>[^)]{0,200})", re.IGNORECASE
)
_CODE = re.compile(r"\bsố\s*:?\s*(?P<code>\d[\w/.-]*/[\w/.-]*\w)", re.IGNORECASE)


def goes_with(pages: Sequence[Page]) -> str | None:
    """The code of the document that an annex says it goes with, "" where it says so with a blank number, None where it
    says nothing of the kind (DOMAIN §7 #19)."""
    lines = page_lines(pages[0])[:_TOP_LINES] if pages else []
    for place, line in enumerate(lines):
        if not _GOES_WITH.match(line.plain):
            continue
        following = lines[place + 1] if place + 1 < len(lines) else None
        said = _GOES_WITH.match(line.plain if following is None else f"{line.plain} {following.plain}")
        code = _CODE.search(said["rest"]) if said else None
        return code["code"] if code else ""
    return None


def second_document(pages: Sequence[Page]) -> int | None:
    """The page on which another document begins in the same file: motto and a whole number that is not the first
    one's, behind the first one's signature. Of pages that were not read nothing is known."""
    first = find_head(pages)
    if first is None or first.code_line is None:
        return None
    code = _whole_code(first.code_line)
    behind = [page for page in pages if page.number > first.page.number and not page.is_scan]
    for page in behind:
        head = find_head((page,))
        if head is None or not head.has_motto or head.code_line is None:
            continue
        other = _whole_code(head.code_line)
        before = [one for one in pages if first.page.number <= one.number < page.number]
        if code and other and other != code and find_signature(before, first.page.number):
            return page.number
    return None


def _whole_code(line: Line) -> str:
    code = code_in(line)
    return code_key(code.text) if code is not None and code.number else ""
