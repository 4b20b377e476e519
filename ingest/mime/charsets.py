"""Bytes to text when the label may be missing, unknown or a lie."""

import codecs
import re
from functools import lru_cache

from core.text import nfc

# Codecs that are no charset of mail: transformations, or names that cost quadratic time.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_ALIASES = {
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "default": "utf-8",
    "utf8mb4": "utf-8",
    "x-gbk": "gbk",
    "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
    "windows-874": "cp874",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "x-windows-1258": "cp1258",
    "macintosh": "mac-roman",
}
_LATIN = {"iso8859-1", "cp1252", "iso8859-15", "ascii"}
# Charsets in which bytes below 128 may stand for something else, and texts in which they don't.
_BEYOND_ASCII = ("utf-7", "iso2022", "hz", "utf-16", "utf-32")
_MEANS_ITSELF = re.compile(rb"[^\x00\x0e\x0f\x1b+~]*")
_UTF16_SAMPLE, _UTF16_LEAST = 4096, 4
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONED = re.compile(f"[aăâeêioôơuưyAĂÂEÊIOÔƠUƯY][{_TONES}]")


@lru_cache(maxsize=256)
def known_charset(name: str) -> str | None:
    """The codec for a charset name as mails write it ("UTF8", "cp-1258", "windows-1258"), None if unknown."""
    name = name.strip("\"' \t").lower()
    for candidate in (_ALIASES.get(name, name), re.sub(r"^cp[-_]|^x-", "cp" if name[:2] == "cp" else "", name)):
        try:
            codec = codecs.lookup(candidate)
        except (LookupError, ValueError):  # ValueError: a NUL in the name
            continue
        if getattr(codec, "_is_text_encoding", True) and codec.name not in _NO_CHARSETS:
            return codec.name
    return None


def decode(data: bytes, declared: str | None) -> tuple[str, bool]:
    """`data` as text in NFC, and whether the declared charset had to be overruled.

    UTF-8 is believed wherever it fits (text in another charset practically never does by accident), then
    the declared charset, then Windows-1258 where each tone mark stands behind a vowel. What remains is read
    as Windows-1252, which keeps each byte of TCVN3 and VNI apart for the repair of legacy encodings.
    """
    codec = known_charset(declared) if declared else None
    if data.isascii() and not (codec and codec.startswith(_BEYOND_ASCII) and not _MEANS_ITSELF.fullmatch(data)):
        return data.decode("ascii"), False
    if codec is None or codec in _LATIN or codec == "utf-8":
        return _undeclared(data, codec)
    try:
        return nfc(data.decode(codec)), False
    except (UnicodeError, ValueError):
        pass
    text, _ = _undeclared(data, None) if _is_utf8(data) else (nfc(data.decode(codec, "replace")), True)
    return text, True


def utf16(data: bytes) -> str | None:
    """`data` as text where it is UTF-16, by its mark or, without one, by every other byte being 0; else None."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return nfc(data.decode("utf-16", "replace"))
    sample = data[:_UTF16_SAMPLE]
    half = len(sample) // 2
    if half < _UTF16_LEAST or b"\x00" not in sample:
        return None
    high, low = sample[::2].count(0), sample[1::2].count(0)
    # The marked letters of Vietnamese have another high byte than 0; no letter has the low byte 0.
    codec = "utf-16-le" if low > 0.3 * half and not high else "utf-16-be" if high > 0.3 * half and not low else ""
    if not codec or _CONTROLS.search(sample[: 2 * half].decode(codec, "replace")):
        return None
    return nfc(data.decode(codec, "replace"))


def _undeclared(data: bytes, codec: str | None) -> tuple[str, bool]:
    try:
        return nfc(data.decode("utf-8-sig")), codec != "utf-8"
    except UnicodeDecodeError as error:
        # A text cut in the middle, or one bad byte in a long one, is still UTF-8.
        good = len(data[: error.start].decode("utf-8")) < error.start
        if good and data.decode("utf-8", "ignore").count("\ufffd") == 0 and _damage(data) < 0.02:
            return nfc(data.decode("utf-8-sig", "replace")), True
    if (viet := _windows_1258(data)) is not None:
        return viet, True
    return nfc(_windows_1252(data)), codec not in _LATIN or codec == "ascii"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _damage(data: bytes) -> float:
    return data.decode("utf-8", "replace").count("\ufffd") / max(1, len(data))


def _windows_1258(data: bytes) -> str | None:
    try:
        text = data.decode("cp1258")
    except UnicodeDecodeError:
        return None
    marks = sum(text.count(tone) for tone in _TONES)
    if marks == 0 or len(_TONED.findall(text)) != marks or not re.search("[ăâđêôơưĂÂĐÊÔƠƯ]", text):
        return None
    return nfc(text)


def _windows_1252(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
