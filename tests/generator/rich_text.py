"""Papers as RTF."""

from collections.abc import Iterable

from tests.generator.flow import Block, Para, Run, flow, header_of
from tests.generator.paper import Paper

_RTF_ALIGN = {"left": r"\ql", "center": r"\qc", "right": r"\qr", "both": r"\qj"}


def rtf_of(paper: Paper) -> bytes:
    """`paper` as RTF with Unicode escapes; old encodings stand as bytes of code page 1252."""
    blocks = [*header_of(paper), *flow(paper)]
    fonts = sorted({run.font for line in _lines(blocks) for run in line.runs} | {"Times New Roman"})
    table = "".join(rf"{{\f{n}\froman\fcharset0 {name};}}" for n, name in enumerate(fonts))
    body = "".join(_rtf_block(block, fonts) for block in blocks)
    head = rf"{{\rtf1\ansi\ansicpg1252\deff0\uc1{{\fonttbl{table}}}"
    head += r"{\colortbl;\red211\green32\blue42;}\paperw11906\paperh16838"
    return f"{head}\n{body}}}".encode("ascii")


def _lines(blocks: Iterable[Block]) -> Iterable[Para]:
    for block in blocks:
        if isinstance(block, Para):
            yield block
        else:
            yield from (line for row in block.rows for cell in row for line in cell)


def _rtf_block(block: Block, fonts: list[str]) -> str:
    if isinstance(block, Para):
        return _rtf_line(block, fonts) + "\\par\n"
    rows, edge = "", ""
    for width in block.widths:
        edge = edge + rf"\cellx{round((sum(block.widths[: edge.count('cellx')]) + width) * 567)}"
    for row in block.rows:
        cells = "".join("\\par\n".join(_rtf_line(line, fonts, r"\intbl") for line in cell) + "\\cell\n" for cell in row)
        rows += rf"\trowd\trgaph108{edge}{cells}\row" + "\n"
    return rows + r"\pard" + "\n"


def _rtf_line(line: Para, fonts: list[str], inside: str = "") -> str:
    page = r" \page" if line.broken else ""
    runs = "".join(_rtf_run(run, fonts) for run in line.runs)
    return rf"\pard{inside}{_RTF_ALIGN[line.align]}{page} {runs}"


def _rtf_run(run: Run, fonts: list[str]) -> str:
    look = (r"\b" if run.bold else "") + (r"\i" if run.italic else "") + (r"\cf1" if run.red else "")
    text = "".join(_rtf_letter(letter) for letter in run.text)
    return rf"{{\f{fonts.index(run.font)}\fs{round(run.size * 2)}{look} {text}}}"


def _rtf_letter(letter: str) -> str:
    if letter == "\t":
        return r"\tab "
    if letter in "\\{}":
        return "\\" + letter
    if ord(letter) < 128:
        return letter
    return rf"\'{ord(letter):02x}" if ord(letter) < 256 else rf"\u{ord(letter)}?"
