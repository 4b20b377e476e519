"""Scans with the text of an earlier OCR that knew no Vietnamese: invisible, in its place, and wrong."""

import io
import unicodedata
from random import Random

import pypdfium2
from PIL import Image

Line = tuple[str, float, float, float]  # text, x and y in points from the lower left, height
_CONFUSED = {
    "O": "QO0",
    "l": "1I",
    "i": "l1",
    "e": "c",
    "u": "n",
    "h": "b",
    "m": "rn",
    "N": "M",
    "B": "8",
    "S": "5",
    "g": "9",
}


def misread_lines(pdf: bytes, rng: Random) -> list[list[Line]]:
    """The lines of every page of a text PDF as a foreign OCR would give them: no marks, every tenth letter wrong."""
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for page in document:
        layer = page.get_textpage()
        boxes = [layer.get_rect(n) for n in range(layer.count_rects())]
        pages.append([(_misread(layer.get_text_bounded(*box), rng), box[0], box[1], box[3] - box[1]) for box in boxes])
    document.close()
    return pages


def _misread(text: str, rng: Random) -> str:
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return "".join(
        rng.choice(_CONFUSED[c]) if c in _CONFUSED and rng.random() < 0.25 else c for c in " ".join(bare.split())
    )


def bound_with_text(pages: list[Image.Image], lines: list[list[Line]], dpi: int, quality: int) -> bytes:
    """Pictures and the invisible text over them as one PDF."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for picture, text in zip(pages, lines, strict=True):
        width, height = picture.width * 72 / dpi, picture.height * 72 / dpi
        first = len(objects) + 1
        kids.append(b"%d 0 R" % (first + 2))
        content = b"q %.2f 0 0 %.2f 0 0 cm /I Do Q BT 3 Tr %s ET" % (width, height, b" ".join(map(_shown, text)))
        objects += [_picture(picture, quality), _stream(b"", content), (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R"
            b"/Resources<</XObject<</I %d 0 R>>/Font<</F 3 0 R>>>>>>" % (width, height, first + 1, first))]  # fmt: skip
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return _file(objects)


def _shown(line: Line) -> bytes:
    text, x, y, height = line
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("ascii")
    return b"/F %.1f Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj" % (max(height, 4), x, y, escaped)


def _picture(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    space = b"/DeviceGray" if picture.mode == "L" else b"/DeviceRGB"
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace%s/Filter/DCTDecode"
    return _stream(head % (picture.width, picture.height, space), out.getvalue())


def _stream(head: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (head, len(data), data)


def _file(objects: list[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, item in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return bytes(out) + tail % (size, table, size, len(out))
