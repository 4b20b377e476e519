"""The kinds of pairs, and how many of each: what clerks see twice, and what only looks so."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from tests.generator.offices import Level, Office, commune, department
from tests.generator.pair_spelling import some
from tests.generator.pairs import (
    DOCX,
    Document,
    Maker,
    Pair,
    Sent,
    SentFile,
    Taken,
    annexes,
    by_mail,
    main_file,
    near_communes,
    on_paper,
    package,
)
from tests.generator.wording import wording

Two = tuple[str, Sent, Sent]


def same(make: Maker) -> Two:
    """The same bytes again: forwarded, sent twice, in an archive; now and then a scan that could not be read."""
    rng, document = make.rng, make.document()
    main = main_file(rng, document)
    if main.how == "ocr" and some(rng, 0.12):
        main = replace(main, fields={}, unsure=frozenset())
    others = annexes(rng, document, says=0.5) if some(rng, 0.4) else ()
    again = [replace(file, name=file.name.replace(" ", "_")) if some(rng, 0.3) else file for file in (main, *others)]
    if some(rng, 0.3):
        again = [replace(file, inside="van-ban.zip") for file in again]
    if some(rng, 0.2):
        again.append(SentFile("logo.png", "logo", "image/png"))
    first = by_mail(rng, document, main, *others)
    second = by_mail(rng, document, *again, days=rng.uniform(0, 40), subject=_again_subject(rng, first))
    return "same", first, replace(second, sender=f"vanphong@{rng.randrange(40)}.example")


def resent(make: Maker) -> Two:
    """The same document in other bytes: scanned anew, signed now, the Word file of it, with other annexes."""
    rng, document = make.rng, make.document()
    first = by_mail(rng, document, main_file(rng, document, "v1"), *annexes(rng, document, says=0.5))
    second = [main_file(rng, document, "v2")]
    if some(rng, 0.25):
        second.append(replace(main_file(rng, document, "word", "text"), name=f"{document.number}.docx",
                              media_type=DOCX))  # fmt: skip
    if some(rng, 0.5):
        second += annexes(rng, document, says=0.5)
    return "same", first, by_mail(rng, document, *second, days=rng.uniform(0, 40), subject=_again_subject(rng, first))


def other_issuer(make: Maker) -> Two:
    """The same number and notation of another office of the same kind."""
    rng = make.rng
    if some(rng, 0.3):
        one, other = near_communes(rng)
        document = make.document(one)
    else:
        document = make.document(rng.choice([o for o in wording(make.half).offices if _has_like(o)]))
        other = _like(rng, document.office)
    changes: dict[str, Any] = {"office": other}
    if not some(rng, 0.35):
        changes["subject"] = make.document(other).subject
    if not some(rng, 0.4):
        changes["issued_on"] = document.issued_on + timedelta(days=rng.randrange(1, 25))
    twin = make.again(document, **changes)
    return "other", _any_way(rng, document), _any_way(rng, twin, days=1)


def other_year(make: Maker) -> Two:
    """The same number of the same office a year before; yearly reports even say the same."""
    rng = make.rng
    now = make.document()
    before = make.again(now, issued_on=now.issued_on.replace(year=2025) + timedelta(days=rng.randrange(-4, 60)))
    if some(rng, 0.3):
        before = replace(before, subject=now.subject.replace("2026", "2025"))
    else:
        before = replace(before, subject=make.document(now.office, 2025).subject)
    return "other", _any_way(rng, before), _any_way(rng, now)


def corrected(make: Maker) -> Two:
    """The same code once more with a correction: said so, of another day, or with another trích yếu."""
    rng, document = make.rng, make.document()
    later = document.issued_on + timedelta(days=rng.randrange(1, 12))
    say = rng.choice(("đính chính", "bản đính chính", "thay thế", "bản thay thế", "bản sửa đổi"))
    way, subject = rng.randrange(4), None
    if way == 0:
        day = later if some(rng, 0.5) else document.issued_on
        new = make.again(document, is_same_code=True, subject=f"{document.subject} ({say})", issued_on=day)
    elif way == 1:
        new = make.again(document, is_same_code=True, issued_on=later)
    elif way == 2:
        other = _other_words(rng, document.subject) or make.document(document.office).subject
        new = make.again(document, is_same_code=True, subject=other)
    else:
        new = make.again(document, is_same_code=True)
        subject = rng.choice(
            (f"Gửi lại {document.code} ({say}), văn bản gửi trước có sai sót", f"{say.capitalize()} văn bản số "
             f"{document.code}", f"Thu hồi và thay thế {document.kind} số {document.code}")
        )  # fmt: skip
    first = by_mail(rng, document, main_file(rng, document, how="text" if way == 2 else ""))
    second = by_mail(rng, new, main_file(rng, new, how="text" if way == 2 else ""), days=rng.uniform(0, 3),
                     subject=subject)  # fmt: skip
    return "replacement", first, second


def annex_mailing(make: Maker) -> Two:
    """Another letter that brings only annexes of a document that came before."""
    rng, document = make.rng, make.document()
    own = annexes(rng, document, says=0.7)
    first = by_mail(rng, document, main_file(rng, document), *(own if some(rng, 0.4) else ()))
    subject = rng.choice(
        (f"Gửi phụ lục kèm theo {document.kind} số {document.code}", f"Phụ lục {document.kind} {document.code}",
         f"Bổ sung phụ lục, biểu mẫu của {document.code}", f"File kèm theo {document.code}", "Gửi bổ sung phụ lục")
    )  # fmt: skip
    return "annex", first, by_mail(rng, document, *own, days=rng.uniform(0, 10), subject=subject)


def paper(make: Maker) -> Two:
    """The paper after the mail, typed by hand with the clerk's own spelling; sometimes the mail after the paper."""
    rng, document = make.rng, make.document()
    mail = by_mail(rng, document, main_file(rng, document))
    if some(rng, 0.2):
        return "same", on_paper(rng, document, days=0), replace(mail, received_at=mail.received_at + timedelta(days=4))
    return "same", mail, on_paper(rng, document, days=rng.uniform(1, 30))


def packaged(make: Maker) -> Two:
    """Package and mail, mail and package, or two packages of one document."""
    rng, document = make.rng, make.document()
    mail = by_mail(rng, document, main_file(rng, document))
    inner = main_file(rng, document, "v1" if some(rng, 0.5) else "signed", "text")
    dropped = by_mail(rng, document, inner, package(rng, document), days=rng.uniform(0, 5), subject="")
    dropped = replace(dropped, door="dropped")
    if some(rng, 0.15):
        again = by_mail(rng, document, package(rng, document, "v2"), days=6)
        return "same", dropped, again
    if some(rng, 0.3):
        return "same", dropped, replace(mail, received_at=dropped.received_at + timedelta(days=1))
    return "same", mail, dropped


def same_form(make: Maker) -> Two:
    """Two letters of two offices that both bring one form, logo or annex; of one kind only that file."""
    rng, one, other = make.rng, make.document(), make.document()
    form = SentFile(rng.choice(("Mau bao cao.docx", "Bieu mau 01.docx", "De cuong.docx")), f"form {rng.randrange(30)}",
                    DOCX)  # fmt: skip
    subjects = [rng.choice((f"{d.code} V/v {d.subject}", d.subject, f"V/v {d.subject}")) for d in (one, other)]
    if some(rng, 0.5):
        first, second = (by_mail(rng, d, form, subject=s) for d, s in zip((one, other), subjects, strict=True))
    else:
        first, second = (by_mail(rng, d, main_file(rng, d), form) for d in (one, other))
    return "other", first, second


def numberless(make: Maker) -> Two:
    """Two documents of one office whose numbers were left blank or not read."""
    rng, one = make.rng, make.document()
    other = make.document(one.office)
    if some(rng, 0.4):
        other = replace(other, issued_on=one.issued_on)
    sent = []
    for document in (one, other):
        main = main_file(rng, document)
        blank = {name: value for name, value in main.fields.items() if name != "code"}
        main = replace(main, name=f"van ban {rng.randrange(9)}.pdf", fields=blank if some(rng, 0.7) else {})
        subject = rng.choice(("Gửi văn bản", "", f"V/v {document.subject}"))
        sent.append(by_mail(rng, document, main, days=1, subject=subject))
    return "other", sent[0], sent[1]


def neighbours(make: Maker) -> Two:
    """Letters of one office and one day with numbers side by side, saying nearly the same."""
    rng, one = make.rng, make.document()
    number = one.number + 1
    subject = one.subject if some(rng, 0.4) else f"{one.subject} (đợt {rng.randrange(2, 5)})"
    other = make.again(one, number=number, subject=subject)
    return "other", _any_way(rng, one), _any_way(rng, other, days=1)


KINDS: dict[Callable[[Maker], Two], int] = {
    same: 14, resent: 14, paper: 16, packaged: 10, other_issuer: 10, other_year: 8, corrected: 8, annex_mailing: 8,
    same_form: 4, numberless: 4, neighbours: 4,
}  # fmt: skip


def pairs(half: str, count: int, seed: int = 1) -> Iterator[Pair]:
    """`count` pairs, the kinds in their shares; the same for the same half and seed."""
    rng = Random(f"pairs {half} {seed}")
    make = Maker(half, rng)
    kinds = [kind for kind, share in KINDS.items() for _ in range(share)]
    for n in range(count):
        if n % len(kinds) == 0:
            rng.shuffle(kinds)
        kind = kinds[n % len(kinds)]
        relation, first, second = _drawn(kind, make)
        if first.received_at > second.received_at:
            second = replace(second, received_at=first.received_at + timedelta(hours=1))
        yield Pair(kind.__name__, relation, first, second, is_entered=some(rng, 0.75))


def _drawn(kind: Callable[[Maker], Two], make: Maker) -> Two:
    while True:
        with suppress(Taken):
            return kind(make)


def _again_subject(rng: Random, first: Sent) -> str | None:
    ways = (f"Fwd: {first.subject}", f"Gửi lại: {first.subject}", "Gửi lại văn bản", "FW: văn bản đến", None)
    return rng.choice(ways)


def _any_way(rng: Random, document: Document, days: float = 0) -> Sent:
    if some(rng, 0.2):
        return on_paper(rng, document, days=days)
    if some(rng, 0.15):
        inner = (main_file(rng, document), package(rng, document))
        return replace(by_mail(rng, document, *inner, days=days, subject=""), door="dropped")
    return by_mail(rng, document, main_file(rng, document), days=days)


def _has_like(office: Office) -> bool:
    return office.level in (Level.PROVINCE, Level.COMMUNE, Level.DEPARTMENT)


def _like(rng: Random, office: Office) -> Office:
    """Another office that has the same sign and units: of another province, or another commune."""
    place = rng.choice(("Quảng Ngãi", "Lào Cai", "Tây Ninh", "Khánh Hòa", "Sơn La"))
    if office.level is Level.DEPARTMENT:
        name = office.name.removesuffix(f" tỉnh {office.place}")
        of = f" tỉnh {place}" if some(rng, 0.3) else ""
        return department(name, office.sign, f"tỉnh {place}", place, *office.units, of=of)
    name = rng.choice(("Cư Bao", "Hòa Sơn", "Ia Piar", "Nam Dong", "Quế Phong"))
    other = commune(f"tỉnh {place}", f"xã {name}", name, *office.units)
    return replace(other, parent_name=other.parent_name if office.level is Level.COMMUNE else f"UBND tỉnh {place}")


def _other_words(rng: Random, subject: str) -> str:
    """The trích yếu with one thing put right: a period, a year, a number."""
    swaps = (("quý III", "quý II"), ("2026", "2027"), ("sơ kết", "tổng kết"), ("góp ý", "thẩm định"))
    able = [(old, new) for old, new in swaps if old in subject]
    return subject.replace(*rng.choice(able)) if able else ""
