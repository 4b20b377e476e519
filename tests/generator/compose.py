"""From a recipe to a paper: the same recipe gives the same document for good."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.generator.bodies import Matter, with_body
from tests.generator.kinds import EVERY, Kind
from tests.generator.offices import Level, Office
from tests.generator.paper import Paper, Truth, printed
from tests.generator.signers import signatures_of
from tests.generator.trap import SCANNED
from tests.generator.traps import TRAPS, Setting
from tests.generator.wording import Wording, wording

_FIELDS = ("code", "issued_on", "issuer", "parent_issuer", "kind", "subject", "signer_name", "urgency", "secrecy")


@dataclass(frozen=True)
class Recipe:
    """What is made: `kind` counts in `EVERY`, `file` is one of `recipes.FILES`, `traps` go by name."""

    half: str
    seed: int
    kind: int
    file: str
    traps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A file name that says nothing of the contents."""
        return f"{self.half}-{self.file}-{self.seed:05d}"


def compose(recipe: Recipe) -> Paper:
    """The paper of `recipe` with its truth. Raises KeyError for a trap that does not exist."""
    rng = Random(f"{recipe.half}/{recipe.seed}")
    words, kind = wording(recipe.half), EVERY[recipe.kind]
    office = _office(rng, words, kind)
    matter = _matter(rng, words, kind, office)
    paper = _sealed(with_body(_head(matter), matter), recipe)
    for name, trap in TRAPS.items():
        if name in recipe.traps:
            own = Random(f"{recipe.half}/{recipe.seed}/{name}")
            paper = trap.change(paper, Setting(own, words, office, kind, matter.day, matter.topic, recipe.file))
    if missing := set(recipe.traps) - set(TRAPS):
        raise KeyError(f"no such trap: {missing}")
    return paper


def _sealed(paper: Paper, recipe: Recipe) -> Paper:
    """Paper that is scanned bears a seal seven times in ten."""
    is_sealed = recipe.file in SCANNED and Random(f"seal {recipe.half}/{recipe.seed}").random() < 0.7
    return replace(paper, layout=replace(paper.layout, seal=is_sealed))


def _office(rng: Random, words: Wording, kind: Kind) -> Office:
    return rng.choice([office for office in words.offices if kind.may_come_from(office)])


def _matter(rng: Random, words: Wording, kind: Kind, office: Office) -> Matter:
    day = date(2018, 1, 2) + timedelta(days=rng.randrange(3230))
    topic = rng.choice(words.topics)
    said = {"invitation": words.events, "decision": words.decisions, "law": words.decisions}
    matter = Matter(rng, words, kind, office, day, topic, "", office.name)
    subject = rng.choice(said.get(kind.shape, words.actions)).format(topic, year=day.year, cite=matter.cite())
    return replace(matter, subject=subject)


def _head(m: Matter) -> Paper:
    number, notation, code = _code(m)
    is_party = m.office.level is Level.PARTY
    is_letter = m.kind.name == "Công văn"
    signatures, counted = signatures_of(m.rng, m.words, m.office, m.kind)
    addressed = _addressed(m)
    truth: Truth = dict.fromkeys(_FIELDS) | {
        "code": code, "code_number": number, "code_notation": notation, "issued_on": m.day.isoformat(),
        "issuer": m.office.name, "parent_issuer": m.office.parent_name, "kind": m.kind.name,
        "subject": m.subject if is_letter or m.kind.about else None, "signer_name": signatures[counted].name,
        "signer_title": signatures[counted].titles[-1], "recipients": "; ".join(addressed) or None,
    }  # fmt: skip
    capital = m.subject[:1].upper() + m.subject[1:]
    about = m.rng.choice((f"Về việc {m.subject}", capital, capital, f"V/v {m.subject}")) if m.kind.about else ""
    label = f"{m.kind.name} số: " if m.kind.name in ("Luật", "Pháp lệnh") else "Số " if is_party else "Số: "
    is_bare = m.kind.shape == "greeting" and m.rng.random() < 0.5  # a thư công often has no number
    if is_bare:
        truth |= {"code": None, "code_number": None, "code_notation": None}
    place_date = f"{m.office.place}, ngày {m.day.day:02d} tháng {_month(m.day)} năm {m.day.year}"
    return Paper(
        issuer=m.office.issuer, parent=m.office.parent, party=is_party,
        code=printed("" if is_bare else f"{label}{code}"),
        place_date=printed(place_date), truth=truth, letterhead=m.office.address,
        under_code=f"V/v {m.subject}" if is_letter else "",
        title=() if is_letter else (m.kind.printed,), about="" if is_letter else about, addressed=addressed,
        recipients=_recipients(m), signatures=signatures,
        motto=("ĐẢNG CỘNG SẢN VIỆT NAM",) if is_party else Paper.motto,
    )  # fmt: skip


def _month(day: date) -> str:
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


def _code(m: Matter) -> tuple[str, str, str]:
    """Number, notation and the whole code as printed (NĐ 30, Phụ lục I.II.3; 36-HD/VPTW)."""
    number = f"{m.rng.choice((m.rng.randrange(1, 100), m.rng.randrange(100, 900), m.rng.randrange(900, 12000))):02d}"
    sign, kind = m.office.sign, m.kind
    if m.office.level is Level.PARTY:
        notation = f"{kind.abbreviation or 'CV'}/{sign}"
        return number, notation, f"{number}-{notation}"
    if kind.abbreviation:
        notation = f"{kind.abbreviation}-{sign}"
    elif m.office.level is Level.ASSEMBLY:
        notation = sign
    elif m.office.level is Level.COMPANY:
        notation = m.rng.choice((f"CV-{sign}", f"{sign}-{m.office.units[0]}"))
    else:
        notation = f"{sign}-{m.rng.choice(m.office.units or ('VP',))}"
    return number, notation, f"{number}/{m.day.year}/{notation}" if kind.with_year else f"{number}/{notation}"


def _addressed(m: Matter) -> tuple[str, ...]:
    if m.kind.shape in ("letter", "request") or (m.kind.name == "Báo cáo" and m.rng.random() < 0.4):
        return tuple(m.rng.sample(m.words.addressees, m.rng.choice((1, 1, 2, 3))))
    return ()


def _recipients(m: Matter) -> tuple[str, ...]:
    some = m.rng.sample(m.words.addressees, m.rng.randint(0, 3))
    unit = m.rng.choice(m.office.units or ("VP",))
    return ("Như trên;", *(f"{one};" for one in some), f"Lưu: VT, {unit}.")
