"""Scanned lines of a letter's head, at 200 dots per inch: printed words with numbers drawn into them by pen strokes."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Gray = NDArray[np.uint8]
Box = tuple[int, int, int, int]

_FONTS = "/usr/share/fonts/truetype/liberation2/LiberationSerif-"
_SIZE = 36  # 13 points
_FINE = 4  # drawn so many times larger, then shrunk: soft edges
Stroke = Sequence[tuple[float, float]]


def _arc(x: float, y: float, rx: float, ry: float, start: int, end: int) -> Stroke:
    """Points of an ellipse from `start` to `end` degrees, clockwise from three o'clock."""
    turn = 1 if end > start else -1
    angles = [math.radians(a) for a in range(start, end + turn, 10 * turn)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


# Each digit in a box 0.6 wide and 1 high, as clerks write them: a one with an upstroke, a crossed seven, an open four.
_DIGITS: dict[str, Sequence[Stroke]] = {
    "0": [_arc(0.3, 0.5, 0.24, 0.5, -60, 310)],
    "1": [[(0.12, 0.36), (0.36, 0.0), (0.32, 1.0)]],
    "2": [[*_arc(0.28, 0.25, 0.22, 0.25, -170, 30), (0.06, 0.97), (0.58, 0.95)]],
    "3": [[*_arc(0.26, 0.24, 0.22, 0.24, -150, 90), *_arc(0.27, 0.73, 0.25, 0.27, -90, 150)]],
    "4": [[(0.36, 0.0), (0.04, 0.66), (0.6, 0.62)], [(0.42, 0.36), (0.4, 1.0)]],
    "5": [[(0.56, 0.02), (0.16, 0.02), (0.1, 0.46), *_arc(0.27, 0.7, 0.25, 0.29, -110, 150)]],
    "6": [[(0.46, 0.0), (0.14, 0.45), *_arc(0.3, 0.72, 0.22, 0.27, -180, 190)]],
    "7": [[(0.06, 0.04), (0.56, 0.04), (0.24, 1.0)], [(0.16, 0.5), (0.54, 0.46)]],
    "8": [[*_arc(0.3, 0.25, 0.2, 0.25, 90, 450), *_arc(0.3, 0.74, 0.24, 0.25, -90, 270)]],
    "9": [[*_arc(0.28, 0.27, 0.22, 0.26, 0, -350), (0.5, 0.2), (0.42, 1.0)]],
}


class ScannedLine:
    """A white strip with a printed line, parts of it written by hand.

    `parts` are printed texts, and numbers to be written where the text begins with "~" ("~07"); blanks are printed
    blanks. `ends` are the right edges of the parts, `box` is the printed line's.
    """

    def __init__(self, *parts: str, italic: bool = False, ink: int = 30, pen: int = 4, left: int = 60) -> None:
        self._font = ImageFont.truetype(f"{_FONTS}{'Italic' if italic else 'Regular'}.ttf", _SIZE * _FINE)
        self._image = Image.new("L", (1000 * _FINE, 120 * _FINE), 255)
        self._draw = ImageDraw.Draw(self._image)
        self._ink, self._pen = ink, pen
        x, self.ends = left * _FINE, list[int]()
        for part in parts:
            x = self._write(x, part[1:]) if part.startswith("~") else self._print(x, part)
            self.ends.append(x // _FINE)
        self.page: Gray = np.asarray(self._image.resize((1000, 120), Image.Resampling.LANCZOS))
        self.box: Box = (left, 40, self.ends[-1], 74)

    def _print(self, x: int, text: str) -> int:
        self._draw.text((x, 40 * _FINE), text, fill=self._ink, font=self._font)
        return x + int(self._draw.textlength(text, font=self._font))

    def _write(self, x: int, number: str) -> int:
        height = 36 * _FINE
        for digit in number:
            for stroke in _DIGITS[digit]:
                points = [(x + px * height, 36 * _FINE + py * height) for px, py in stroke]
                self._draw.line(points, fill=self._ink, width=self._pen * _FINE, joint="curve")
            x += int(0.72 * height)
        return x


def head_page(code: ScannedLine, day: ScannedLine, *, blue: bool = False) -> Image.Image:
    """An A4 page at 200 dpi with the head of a quyết định around the lines `code` and `day`, and a line of its body.

    `blue`: what is written in both lines was written with a blue pen.
    """
    page = Image.new("RGB", (1654, 2339), "white")
    draw = ImageDraw.Draw(page)
    bold = ImageFont.truetype(f"{_FONTS}Bold.ttf", _SIZE)
    plain = ImageFont.truetype(f"{_FONTS}Regular.ttf", _SIZE)
    for x, y, text in (
        (250, 150, "ỦY BAN NHÂN DÂN"), (250, 200, "TỈNH QUẢNG NGÃI"),
        (720, 150, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), (880, 200, "Độc lập - Tự do - Hạnh phúc"),
        (720, 420, "QUYẾT ĐỊNH"), (430, 470, "Về việc phê duyệt kế hoạch sử dụng đất năm 2017"),
        (350, 560, "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"),
    ):  # fmt: skip
        draw.text((x, y), text, fill=30, font=bold)
    for row, text in enumerate(
        ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
         "Căn cứ Luật Đất đai ngày 29 tháng 11 năm 2013;",
         "Xét đề nghị của Giám đốc Sở Tài nguyên và Môi trường tại Tờ trình số 12,")
    ):  # fmt: skip
        draw.text((280, 650 + 60 * row), text, fill=30, font=plain)
    for line, x in ((code, 270), (day, 780)):
        strip = line.page[:, : line.box[2] + 10]
        ink = np.repeat((255 - strip)[:, :, None], 3, axis=2)
        if blue:
            pen = slice(line.ends[0], line.ends[1])
            ink[:, pen] = ink[:, pen] * np.array([0.85, 0.75, 0.25])
        page.paste(Image.fromarray(255 - ink), (x, 250))
    return page
