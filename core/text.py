"""Vietnamese text made comparable: Unicode form, look-alike letters, tone placement, folding, old encodings."""

import re
import unicodedata
from collections.abc import Sequence

# Icelandic and African letters drawn like Đ, dashes and slashes that fonts and OCR put in place of the plain ones.
_LOOK_ALIKES = str.maketrans(
    {
        "\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2044": "/", "\u2215": "/", "\uff0f": "/", "\uff1a": ":",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ",
        "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,
    }
)  # fmt: skip

# Runs of what may be marks. Unicode calls 30 in a row more than any writing has (UAX #15, Stream-Safe Text Format);
# a normalisation sorts each run in quadratic time.
_MOST_MARKS = 30
_MAY_BE_MARKS = re.compile(rf"[^\w\s\x00-\u02ff]{{{_MOST_MARKS + 1},}}")
_HIDDEN_MARKS = "\u0f73\u0f75\u0f81"  # starters that are taken apart into nothing but marks
_JOINER = "\u034f"  # the sign that breaks a run and is not seen

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


_ODD = re.compile(f"[{''.join(map(chr, _LOOK_ALIKES))}]")


def _placements() -> dict[str, str]:
    """Old-style placement of the tone (hoà, thuỷ) to the new one (hòa, thủy), in three letter cases."""
    table: dict[str, str] = {}
    for pair in ("oa", "oe", "uy"):
        for tone in _TONES:
            old = unicodedata.normalize("NFC", pair + tone)
            new = unicodedata.normalize("NFC", pair[0] + tone + pair[1])
            table |= {old: new, old.upper(): new.upper(), old.capitalize(): new.capitalize()}
    return table


_OLD_TONES = _placements()
# After q the u belongs to the consonant ("quý"), and a following letter makes the old place the only one ("hoàn").
_SECOND = "".join(sorted({old[1] for old in _OLD_TONES}))
_OLD_TONE = re.compile(rf"(?<![qQ])[oOuU][{_SECOND}](?![A-Za-zÀ-ỹ])")

_VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_BARE = "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd"
MARKED_VOWELS = frozenset(_VIETNAMESE) - {"đ"}
_TO_BARE = str.maketrans(_VIETNAMESE + _VIETNAMESE.upper(), _BARE + _BARE.upper())


def nfc(text: str) -> str:
    """`text` in NFC; runs of more than 30 marks, which no writing has, are broken first."""
    return text if text.isascii() else unicodedata.normalize("NFC", _MAY_BE_MARKS.sub(_broken, text))


def _broken(found: re.Match[str]) -> str:
    out: list[str] = []
    marks = 0
    for letter in found[0]:
        marks = marks + 1 if unicodedata.combining(letter) or letter in _HIDDEN_MARKS else 0
        if marks > _MOST_MARKS:
            out.append(_JOINER)
            marks = 1
        out.append(letter)
    return "".join(out)


def plain(text: str) -> str:
    """`text` in NFC, dashes, slashes and Đ that only look so replaced by those that are meant; spelled as it is."""
    if text.isascii():
        return text
    composed = nfc(text)
    return composed.translate(_LOOK_ALIKES) if _ODD.search(composed) else composed


def normal(text: str) -> str:
    """`plain`, and tones placed the new way: for reading, not for display."""
    if text.isascii():
        return text
    composed = plain(text)
    return _OLD_TONE.sub(lambda found: _OLD_TONES.get(found[0], found[0]), composed)


def bare(text: str) -> str:
    """`text` in NFC without marks, letter for letter: the nth letters of both belong together."""
    if text.isascii():
        return text
    out = text.translate(_TO_BARE)
    return out if out.isascii() else "".join(c if c.isascii() else unicodedata.normalize("NFD", c)[0] for c in out)


def squeeze(text: str) -> str:
    """`text` with every run of blanks and line ends made one space, ends trimmed."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """The key for matching and search: `normal`, without marks, đ as d, lower case, blanks squeezed."""
    if not text.isascii():
        text = nfc(text).translate(_LOOK_ALIKES).translate(_TO_BARE)
        if not text.isascii():  # other languages' marks
            text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return squeeze(text).lower()


# Two encodings from before Unicode. Both are read as if they were Latin-1, which is how they reach us in PDF
# text layers, DOCX runs and mails.

_ENCODINGS = ("tcvn3", "vni")
_TCVN3_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđ" "\0\0\0\0\0\0" "àảãáạ" "\0" "ằẳẵắ" "\0\0\0\0\0\0\0" "ặầẩẫấậè" "\0" "ẻẽéẹềểễếệìỉ"
    "\0\0\0" "ĩíịò" "\0" "ỏõóọồổỗốộờởỡớợù" "\0" "ủũúụừửữứựỳỷỹýỵ"
)  # fmt: skip
_TCVN3 = {0xA1 + i: letter for i, letter in enumerate(_TCVN3_LETTERS) if letter != "\0"}

_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309",
    "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_MARKS |= {letter.upper(): marks for letter, marks in _VNI_MARKS.items()}
_VNI_SINGLE |= {letter.upper(): target.upper() for letter, target in _VNI_SINGLE.items()}

# Latin-1 letters and signs that Unicode Vietnamese never uses.
_STRANGE = re.compile(
    "["
    + "".join(c for c in map(chr, range(0xA1, 0x100)) if c.lower() not in _VIETNAMESE and c not in "«»°§·")
    + "]|(?<=\\w)[§·«]|[§·«](?=\\w)"
)
# Letters of Unicode Vietnamese that no text of those encodings has.
_UNICODE_ONLY = re.compile("[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9]")
_MIXED = re.compile(r"(?<=\w)[A-ZĂÂÊÔƠƯĐ]")
_SMALL = re.compile(r"[a-z]")
_WORD = re.compile(r"[^\s\d.,;:/()\[\]\"'!?+=_*&%-]+")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|th|tr|kh|gh|gi|ph|qu|[bcdghklmnprstvx])?"
    r"(?:uye|uya|oai|oay|oeo|uay|uoi|uou|ieu|yeu|uyu|[iy]e|[uo]a|[uo]e|uo|u[uyi]|i[au]|o[aoi]|a[iyou]|e[ou]|[aeiouy])"
    r"(?:ng|nh|ch|[ckmnpt])?"  # k: Đắk Lắk
)


def repair(text: str) -> str:
    """`text` with blocks (lines) of TCVN3 (ABC) or VNI turned into Unicode, everything else as it was.

    A block is changed when at least two of its words bear letters that Unicode Vietnamese does not use and
    nearly all its marked words become Vietnamese syllables: names such as señor or Müller stay. Where one
    block of the text was changed so, a block with a single such word follows it ("Sè: 63/Q§-SKHCN"), and where
    nothing in the text is Unicode Vietnamese, any block that makes sense so ("PHIÕU CHUYÓN"). The encoding that
    explains most of the text goes first: short blocks make sense in either ("Soá" is Số, never Soỏ).
    """
    if not _STRANGE.search(text):
        return text
    blocks = text.splitlines(keepends=True)
    found = [(block, encoding) for block in blocks if (encoding := _encoding(block, least=2))]
    if not found:
        return text
    main = max(_ENCODINGS, key=lambda name: sum(_syllables(_decode(block, name)) for block, _ in found))
    least = 1 if _UNICODE_ONLY.search(text) else 0
    others = [name for name in dict(found).values() if name != main]
    return "".join(_decode(block, _fitting(block, least, main, others)) for block in blocks)


def _fitting(block: str, least: int, main: str, others: Sequence[str]) -> str:
    """The encoding of `block` in a text whose encoding is `main`, some blocks perhaps in `others`."""
    if encoding := _encoding(block, least, (main,)):
        return encoding
    if others or least or not _STRANGE.search(block):
        return _encoding(block, 2, others) if others else ""
    # Where nothing is Unicode, a name that is no Vietnamese syllable ("Bhi«ng Niª") is of the same font.
    return "" if _STRANGE.search(_decode(block, main)) else main


def _encoding(block: str, least: int, among: Sequence[str] = _ENCODINGS) -> str:
    """The encoding that makes the most sense of `block`: "tcvn3", "vni", or "" for Unicode as it stands."""
    strange = sum(1 for word in _WORD.findall(block) if _STRANGE.search(word))
    if strange < least or block.isascii():
        return ""
    shares = {name: _share_of_syllables(_decode(block, name)) for name in among}
    best = max(shares, key=lambda name: shares[name])
    as_it_is = _share_of_syllables(block)
    is_better = shares[best] >= as_it_is if least == 0 else shares[best] > as_it_is
    return best if shares[best] >= 0.8 and is_better else ""


def _decode(block: str, encoding: str) -> str:
    if encoding == "tcvn3":
        return _in_capitals(block.translate(_TCVN3))
    return _from_vni(block) if encoding == "vni" else block


def _in_capitals(block: str) -> str:
    """TCVN3 has no marked capitals: "TUYệT MậT" is set in capitals as it was meant to be."""
    words = [word for word in _WORD.findall(block) if word.isalpha() and not word.isupper()]
    if not _SMALL.search(block) and any(map(_MIXED.search, words)):
        return block.upper()
    return " ".join(word.upper() if _MIXED.search(word) and not _SMALL.search(word) else word
                    for word in block.split(" "))  # fmt: skip


def _from_vni(text: str) -> str:
    out: list[str] = []
    for letter in text:
        base = unicodedata.normalize("NFD", out[-1])[0] if out else ""
        if letter in _VNI_MARKS and base in set("aeouyAEOUY") and len(out[-1]) <= _MOST_MARKS:
            out[-1] = unicodedata.normalize("NFC", out[-1] + _VNI_MARKS[letter])
        else:
            out.append(_VNI_SINGLE.get(letter, letter))
    return "".join(out)


def _share_of_syllables(text: str) -> float:
    """How many of the words with letters beyond ASCII are Vietnamese syllables, 0..1."""
    marked = _marked(text)
    return _syllables(text) / len(marked) if marked else 0.0


def _syllables(text: str) -> int:
    return sum(map(is_syllable, _marked(text)))


def _marked(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not word.isascii() and not _is_abbreviation(word)]


def _is_abbreviation(word: str) -> bool:
    if _STRANGE.search(word):
        return False
    # "QyĐ", "GDTrH": capitals and small letters mixed as in no other word.
    return not any(c in "aeiouy" for c in fold(word)) if word.isupper() else _MIXED.search(word) is not None


def is_syllable(word: str) -> bool:
    """Whether `word` has the shape of one Vietnamese syllable in Unicode letters."""
    lowered = nfc(word).lower()
    if any(not c.isascii() and c not in _VIETNAMESE for c in lowered):
        return False
    return _SYLLABLE.fullmatch(fold(lowered)) is not None
