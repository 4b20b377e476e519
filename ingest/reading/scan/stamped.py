"""All that was stamped in the head of a page, in whatever ink and over whatever else."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from ingest.letter import Word
from ingest.reading.scan.apart import Stamps, hung_seal, red_stamps, unread_stamps
from ingest.reading.scan.beneath import marks_beneath
from ingest.reading.scan.sheets import Sheet
from ingest.reading.scan.zones import Zone


def stamps_in(sheet: Sheet, zone: Zone, words: Sequence[Word] | None, left: Callable[[], float]) -> Iterator[Stamps]:
    """The stamps in `zone`, as they are found: in red ink, then what stands apart from `words`, the zone's (None: they
    were not read), then what the receiver's stamp hides. `left` tells how many seconds there are. Raises NotRead."""
    seal = hung_seal(sheet, zone)
    found = red_stamps(sheet, zone, seal, left())
    yield found
    if words is None:
        return
    apart = unread_stamps(sheet, zone, words, left())
    yield apart
    yield marks_beneath(sheet, words, tuple(chain.from_iterable(found + apart)), left())
