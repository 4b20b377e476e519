"""How one document is written down twice: as printed, as a scan is read, as a clerk types it, as a package says it."""

import re
import unicodedata
from collections.abc import Callable
from random import Random

from tests.generator.offices import Level, Office

_SHORT_FIELDS = (
    ("Khoa học và Công nghệ", ("KH&CN", "KHCN", "KH-CN", "KH & CN")),
    ("Giáo dục và Đào tạo", ("GD&ĐT", "GDĐT", "GD-ĐT")),
    ("Nông nghiệp và Môi trường", ("NN&MT", "NNMT", "NN và MT")),
    ("Văn hóa, Thể thao và Du lịch", ("VHTTDL", "VH,TT&DL", "VHTT&DL")),
    ("Dân tộc và Tôn giáo", ("DT&TG", "DTTG")),
    ("Tài chính", ("TC",)), ("Xây dựng", ("XD",)),
)  # fmt: skip
_SHORT_HEADS = (
    ("Ủy ban nhân dân", "UBND"), ("Hội đồng nhân dân", "HĐND"), ("Thành phố", "TP."), ("thành phố", "TP"),
    ("Văn phòng", "VP"), ("Ban Chỉ đạo", "BCĐ"), ("Ban Quản lý", "BQL"), ("Trung học phổ thông", "THPT"),
    ("Công ty Cổ phần", "Công ty CP"), ("Đại học", "ĐH"), ("Bệnh viện Đa khoa", "BVĐK"), ("Tổng công ty", "TCT"),
)  # fmt: skip
_SHORT_WORDS = (
    ("Ủy ban nhân dân", "UBND"), ("Hội đồng nhân dân", "HĐND"), ("khoa học và công nghệ", "KH&CN"),
    ("Khoa học và Công nghệ", "KH&CN"), ("chuyển đổi số", "CĐS"), ("kế hoạch", "KH"), ("Kế hoạch", "KH"),
    ("quyết định", "QĐ"), ("nông nghiệp", "NN"), ("báo cáo", "BC"), ("thủ tục hành chính", "TTHC"),
    ("phòng, chống", "PC"), ("phòng cháy, chữa cháy", "PCCC"), ("thực hiện", "t/h"), ("triển khai", "TK"),
)  # fmt: skip


def some(rng: Random, share: float) -> bool:
    """True in so many of all cases, 0..1."""
    return rng.random() < share


def seen(rng: Random, text: str, lost: float = 0.08, wrong: float = 0.006) -> str:
    """Text as a scan is read: some marks lost or another mark, here and there another letter."""
    out = []
    for letter in text:
        if not letter.isascii() and some(rng, lost):
            bare = _bare(letter)
            letter = bare.upper() if letter.isupper() else bare
        elif letter.isalpha() and letter.isascii() and some(rng, wrong):
            letter = {"l": "1", "i": "l", "o": "0", "n": "u", "c": "e", "h": "b", "m": "rn"}.get(letter, letter)
        out.append(letter)
    return "".join(out)


def slipped(rng: Random, text: str) -> str:
    """Text with one slip of a typist: two letters in the wrong order, one left out, one twice."""
    if len(text) < 12:
        return text
    at = rng.randrange(4, len(text) - 4)
    return rng.choice(
        (text[:at] + text[at + 1] + text[at] + text[at + 2 :], text[:at] + text[at + 1 :], text[:at] + text[at:at + 1]
         + text[at:])
    )  # fmt: skip


def code_seen(rng: Random, code: str) -> str:
    """A code as a scan gives it."""
    ways: tuple[Callable[[str], str], ...] = (
        lambda c: c, lambda c: c, lambda c: c,
        lambda c: c.replace("Đ", "D"), lambda c: c.replace("Đ", "Ð"), lambda c: c.replace("-", " - "),
        lambda c: c.replace("/", " /", 1), lambda c: c.replace("-", "–"),
    )  # fmt: skip
    return rng.choice(ways)(code)


def code_typed(rng: Random, code: str) -> str:
    """A code as a clerk types it."""
    ways: tuple[tuple[int, Callable[[str], str]], ...] = (
        (30, lambda c: c), (8, str.lower), (6, lambda c: c.replace("-", " - ").replace("/", " /", 1)),
        (6, lambda c: c.replace("/", "/ ", 1)), (5, lambda c: c.replace("Đ", "D")), (4, lambda c: c.replace("-", "–")),
        (5, lambda c: _zeros(rng, c)), (3, lambda c: f"Số {c}"), (3, lambda c: c.replace("-", " ")),
        (2, lambda c: c.replace("&", "")), (2, lambda c: _bare(c)), (1, lambda c: f"{c} "), (1, lambda c: f"{c}."),
    )  # fmt: skip
    [way] = rng.choices([way for _, way in ways], [weight for weight, _ in ways])
    return way(code)


def _zeros(rng: Random, code: str) -> str:
    return code.lstrip("0") if code.startswith("0") else rng.choice(("0", "00")) + code


def issuer_printed(rng: Random, office: Office) -> tuple[str, str]:
    """Issuer and the office above it as a letterhead with text is read."""
    parent = office.parent_name or ""
    if parent and some(rng, 0.3):
        parent = parent.replace("UBND", "Ủy ban nhân dân") if "UBND" in parent else parent
    return office.name, parent


def issuer_seen(rng: Random, office: Office) -> tuple[str, str]:
    """The same of a scan: marks lost, the upper office or both not read."""
    issuer, parent = issuer_printed(rng, office)
    if some(rng, 0.03):
        return "", ""
    if some(rng, 0.15):
        parent = ""
    if some(rng, 0.1):
        issuer, parent = issuer.upper(), parent.upper()
    return seen(rng, issuer), seen(rng, parent)


def issuer_packaged(rng: Random, office: Office) -> tuple[str, str]:
    """As the sender's own system names it."""
    issuer, parent = office.name, office.parent_name or ""
    if office.level is Level.DEPARTMENT and office.place not in issuer and some(rng, 0.4):
        issuer = f"{issuer} {_territory(office)}"
    if some(rng, 0.35):
        issuer = shortened(rng, issuer, fields=False)
    if some(rng, 0.1):
        issuer = issuer.upper()
    return issuer, rng.choice((parent, parent, ""))


def issuer_typed(rng: Random, office: Office) -> tuple[str, str]:
    """As a clerk types it: mostly short, often without the office above."""
    issuer, parent = office.name, office.parent_name or ""
    if office.level is Level.DEPARTMENT and office.place not in issuer and some(rng, 0.35):
        issuer = f"{issuer} {rng.choice((_territory(office), office.place))}"
    if parent and some(rng, 0.6):
        parent = ""
    if office.level is Level.PROVINCE and some(rng, 0.15):
        issuer = re.sub(rf"\s*{re.escape(office.place)}$", "", issuer)  # "UBND tỉnh": ours, everybody knows
    if some(rng, 0.6):
        issuer = shortened(rng, issuer)
    if some(rng, 0.5):
        parent = shortened(rng, parent)
    if some(rng, 0.04):
        issuer, parent = _bare(issuer), _bare(parent)
    elif some(rng, 0.05):
        issuer, parent = issuer.upper(), parent.upper()
    elif some(rng, 0.05):
        issuer, parent = issuer.lower(), parent.lower()
    if some(rng, 0.03):
        issuer = slipped(rng, issuer)
    return issuer, parent


def _territory(office: Office) -> str:
    found = re.search(r"(?:tỉnh|[Tt]hành phố)\s.+$", office.parent_name or "")
    return found[0] if found else office.place


def shortened(rng: Random, name: str, *, fields: bool = True) -> str:
    """A name with the usual abbreviations of offices."""
    for whole, short in _SHORT_HEADS:
        if some(rng, 0.8):
            name = name.replace(whole, short)
    if fields:
        for whole, shorts in _SHORT_FIELDS:
            if name.startswith(("Sở ", "Bộ ")) and some(rng, 0.7):
                name = name.replace(whole, rng.choice(shorts))
    return name


def subject_seen(rng: Random, subject: str) -> str:
    """A trích yếu as a scan gives it: marks and letters lost, sometimes its last words."""
    words = subject.split()
    if len(words) > 12 and some(rng, 0.12):
        words = words[: -rng.randrange(1, len(words) // 3)]
    return seen(rng, " ".join(words))


def subject_packaged(rng: Random, subject: str, kind: str) -> str:
    """As the sender's own system holds it."""
    ways = (subject, f"V/v {subject}", f"Về việc {subject}", f"{kind} {subject}", subject[:1].upper() + subject[1:])
    return rng.choice(ways)


def subject_typed(rng: Random, subject: str, kind: str) -> str:
    """As a clerk types it: often shorter, with abbreviations."""
    words = subject.split()
    if len(words) > 10 and some(rng, 0.4):
        words = words[: max(7, int(len(words) * rng.uniform(0.45, 0.9)))]
    text = " ".join(words)
    for whole, short in _SHORT_WORDS:
        if some(rng, 0.3):
            text = text.replace(whole, short)
    text = rng.choice((text, text, text[:1].upper() + text[1:], f"V/v {text}", f"{kind} {text}", f"vv {text}"))
    if some(rng, 0.08):
        text = slipped(rng, text)
    if some(rng, 0.03):
        text = _bare(text)
    return unicodedata.normalize("NFC", text)


def _bare(text: str) -> str:
    """`text` in small letters without marks."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
