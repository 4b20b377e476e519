"""Pairs of letters to an office: the same document twice, or two that only look so. Nothing here knows the detector.

Each pair says what its second letter is to its first: "same", "replacement", "annex" or "other".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.generator import pair_spelling as spelling
from tests.generator.offices import Level, Office, commune
from tests.generator.pair_spelling import some
from tests.generator.wording import wording

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"
# Communes whose names differ by one letter or one mark, as real ones do.
NEAR = (("Đắk Wil", "Đắk Mil"), ("Tân Hòa", "Tân Hóa"), ("Ea Kar", "Ea Kao"), ("Bắc Sơn", "Bắc Hà"),
        ("Tân An", "Tân Yên"), ("Quảng Tín", "Quảng Tân"), ("Đông Thành", "Đông Thạnh"))  # fmt: skip
_KINDS = (("Công văn", ""), ("Công văn", ""), ("Công văn", ""), ("Quyết định", "QĐ"), ("Kế hoạch", "KH"),
          ("Báo cáo", "BC"), ("Thông báo", "TB"), ("Giấy mời", "GM"), ("Tờ trình", "TTr"))  # fmt: skip


@dataclass(frozen=True)
class Document:
    """What is true of one document."""

    key: str
    office: Office
    number: int
    notation: str
    kind: str
    subject: str
    issued_on: date

    @property
    def code(self) -> str:
        """Number and notation as NĐ 30 prints them, a number below 10 with its zero."""
        return f"{self.number:02d}-{self.notation}" if self.is_party else f"{self.number:02d}/{self.notation}"

    @property
    def is_party(self) -> bool:
        """Whether the code has the Party's form, 36-HD/VPTW."""
        return self.office.level is Level.PARTY


@dataclass(frozen=True)
class SentFile:
    """One file of a letter. `content` stands for its bytes; `how` it was read: text, ocr, edxml, "" not at all.

    `lines` are the first lines of a page without a head; `unsure` names fields read with doubt.
    """

    name: str
    content: str
    media_type: str = PDF
    how: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    lines: tuple[str, ...] = ()
    inside: str = ""


@dataclass(frozen=True)
class Sent:
    """One coming in: by mail, as a dropped package, or on paper with what the clerk types (`typed`).

    `corrected` is what the clerk's form says when it is entered, where the machine read badly.
    """

    document: Document
    received_at: datetime
    door: str = "mail"
    subject: str = ""
    sender: str = ""
    files: tuple[SentFile, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """Two letters of one kind of pair; `is_entered` when the first stands in the register before the second comes."""

    kind: str
    relation: str
    first: Sent
    second: Sent
    is_entered: bool


class Taken(Exception):
    """Another pair has this code."""


@dataclass
class Maker:
    """Draws documents of one half, never the same code of one office in one year twice."""

    half: str
    rng: Random
    taken: set[tuple[str, str, int, int]] = field(default_factory=set)
    count: int = 0

    def document(self, office: Office | None = None, year: int = 2026) -> Document:
        """A document of its own."""
        rng, lists = self.rng, wording(self.half)
        office = office or rng.choice([*lists.offices, *near_communes(rng)])
        kind, short = rng.choice(_KINDS)
        if office.level is Level.PARTY:
            short = short or "CV"
            notation = f"{short}/{office.sign}"
        else:
            units = office.units or ("VP",)
            notation = f"{short}-{office.sign}" if short else f"{office.sign}-{rng.choice(units)}"
        while True:
            number = min(int(rng.paretovariate(0.6)), 9000) if some(rng, 0.3) else rng.randrange(1, 6000)
            if (office.key, notation, number, year) not in self.taken:
                break
        self.taken.add((office.key, notation, number, year))
        self.count += 1
        actions = lists.decisions if short == "QĐ" else lists.events if short == "GM" else lists.actions
        cite = rng.choice(lists.cited).format(n=rng.randrange(1, 900), y=year - 1)
        subject = rng.choice(actions).format(rng.choice(lists.topics), year=year, cite=cite)
        day = date(year, 1, 5) + timedelta(days=rng.randrange(0, 300))
        return Document(f"d{self.count}", office, number, notation, kind, subject, day)

    def again(self, document: Document, *, is_same_code: bool = False, **changes: Any) -> Document:
        """Another document that differs from `document` in `changes` alone. Raises Taken where another pair has its
        code, unless it is to have the same."""
        self.count += 1
        other = replace(document, key=f"d{self.count}", **changes)
        place = (other.office.key, other.notation, other.number, other.issued_on.year)
        if not is_same_code and place in self.taken:
            raise Taken
        self.taken.add(place)
        return other


def near_communes(rng: Random) -> tuple[Office, ...]:
    """Two communes of a near name, of one province."""
    one, other = rng.choice(NEAR)
    return tuple(commune("tỉnh Đắk Lắk", f"xã {name}", name, "VX", "KT") for name in (one, other))


def fields(rng: Random, document: Document, how: str) -> tuple[dict[str, str], frozenset[str]]:
    """What is read of a document's head and which of it with doubt; `how` as of SentFile, or "typed"."""
    ways = {"text": spelling.issuer_printed, "ocr": spelling.issuer_seen, "edxml": spelling.issuer_packaged}
    issuer, parent = ways.get(how, spelling.issuer_typed)(rng, document.office)
    code, subject, day, kind = document.code, document.subject, document.issued_on.isoformat(), document.kind
    unsure: set[str] = set()
    if how == "ocr":
        code, subject = spelling.code_seen(rng, code), spelling.subject_seen(rng, subject)
        if some(rng, 0.03):
            place = rng.randrange(len(str(document.number)))
            code = code[:place] + rng.choice("1347") + code[place + 1 :]
            unsure |= {"code"} if some(rng, 0.9) else set()
        elif some(rng, 0.02):
            code = ""
        if some(rng, 0.02):
            day = document.issued_on.replace(day=rng.randrange(1, 29)).isoformat()
            unsure |= {"issued_on"} if some(rng, 0.8) else set()
        elif some(rng, 0.03):
            day = ""
    elif how == "edxml":
        subject = spelling.subject_packaged(rng, subject, kind)
    elif how == "typed":
        code, subject = spelling.code_typed(rng, code), spelling.subject_typed(rng, subject, kind)
        if some(rng, 0.01):
            day = (document.issued_on + timedelta(days=rng.choice((-1, 1)))).isoformat()
    said = {"code": code, "issuer": issuer, "parent_issuer": parent, "kind": kind, "subject": subject,
            "issued_on": day}  # fmt: skip
    return {name: value for name, value in said.items() if value}, frozenset(unsure)


def main_file(rng: Random, document: Document, version: str = "v1", how: str = "") -> SentFile:
    """The document as a file: PDF with text, or a scan; the same version and way are the same bytes, and same bytes
    are read alike."""
    how = how or ("ocr" if some(rng, 0.4) else "text")
    content = f"{document.key} {version} {how}"
    said, unsure = fields(Random(content), document, how)
    stem = rng.choice((f"{document.number}_{document.notation.replace('/', '-')}", f"CV {document.number}", "van ban",
                       f"{document.number}.{document.notation.replace('/', '.')}"))  # fmt: skip
    name = stem + rng.choice((".pdf", ".signed.pdf", "(1).pdf", "_20260605.pdf"))
    return SentFile(name, content, PDF, how, said, unsure)


def package(rng: Random, document: Document, version: str = "v1") -> SentFile:
    """The document's edXML package."""
    said, _ = fields(rng, document, "edxml")
    day = document.issued_on
    said["document_id"] = f"000.00.{len(document.office.key):02d}.H{sum(map(ord, document.office.key)) % 90}," + (
        f"{day:%Y/%m/%d},{document.code}"
    )
    return SentFile(f"{document.number}.edxml", f"{document.key} package {version}", XML, "edxml", said)


def annexes(rng: Random, document: Document, *, says: float) -> tuple[SentFile, ...]:
    """One to three files without a head; `says` is how many of them name their document on the page."""
    made = []
    for n in range(1, rng.choice((1, 1, 2, 3)) + 1):
        name = rng.choice((f"PL{n}", f"Phu luc {n}", f"Danh sach kem theo {n}", f"Bieu mau {n}"))
        ending, media_type = rng.choice(((".pdf", PDF), (".xlsx", XLSX), (".docx", DOCX)))
        day = f"ngày {document.issued_on.day:02d} tháng {document.issued_on.month} năm {document.issued_on.year}"
        line = f"(Kèm theo {document.kind} số {document.code} {day} của {document.office.name})"
        lines = ("PHỤ LỤC", "Danh mục nội dung", line) if some(rng, says) and media_type != XLSX else ()
        made.append(SentFile(name + ending, f"{document.key} annex {n}", media_type, lines=lines))
    return tuple(made)


def covering(rng: Random, document: Document) -> str:
    """The subject of the mail that brings it."""
    return rng.choice(
        (f"Công văn số {document.code}", f"{document.kind} {document.code} V/v {document.subject}", "Gửi văn bản",
         f"V/v {document.subject}", f"VP gửi {document.kind.lower()} {document.number}", document.subject, "")
    )  # fmt: skip


def by_mail(rng: Random, document: Document, *files: SentFile, days: float = 0, subject: str | None = None) -> Sent:
    """A letter that brings files some days after the document's date."""
    hour = datetime.combine(document.issued_on, datetime.min.time()) + timedelta(hours=rng.uniform(8, 17))
    said = covering(rng, document) if subject is None else subject
    return Sent(document, hour + timedelta(days=days), "mail", said, f"vanthu@{document.office.key}.example", files)


def on_paper(rng: Random, document: Document, *, days: float) -> Sent:
    """The paper at the counter, typed by hand."""
    typed, _ = fields(rng, document, "typed")
    return replace(by_mail(rng, document, days=days, subject=""), door="paper", typed=typed)
