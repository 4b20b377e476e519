"""Pictures in mails: those of the text and documents that came as pictures."""

import base64

import pytest
from mail_parts import Reader, mixed

HTML = 'Content-Type: text/html\n\n<img src="cid:shown@x">'


def picture(
    name: str, size: int, fields: str = "", kind: str = "image/png", magic: bytes = b"\x89PNG\r\n\x1a\n"
) -> str:
    data = base64.encodebytes(magic + bytes(size - len(magic))).decode()
    return f'Content-Type: {kind}; name="{name}"\n{fields}Content-Transfer-Encoding: base64\n\n{data}'


@pytest.mark.parametrize(
    ("size", "fields", "is_inline"),
    [
        (40_000, "Content-Id: <shown@x>\n", True),  # a logo that the text shows
        (400_000, "Content-Id: <shown@x>\n", False),  # a page pasted into the text
        (5_000, "Content-Id: <other@x>\n", True),  # the telephone icon of a signature, shown by no text
        (90_000, "Content-Id: <other@x>\n", False),  # a photographed page that the program gave an id
        (5_000, "", False),
        (5_000, "Content-Disposition: inline\n", False),  # telephones send every photograph so
    ],
)
def test_a_picture_of_the_text_is_no_document(read: Reader, size: int, fields: str, is_inline: bool) -> None:
    (file,) = read(mixed(HTML, picture("a.png", size, fields))).attachments
    assert (file.size, file.is_inline) == (size, is_inline)


def test_a_scanners_picture_is_a_document_whatever_the_text_shows(read: Reader) -> None:
    scan = picture("a.tif", 40_000, "Content-Id: <shown@x>\n", "image/tiff", b"II*\0")
    assert not read(mixed(HTML, scan)).attachments[0].is_inline
