"""PDFs made to hurt whoever opens them: bombs, loops, scripts, and small ones that are drawn for minutes."""

import zlib

SCRIPT = b"<script>document.title='owned'</script>"


def hostile_pdfs() -> dict[str, bytes]:
    """File name -> bytes."""
    return {**_pdfs(), **_heavy_pdfs()}


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, without a table: readers rebuild it."""
    body = b"".join(b"%d 0 obj %b endobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R>>\n%%EOF\n"


def _page(content: bytes, catalog: bytes = b"") -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        content,
    )


def _flate(data: bytes, rounds: int = 1, extra: bytes = b"") -> bytes:
    for _ in range(rounds):
        data = zlib.compress(data, 9)
    return b"<<%b/Filter[%b]/Length %d>>stream\n%b\nendstream" % (extra, b"/FlateDecode" * rounds, len(data), data)


def _pdfs() -> dict[str, bytes]:
    loop = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]
    script = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    return {
        "bomb.pdf": _page(_flate(b"BT (a) Tj ET " * (4 << 20))),
        "twice.pdf": _page(_flate(bytes(100 << 20), rounds=2)),
        "loop.pdf": pdf(*loop),
        "script.pdf": _page(_flate(b""), script),
        "launch.pdf": _page(_flate(b""), b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
        "pages.pdf": pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%b]/Count 5000>>" % (b"3 0 R " * 5_000),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9e9 9e9]>>",
        ),
        "html.pdf": b"<html>" + SCRIPT + _page(_flate(b"")),
        "empty.pdf": b"",
    }


_TEXT = b"BT /F1 9 Tf 50 700 Td (" + b"Kinh gui cac co quan, don vi thuoc So " * 5 + b") Tj ET "
_HELVETICA = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"


def _heavy_pdfs() -> dict[str, bytes]:
    """Small PDFs that PDFium draws, or takes apart, for minutes."""
    forms = b"/XObject<</X 5 0 R>>"
    shading = b"/Shading<</P<</ShadingType 1/ColorSpace/DeviceRGB/Function<</FunctionType 0/Domain[0 1 0 1]"
    shading += b"/Range[0 1 0 1 0 1]/Size[2 2]/BitsPerSample 8>>>>>>"
    image = b"/Type/XObject/Subtype/Image/Width 2000/Height 2000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    font = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>>>"
    codes = b"1 begincodespacerange<0000><ffff>endcodespacerange 100 beginbfrange "
    widget = b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]>>"
    images = _flate(b"\x7f" * 12_000_000, extra=image)
    return {
        "forms.pdf": _drawing(b"/X Do " * 30, forms, *_nested_forms(4, 30)),
        "deep forms.pdf": _drawing(b"/X Do " * 10, forms, *_nested_forms(9, 10)),
        "form in itself.pdf": _drawing(b"/X Do ", forms, _form(b"/X Do " * 1_000, 5)),
        "shadings.pdf": _drawing(b"/P sh " * 2_000, shading),
        "images.pdf": _drawing(b"595 0 0 842 0 0 cm " + b"/X Do " * 3_000, forms, images),
        "stamped.pdf": _drawing(_TEXT + b"q 100 0 0 60 50 750 cm " + b"/X Do " * 3_000, forms + _HELVETICA, images),
        "letters.pdf": _drawing(b"BT /F1 9 Tf " + b"(a) Tj " * 500_000 + b"ET", font),
        "codes.pdf": _drawing(
            b"BT /F1 9 Tf (%b) Tj ET" % (b"abcd " * 20), font, _flate(codes + b"<0000><ffff><0041> " * 100_000)
        ),
        "annotations.pdf": _drawing(b"", b"", page=b"/Annots[%b]" % (widget * 50_000)),
    }


def _drawing(content: bytes, resources: bytes, *objects: bytes, page: bytes = b"") -> bytes:
    sheet = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%b>>%b>>" % (resources, page)
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", pages, sheet, _flate(content), *objects)


def _form(content: bytes, within: int) -> bytes:
    inner = b"/Resources<</XObject<</X %d 0 R>>>>" % within
    return _flate(content, extra=b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]" + inner)


def _nested_forms(depth: int, times: int) -> list[bytes]:
    outer = [_form(b"/X Do " * times, 6 + number) for number in range(depth)]
    return [*outer, _form(b"0 0 m 9 9 l S ", 99)]
