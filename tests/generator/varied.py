"""More looks for letters of the practice half than its recipes give: what is learned here must hold for any paper."""

from dataclasses import replace
from random import Random

from tests.generator.paper import Arrival, Layout, Paper, Stamp
from tests.generator.scan import USUAL, Wear

# Lines that stand by themselves and are no mark, beside those of every half.
ALONE = (
    "MẬT ONG BẠC HÀ", "MẬT DANH", "MẶT BẰNG", "MẶT HÀNG", "MẤT ĐIỆN", "MẤT MÙA", "TUYỆT ĐỐI AN TOÀN", "TỐI THIỂU",
    "CẨN MẬT", "MẬT ĐỘ XÂY DỰNG", "MẬT MÍA", "MẮT", "MẶT ĐƯỜNG", "TUYẾT MAI", "TUYỂN SINH",
    "MẬT THƯ", "MẠT CƯA", "BẢO MẬT THÔNG TIN", "MẬT HOA DỪA", "TỐI MAI", "TUYỆT CHỦNG",
)  # fmt: skip
_RECEIVERS = (
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "VĂN PHÒNG UBND", "CÔNG VĂN", "SỞ NỘI VỤ", "BAN DÂN TỘC", "UBND XÃ HY CƯƠNG",
    "TRUNG TÂM KIỂM SOÁT BỆNH TẬT", "ĐẢNG ỦY PHƯỜNG", "VĂN PHÒNG TỈNH ỦY",
)  # fmt: skip
_REDS = ("#d3202a", "#d3202a", "#b3123f", "#e2462f", "#8f1d24", "#c2306a", "#e8706a")
_URGENT = ("KHẨN", "THƯỢNG KHẨN", "HỎA TỐC")


def varied(paper: Paper, rng: Random) -> Paper:
    """`paper` in another layout, more often with the receiver's stamp, a hung seal and urgency, none where it usually
    is."""
    layout = replace(
        paper.layout, left_share=rng.choice((0.36, 0.4, 0.42, 0.45, 0.48, 0.5)),
        gutter=rng.choice((0.0, 3.0, 6.0, 12.0)), size=rng.choice((12.0, 13.0, 13.5, 14.0, 14.5)),
        rows=rng.choice(("columns", "columns", "level", "interleaved")),
        serif=rng.random() < 0.85, hung=paper.layout.hung or rng.random() < 0.2,
    )  # fmt: skip
    stamps = paper.stamps
    if rng.random() < 0.15:
        stamps = (*stamps, Stamp(rng.choice(_URGENT), rng.choice(("framed", "double", "bare")), _place(rng)))
    made = replace(paper, layout=layout, stamps=tuple(_pressed(stamp, rng) for stamp in stamps))
    return made if layout.landscape or rng.random() < 0.6 else replace(made, arrival=_arrival(rng, layout))


def wear(rng: Random) -> Wear:
    """Usual paper half the time, else worse."""
    if rng.random() < 0.5:
        return USUAL
    return Wear(
        askew=4.0, dark=(0.2, 0.55), noise=(2, 9), blur=(0.3, 1.1), quality=(40, 80), dots=rng.choice((120, 140))
    )


def _place(rng: Random) -> str:
    return rng.choice(("left", "right", "head"))


def _pressed(stamp: Stamp, rng: Random) -> Stamp:
    """The stamp as another hand puts it down: elsewhere, larger or smaller, of another rubber."""
    if rng.random() < 0.3:
        return stamp
    slip = (rng.uniform(-0.6, 1.2), rng.uniform(-0.15, 0.15))
    turn = rng.choice((stamp.turn, rng.uniform(-10, 10)))
    return replace(stamp, slip=slip, turn=turn, size=rng.choice((11.0, 13.0, 14.0, 16.0, 19.0)), red=rng.choice(_REDS),
                   serif=rng.random() < 0.7)  # fmt: skip


def _arrival(rng: Random, layout: Layout) -> Arrival:
    number = str(rng.randrange(20, 9000))
    day = f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13)}" + rng.choice(("", "/2026", "/2019"))
    across, down = rng.uniform(0.0, 0.78), rng.uniform(-0.1, 0.2)
    return Arrival(rng.choice(_RECEIVERS), number, day, rng.random() < 0.6, across, down)
