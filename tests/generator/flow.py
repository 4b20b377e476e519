"""A paper as a word processor has it: paragraphs and tables in order, for every format that flows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.generator.encodings import stored
from tests.generator.paper import Line, Paper, Signature, Stamp, plain

_FONTS = {"tcvn3": ".VnTime", "vni": "VNI-Times"}


@dataclass(frozen=True)
class Run:
    """Text of one look; `size` in points; `caps` is the style that only shows capitals."""

    text: str
    bold: bool = False
    italic: bool = False
    size: float = 13
    red: bool = False
    caps: bool = False
    font: str = "Times New Roman"


@dataclass(frozen=True)
class Para:
    """A paragraph: runs, `align` left, center, right or both, `broken` before it starts a page."""

    runs: tuple[Run, ...] = ()
    align: str = "left"
    broken: bool = False
    drawn: bool = False  # in a text box


@dataclass(frozen=True)
class Grid:
    """A table of cells of paragraphs; without lines it serves the layout."""

    rows: tuple[tuple[tuple[Para, ...], ...], ...]
    widths: tuple[float, ...]
    lines: bool = False


Block = Para | Grid


def flow(paper: Paper) -> Iterator[Block]:
    """The blocks of `paper` in their order on the page; stamps of the page head are in `header_of`."""
    put = _Writer(paper)
    yield from put.head()
    for stamp in paper.stamps:
        if stamp.where != "head":
            yield from put.stamp(stamp)
    yield from put.title()
    for one in paper.body:
        bold = one.style in ("centre", "heading")
        yield put.line(one.text, bold, "center" if one.style == "centre" else "both", italic=one.style == "basis")
    if paper.table:
        cells = tuple(tuple((put.line(cell, size=11),) for cell in row) for row in paper.table)
        yield Grid(cells, (16 / len(paper.table[0]),) * len(paper.table[0]), lines=True)
    yield from put.end()
    for annex in paper.annexes:
        yield put.line(annex.heading[0], True, "center", broken=True)
        yield from (put.line(line, True, "center") for line in annex.heading[1:])
        yield from (put.line(one.text, align="both") for one in annex.paragraphs)
        if annex.signature:
            yield Grid((((Para(),), put.signature(annex.signature)),), (7.5, 9))


def header_of(paper: Paper) -> tuple[Para, ...]:
    """What stands in the page head: stamps put there."""
    return tuple(_Writer(paper).line(stamp.text, True) for stamp in paper.stamps if stamp.where == "head")


class _Writer:
    """Lines of one paper in its encoding and style."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.encoding = paper.layout.encoding

    def line(self, text: str, bold: bool = False, align: str = "left", *, italic: bool = False, size: float = 13,
             red: bool = False, broken: bool = False) -> Para:  # fmt: skip
        return Para((self.run(text, bold, italic, size, red),), align, broken)

    def run(self, text: str, bold: bool, italic: bool, size: float, red: bool) -> Run:
        font = _FONTS.get(self.encoding, "Times New Roman")
        caps = self.paper.layout.word_caps and text.isupper() and len(text) > 3
        if self.encoding == "tcvn3" and text.isupper():
            # Capitals with tones exist only as a font whose small letters are drawn large.
            text, font = text.lower(), ".VnTimeH"
        shown = text.capitalize() if caps else text
        return Run(stored(shown, self.encoding), bold, italic, size, red, caps, font)

    def head(self) -> Iterator[Block]:
        p = self.paper
        names = [*(self.line(one, align="center") for one in p.parent),
                 *(self.line(one, True, "center") for one in p.issuer),
                 *(self.line(one, align="center", size=10) for one in p.letterhead),
                 self.line("*" if p.party else "-------", align="center")]  # fmt: skip
        motto = [*(self.line(one, True, "center") for one in p.motto), self.line("---------------", align="center")]
        code = [self.of(p.code), *([self.line(p.under_code, align="center", size=12)] if p.under_code else [])]
        day = [self.of(p.place_date, italic=True)]
        if p.layout.word_head == "tabs":
            yield from self.by_tabs([*names, code[0]], [*motto, *[Para()] * (len(names) - len(motto)), *day])
            yield from code[1:]
        elif p.layout.word_head == "rows":
            yield Grid(((tuple(names), tuple(motto)), (tuple(code), tuple(day))), (7, 9.5))
        else:
            yield Grid(((tuple(names + code), (*motto, Para(), *day)),), (7, 9.5))

    def of(self, line: Line, *, italic: bool = False) -> Para:
        return self.line(plain(line), align="center", italic=italic)

    def by_tabs(self, left: list[Para], right: list[Para]) -> Iterator[Para]:
        """Two columns made with tabulators: one line of each in one paragraph."""
        for n in range(max(len(left), len(right))):
            runs = left[n].runs if n < len(left) else ()
            beside = right[n].runs if n < len(right) else ()
            yield Para((*runs, Run("\t"), *beside))

    def stamp(self, stamp: Stamp) -> Iterator[Block]:
        align = "right" if stamp.where == "right" else "left"
        line = self.line(stamp.text, True, red=stamp.style != "plain", align=align)
        if stamp.drawn:
            yield replace(line, drawn=True)
        elif stamp.style in ("framed", "double", "faint"):
            yield Grid((((line,),),), (4.5,), lines=True)
        else:
            yield line

    def title(self) -> Iterator[Block]:
        p = self.paper
        yield Para()
        yield from (self.line(one, True, "center", size=14) for one in p.title)
        if p.about:
            yield self.line(p.about, True, "center", size=14)
        if p.title:
            yield self.line("_________", align="center")
        if len(p.addressed) == 1:
            yield self.line(f"Kính gửi: {p.addressed[0]}", align="center")
        elif p.addressed:
            yield self.line("Kính gửi:", align="center")
            ends = [";"] * (len(p.addressed) - 1) + ["."]
            yield from (self.line(f"- {who}{end}", align="center") for who, end in zip(p.addressed, ends, strict=True))
        if p.authority:
            yield self.line(p.authority, True, "center")

    def end(self) -> Iterator[Block]:
        p = self.paper
        signed = tuple(self.signature(one) for one in p.signatures)
        yield Para()
        if len(signed) == 1:
            yield Grid(((self.receivers(p.recipients), signed[0]),), (7.5, 9))
        else:
            yield Grid((signed,), (8,) * len(signed))
            yield from self.receivers(p.recipients)
        if p.typist:
            yield self.line(p.typist, size=11)
        if p.copy:
            c = p.copy
            names = tuple(self.line(one, True, "center") for one in (*c.parent, *c.issuer))
            yield self.line("_" * 60)
            yield Grid((((*names, self.line(c.code, align="center")), (self.line(c.form, True, "center"), self.line(
                c.place_date, align="center", italic=True))),), (7, 9.5))  # fmt: skip
            yield Grid(((self.receivers(c.recipients), self.signature(c.signature)),), (7.5, 9))
        if p.foot:
            yield self.line(p.foot, size=10)

    def receivers(self, lines: tuple[str, ...]) -> tuple[Para, ...]:
        first = self.line("Nơi nhận:", True, italic=True, size=12)
        return (first, *(self.line(f"- {line}", size=11) for line in lines))

    def signature(self, one: Signature) -> tuple[Para, ...]:
        lines = [self.line(title, True, "center") for title in one.titles]
        lines += [self.line(one.note, align="center", italic=True)] if one.note else [Para(), Para(), Para()]
        lines += [self.line(line, size=8) for line in one.block.split("\n") if line]
        lines += [self.line(one.below, True, "center")] if one.below else []
        return (*lines, self.line(one.name, True, "center"))
