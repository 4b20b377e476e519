"""A document before it is a file: what stands where, and what is true of it."""

from dataclasses import asdict, dataclass, field
from typing import Any

Truth = dict[str, str | None]
# A printed line in pieces: ("text", …) or ("ink", …), the second written by pen and so in no text layer.
Line = tuple[tuple[str, str], ...]


def printed(text: str) -> Line:
    """A line without ink."""
    return (("text", text),)


def plain(line: Line) -> str:
    """The line as a text layer has it: a blank of some width where ink is."""
    return "".join(text if sort == "text" else "      " for sort, text in line)


@dataclass(frozen=True)
class Paragraph:
    """Text of the body; `style` is one of plain, basis, heading, centre, item."""

    text: str
    style: str = "plain"


@dataclass(frozen=True)
class Signature:
    """Ô 7: authority and title lines, a note or a digital appearance between, another title below, the name."""

    titles: tuple[str, ...]
    name: str
    note: str = ""
    block: str = ""
    below: str = ""


@dataclass(frozen=True)
class Stamp:
    """A stamped word: `style` framed, double, bare, faint or plain (typed, without colour); `where` it was put.

    `where` is left or right below the head, or head (above it); `turn` is how far it leans, in degrees. `drawn` is
    a text box of Word, which stands outside the run of the text. `slip` is how far it stands from its place, to the
    right and down, in centimetres, `size` in points, `font` another than its typeface's usual one.
    """

    text: str
    style: str = "framed"
    where: str = "left"
    turn: float = 0.0
    drawn: bool = False
    slip: tuple[float, float] = (0.0, 0.0)
    size: float = 14.0
    red: str = "#d3202a"
    serif: bool = True
    font: str = ""


@dataclass(frozen=True)
class Arrival:
    """The receiver's ĐẾN stamp (NĐ 30, Phụ lục IV), with number and day in print or ink.

    What lies across it: stamps put down before (`beneath`) and after it (`upon`), their `slip` the way from its corner
    to their middle; a seal with its middle `sealed` centimetres from there; `scribbles`, names of strokes.
    """

    office: str
    number: str
    day: str
    by_hand: bool = False
    across: float = 0.38
    down: float = 0.02
    turn: float = 0.0
    red: str = "#c02030"
    serif: bool = True
    framed: bool = True
    beneath: tuple[Stamp, ...] = ()
    upon: tuple[Stamp, ...] = ()
    sealed: tuple[float, float] | None = None
    scribbles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Copy:
    """The end of a sao y (NĐ 30, Phụ lục III, mẫu 3.1)."""

    form: str
    issuer: tuple[str, ...]
    parent: tuple[str, ...]
    code: str
    place_date: str
    signature: Signature
    recipients: tuple[str, ...] = ("Như trên;", "Lưu: VT.")


@dataclass(frozen=True)
class Annex:
    """Pages behind the signature in the same file."""

    heading: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    signature: Signature | None = None


@dataclass(frozen=True)
class Layout:
    """Knobs of the page that leave its words alone."""

    left_share: float = 0.42
    gutter: float = 6.0
    size: float = 13.5
    rows: str = "columns"  # columns | level | interleaved
    landscape: bool = False
    torn: float = 0.0
    tracking: float = 0.0
    serif: bool = True
    encoding: str = ""  # "" | tcvn3 | vni | nfd | look-alikes
    word_head: str = "table"  # table | rows | tabs
    word_caps: bool = False
    seal: bool = False
    hung: bool = False
    misread: bool = False  # a scan with the text of an earlier, wrong OCR


@dataclass(frozen=True)
class Paper:
    """One document with its truth; `truth` has a value for each field of `congvan read` that stands on it."""

    issuer: tuple[str, ...]
    code: Line
    place_date: Line
    truth: Truth
    parent: tuple[str, ...] = ()
    letterhead: tuple[str, ...] = ()
    motto: tuple[str, ...] = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
    party: bool = False
    under_code: str = ""
    title: tuple[str, ...] = ()
    about: str = ""
    authority: str = ""
    addressed: tuple[str, ...] = ()
    body: tuple[Paragraph, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    recipients: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    arrival: Arrival | None = None
    mark: str = ""
    cover: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    copy: Copy | None = None
    foot: str = ""
    typist: str = ""
    layout: Layout = field(default_factory=Layout)

    def printed(self) -> dict[str, Any]:
        """Everything but the truth, as plain data for a typesetter."""
        data = asdict(self)
        data.pop("truth")
        return data
