"""TCVN 5712:1993 VN3 ("ABC"), the encoding that some communes' old machines still write."""

import unicodedata

_LOWER = (
    "àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ăâêôơưđ",
    "b5b6b7b8b9 bbbcbdbec6 c7c8c9cacb cccecfd0d1 d2d3d4d5d6 d7d8dcddde dfe1e2e3e4 e5e6e7e8e9"
    " eaebecedee eff1f2f3f4 f5f6f7f8f9 fafbfcfdfe a8a9aaabacadae",
)
_CAPITALS = ("ĂÂÊÔƠƯĐ", "a1a2a3a4a5a6a7")
_BYTES = {
    letter: bytes([code])
    for letters, codes in (_LOWER, _CAPITALS)
    for letter, code in zip(letters.replace(" ", ""), bytes.fromhex(codes.replace(" ", "")), strict=True)
}


def tcvn3(text: str) -> bytes:
    """The text in TCVN3. Accented capitals become small letters, as they have no codes of their own there.

    Raises KeyError for a letter outside ASCII and Vietnamese.
    """
    return b"".join(_byte(letter) for letter in unicodedata.normalize("NFC", text))


def _byte(letter: str) -> bytes:
    if letter.isascii():
        return letter.encode()
    return _BYTES[letter] if letter in _BYTES else _BYTES[letter.lower()]
