"""What a killable process does with one stored file: all its pages as text, screened once more (promise 4)."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from core.evidence import Evidence, Source
from core.search.texts import MOST_LETTERS
from ingest.letter import FullText, Page
from ingest.reading import Unreadable, read_fields
from ingest.reading.whole import read_whole
from ingest.screening import secret_on

_MOST_SHOWN = 20  # pages of a scan whose words are kept in their places
# Not whom it names: a name that was misread would be another office's.
_SAID_BELOW = ("due_at", "silence", "in_reply_to", "event_at", "event_place", "invited")


def read_full_text(path: Path, media_type: str, name: str, is_screened: bool, seconds: float) -> FullText:
    """Read every page of the file at `path`; `name` is what its document calls it, `seconds` are for its pictures.

    Not screened is what a person has let in. Raises OSError; time and memory are bounded by the process that calls.
    """
    pages: list[str] = []
    shown: list[Page] = []
    unread = letters = seen = 0
    try:
        for page in read_whole(path, media_type, seconds):
            if is_screened and (rule := secret_on(page, name, is_first=not pages)):
                return FullText(secret=rule)
            drawn = () if page.is_seen or page.is_scan or page.has_art else page.stamps
            text = " ".join(word.text for word in chain(page.words, *drawn))
            letters += len(text)
            unread += page.is_scan and not page.words
            seen += page.is_seen
            shown += [page] if len(shown) < _MOST_SHOWN else []
            pages.append(text if letters <= MOST_LETTERS else "")
    except Unreadable as problem:
        return FullText(problem=problem.why)
    how = "text" if not seen else "ocr" if seen + unread == len(pages) else "mixed"
    return FullText(tuple(pages), unread, how=how, fields=_below_the_head(shown))


def _below_the_head(pages: Sequence[Page]) -> dict[str, Evidence]:
    """Deadline and meeting of a scan, of which intake has read the head alone; {} for what it could read as text."""
    if not pages or not pages[0].is_seen:
        return {}
    found = read_fields(pages, source=Source.OCR)
    return {name: found[name] for name in _SAID_BELOW if name in found}
