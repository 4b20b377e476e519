"""The papers of `printed_papers` as other office programs write them."""

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from hostile_files import zipped
from printed_papers import Paper
from word_files import Para, row, word_file, write

ODT = "application/vnd.oasis.opendocument.text"
_ODT_NAMES = ("office", "style", "text", "table", "draw")
Line = tuple[str, bool]  # the text, and whether it is centred
Part = Line | tuple[list[Line], list[Line]]  # a paragraph, or a row of two cells


def parts(paper: Paper) -> Iterator[Part]:
    """`paper` as offices type it: two-column tables without lines for the head and the signature."""
    motto = ("ĐẢNG CỘNG SẢN VIỆT NAM",) if paper.party else (paper.motto, paper.motto_below, "----------")
    star = "*" if paper.party else "-------"
    left = [*paper.parent, *paper.issuer, star, paper.code, *([paper.under_code] if paper.under_code else [])]
    yield [(line, True) for line in left], [(line, True) for line in (*motto, "", paper.place_date)]
    for stamp in paper.stamps:
        yield stamp, False
    for line in (paper.title, paper.about, f"Kính gửi: {paper.addressed}" if paper.addressed else ""):
        yield line, True
    for line in paper.body:
        yield line, False
    if paper.recipients:
        to = ["Nơi nhận:", *(f"- {one}" for one in paper.recipients)]
        signed = [*paper.signer_title, "", "", "", paper.signer]
        yield [(line, False) for line in to], [(line, True) for line in signed]
    for annex in paper.annexes:
        yield "", False
        for line in annex:
            yield line, False


def write_doc(paper: Paper, path: Path) -> Path:
    """`paper` as Word 97 saves it."""
    paras: list[Para] = []
    for one, other in parts(paper):
        if isinstance(one, str):
            paras.append(Para(one, how=int(bool(other))))
        elif isinstance(other, list):
            paras += row(*([Para(line, how=int(centred)) for line, centred in cell] for cell in (one, other)))
    return write(path, word_file(paras))


def write_rtf(paper: Paper, path: Path) -> Path:
    """`paper` as Word saves it as RTF."""
    out = [r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0\fcharset0 Times New Roman;}}"]
    for one, other in parts(paper):
        if isinstance(one, str):
            out.append(r"\pard" + _rtf_line(one, bool(other)) + r"\par")
        elif isinstance(other, list):
            out.append(r"\pard\trowd\cellx4000\cellx9000")
            for cell in (one, other):
                out.append(r"\par".join(r"\intbl" + _rtf_line(*line) for line in cell) + r"\cell")
            out.append(r"\row")
    return write(path, "\n".join([*out, "}"]).encode("ascii"))


def _rtf_line(text: str, is_centred: bool) -> str:
    escaped = "".join(c if c.isascii() and c not in "\\{}" else f"\\u{ord(c)}?" for c in text)
    return (r"\qc " if is_centred else r"\ql ") + escaped


def write_odt(paper: Paper, path: Path) -> Path:
    """`paper` as LibreOffice saves it."""
    body = []
    for one, other in parts(paper):
        if isinstance(one, str):
            body.append(_odt_line(one, bool(other)))
        elif isinstance(other, list):
            cells = ("".join(_odt_line(*line) for line in cell) for cell in (one, other))
            row = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
            body.append(f"<table:table><table:table-row>{row}</table:table-row></table:table>")
    return write(path, odt_file("".join(body)))


def _odt_line(text: str, is_centred: bool) -> str:
    return f'<text:p text:style-name="{"giua" if is_centred else "thuong"}">{escape(text)}</text:p>'


def odt_file(body: str, styles: str = "", manifest: str = "") -> bytes:
    """An ODT of this body, with automatic styles beside "giua" (centred)."""
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in _ODT_NAMES)
    names += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    centred = (
        '<style:style style:name="giua" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>'
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:automatic-styles>{centred}</style:style>{styles}'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    parts = {"mimetype": ODT, "META-INF/manifest.xml": manifest or "<m/>", "content.xml": content}
    return zipped((name, data.encode()) for name, data in parts.items())


def write_html(paper: Paper, path: Path) -> Path:
    """`paper` as a web page, as legal databases name .doc."""
    out = ['<html><head><meta charset="utf-8"><title>Văn bản</title></head><body>']
    for one, other in parts(paper):
        if isinstance(one, str):
            out.append(_html_line(one, bool(other)))
        elif isinstance(other, list):
            cells = ("".join(_html_line(*line) for line in cell) for cell in (one, other))
            out.append(f"<table><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table>")
    return write(path, "\n".join(out).encode())


def _html_line(text: str, is_centred: bool) -> str:
    return f"<p{' align=center' if is_centred else ''}>{escape(text) or '&nbsp;'}</p>"
