"""A telephone's photograph of a paper."""

import subprocess
from pathlib import Path

from PIL import Image


def telephone_photo(picture: Image.Image, path: Path) -> Path:
    """`picture` as a telephone keeps it: HEIC, written by libheif's own program."""
    picture.save(path.with_suffix(".png"))
    subprocess.run(["heif-enc", "-q", "70", "-o", path, path.with_suffix(".png")], check=True, capture_output=True)
    return path
