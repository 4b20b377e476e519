"""A year of letters from many senders, the clerk's corrections replayed: what lessons spare, month by month."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from counts import times

from core.evidence import Evidence, Source
from core.incoming import drafts, registration
from core.incoming.drafts import NewDraft
from core.incoming.tables import Incoming, Origin
from core.letters import Message
from core.people import User

BEGIN = datetime(2026, 1, 1, 1, tzinfo=UTC)
SENDERS = 150
KINDS = {"Công văn": 70, "Thông báo": 12, "Kế hoạch": 8, "Quyết định": 6, "Giấy mời": 4}
DIVISIONS = ["Phòng Quản lý khoa học", "Phòng Công nghệ", "Văn phòng Sở", "Thanh tra Sở"]
LEARNED = ("issuer", "parent_issuer", "signer_name", "signer_title", "receiver")
CLERKS_SLIPS = 0.01  # of her corrections


@dataclass
class Sender:
    """One office that writes: what is true of it, and how its letterhead is read."""

    address: str
    issuer: str
    parent: str
    signers: list[tuple[str, str]]
    receivers: dict[str, str]
    readings: list[str] = field(default_factory=list)  # of its name; "" where nothing is read
    signers_readings: dict[str, list[str]] = field(default_factory=dict)


def misread(text: str, rng: random.Random) -> str:
    """As an OCR that has lost some marks and letters."""
    plain = {"ủ": "u", "ỉ": "i", "ồ": "ô", "ố": "ô", "ệ": "ê", "ă": "a", "ấ": "â", "ễ": "ê", "ờ": "ơ", "ữ": "ư"}
    letters = [plain.get(c, c) if rng.random() < 0.8 else c for c in text]
    at = rng.randrange(1, len(letters))
    letters[at] = rng.choice("lI1oae")
    return "".join(letters)


def sender(number: int, rng: random.Random) -> Sender:
    place = f"huyện Số {number}" if number % 3 else f"tỉnh Số {number}"
    level = rng.choice(["Ủy ban nhân dân", "Sở Nội vụ", "Sở Tài chính", "Phòng Kinh tế", "Chi cục Thống kê"])
    signers = [(f"Nguyễn Văn {chr(65 + n)}{number}", ("Giám đốc", "Phó Giám đốc")[n > 0]) for n in range(3)]
    usual = rng.choice(DIVISIONS)
    receivers = {kind: usual if rng.random() < 0.7 else rng.choice(DIVISIONS) for kind in KINDS}
    made = Sender(
        f"vanthu{number}@so{number}.gov.vn", f"{level} {place}", rng.choice(["", "Ủy ban nhân dân tỉnh Mẫu"]), signers,
        receivers,
    )  # fmt: skip
    if rng.random() < 0.4:  # scans, or a font of its own: always misread, in one of a few ways
        made.readings = [misread(made.issuer, rng) for _ in range(rng.randint(1, 3))]
        made.readings += [""] * (rng.random() < 0.3)
        made.signers_readings = {name: [misread(name, rng) for _ in range(2)] for name, _ in signers}
    return made


@dataclass
class Year:
    """What was corrected in each month, and what was proposed wrongly by lessons."""

    corrections: Counter[int] = field(default_factory=Counter)
    letters: Counter[int] = field(default_factory=Counter)
    wrongly_taught: int = 0

    def print(self) -> list[float]:
        each = [self.corrections[month] / self.letters[month] for month in sorted(self.letters)]
        print("corrections a letter, month by month:", " ".join(f"{one:.2f}" for one in each))
        print(f"wrong values proposed by lessons: {self.wrongly_taught} of {sum(self.letters.values())} letters")
        return each


def live(office: Any, count: int, *, uses_lessons: bool) -> Year:
    rng, year = random.Random(4), Year()
    senders = [sender(number, rng) for number in range(SENDERS)]
    weights = [1 / (1 + number) ** 0.7 for number in range(SENDERS)]
    for number in range(count):
        at = BEGIN + timedelta(days=364) * (number / count)
        who = rng.choices(senders, weights)[0]
        _letter(office, who, number, at, rng, year, uses_lessons=uses_lessons)
    return year


def _letter(
    office: Any, who: Sender, number: int, at: datetime, rng: random.Random, year: Year, *, uses_lessons: bool
) -> None:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    name, title = rng.choices(who.signers, [6, 3, 1])[0]
    truth = {
        "code": f"{number + 1}/CV-VP", "issued_on": f"{at:%d/%m/%Y}", "issuer": who.issuer, "parent_issuer": who.parent,
        "kind": kind, "subject": f"về việc số {number}", "signer_name": name, "signer_title": title,
        "receiver": who.receivers[kind],
    }  # fmt: skip
    read = truth | {"receiver": "", "issued_on": f"{at:%Y-%m-%d}"}
    if who.readings:
        read["issuer"] = rng.choice(who.readings)
        read["signer_name"] = rng.choice(who.signers_readings[name])
    for field_name, share in (("subject", 0.05), ("code", 0.03), ("signer_name", 0.03), ("issuer", 0.02)):
        if rng.random() < share and read[field_name]:
            read[field_name] = misread(read[field_name], rng)
    proposed = {name: Evidence(value, 0.8, Source.OCR) for name, value in read.items() if value}
    letter = Message(
        identity=f"{number}", raw_size=1, mail_class="letter", outcome="draft", sender_address=who.address,
        received_at=at, taken_at=at,
    )  # fmt: skip
    month = at.month
    year.letters[month] += 1
    with office.database.writing() as session:
        session.add(letter)
        session.flush()
        new = NewDraft(
            Origin.MAIL, office.book_id, letter.id, at, number, proposed, (), sender=who.address,
            uses_lessons=uses_lessons,
        )  # fmt: skip
        document = session.get_one(Incoming, drafts.insert(session, new))
        clerk = session.get_one(User, office.clerk_id)
        wrong = {
            name: value for name, value in truth.items()
            if name not in ("issued_on",) and getattr(document, name) != value
        }  # fmt: skip
        year.corrections[month] += len(wrong)
        for name in LEARNED:
            stored = document.proposed.get(name)
            is_taught = stored is not None and stored["source"] == Source.LESSON
            year.wrongly_taught += is_taught and stored["value"] != truth[name]
        if wrong and rng.random() < CLERKS_SLIPS:
            slip = rng.choice(sorted(wrong))
            wrong[slip] = wrong[slip][:-1] + "x"
        drafts.amend(session, document, wrong, version=document.version, by=clerk, at=at)
        registration.register(session, document, by=clerk, at=at, looked_at=registration.unsure_fields(document))


@pytest.mark.torture
def test_corrections_a_letter_fall_month_by_month(office: Any) -> None:
    each = live(office, times(1000, 3000, 10_000), uses_lessons=True).print()
    quarters = [sum(each[start : start + 3]) / 3 for start in range(0, 12, 3)]
    print("by quarters:", " ".join(f"{one:.2f}" for one in quarters))
    assert quarters == sorted(quarters, reverse=True)
    assert each[-1] < 0.6 * each[0]


@pytest.mark.torture
def test_with_lessons_off_no_correction_is_spared(office: Any) -> None:
    year = live(office, times(200, 600, 2000), uses_lessons=False)
    each = year.print()
    assert year.wrongly_taught == 0
    assert each[-1] > 0.8 * each[0]
