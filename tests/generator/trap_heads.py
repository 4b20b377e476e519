"""Traps of ô 2-4: numbers and days that are blank or by hand, odd codes, dates and places."""

from dataclasses import replace

from tests.generator.offices import Level
from tests.generator.paper import Paper, Stamp, plain, printed
from tests.generator.trap import PRINTED, SCANNED, Setting, Trap, known, numbered

_BLANK_DAYS = (
    "ngày      tháng      năm {0.year}",
    "ngày … tháng {0.month} năm {0.year}",
    "ngày …. tháng …. năm {0.year}",
    "ngày    tháng {0.month:02d} năm {0.year}",
    "ngày … tháng … năm …",
)
_DAYS = (
    "{1}, ngày {0.day:02d}/{0.month:02d}/{0.year}",
    "{1}, ngày{0.day:02d}tháng{0.month:02d} năm{0.year}",
    "{1}, ngày {0.day:02d} / {0.month} /{0.year}",
    "{1}, ngày {0.day} tháng {0.month} năm {0.year}",
    "{1} ngày {0.day:02d} tháng {0.month:02d} năm {0.year}",
)


def _without_number(paper: Paper, blank: str) -> Paper:
    label, code = _label(paper)
    number = paper.truth["code_number"] or ""
    truth = known(paper, code=None, code_number=None, code_notation=None)
    return replace(paper, code=printed(f"{label}{blank}{code.removeprefix(number)}"), truth=truth)


def _label(paper: Paper) -> tuple[str, str]:
    """The label before the code, and the code itself."""
    line, code = plain(paper.code), paper.truth["code"] or ""
    return line[: len(line) - len(code)], code


def _blank_number(paper: Paper, s: Setting) -> Paper:
    return _without_number(paper, " " * s.rng.randint(4, 10))


def _dotted_number(paper: Paper, s: Setting) -> Paper:
    return _without_number(paper, s.rng.choice(("……", ".......", "……… ", "___")))


def _blank_day(paper: Paper, s: Setting) -> Paper:
    blank = s.rng.choice(_BLANK_DAYS)
    return replace(paper, place_date=printed(f"{s.office.place}, {blank.format(s.day)}"), truth=known(
        paper, issued_on=None))  # fmt: skip


def _draft(paper: Paper, s: Setting) -> Paper:
    made = _blank_day(_without_number(paper, "      "), s)
    unsigned = tuple(replace(one, name="") for one in made.signatures)
    mark = Stamp(s.rng.choice(("DỰ THẢO", "Dự thảo lần 2", "DỰ THẢO 3")), "plain", "left")
    return replace(made, signatures=unsigned, stamps=(*made.stamps, mark), truth=known(made, signer_name=None))


def _number_by_hand(paper: Paper, s: Setting) -> Paper:
    label, code = _label(paper)
    number = paper.truth["code_number"] or ""
    return replace(paper, code=(("text", label), ("ink", number), ("text", code.removeprefix(number))))


def _day_by_hand(paper: Paper, s: Setting) -> Paper:
    day = f"{s.day.day:02d}" if s.rng.random() < 0.6 else str(s.day.day)
    month = (("text", f" tháng {s.day.month} năm {s.day.year}"),)
    if s.rng.random() < 0.4:
        month = (("text", " tháng "), ("ink", f"{s.day.month}"), ("text", f" năm {s.day.year}"))  # type: ignore[assignment]
    return replace(paper, place_date=(("text", f"{s.office.place}, ngày "), ("ink", day), *month))


def _spaced_code(paper: Paper, s: Setting) -> Paper:
    label, code = _label(paper)
    wide = s.rng.choice((code.replace("/", " /", 1), code.replace("/", " / ", 1).replace("-", " - "),
                         code.replace("-", " – "), code.replace("/", "/ ", 1)))  # fmt: skip
    return replace(paper, code=printed(s.rng.choice((label, label.replace(":", ""), label.replace(": ", ":"))) + wide))


def _added_letter(paper: Paper, s: Setting) -> Paper:
    """A number entered late, as 12a."""
    number = paper.truth["code_number"] or ""
    return _recoded(paper, (paper.truth["code"] or "").replace(number, f"{number}{s.rng.choice('ab')}", 1))


def _recoded(paper: Paper, code: str) -> Paper:
    label, old = _label(paper)
    number = paper.truth["code_number"] or ""
    kept = (paper.truth["code_notation"] or "") + (code.removeprefix(old) if code.startswith(old) else "")
    changed = number + code.removeprefix(number)[:1] if code.removeprefix(number)[:1].isalpha() else number
    truth = known(paper, code=code, code_number=changed, code_notation=kept)
    return replace(paper, code=printed(label + code), truth=truth)


def _year_in_code(paper: Paper, s: Setting) -> Paper:
    number, notation = paper.truth["code_number"] or "", paper.truth["code_notation"] or ""
    if s.office.level is Level.PARTY or s.kind.with_year:
        return paper
    return _recoded(paper, f"{number}/{s.day.year}/{notation}")


def _division(paper: Paper, s: Setting) -> Paper:
    if s.office.level is Level.PARTY:
        return paper
    tail = s.rng.choice((".KT", "-PTDN", ".NC", "-VP", "-TĐKT&CC"))
    return _recoded(paper, f"{paper.truth['code']}{tail}")


def _date_in_figures(paper: Paper, s: Setting) -> Paper:
    form = s.rng.choice(_DAYS)
    return replace(paper, place_date=printed(form.format(s.day, s.office.place)))


def _rows_level(paper: Paper, s: Setting) -> Paper:
    """Code and date on one height, little room between."""
    return replace(paper, layout=replace(paper.layout, rows="level", gutter=0.0, left_share=s.rng.choice((0.4, 0.46))))


def _rows_interleaved(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, rows="interleaved", gutter=s.rng.choice((0.0, 3.0))))


def _narrow_gutter(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, gutter=0.0, left_share=s.rng.choice((0.36, 0.47, 0.5))))


def _long_place(paper: Paper, s: Setting) -> Paper:
    place = s.rng.choice(("Xã ", "Phường ", "Thị trấn ")) + f"{s.office.place}, {s.office.place}"
    first, *rest = paper.place_date
    return replace(paper, place_date=((first[0], first[1].replace(s.office.place, place, 1)), *rest))


def _letterhead(paper: Paper, s: Setting) -> Paper:
    """An address with a number below the issuer: "Số 01, đường …" is no code."""
    phone = f"ĐT: 02{s.rng.randrange(10, 99)}.38{s.rng.randrange(10, 99)}.{s.rng.randrange(100, 999)}"
    return replace(paper, letterhead=(f"Địa chỉ: {s.rng.choice(s.words.streets)}", phone))


HEAD_TRAPS = {
    "added letter": Trap(_added_letter, weight=1, kinds=numbered),
    "year in code": Trap(_year_in_code, weight=1, kinds=numbered),
    "division in code": Trap(_division, kinds=numbered),
    "date in figures": Trap(_date_in_figures),
    "spaced code": Trap(_spaced_code, kinds=numbered),
    "blank number": Trap(_blank_number, weight=3, kinds=numbered),
    "dotted number": Trap(_dotted_number, kinds=numbered),
    "blank day": Trap(_blank_day, weight=3),
    "number by hand": Trap(_number_by_hand, SCANNED, weight=12, kinds=numbered),
    "day by hand": Trap(_day_by_hand, SCANNED, weight=8),
    "draft": Trap(_draft, kinds=numbered),
    "long place": Trap(_long_place),
    "letterhead": Trap(_letterhead),
    "rows level": Trap(_rows_level, PRINTED, weight=3),
    "rows interleaved": Trap(_rows_interleaved, PRINTED, weight=3),
    "narrow gutter": Trap(_narrow_gutter, PRINTED),
}
