"""A small recognition network over one line of writing: what stands where along it, digits first of all.

The network is PP-OCRv6's recogniser as the `rapidocr` wheel carries it (Apache-2.0). It loses Vietnamese marks, so
nothing but digits, and the label, colon and slash around them, is ever taken from it.
"""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

Gray = NDArray[np.uint8]  # height x width, dark on light
Floats = NDArray[np.float32]

_MODEL = Path("models/PP-OCRv6_rec_small.onnx")
_HEIGHT = 48  # pixels the network was trained on
_WIDEST = 960
# Hands that write a digit so that the network sees a letter: a one with a long upstroke, a crossed seven.
# Probabilities of what looks alike are added up; a small b is no six, it may be the letter of a number come late.
_LOOKS_LIKE = {
    "0": "0OoD〇", "1": "1IlLi|丨ΛA∧!/\\几", "2": "2Zz", "3": "3з了", "4": "4ч", "5": "5Ss", "6": "6",
    "7": "7TFtf", "8": "8B&%", "9": "9gq",
}  # fmt: skip
_NOTHING = " .,-·'`:_~"  # blanks, dotted lines and specks between digits


@dataclass(frozen=True)
class Look:
    """One look of the network at a strip.

    `digits` has a row for each of its steps along the strip: column 0 the probability of nothing there, column
    d + 1 that of digit d. `letters` are the characters it reads at ease, each with its place (0..1) along the strip.
    """

    digits: Floats
    letters: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The characters without their places."""
        return "".join(letter for letter, _ in self.letters)

    def part(self, start: float, end: float) -> Floats:
        """The rows of `digits` from `start` to `end` (fractions of the strip)."""
        steps = len(self.digits)
        return self.digits[round(start * steps) : round(end * steps)]


def look(strip: Gray, stretch: float = 1.0, slant: float = 0.0) -> Look:
    """What the network sees in `strip`, one line of writing.

    `stretch` widens it before; `slant` leans its foot to the left by that share of its height (negative: right).
    """
    height, width = strip.shape
    wide = int(min(max(_HEIGHT, width * _HEIGHT / height * stretch), _WIDEST))
    sized = Image.fromarray(strip).resize((wide, _HEIGHT), Image.Resampling.BICUBIC)
    if slant:
        lean = (1, slant, -slant * _HEIGHT / 2, 0, 1, 0)
        sized = sized.transform(sized.size, Image.Transform.AFFINE, lean, Image.Resampling.BICUBIC, fillcolor=255)
    values = np.asarray(sized, np.float32) / 127.5 - 1
    network = _network()
    answer = network.session.run(None, {network.input: np.broadcast_to(values, (1, 3, *values.shape))})
    seen = np.asarray(answer[0][0], np.float32)
    return Look(seen @ network.as_digits, _letters(seen, network.characters))


def _letters(seen: Floats, characters: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    out: list[tuple[str, float]] = []
    last = 0
    for step, best in enumerate(seen.argmax(axis=1)):
        if best and best != last:
            out.append((characters[best], step / len(seen)))
        last = best
    return tuple(out)


@dataclass(frozen=True)
class _Network:
    session: onnxruntime.InferenceSession
    input: str
    characters: tuple[str, ...]
    as_digits: Floats


@cache
def _network() -> _Network:
    """Loaded when the first scan needs it: 0.2 s and 80 MB, then a look costs 10 to 50 ms."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(str(_wheel() / _MODEL), options, providers=["CPUExecutionProvider"])
    known = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    characters = ("", *known, " ")  # index 0 is CTC's blank
    return _Network(session, session.get_inputs()[0].name, characters, _as_digits(characters))


def _wheel() -> Path:
    # The package itself is not imported: it would load OpenCV and a downloader of models.
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("rapidocr")
    return Path(spec.origin).parent


def _as_digits(characters: tuple[str, ...]) -> Floats:
    """The matrix that adds up probabilities of characters to those of nothing and of the ten digits."""
    places = {character: index for index, character in enumerate(characters)}
    out = np.zeros((len(characters), 11), np.float32)
    out[0, 0] = 1
    for blank in _NOTHING:
        if blank in places:
            out[places[blank], 0] = 1
    for digit, alike in _LOOKS_LIKE.items():
        for character in alike:
            if character in places:
                out[places[character], int(digit) + 1] = 1
    return out
