"""What a killable process does with one stored file: all its pages as text, screened once more (promise 4)."""

from itertools import chain
from pathlib import Path

from core.search.texts import MOST_LETTERS
from ingest.letter import FullText
from ingest.reading import Unreadable
from ingest.reading.whole import read_whole
from ingest.screening import secret_on


def read_full_text(path: Path, media_type: str, name: str, is_screened: bool, seconds: float) -> FullText:
    """Read every page of the file at `path`; `name` is what its document calls it, `seconds` are for its pictures.

    Not screened is what a person has let in. Raises OSError; time and memory are bounded by the process that calls.
    """
    pages: list[str] = []
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
            pages.append(text if letters <= MOST_LETTERS else "")
    except Unreadable as problem:
        return FullText(problem=problem.why)
    how = "text" if not seen else "ocr" if seen + unread == len(pages) else "mixed"
    return FullText(tuple(pages), unread, how=how)
