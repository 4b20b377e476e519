"""What was found out about a page, kept for the next who asks: several ask the same while a letter is read."""

from collections import deque
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from ingest.letter import Page

Found = TypeVar("Found")
_MOST_PAGES = 16  # that were asked about last: those of one document


def remembered(find: Callable[[Page], Found]) -> Callable[[Page], Found]:
    """`find`, which depends on the page alone, done once for the same object. Nobody may change what it returns."""
    known: deque[tuple[Page, Found]] = deque(maxlen=_MOST_PAGES)

    @wraps(find)
    def asked(page: Page) -> Found:
        # By identity: to compare two pages word by word takes longer than most of what is asked.
        for one, found in known:
            if one is page:
                return found
        found = find(page)
        known.append((page, found))
        return found

    return asked
