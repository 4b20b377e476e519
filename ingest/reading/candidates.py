"""What the mail around a document hints at: values from the subject and from file names, with little trust."""

import re
from collections.abc import Mapping
from functools import cache

from core.evidence import Evidence, Source
from core.notation import KIND_ABBREVIATIONS, find_codes
from core.text import fold, is_syllable, normal, squeeze
from ingest.reading.weighing import FILENAME, SUBJECT

_PASSED_ON = re.compile(r"^\s*(?:(?:re|fwd?|tr|fw|chuyển tiếp|trả lời)\s*:\s*|\[[^\]]{0,40}\]\s*)+", re.IGNORECASE)
_CITES = re.compile(
    r"(?:trả lời|phúc đáp|theo|thực hiện|triển khai|căn cứ|góp ý|đối với|của)\b[^/]{0,60}$", re.IGNORECASE
)
_ABOUT = re.compile(r"(?:\bv\s*/\s*v\b|\bvề\s+việc\b)\s*:?\s*(?P<what>.{12,})", re.IGNORECASE)
_SAYS_NOTHING = re.compile(
    r"^(?:gửi|chuyển|phát hành|nhận)\s+(?:văn bản|công văn|tài liệu|file|tệp|thư|kèm)\b", re.IGNORECASE
)
_URGENT = re.compile(
    r"(?<!\w)(?P<word>hỏa tốc|thượng khẩn)(?!\w)|[\[(]\s*(?P<boxed>khẩn)\s*[\])]|^\W*(?P<first>KHẨN)\b"
)
_URGENCY = {"hỏa tốc": "hoa_toc", "thượng khẩn": "thuong_khan", "khẩn": "khan"}
_NAME_CODE = re.compile(
    r"^(?:\w{3}_)?(?P<number>\d{1,5})[\s._-]+(?P<groups>[^\W\d_]{1,8}(?:[\s._-]+[^\W\d_]{1,8}){0,3})"
)
_NAME_NOISE = re.compile(
    r"(?i)[\s._-]{0,9}(?:signed|\(\d+\)|da ky|final|ban chinh|scan|copy|\.pdf|\.docx?|_\d{6,}.*)+.*$"
)


def from_subject(subject: str) -> dict[str, Evidence]:
    """Hints of a mail's subject: the one code it names as its own, what follows "V/v", urgency in so many words."""
    text = squeeze(_PASSED_ON.sub("", normal(subject)))
    out: dict[str, Evidence] = {}
    codes = find_codes(text)
    if len(codes) == 1 and not _CITES.search(text[: text.find(codes[0].number)]):
        out["code"] = Evidence(codes[0].text, SUBJECT, Source.SUBJECT, text=subject)
    about = _ABOUT.search(text)
    if about and not _SAYS_NOTHING.match(about["what"]):
        out["subject"] = Evidence(about["what"].strip(" ."), SUBJECT, Source.SUBJECT, text=subject)
    urgent = _URGENT.search(normal(subject).replace("HỎA TỐC", "hỏa tốc").replace("Hỏa tốc", "hỏa tốc")
                            .replace("THƯỢNG KHẨN", "thượng khẩn").replace("Thượng khẩn", "thượng khẩn"))  # fmt: skip
    if urgent:
        word = (urgent["word"] or urgent["boxed"] or urgent["first"]).lower()
        out["urgency"] = Evidence(_URGENCY[word], SUBJECT - 0.1, Source.SUBJECT, text=subject)
    return out


def from_file_name(name: str, file: str | None = None) -> dict[str, Evidence]:
    """Hints of a file's name: "2281_TB-SYT.pdf" -> 2281/TB-SYT. Words that could be Vietnamese are no notation."""
    bare = _NAME_NOISE.sub("", normal(name))
    codes = find_codes(bare.replace("_", "/", 1)) or find_codes(bare)
    if codes and "-" in codes[0].notation:
        head, *rest = codes[0].notation.split("-")
        value = codes[0].text.removesuffix(codes[0].notation) + "-".join([_as_printed(head), *map(_as_printed, rest)])
        return {"code": Evidence(value, FILENAME, Source.FILENAME, file, text=name)}
    found = _NAME_CODE.match(bare)
    if not found:
        return {}
    groups = re.split(r"[\s._-]+", found["groups"])
    if len(groups) < 2 or sum(is_syllable(g) for g in groups) > 1:
        return {}
    notation = "-".join(_as_printed(g) for g in groups)
    value = f"{found['number']}/{notation}"
    return {"code": Evidence(value, FILENAME, Source.FILENAME, file, text=name)}


def _as_printed(group: str) -> str:
    """File names drop marks and shorten: "qd" is QĐ, "ub" UBND. What is known already (TTg) stays."""
    return _printed_forms().get(fold(group), group if not group.islower() else group.upper())


@cache
def _printed_forms() -> Mapping[str, str]:
    return {fold(a): a for a in KIND_ABBREVIATIONS} | {"ub": "UBND", "hdnd": "HĐND", "ttg": "TTg", "nd": "NĐ"}
