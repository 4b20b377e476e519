"""Letters over which the receiver's ĐẾN stamp was put, or whose stamps were put over it: the hardest to read of scans.

Both are red, both are framed, so that neither is a thing by itself. In the marked ones the stamp is a secrecy mark.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.generator.paper import Arrival, Paper, Stamp

FILES = ("photo", "photo", "scan")
WIDE, HIGH = 4.6, 1.6  # centimetres of the ĐẾN stamp
MARKS = (("MẬT", "mat"), ("TỐI MẬT", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat"))
INNOCENT = (
    "HỎA TỐC", "KHẨN", "THƯỢNG KHẨN", "SAO Y", "SAO LỤC", "ĐÃ SAO", "LƯU HÀNH NỘI BỘ", "ĐÃ KÝ", "PHÓ GIÁM ĐỐC",
    "VĂN THƯ", "BẢN CHÍNH", "ĐÃ XỬ LÝ", "XEM XONG TRẢ LẠI", "TRẢ HỒ SƠ", "MẶT TRẬN", "TÀI LIỆU HỌP",
)  # fmt: skip
RECEIVERS = (
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "VĂN PHÒNG UBND", "CÔNG VĂN", "SỞ NỘI VỤ", "BAN DÂN TỘC", "UBND XÃ HY CƯƠNG",
    "TRUNG TÂM KIỂM SOÁT BỆNH TẬT", "ĐẢNG ỦY PHƯỜNG", "VĂN PHÒNG TỈNH ỦY", "BAN TUYÊN GIÁO", "CHI CỤC THUẾ KHU VỰC",
    "ỦY BAN MTTQ", "CÔNG AN PHƯỜNG", "TRƯỜNG THPT", "BỆNH VIỆN ĐA KHOA",
)  # fmt: skip
_REDS = ("#d3202a", "#d3202a", "#b3123f", "#e2462f", "#8f1d24", "#c2306a", "#e8706a")
_ARRIVAL_REDS = ("#c02030", "#c02030", "#c02030", "#d3202a", "#b3123f", "#d8485a", "#a8264a")
_FONTS = ("", "", "DejaVu Serif", "Liberation Mono", "DejaVu Sans")


def with_mark_on_arrival(paper: Paper, rng: Random) -> tuple[Paper, str, str]:
    """`paper` with a secrecy mark beneath or upon a ĐẾN stamp, the mark's word, and what was done."""
    text, value = rng.choice(MARKS)
    mark = mark_upon(text, rng)
    others = (stamp_upon(rng.choice(INNOCENT), rng),) if rng.random() < 0.1 else ()
    made = arrival_with((mark, *others), rng)
    order = "beneath" if mark in made.beneath else "upon"
    return replace(paper, arrival=made), value, f"{mark.text} {mark.style} {order} arrival"


def with_arrival(paper: Paper, rng: Random) -> Paper:
    """`paper` with a ĐẾN stamp, and half the time with what else is put upon it."""
    many = rng.choice((0, 0, 1, 1, 2))
    return replace(paper, arrival=arrival_with([stamp_upon(text, rng) for text in rng.sample(INNOCENT, many)], rng))


def mark_upon(text: str, rng: Random) -> Stamp:
    """A secrecy mark that says `text`, as letters have it on a ĐẾN stamp."""
    said = rng.choice((text, text, text, text, text, f"Độ mật: {text.capitalize()}", " ".join(text)))
    return stamp_upon(said, rng)


def stamp_upon(text: str, rng: Random) -> Stamp:
    """A stamp in any style, size, colour and slant whose middle lies within the ĐẾN stamp, or on its edge."""
    middle = (rng.uniform(-0.05, 1.05) * WIDE, rng.uniform(-0.1, 1.1) * HIGH)
    style = rng.choice(("framed", "framed", "framed", "double", "bare", "faint"))
    turn = rng.choice((0.0, 0.0, rng.uniform(-12, 12), rng.uniform(-12, 12)))
    return Stamp(text, style, turn=turn, slip=middle, size=rng.choice((11.0, 13.0, 14.0, 14.0, 16.0, 19.0)),
                 red=rng.choice(_REDS), serif=rng.random() < 0.7, font=rng.choice(_FONTS))  # fmt: skip


def arrival_with(stamps: Sequence[Stamp], rng: Random) -> Arrival:
    """A ĐẾN stamp anywhere in the head with `stamps` across it; now and then a seal and pen strokes too."""
    number = str(rng.randrange(20, 9000))
    day = f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13)}" + rng.choice(("", "/2026", "/2019"))
    beneath = tuple(stamp for stamp in stamps if rng.random() < 0.5)
    return Arrival(
        rng.choice(RECEIVERS), number, day, rng.random() < 0.6, rng.uniform(0.0, 0.74), rng.uniform(-0.15, 0.35),
        turn=rng.choice((0.0, 0.0, rng.uniform(-6, 6))), red=rng.choice(_ARRIVAL_REDS), serif=rng.random() < 0.8,
        framed=rng.random() < 0.85, beneath=beneath, upon=tuple(stamp for stamp in stamps if stamp not in beneath),
        sealed=(rng.uniform(-1.5, 6), rng.uniform(-1.5, 3)) if rng.random() < 0.12 else None,
        scribbles=("scribble",) if rng.random() < 0.25 else (),
    )  # fmt: skip
