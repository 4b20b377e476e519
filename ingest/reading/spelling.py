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
    letters = re.sub(r"[\W_]+", "", fold(text))
    return re.sub(r"(.)\1+", r"\1", letters)  # tesseract gives one letter as two: "UÝỶ BAN"


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    """Phrases, and offices made of a head and a field ("Sở Y tế"), by their letters without marks and blanks.

    Those that nothing but their marks tells apart are left out: they stay as they were read.
    """
    phrases = [tuple(phrase.split()) for phrase in vocabulary("spelling")["phrases"]]
    phrases += [("Sở", *phrase) for phrase in phrases if phrase[0][0].isupper()]
    known: dict[str, tuple[str, ...]] = {}
    alike = set()
    for phrase in phrases:
        key = _key("".join(phrase))
        if known.setdefault(key, phrase) != phrase:
            alike.add(key)  # "Thủ trưởng" and "Thứ trưởng": only the marks tell them apart
    return {key: phrase for key, phrase in known.items() if key not in alike}
