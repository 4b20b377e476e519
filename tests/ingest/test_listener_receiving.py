"""A letter that can't even be begun gives its room back, so that the spool does not fill with nothing."""

from pathlib import Path

import pytest

from ingest.listener.receiving import SMALLEST, Receiving
from ingest.spool import Spool


def test_a_letter_whose_file_cannot_be_opened_gives_its_room_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 1_000_000)
    slot = spool.try_reserve(SMALLEST)
    assert slot is not None
    slot.raw.touch()  # stands for a process that may open no more files
    with pytest.raises(FileExistsError):
        Receiving(spool, slot, SMALLEST, 1_000_000)
    assert spool.try_reserve(500_000) is not None, "the whole budget is free again"
    spool.close()
