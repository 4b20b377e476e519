"""How old machines store Vietnamese: TCVN3, VNI, decomposed letters, look-alikes; one letter to its stored form."""

import unicodedata
from collections.abc import Callable

_TCVN3 = (
    "àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ăâêôơưđ",
    "b5b6b7b8b9 bbbcbdbec6 c7c8c9cacb cccecfd0d1 d2d3d4d5d6 d7d8dcddde dfe1e2e3e4 e5e6e7e8e9"
    " eaebecedee eff1f2f3f4 f5f6f7f8f9 fafbfcfdfe a8a9aaabacadae",
)
_TCVN3_CAPITALS = ("ĂÂÊÔƠƯĐ", "a1a2a3a4a5a6a7")
_TO_TCVN3 = {
    letter: chr(code)
    for letters, codes in (_TCVN3, _TCVN3_CAPITALS)
    for letter, code in zip(letters.replace(" ", ""), bytes.fromhex(codes.replace(" ", "")), strict=True)
}
# VNI: the mark is a letter of its own behind the vowel; a few letters have one code.
_VNI_MARKS = {
    "\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï", "\u0302": "â", "\u0302\u0301": "á",
    "\u0302\u0300": "à", "\u0302\u0309": "å", "\u0302\u0303": "ã", "\u0302\u0323": "ä", "\u0306": "ê",
    "\u0306\u0301": "é", "\u0306\u0300": "è", "\u0306\u0309": "ú", "\u0306\u0303": "ü", "\u0306\u0323": "ë",
}  # fmt: skip
_VNI_WHOLE = {"ơ": "ô", "ư": "ö", "đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
_TONES = "\u0301\u0300\u0309\u0303\u0323"


def tcvn3(letter: str) -> str:
    """The Latin-1 letter that TCVN3 stores; accented capitals are stored as small letters (font .VnTimeH)."""
    return _TO_TCVN3.get(letter, _TO_TCVN3.get(letter.lower(), letter))


def vni(letter: str) -> str:
    """The one to three Latin-1 letters that VNI stores."""
    if letter.isascii():
        return letter
    small = letter.lower()
    stored = _VNI_WHOLE.get(small) or _vni_marked(small)
    return stored.upper() if letter != small else stored


def _vni_marked(small: str) -> str:
    parts = unicodedata.normalize("NFD", small)
    if (whole := unicodedata.normalize("NFC", parts[:2])) in ("ơ", "ư"):
        return _VNI_WHOLE[whole] + _VNI_MARKS.get(parts[2:], "")
    # NFD puts the dot below before the circumflex: ô + dot, where VNI asks for circumflex first.
    marks = "".join(sorted(parts[1:], key=lambda mark: mark in _TONES))
    return parts[0] + _VNI_MARKS[marks] if marks in _VNI_MARKS else small


def nfd(letter: str) -> str:
    """The letter and its marks apart."""
    return unicodedata.normalize("NFD", letter)


def look_alike(letter: str) -> str:
    """Letters and dashes that look right and are others: Icelandic Ð, long dashes, a fraction's slash."""
    return {"Đ": "\u00d0", "-": "\u2013", "\u00a0": " "}.get(letter, letter)


ENCODINGS: dict[str, Callable[[str], str]] = {"tcvn3": tcvn3, "vni": vni, "nfd": nfd, "look-alikes": look_alike}


def stored(text: str, encoding: str) -> str:
    """`text` letter by letter in `encoding`; "" leaves it as it is."""
    if not encoding:
        return text
    return "".join(map(ENCODINGS[encoding], unicodedata.normalize("NFC", text)))
