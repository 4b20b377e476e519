"""Names in capitals put right where tesseract lost their marks: phrases that every office's head is made of."""

import re
from collections.abc import Mapping
from functools import cache

from config.vocabulary import vocabulary
from core.text import fold, normal, squeeze

_EDGES = re.compile(r"^[^\w]+|[^\w.)]+$")
_MOST_SYLLABLES = 8


def respelled(text: str) -> str:
    """`text` (a line in capitals, from a picture) with its known phrases as they are spelled, specks at its ends gone.

    Longest phrases first; whatever is no known phrase stays as it was read.
    """
    words = squeeze(_EDGES.sub("", normal(text))).split()
    words = [word for word in words if any(c.isalnum() for c in word) or word in ("-", "&")]
    out: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_MOST_SYLLABLES, len(words) - at), 0, -1):
            known = _phrases().get(_key("".join(words[at : at + length])))
            # One syllable alone may be any word with these letters; more of them are the phrase.
            if known and (length > 1 or len(known) > 1 or known[0] in _SINGLE):
                out += [word.upper() for word in known]
                at += length
                break
        else:
            out.append(words[at])
            at += 1
    return " ".join(out)


_SINGLE = ("Sở", "tỉnh", "Bộ", "huyện", "xã", "phường", "quận")


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    """Phrases, and offices made of a head and a field ("Sở Y tế"), by their letters without marks and blanks."""
    phrases = vocabulary("spelling")["phrases"]
    out = {_key(p): tuple(p.split()) for p in phrases}
    out |= {_key(f"Sở {p}"): ("Sở", *p.split()) for p in phrases if p[0].isupper()}
    return out
