"""PDF files: words and boxes, what signing programs write over blanks, scans, damage."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import typst
from printed_papers import papers, print_pdf

from ingest.letter import Word
from ingest.reading import Unreadable, read_fields, read_pages
from ingest.reading.lines import lines_of
from ingest.reading.pages import PDF
from ingest.reading.pdf import MOST_PAGES, is_plausible

KEYS = (b"11" * 32, b"22" * 32)  # of a password nobody knows


def raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of `objects`, numbered from 1; the first is the catalogue."""
    out, offsets = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return out + end % (len(objects) + 1, table, len(objects) + 1, trailer, len(out))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def page_of(
    lines: Sequence[tuple[int, int, str]], fields: Sequence[tuple[int, int, str]] = (), more: bytes = b""
) -> bytes:
    """A page with text at (x, y) in points, and form fields written over it."""
    text = b"".join(b"BT /F 12 Tf %d %d Td (%s) Tj ET\n" % (x, y, line.encode()) for x, y, line in lines)
    font = b"<</Font<</F 5 0 R>>>>"
    annotations = b"".join(b"%d 0 R " % (6 + 2 * i) for i in range(len(fields)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources%s/Annots[%s]%s>>"
        % (font, annotations, more),
        stream(text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for i, (x, y, value) in enumerate(fields):
        shown = b"BT /F 12 Tf 2 4 Td (%s) Tj ET" % value.encode()
        form = b"/Type/XObject/Subtype/Form/BBox[0 0 40 16]/Resources" + font
        objects.append(
            b"<</Type/Annot/Subtype/Widget/FT/Sig/F 4/Rect[%d %d %d %d]/AP<</N %d 0 R>>>>"
            % (x, y - 4, x + 40, y + 12, 7 + 2 * i)
        )
        objects.append(stream(shown, form))
    return raw_pdf(*objects)


HEAD = (
    (60, 780, "SO NOI VU"), (280, 780, "CONG HOA XA HOI CHU NGHIA VIET NAM"), (330, 762, "Doc lap - Tu do - Hanh phuc"),
    (60, 740, "So:        /UBND-KGVX"), (60, 300, "Noi dung cua van ban nay du dai de khong bi coi la mot trang quet"),
)  # fmt: skip


def test_a_number_that_the_signing_program_wrote_over_the_blank_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(page_of(HEAD, [(82, 740, "507")]))
    before = path.read_bytes()
    fields = read_fields(read_pages(path, PDF))
    assert (fields["code"].value, fields["code_number"].value) == ("507/UBND-KGVX", "507")
    assert path.read_bytes() == before
    path.write_bytes(page_of(HEAD))
    assert "code" not in read_fields(read_pages(path, PDF))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_boxes_are_of_the_page_as_shown(tmp_path: Path, turned: int) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(page_of([(60, 780, "Goc")], more=b"/Rotate %d" % turned))
    (word,) = read_pages(path, PDF)[0].words
    left_above = (word.x0 < 0.5, word.y0 < 0.5)
    assert left_above == {0: (True, True), 90: (False, True), 180: (False, False), 270: (True, False)}[turned]
    assert 0 <= word.x0 < word.x1 <= 1 and 0 <= word.y0 < word.y1 <= 1


def test_a_page_with_little_or_torn_text_is_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(page_of([(60, 780, "Ky boi: So Mau")]))
    assert read_pages(path, PDF)[0].is_scan
    torn = tuple(Word(c, 0, 0, 0.1, 0.1) for c in "T NH Đ K NÔNG S KHOA H C VÀ C NG NGH".split() * 5)
    assert not is_plausible(torn)


def print_pages(pages: list[str], path: Path) -> None:
    source = path.with_suffix(".typ")
    source.write_text("\n#pagebreak()\n".join(pages))
    typst.compile(str(source), output=str(path), ignore_system_fonts=True)


def test_long_documents_are_read_up_to_the_signature_and_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    text = "Nội dung của trang này đủ dài để không bị coi là một trang quét, có nhiều chữ tiếng Việt. "
    pages = [text * 4] * 30
    print_pages(pages, path)
    assert [p.number for p in read_pages(path, PDF)] == [*range(1, MOST_PAGES + 1), 30]
    pages[4] += "\n\nNơi nhận:"
    print_pages(pages, path)
    assert [p.number for p in read_pages(path, PDF)] == [1, 2, 3, 4, 5, 30]


def test_every_value_is_shown_where_it_stands(tmp_path: Path) -> None:
    pages = read_pages(print_pdf(next(papers()), tmp_path / "a.pdf"), PDF)
    fields = read_fields(pages, file="f" * 64, page_count=pages[-1].number)
    for name in ("code", "issued_on", "issuer", "kind", "signer_name"):
        evidence = fields[name]
        assert evidence.box is not None and evidence.page is not None and evidence.file == "f" * 64
        x0, y0, x1, y1 = evidence.box
        inside = [
            w for w in pages[evidence.page - 1].words
            if x0 - 0.001 <= w.x0 and w.x1 <= x1 + 0.001 and y0 - 0.001 <= w.y0 and w.y1 <= y1 + 0.001
        ]  # fmt: skip
        assert evidence.text.split() == [w.text for line in lines_of(inside) for w in line.words]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "damaged"),
        (b"%PDF-1.4 nothing", "damaged"),
        (raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>",
                 trailer=b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>>>" % KEYS),
         "locked"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_says_why(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    with pytest.raises(Unreadable) as problem:
        read_pages(path, PDF)
    assert problem.value.why == why


@pytest.mark.parametrize("is_in_form", [False, True])
def test_a_picture_with_a_signing_programs_words_over_it_is_a_scan(tmp_path: Path, is_in_form: bool) -> None:
    words = (
        b"BT /F 9 Tf 40 800 Td (Ky boi So Noi vu tinh Lam Dong luc muoi gio ba muoi phut ngay bon thang sau nam) Tj ET"
    )
    whole = b"q 595 0 0 842 0 0 cm /I Do Q "
    data = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R/M 7 0 R>>>>>>",
        stream((b"/M Do " if is_in_form else whole) + words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        stream(b"\xc0", b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"),
        stream(whole, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</I 6 0 R>>>>"),
    )
    path = tmp_path / "scan.pdf"
    path.write_bytes(data)
    (page,) = read_pages(path, PDF)
    assert page.is_scan and page.words
