"""Papers as ODT."""

import io
import zipfile
from html import escape

from tests.generator.flow import Block, Para, flow, header_of
from tests.generator.paper import Paper

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_SPACES = "".join(f' xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "text", "table", "style"))
_ODT_HEAD = (
    f'{_XML}<office:document-content{_SPACES} xmlns:fo="{_OASIS}:xsl-fo-compatible:1.0" office:version="1.2">'
    "<office:automatic-styles>"
)
_ODT_END = "</office:text></office:body></office:document-content>"
_BOLD = '<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
_ALIGN = {"left": "left", "center": "center", "right": "end", "both": "justify"}
_ODT_TYPE = "application/vnd.oasis.opendocument.text"
_ODT_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
    f'manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODT_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def odt_of(paper: Paper) -> bytes:
    """`paper` as LibreOffice writes it, without styles of its own beyond alignment and bold."""
    styles = "".join(
        f'<style:style style:name="P{name}" style:family="paragraph">'
        f'<style:paragraph-properties fo:text-align="{value}"/></style:style>'
        for name, value in _ALIGN.items()
    )
    blocks = "".join(_odt_block(block) for block in (*header_of(paper), *flow(paper)))
    opened = f"{_ODT_HEAD}{styles}{_BOLD}</office:automatic-styles><office:body><office:text>"
    content = f"{opened}{blocks}{_ODT_END}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(zipfile.ZipInfo("mimetype"), _ODT_TYPE)
        package.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), _ODT_MANIFEST)
        package.writestr(zipfile.ZipInfo("content.xml"), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _odt_block(block: Block) -> str:
    if isinstance(block, Para):
        return _odt_line(block)
    rows = "".join("<table:table-row>" + "".join(
        f"<table:table-cell>{''.join(map(_odt_line, cell))}</table:table-cell>" for cell in row) + "</table:table-row>"
        for row in block.rows)  # fmt: skip
    return f'<table:table><table:table-column table:number-columns-repeated="{len(block.widths)}"/>{rows}</table:table>'


def _odt_line(line: Para) -> str:
    runs = "".join(_odt_text(run.text) if not run.bold else _bold(run.text) for run in line.runs)
    return f'<text:p text:style-name="P{line.align}">{runs}</text:p>'


def _bold(text: str) -> str:
    return f'<text:span text:style-name="B">{_odt_text(text)}</text:span>'


def _odt_text(text: str) -> str:
    return escape(text).replace("\t", "<text:tab/>").replace("  ", ' <text:s text:c="1"/>')
