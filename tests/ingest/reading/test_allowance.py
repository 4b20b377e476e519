"""What time counts for pictures: the work that they take. A machine that is busy otherwise reads their stamps too."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from printed_papers import papers
from scanned_papers import photograph, scan_pdf, stamped

from ingest.reading import forked
from ingest.reading.allowance import Allowance
from ingest.reading.pages import PDF, read_pages
from ingest.reading.scan import read_scan
from ingest.reading.unreadable import Unreadable

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)


class Runs(Allowance):
    """Time for so many runs, and then none."""

    def __init__(self, count: int) -> None:
        super().__init__(60)
        self._count = count

    def left(self) -> float:
        self._count -= 1
        return super().left() if self._count >= 0 else 0.0


def working(seconds: float) -> Iterator[bytes]:
    ends = time.process_time() + seconds
    while time.process_time() < ends:
        pass
    yield str(os.getpid()).encode()


def resting(seconds: float) -> Iterator[bytes]:
    time.sleep(seconds)
    yield b""


def test_work_of_forks_counts_and_waiting_does_not() -> None:
    allowance = Allowance(10)
    list(forked.each(working, 0.3))
    list(forked.each(resting, 0.6))
    worked = allowance.left()
    assert 9.15 < worked < 9.71
    with pytest.raises(Unreadable):
        list(forked.each(working, 5.0, seconds=0.4))
    assert worked - 1 < allowance.left() < worked - 0.2, "what was ended counts too"


def test_the_clock_ends_it_at_last() -> None:
    allowance = Allowance(0.3)
    time.sleep(0.35)
    assert allowance.left() > 0
    time.sleep(0.3)
    assert allowance.left() <= 0


@pytest.mark.parametrize(("runs", "is_unseen"), [(1, True), (2, True), (60, False)])
def test_a_head_whose_stamps_were_not_looked_for_says_so(tmp_path: Path, runs: int, is_unseen: bool) -> None:
    path = scan_pdf([stamped(photograph(REPORT, tmp_path)[0], ("KHẨN",), (0.17, 0.27))], tmp_path / "scan.pdf")
    (page,) = read_scan(path, read_pages(path, PDF), Runs(runs), is_pdf=True)
    assert page.is_seen and page.is_unseen == is_unseen
