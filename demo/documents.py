"""Official documents in the form of NĐ 30/2020/NĐ-CP, typeset with their true fields."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from core.notation import format_date
from demo.agencies import OFFICE, PROVINCE, Agency, Form, Signer
from demo.strokes import handwritten, signature

# Abbreviations of the named types (NĐ 30, Phụ lục III.I); a công văn has none.
ABBREVIATIONS = {
    "Quyết định": "QĐ", "Thông báo": "TB", "Kế hoạch": "KH", "Báo cáo": "BC", "Tờ trình": "TTr",
    "Giấy mời": "GM", "Công điện": "CĐ", "Chỉ thị": "CT", "Hướng dẫn": "HD", "Phiếu chuyển": "PC",
    "Thông tư": "TT", "Văn bản hợp nhất": "VBHN", "Chương trình": "CTr", "Biên bản": "BB",
}  # fmt: skip
URGENCIES = {"thuong": "", "khan": "KHẨN", "thuong_khan": "THƯỢNG KHẨN", "hoa_toc": "HỎA TỐC"}
SECRECIES = {"khong": "", "mat": "MẬT", "toi_mat": "TỐI MẬT", "tuyet_mat": "TUYỆT MẬT"}
_LETTERHEAD_LETTERS = 27  # as many capitals fit on one line of the left column

Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """A page that follows the signature ("Phụ lục", "Kèm theo") in the same file."""

    label: str
    title: str
    note: str
    table: Table = ()
    widths: tuple[float, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One document before it is typeset.

    `kind` is the tên loại ("" and "Công văn" both mean a công văn). `notation` is the ký hiệu behind the
    slash; left empty it is formed from kind and agency. `urgency` and `secrecy` are stored words. With
    `by_hand` the number is drawn as ink, so no text layer holds it. `facts` are further true fields, such
    as due_at, event_at, event_place, in_reply_to.
    """

    agency: Agency
    number: str
    issued_on: date
    subject: str
    kind: str = "Công văn"
    notation: str = ""
    addressees: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    table: Table = ()
    widths: tuple[float, ...] = ()
    copies: tuple[str, ...] = ("- Như trên;", "- Lưu: VT.")
    signer: Signer | None = None
    urgency: str = "thuong"
    secrecy: str = "khong"
    annexes: tuple[Annex, ...] = ()
    is_signed: bool = True
    by_hand: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Số và ký hiệu as printed (NĐ 30, Phụ lục I.II.3)."""
        joint = "-" if self.agency.form is Form.PARTY else "/"
        return f"{self.number}{joint}{self.printed_notation}"

    @property
    def printed_notation(self) -> str:
        """The ký hiệu: given, or formed from the kind and the agency's abbreviation."""
        if self.notation:
            return self.notation
        short = ABBREVIATIONS.get(self.kind)
        if self.agency.form is Form.PARTY:
            return f"{short or 'CV'}/{self.agency.abbreviation}"
        return f"{short}-{self.agency.abbreviation}" if short else f"{self.agency.abbreviation}-{self.agency.unit}"

    def truth(self) -> dict[str, str]:
        """The true fields, keyed as core.evidence.FIELDS; what the paper doesn't show is absent."""
        signer = self.signer or self.agency.signer
        known = {
            "code": self.code, "code_number": self.number, "code_notation": self.printed_notation,
            "issued_on": self.issued_on.isoformat(), "issuer": self.agency.name, "kind": self.kind or "Công văn",
            "parent_issuer": self.agency.parent, "subject": self.subject, "signer_name": signer.name,
            "signer_title": signer.titles[-1], "urgency": "" if self.urgency == "thuong" else self.urgency,
            "secrecy": "" if self.secrecy == "khong" else self.secrecy,
        }  # fmt: skip
        return {name: value for name, value in {**known, **self.facts}.items() if value}

    def pdf(self) -> bytes:
        """The typeset PDF with a text layer."""
        return typeset("document.typ", self._data())

    def unsigned(self) -> "Document":
        """The same document without signature and seal, as its draft file would be."""
        return replace(self, is_signed=False)

    def _data(self) -> dict[str, Any]:
        signer = self.signer or self.agency.signer
        party = self.agency.form is Form.PARTY
        named = self.kind not in ("", "Công văn")
        return {
            "party": party, "parent": letterhead(self.agency.parent), "issuer": letterhead(self.agency.name),
            "number": "" if self.by_hand else self.number, "notation": ("-" if party else "/") + self.printed_notation,
            "strokes": handwritten(self.number) if self.by_hand else [],
            "strokes-width": len(self.number) / 2.2, "dateline": dateline(self.agency.place, self.issued_on),
            "kind": self.kind.upper() if named else "", "subject": self._printed_subject(named),
            "addressees": self.addressees, "bases": self.bases, "paragraphs": self.paragraphs,
            "table": self.table, "table-widths": self.widths, "copies": self.copies, "titles": signer.titles,
            "signer": signer.name, "urgency": URGENCIES[self.urgency], "secrecy": SECRECIES[self.secrecy],
            "signature": signature(signer.name) if self.is_signed else [],
            "seal": seal(self.agency) if self.is_signed else "", "contact": self.agency.contact,
            "annexes": [
                {"label": a.label, "title": a.title, "note": a.note, "table": a.table, "widths": a.widths,
                 "paragraphs": a.paragraphs} for a in self.annexes
            ],
        }  # fmt: skip

    def _printed_subject(self, named: bool) -> str:
        # Under a named type the trích yếu is a line of its own and begins with a capital.
        return self.subject[:1].upper() + self.subject[1:] if named else self.subject


def document(kind: str, **fields: Any) -> bytes:
    """A text PDF in the form of NĐ 30 whose fields are known: `kind` and the fields of `Document`.

    Left out, the agency is the UBND tỉnh, the number 1, the date 4 June 2026, and the text a plain sentence.
    """
    given: dict[str, Any] = {
        "agency": PROVINCE, "number": "01", "issued_on": date(2026, 6, 4), "subject": "thực hiện nhiệm vụ",
        "addressees": (f"{OFFICE}.",) if kind == "Công văn" else (),
        "paragraphs": ("Đề nghị quý cơ quan quan tâm, phối hợp thực hiện./.",),
    }  # fmt: skip
    return Document(kind=kind, **{**given, **fields}).pdf()


def letterhead(name: str) -> str:
    """A name as a letterhead prints it: capitals, long ones broken where an office would break them.

    The place of a people's committee stands on a line of its own; other long names are halved at a blank.
    """
    capitals = name.upper().replace("ỦY BAN NHÂN DÂN ", "ỦY BAN NHÂN DÂN\n")
    if "\n" in capitals or len(capitals) <= _LETTERHEAD_LETTERS:
        return capitals
    middle = min((len(capitals) // 2 - at for at in _blanks(capitals)), key=abs)
    at = len(capitals) // 2 - middle
    return f"{capitals[:at]}\n{capitals[at + 1 :]}"


def _blanks(text: str) -> list[int]:
    return [at for at, letter in enumerate(text) if letter == " "]


def dateline(place: str, on: date) -> str:
    """Địa danh and date, as they stand at the head of a document (Phụ lục I.II.4)."""
    return f"{place}, {format_date(on)}"


def typeset(form: str, data: Mapping[str, Any]) -> bytes:
    """A PDF of one of the forms in demo/forms. The data travels as JSON, never inside the source."""
    page = _compiler().compile(input=_source(form), sys_inputs={"data": json.dumps(data)}, pdf_tags=False)
    assert isinstance(page, bytes)  # typst returns a list for several picture files, None with an output path
    return page


@cache
def seal(agency: Agency) -> str:
    """The agency's round seal as SVG, its letters drawn as outlines so that they enter no text layer."""
    words = letterhead(agency.name)
    party = agency.form is Form.PARTY
    rim = "ĐẢNG CỘNG SẢN VIỆT NAM" if party else "CỘNG HÒA X.H.C.N. VIỆT NAM"
    if agency.parent and not party:
        rim = agency.parent.upper().removeprefix("ỦY BAN NHÂN DÂN ")
    longest = max(len(line) for line in words.split("\n"))
    data = {"rim": list(rim), "middle": words, "size": max(5.0, min(8.0, 92 / longest))}
    drawn = _compiler().compile(input=_source("seal.typ"), sys_inputs={"data": json.dumps(data)}, format="svg")
    assert isinstance(drawn, bytes)
    return drawn.decode()


@cache
def _source(form: str) -> bytes:
    return files("demo").joinpath("forms", form).read_bytes()


@cache
def _compiler() -> typst.Compiler:
    # Only typst's own fonts: Libertinus Serif carries Vietnamese, and the page is the same on every machine.
    return typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False))
