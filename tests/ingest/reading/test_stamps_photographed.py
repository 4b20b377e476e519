"""Pale stamps as cameras keep them: in patches of colour coarser than their strokes, in grain and in lamplight."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFilter
from printed_papers import papers
from scanned_papers import photograph, stamped

from ingest.reading import Scans
from ingest.reading.scan.pictures import Picture
from ingest.reading.scan.preparing import inks
from ingest.screening import secret_on

REPORT = next(p for p in papers() if p.title == "BÁO CÁO" and not p.mark)
LEFT = (0.14, 0.15)  # where nothing is printed
PURPLISH, WORN = (221, 141, 173), (220, 192, 200)


def worn_stamp(color: tuple[int, int, int]) -> Picture:
    """Paper with a thick line in `color`, and black print across it."""
    page = np.full((800, 800, 3), 240, np.uint8)
    page[300:310, 100:300] = color
    page[200:400, 150:155] = 20
    return page


@pytest.mark.parametrize("color", [PURPLISH, (239, 141, 150)])
@pytest.mark.parametrize("word", ["TỐI MẬT", "TUYỆT MẬT"])
def test_a_pale_stamp_is_read_in_a_small_photograph(tmp_path: Path, word: str, color: tuple[int, int, int]) -> None:
    first = photograph(REPORT, tmp_path, scale=120 / 72)[0]
    paper = stamped(first, (word,), LEFT, color=color, size=0.018)
    path = tmp_path / "photo.jpg"
    paper.filter(ImageFilter.GaussianBlur(0.8)).save(path, quality=45)
    (page,) = Scans(60).read(path, "image/jpeg")
    assert secret_on(page, "photo.jpg", is_first=True) == "secret_stamp"


def test_of_a_pale_stamp_the_print_across_it_is_no_part() -> None:
    red = inks(worn_stamp(WORN)).red
    assert red[303:307, 105:140].all() and not red[:, 149:156].any()


@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (1.0, 0.93, 0.85)])
def test_neither_grain_nor_lamplight_is_red_ink(light: tuple[float, ...]) -> None:
    rng = np.random.default_rng(30)
    gray = rng.normal(0, 12, (800, 800, 1)) + worn_stamp(WORN) * np.array(light)
    red = inks(np.clip(gray, 0, 255).astype(np.uint8)).red
    assert red[:280].mean() < 0.002 < red[303:307, 105:140].mean()
    coarse = rng.normal(0, 4, (200, 200, 3)).repeat(4, axis=0).repeat(4, axis=1)
    assert inks(np.clip(gray + coarse, 0, 255).astype(np.uint8)).red[:280].mean() < 0.002
