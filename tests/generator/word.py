"""Papers as DOCX."""

import io
import zipfile
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from tests.generator.flow import Grid, Para, flow, header_of
from tests.generator.paper import Paper

_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}  # fmt: skip


def docx_of(paper: Paper) -> bytes:
    """`paper` as Word writes it."""
    document = docx.Document()
    section = document.sections[0]
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    for line in header_of(paper):
        _fill(section.header.add_paragraph(), line)
    for block in flow(paper):
        if isinstance(block, Para) and block.drawn:
            _drawn(document.add_paragraph(), block)
        elif isinstance(block, Para):
            _fill(document.add_paragraph(), block)
        else:
            _docx_grid(document, block)
    out = io.BytesIO()
    document.save(out)
    return _reproducible(out.getvalue())


def _docx_grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.widths))
    if grid.lines:
        table.style = "Table Grid"
    for row, cells in zip(table.rows, grid.rows, strict=True):
        for cell, paragraphs, width in zip(row.cells, cells, grid.widths, strict=True):
            cell.width = Cm(width)
            for number, line in enumerate(paragraphs):
                _fill(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), line)


def _fill(paragraph: Any, line: Para) -> None:
    paragraph.alignment = _ALIGN[line.align]
    if line.broken:
        paragraph.add_run().add_break(WD_BREAK.PAGE)
    for one in line.runs:
        run = paragraph.add_run(one.text)
        run.bold, run.italic, run.font.size, run.font.name = one.bold, one.italic, Pt(one.size), one.font
        run.font.all_caps = one.caps or None
        if one.red:
            run.font.color.rgb = RGBColor(0xD3, 0x20, 0x2A)


_BOX = (
    '<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml">'
    '<v:rect style="position:absolute;margin-left:-20pt;margin-top:4pt;width:110pt;height:24pt" strokecolor="red">'
    "<v:textbox><w:txbxContent><w:p/></w:txbxContent></v:textbox></v:rect></w:pict>"
)


def _drawn(paragraph: Any, line: Para) -> None:
    """The line in a drawn box anchored at `paragraph`."""
    picture = parse_xml(_BOX)
    paragraph.add_run()._r.append(picture)
    inner = next(iter(picture.iter(qn("w:p"))))
    _fill(Paragraph(inner, paragraph), line)


def _reproducible(data: bytes) -> bytes:
    """The same archive with the times of its members fixed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
