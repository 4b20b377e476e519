"""What a person types into the search box, as terms: words, "phrases", codes, dates; never the index's own syntax."""

import re
from dataclasses import dataclass

from core.search.words import BREAK, exact_words, folded_words, has_marks

LONGEST_QUERY = 300
_MOST_TERMS = 20
_PIECE = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

Run = tuple[str, ...]  # words that stand one behind the other


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must occur: any of these runs of words, with marks (`is_exact`) or folded."""

    runs: tuple[Run, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Every term must occur; no term at all finds everything that the filters leave.

    `phrase` is all that was typed as one run, with marks (`is_exact`) or folded; None where it is one term anyway.
    `codes` are the codes and numbers in it, as typed.
    """

    terms: tuple[Term, ...] = ()
    phrase: Run | None = None
    is_exact: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    is_code: bool


def parse(typed: str) -> Query:
    """The terms of a typed query, whatever stands in it.

    Marks count where somebody typed any: "góp ý" finds only that, "gop y" both. Codes and dates stand aside, so
    "1234/UBND chuyen doi so" and "63/QĐ chuyen doi so" are words without marks. A code is its parts in a row.
    """
    pieces = [_piece(*found.groups()) for found in _PIECE.finditer(typed[:LONGEST_QUERY])]
    pieces = [piece for piece in pieces if exact_words(piece.text.replace(BREAK, " "))][:_MOST_TERMS]
    is_marked = any(has_marks(piece.text) for piece in pieces if not piece.is_code)
    terms = tuple(_term(piece, is_marked=is_marked) for piece in pieces)
    codes = tuple(piece.text.strip(".,;") for piece in pieces if piece.is_code)
    if len(terms) < 2 or any(len(term.runs) > 1 for term in terms):
        return Query(terms, codes=codes)
    is_exact = all(term.is_exact for term in terms)
    words = [word for term in terms for word in term.runs[0]]
    return Query(terms, tuple(words if is_exact else folded_words(" ".join(words))), is_exact, codes)


def _piece(straight: str | None, curved: str | None, bare: str | None) -> _Piece:
    if bare is None:
        return _Piece(straight or curved or "", is_code=False)
    # "63/QĐ-SKHCN", "1.317", "QĐ-UBND": digits, or letters joined by a slash or dash.
    is_code = any(letter.isdigit() for letter in bare) or re.search(r"\w[/-]\w", bare) is not None
    return _Piece(bare, is_code)


def _term(piece: _Piece, *, is_marked: bool) -> Term:
    text = piece.text.replace(BREAK, " ")
    is_exact = has_marks(text) if piece.is_code else is_marked
    if date := _DATE.fullmatch(text.strip(".,;")):
        return Term(_dates(*date.groups(), month="tháng" if is_marked else "thang"), is_marked)
    words = exact_words(text) if is_exact else folded_words(text)
    return Term((tuple(words),), is_exact)


def _dates(day: str, month_number: str, year: str, *, month: str) -> tuple[Run, ...]:
    """5/1/2026 as it may be written: 05/01/2026, ngày 05 tháng 01 năm 2026, ngày 5 tháng 01, …"""
    year_word = "năm" if month == "tháng" else "nam"
    runs: dict[Run, None] = {}
    for d in (day.zfill(2), day.lstrip("0")):
        for m in (month_number.zfill(2), month_number.lstrip("0")):
            runs |= {(d, m, year): None, (d, month, m, year_word, year): None}
    return tuple(run for run in runs if "" not in run) or ((day, month_number, year),)
