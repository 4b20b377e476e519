"""Hostile XML is given up soon, and what came before it was handed on."""

import resource
from io import BytesIO

import pytest

from core.edxml.scanning import Broken, Piece, Sort, scan

HUGE = 8 << 20


def pieces(data: bytes) -> tuple[list[Piece], int, str]:
    """What is handed on, how many bytes were read, and why it ended."""
    source, found = BytesIO(data), []
    try:
        for piece in scan(source):
            found.append(piece)
    except Broken as broken:
        return found, source.tell(), broken.sentence
    return found, source.tell(), ""


@pytest.mark.parametrize(
    "token",
    [b"<!-- %b" % (b"x" * HUGE), b"<?x %b" % (b"x" * HUGE), b"<b c='%b" % (b">" * HUGE), b"<%b" % (b"x" * HUGE)],
    ids=["comment", "instruction", "attribute", "name"],
)
def test_what_the_parser_would_keep_whole_is_given_up_soon(token: bytes) -> None:
    found, read, why = pieces(b"<a><b>x</b>" + token)
    assert [piece.sort for piece in found] == [Sort.OPEN, Sort.OPEN, Sort.TEXT, Sort.CLOSE]
    assert (read < 1 << 20, why) == (True, "Gói edXML có phần tử quá lớn.")


def test_a_long_text_comes_in_pieces_and_is_kept_nowhere() -> None:
    data = b"<a><![CDATA[" + b"QUFB" * (HUGE // 4) + b"]]></a>"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sizes = [len(piece.text) for piece in scan(BytesIO(data)) if piece.sort is Sort.TEXT]
    assert (sum(sizes), max(sizes) <= 256 << 10) == (HUGE, True)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4 << 10  # kB


@pytest.mark.parametrize(
    ("data", "count", "why"),
    [
        (b"<a>" * 41, 40, "Gói edXML lồng quá sâu."),
        (b"<a>" + b"<b/>" * 30_000, 39_999, "Gói edXML có quá nhiều phần tử."),
        (b"<a><b>x</c>", 3, "Gói edXML hỏng hoặc bị cắt cụt."),
        (b"<a><b>x</b>", 4, "Gói edXML hỏng hoặc bị cắt cụt."),
        (b"<a>x</a><b>", 3, ""),
        (b"<a>" + b"& " * 100 + b"</a>", 3, ""),
        (b"<a>" + b"& " * 6_000 + b"</a>", 1, "Gói edXML hỏng hoặc bị cắt cụt."),  # mending millions takes seconds
        (b"", 0, "Gói edXML hỏng hoặc bị cắt cụt."),
    ],
)
def test_limits_and_damage_end_it_where_they_are(data: bytes, count: int, why: str) -> None:
    found, _, said = pieces(data)
    assert (len(found), said) == (count, why)
