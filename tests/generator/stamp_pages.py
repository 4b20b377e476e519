"""Pages full of ĐẾN stamps with secrecy marks and other stamps across them, to learn from: where each "MẬT" stands."""

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c

from tests.generator import ink
from tests.generator.paper import Arrival, Stamp
from tests.generator.received import INNOCENT, MARKS, arrival_with, mark_upon, stamp_upon
from tests.generator.typeset import typeset
from tests.generator.varied import ALONE
from tests.generator.wording import wording

_ACROSS, _DOWN = 3, 9  # places for stamps
_CELL = (6.3, 3.0)  # centimetres
_TOLD = "#010203"  # the colour by which marks are found again
_TOLD_RGB = (1, 2, 3)
_OTHER = (
    "TUYỂN SINH", "TỐI KHẨN", "TỐT", "TUYỆT ĐỐI", "BẢN SAO", "MẤT DẤU", "ĐÃ MẤT", "SAO MAI", "MAI TRÂM", "HOẢ TỐC",
)  # fmt: skip


@dataclass(frozen=True)
class StampPage:
    """A PDF of one page, and the middle of each "MẬT" of a mark in points from the page's upper left corner."""

    pdf: bytes
    marks: tuple[tuple[float, float], ...]


def stamp_page(seed: int) -> StampPage:
    """The page of `seed`: some thirty stamps over print in the words of the practice half."""
    rng = Random(f"stamp page {seed}")
    page: dict[str, Any] = {
        "serif": rng.random() < 0.8,
        "names": " ỦY BAN NHÂN DÂN TỈNH * ",
        "lines": list(_lines(rng)),
    }
    page |= {"arrivals": [], "alone": [], "seals": []}
    for place in range(_ACROSS * _DOWN):
        down, across = divmod(place, _ACROSS)
        at = (across * _CELL[0] + rng.uniform(-0.3, 1.2), down * _CELL[1] + rng.uniform(0, 1.2))
        what = rng.random()
        if what < 0.8:
            page["arrivals"].append({"at": at, "arrival": _arrival(rng)})
        elif what < 0.95:
            page["alone"].append({"at": at, "stamp": replace(_stamp(rng, rng.random() < 0.5), slip=(0.0, 0.0))})
        elif what < 0.97:
            page["seals"].append({"at": at, "size": rng.uniform(3.2, 3.8)})
    numbers = [text for one in page["arrivals"] for text in (one["arrival"].number, one["arrival"].day)]
    page["ink"] = {text: ink.number(text, rng) for text in numbers} | {"scribble": ink.signature(rng)}
    pdf = typeset("stamp_page.typ", page=_plain(page))
    told = typeset("stamp_page.typ", page=_plain(_with_marks_told(page)))
    return StampPage(pdf, tuple(_middles(told)))


def _lines(rng: Random) -> Iterator[dict[str, object]]:
    words = wording("practice")
    said = (*words.actions, *words.topics, *words.decisions, *words.addressees, *words.false_friends)
    for _ in range(70):
        text = re.sub(r"[{}]", "", " ".join(rng.sample(said, rng.choice((1, 1, 2, 3, 4)))).replace("{}", "an toàn"))
        is_title = rng.random() < 0.25
        text = rng.choice(ALONE) if rng.random() < 0.08 else text.upper() if is_title else text.capitalize()
        yield {"text": text, "size": rng.choice((11, 12, 13, 13.5, 14, 14.5)), "bold": is_title or rng.random() < 0.1,
               "italic": rng.random() < 0.1, "centred": is_title or rng.random() < 0.1}  # fmt: skip


def _arrival(rng: Random) -> Arrival:
    marks = [_stamp(rng, True)] if rng.random() < 0.5 else []
    return arrival_with([*marks, *(_stamp(rng, False) for _ in range(rng.choice((0, 0, 0, 1, 1, 2))))], rng)


def _stamp(rng: Random, is_mark: bool) -> Stamp:
    if is_mark:
        return mark_upon(rng.choice(MARKS)[0], rng)
    return stamp_upon(rng.choice((*INNOCENT, *INNOCENT, *_OTHER)), rng)


def is_mark(stamp: Stamp) -> bool:
    """Whether `stamp` is a secrecy mark."""
    text = stamp.text.replace(" ", "").removeprefix("Độmật:").upper()
    return text in ("MẬT", "TỐIMẬT", "TUYỆTMẬT")


def _with_marks_told(page: dict[str, Any]) -> dict[str, Any]:
    """`page` with its marks in the colour by which their letters are found."""
    arrivals = [(one, one["arrival"]) for one in page["arrivals"]]
    told = [one | {"arrival": replace(a, beneath=_told(a.beneath), upon=_told(a.upon))} for one, a in arrivals]
    return page | {
        "arrivals": told,
        "alone": [one | {"stamp": _told((one["stamp"],))[0]} for one in page["alone"]],
    }


def _told(stamps: Sequence[Stamp]) -> tuple[Stamp, ...]:
    # A pale stamp is a framed one in a lighter colour.
    return tuple(
        replace(one, red=_TOLD, style="framed" if one.style == "faint" else one.style) if is_mark(one) else one
        for one in stamps
    )


def _plain(page: dict[str, Any]) -> dict[str, Any]:
    arrivals = [one | {"arrival": asdict(one["arrival"])} for one in page["arrivals"]]
    return page | {"arrivals": arrivals, "alone": [one | {"stamp": asdict(one["stamp"])} for one in page["alone"]]}


def _middles(pdf: bytes) -> Iterator[tuple[float, float]]:
    """The middles of the words "MẬT" in the colour of marks."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text, height = page.get_textpage(), page.get_height()
    box: list[tuple[float, float]] = []
    last = ""
    for place in range(text.count_chars()):
        letter = chr(pdfium_c.FPDFText_GetUnicode(text, place))
        if not letter.isalpha() or _colour(text, place) != _TOLD_RGB:
            continue
        left, bottom, right, top = text.get_charbox(place)
        middle = ((left + right) / 2, height - (bottom + top) / 2)
        box = [middle] if letter in "Mm" else [*box, middle]
        # "Độ mật: Mật" says it twice: the first is a label.
        if letter in "Tt" and len(box) == 3 and last in "Ậậ":
            yield (box[0][0] + box[2][0]) / 2, (box[0][1] + box[2][1]) / 2
        last = letter
    document.close()


def _colour(text: Any, place: int) -> tuple[int, ...]:
    values = [ctypes.c_uint() for _ in range(4)]
    pdfium_c.FPDFText_GetFillColor(text, place, *values)
    return tuple(value.value for value in values[:3])
