"""Who signs and in whose name: TM., Q., KT., TL., TUQ. and their chains (NĐ 30, Phụ lục I, II.7; the Party's T/M)."""

from random import Random

from tests.generator.kinds import Kind
from tests.generator.offices import Level, Office
from tests.generator.paper import Signature
from tests.generator.wording import Wording


def name_of(rng: Random, words: Wording) -> str:
    """Somebody's name, one in eight of a people without surnames in the Kinh manner."""
    if rng.random() < 0.12:
        return rng.choice(words.whole_names)
    return f"{rng.choice(words.surnames)} {rng.choice(words.given)}"


def titles_of(rng: Random, office: Office, kind: Kind) -> tuple[str, ...]:
    """Authority and title lines above a signature."""
    if office.level is Level.PARTY:
        return _party(rng, office)
    if office.level is Level.ASSEMBLY or kind.name in ("Luật", "Pháp lệnh", "Thư công"):
        return (office.head,)
    together = (f"TM. {office.body}",) if office.body and (kind.name != "Quyết định" or kind.with_year) else ()
    turn = rng.random()
    if turn < 0.3 or office.level is Level.COUNCIL:
        return (*together, office.head)
    if turn < 0.7 or kind.shape in ("decision", "law"):
        return (*together, f"KT. {office.head}", office.deputy)
    if turn < 0.78:
        return (f"TL. {office.head}", office.bureau[0])
    if turn < 0.86:
        return (f"TL. {office.head}", f"KT. {office.bureau[0]}", office.bureau[1])
    if turn < 0.93:
        return (f"TUQ. {office.head}", "TRƯỞNG PHÒNG TỔNG HỢP")
    return (*together, f"Q. {office.head}")


def _party(rng: Random, office: Office) -> tuple[str, ...]:
    if office.body:
        return rng.choice(((f"T/M {office.body}", office.deputy), (f"T/M {office.body}", office.head),
                           (f"T/L {office.body}", office.bureau[0])))  # fmt: skip
    return rng.choice(((office.head,), (f"K/T {office.head}", office.deputy)))


def signatures_of(rng: Random, words: Wording, office: Office, kind: Kind) -> tuple[tuple[Signature, ...], int]:
    """The signatures from left to right, and which of them is the one that counts for the register.

    A biên bản counts by its chủ tọa, an agreement by the issuing side, Bên A.
    """
    main = Signature(titles_of(rng, office, kind), name_of(rng, words))
    other = name_of(rng, words)
    if kind.shape == "minutes":
        chair, clerk = Signature(("CHỦ TỌA",), main.name), Signature(("THƯ KÝ",), other)
        return ((clerk, chair), 1) if rng.random() < 0.7 else ((chair, clerk), 0)
    if kind.shape == "contract":
        return (Signature(("ĐẠI DIỆN BÊN A", *main.titles), main.name),
                Signature(("ĐẠI DIỆN BÊN B", "GIÁM ĐỐC"), other)), 0  # fmt: skip
    return (main,), 0
