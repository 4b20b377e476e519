"""`congvan agencies`: the address book in and out of a table, for whoever may run it on the server."""

from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from config.vocabulary import vocabulary
from core.agencies import importing
from core.agencies.planning import Fate
from core.agencies.sheet import write_table
from core.db import Database
from core.errors import Permanent

Clock = Callable[[], datetime]
_FATES = {Fate.WRONG: "lỗi", Fate.NEW: "thêm mới", Fate.CHANGED: "bổ sung", Fate.SAME: "đã có đủ"}


def run(asked: Namespace, database: Database, clock: Clock) -> Iterator[str]:
    """Do one act of `congvan agencies` and say what came of it. Raises Permanent for a file that can't be read."""
    if asked.act == "export":
        with database.reading() as session:
            lines = importing.lines(session)
        yield write_table(lines).decode("utf-8-sig").rstrip("\r\n")
        return
    if not asked.table.is_file():
        raise Permanent(f"Không có tệp {asked.table}.")
    content, private = asked.table.read_bytes(), vocabulary("screening")["private_domains"]
    if asked.is_trial:
        with database.reading() as session:
            done = importing.preview(session, content, private)
    else:
        with database.writing() as session:
            done = importing.write(session, content, private, by=None, at=clock())
    for one in done:
        if one.fate is Fate.WRONG or (asked.is_trial and one.fate is not Fate.SAME):
            yield f"Dòng {one.number}: {_FATES[one.fate]}: {one.name}. {one.words}".rstrip(". ") + "."
    counts = Counter(one.fate for one in done)
    said = ", ".join(f"{counts[fate]} {words}" for fate, words in _FATES.items() if counts[fate]) or "không có dòng nào"
    yield f"{'Sẽ làm' if asked.is_trial else 'Đã làm'}: {said}."
