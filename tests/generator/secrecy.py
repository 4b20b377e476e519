"""Letters for the first gate: 500 that bear a secrecy mark, and as many that only speak of one (Quy chế, Điều 3.1)."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from random import Random

from tests.generator import received
from tests.generator.compose import Recipe, compose
from tests.generator.files import SUFFIXES, file_of
from tests.generator.paper import Annex, Paper, Paragraph, Stamp
from tests.generator.recipes import drawn
from tests.generator.scan import USUAL
from tests.generator.varied import ALONE, varied, wear
from tests.generator.wording import wording

FILES = ("pdf", "docx", "scan", "pdf", "docx", "pdf", "rtf", "odt", "scan", "photo")
_MARKS = (("MẬT", "mat"), ("TỐI MẬT", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat"))
_TYPES = {"pdf": "application/pdf", "scan": "application/pdf", "photo": "image/jpeg", "rtf": "application/rtf"}
# Lines that stand by themselves and are no mark: products, passwords, headings, a table about marks, no secret.
_ALONE = (
    "MẬT ONG", "MẬT KHẨU", "Mật khẩu:", "MẬT ĐỘ DÂN CƯ", "BẢO MẬT", "BÍ MẬT NHÀ NƯỚC", "MẬT MÃ", "MẬT ONG RỪNG U MINH",
    "Độ mật: Thường", "Độ mật: Không", "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC", "MẶT TRẬN", "MẤT", "KHẨN TRƯƠNG",
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A mail with one document; `secrecy` is the word of the mark, None for none."""

    name: str
    file: str
    secrecy: str | None
    document: bytes
    mail: bytes
    note: str


def secret_letters(half: str, count: int, first: int = 0, kinds: Collection[str] = FILES) -> Iterator[Letter]:
    """Letters whose document bears MẬT, TỐI MẬT or TUYỆT MẬT, in every place, style and encoding."""
    for seed in _seeds(count, first, kinds):
        rng = Random(f"secret {half} {seed}")
        yield _letter_of(half, seed, rng, is_secret=True)


def innocent_letters(half: str, count: int, first: int = 0, kinds: Collection[str] = FILES) -> Iterator[Letter]:
    """Letters of all kinds that speak of honey, passwords and the law on secrets, and bear no mark."""
    for seed in _seeds(count, first, kinds):
        rng = Random(f"innocent {half} {seed}")
        yield _letter_of(half, seed, rng, is_secret=False)


def received_letters(count: int, first: int = 0) -> Iterator[Letter]:
    """Pictures of practice letters with the receiver's ĐẾN stamp: `count` with a secrecy mark across it, then as many
    innocent ones."""
    for is_secret in (True, False):
        for seed in range(first, first + count):
            rng = Random(f"received {is_secret} {seed}")
            recipe = _recipe("practice", seed, received.FILES[seed % len(received.FILES)], "landscape")
            paper = varied(compose(recipe), rng)
            if is_secret:
                paper, secrecy, note = received.with_mark_on_arrival(paper, rng)
            else:
                paper, secrecy, note = received.with_arrival(_tempting(paper, "practice", rng)[0], rng), None, "arrival"
            yield _letter(recipe, paper, secrecy, note, rng)


def write(folder: Path, letters: Iterator[Letter]) -> int:
    """Write documents, mails and secrecy.jsonl into `folder`; returns how many letters."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "mails").mkdir(exist_ok=True)
    count = 0
    with (folder / "secrecy.jsonl").open("w", encoding="utf-8") as labels:
        for letter in letters:
            document = f"documents/{letter.name}.{SUFFIXES.get(letter.file, letter.file)}"
            (folder / document).write_bytes(letter.document)
            (folder / f"mails/{letter.name}.eml").write_bytes(letter.mail)
            row = {"mail": f"mails/{letter.name}.eml", "document": document, "type": letter.file}
            labels.write(json.dumps(row | {"secrecy": letter.secrecy, "note": letter.note}, ensure_ascii=False) + "\n")
            count += 1
    return count


def _seeds(count: int, first: int, kinds: Collection[str]) -> Iterator[int]:
    return (seed for seed in range(first, first + count) if FILES[seed % len(FILES)] in kinds)


def _letter_of(half: str, seed: int, rng: Random, *, is_secret: bool) -> Letter:
    recipe = _recipe(half, seed, FILES[seed % len(FILES)])
    paper = compose(recipe)
    paper, secrecy, note = _marked(paper, rng) if is_secret else (*_tempting(paper, half, rng), "friends")
    if half == "practice":
        paper = varied(paper, rng)
    return _letter(recipe, paper, secrecy, note, rng)


def _recipe(half: str, seed: int, file: str, *unfit: str) -> Recipe:
    recipe = drawn(half, 5000 + seed, file)
    return replace(recipe, traps=tuple(trap for trap in recipe.traps if trap not in ("cover", "inner mark", *unfit)))


def _letter(recipe: Recipe, paper: Paper, secrecy: str | None, note: str, rng: Random) -> Letter:
    half, seed, is_secret = recipe.half, recipe.seed - 5000, secrecy is not None
    name = f"{'secret' if is_secret else 'innocent'}-{half}-{seed:04d}"
    document = file_of(recipe, paper, wear(rng) if half == "practice" else USUAL)
    file_name = f"vb{rng.randrange(100, 99999)}.{SUFFIXES.get(recipe.file, recipe.file)}"
    subject = "Gửi văn bản" if is_secret else f"Gửi văn bản {rng.choice(wording(half).false_friends)}"
    mail = _mail(name, subject, file_name, document, _TYPES.get(recipe.file, "application/octet-stream"))
    return Letter(name, recipe.file, secrecy, document, mail, "; ".join((note, *recipe.traps)))


def _marked(paper: Paper, rng: Random) -> tuple[Paper, str, str]:
    text, value = rng.choice(_MARKS)
    style = rng.choice(("framed", "framed", "double", "bare", "faint", "plain"))
    where = rng.choice(("left", "left", "right", "head"))
    turn = rng.choice((0.0, 0.0, rng.uniform(-6, 6)))
    said = rng.choice((text, text, text, text, f"Độ mật: {text.capitalize()}", " ".join(text)))
    stamp = Stamp(said, style, where, turn, drawn=rng.random() < 0.25)
    lines = (Paragraph(f"Bản số: {rng.randrange(1, 15):02d}/15"),) if rng.random() < 0.2 else ()
    stamps = (stamp, *paper.stamps) if rng.random() < 0.5 else (*paper.stamps, stamp)
    return (
        replace(paper, stamps=stamps, body=(*lines, *paper.body)),
        value,
        f"{said} {style} {where}{' drawn' * stamp.drawn}",
    )


def _tempting(paper: Paper, half: str, rng: Random) -> tuple[Paper, None]:
    friends = rng.sample(wording(half).false_friends, 3)
    alone = rng.sample((*_ALONE, *ALONE) if half == "practice" else _ALONE, 2)
    body = [*paper.body[:-1], *(Paragraph(f"- {friend.capitalize()};", "item") for friend in friends), paper.body[-1]]
    made = replace(paper, body=tuple(body))
    if rng.random() < 0.5:
        cells = (("TT", "Tên", "Ghi chú"), ("1", alone[0], friends[0]), ("2", alone[1], ""))
        made = replace(made, table=cells)
    elif rng.random() < 0.5:
        made = replace(made, body=(made.body[0], *(Paragraph(one, "centre") for one in alone), *made.body[1:]))
    else:
        made = replace(made, annexes=(*made.annexes, Annex(("Phụ lục", *alone), (Paragraph(friends[0]),))))
    return made, None


def _mail(name: str, subject: str, file_name: str, document: bytes, media_type: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "Văn thư <vanthu@co-quan.example>", "vanthu@skhcn.example"
    made["Subject"], made["Message-ID"] = subject, f"<{name}@co-quan.example>"
    made["Date"] = "Thu, 04 Jun 2026 08:30:00 +0700"
    made.set_content("Kính gửi quý cơ quan văn bản đính kèm. Trân trọng.\n")
    main, sub = media_type.split("/")
    made.add_attachment(document, maintype=main, subtype=sub, filename=file_name)
    made.set_boundary(f"=={name}==")
    return made.as_bytes()
