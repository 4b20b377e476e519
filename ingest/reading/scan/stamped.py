"""All that was stamped in the head of a page, in whatever ink and over whatever else."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from ingest.letter import Word
from ingest.reading.scan.apart import Stamps, hung_seal, red_stamps, unread_stamps
from ingest.reading.scan.beneath import arrivals, marks_beneath
from ingest.reading.scan.glimpsed import glimpsed_marks
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.zones import Zone
from ingest.reading.stamps import shows_secrecy


def stamps_in(
    sheet: Sheet, zone: Zone, words: Sequence[Word] | None, left: Callable[[], float], *, is_paper: bool = True
) -> Iterator[Stamps]:
    """The stamps in `zone`, as they are found: in red ink, then what stands apart from `words`, the zone's (None: they
    were not read), then what the receiver's stamp hides, read or only glimpsed. `left` says how many seconds are left.
    What is no picture of paper (`is_paper`) has no receiver's stamp to look at, but logos. Raises NotRead."""
    seal = hung_seal(sheet, zone)
    found = red_stamps(sheet, zone, seal, left())
    yield found
    if words is None:
        if is_paper:
            yield glimpsed_marks(sheet, zone, (), (), left)
        return
    apart = unread_stamps(sheet, zone, words, left())
    yield apart
    stamped = tuple(chain.from_iterable(found + apart))
    beneath = marks_beneath(sheet, words, stamped, left())
    yield beneath
    if is_paper and not any(map(shows_secrecy, (*found, *apart, *beneath))):
        yield glimpsed_marks(sheet, zone, words, tuple(arrivals(words, stamped)), left)
