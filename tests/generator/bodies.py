"""The text between the head and the signature, by the shape of the kind (NĐ 30, Phụ lục III)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.generator.kinds import Kind
from tests.generator.offices import Level, Office
from tests.generator.paper import Paper, Paragraph
from tests.generator.wording import Wording


@dataclass(frozen=True)
class Matter:
    """What one document is about, drawn once from the wording."""

    rng: Random
    words: Wording
    kind: Kind
    office: Office
    day: date
    topic: str
    subject: str
    by: str

    def cite(self) -> str:
        """A cited code with its date: never this document's own."""
        earlier = self.day - timedelta(days=self.rng.randrange(20, 1500))
        code = self.rng.choice(self.words.cited).format(n=self.rng.randrange(2, 2900), y=earlier.year)
        style = self.rng.choice(
            ("ngày {0.day:02d} tháng {0.month} năm {0.year}", "ngày {0.day:02d}/{0.month}/{0.year}")
        )
        return f"{code} {style.format(earlier)}"

    def sentence(self) -> str:
        """A sentence of office prose."""
        return self.rng.choice(self.words.sentences).format(self.topic, cite=self.cite())

    def sentences(self, least: int, most: int) -> list[Paragraph]:
        """So many paragraphs of it."""
        return [Paragraph(self.sentence()) for _ in range(self.rng.randint(least, most))]


def with_body(paper: Paper, matter: Matter) -> Paper:
    """`paper` with the body that its kind asks for."""
    return _SHAPES[matter.kind.shape](paper, matter)


def _letter(paper: Paper, m: Matter) -> Paper:
    body = [Paragraph(f"Thực hiện {m.cite()} về {m.topic}, {m.by} có ý kiến như sau:"), *m.sentences(1, 9)]
    body.append(Paragraph(f"{m.by} đề nghị các cơ quan, đơn vị quan tâm, phối hợp thực hiện./."))
    return replace(paper, body=tuple(body))


def _decision(paper: Paper, m: Matter) -> Paper:
    authority = (
        f"{m.office.head} {m.office.name.upper()}" if m.office.level is not Level.COUNCIL else m.office.name.upper()
    )
    if m.office.level in (Level.PARTY, Level.GOVERNMENT, Level.ASSEMBLY):
        authority = m.office.name.upper()
    word = "QUYẾT NGHỊ:" if m.kind.name == "Nghị quyết" else "QUYẾT ĐỊNH:"
    bases = [Paragraph(f"Căn cứ {m.cite()};", "basis") for _ in range(m.rng.randint(2, 5))]
    bases.append(Paragraph("Theo đề nghị của Chánh Văn phòng.", "basis"))
    ruled = m.subject[:1].upper() + m.subject[1:]
    articles = [Paragraph(f"Điều 1. {ruled}."), *m.sentences(0, 3), Paragraph(f"Điều 2. {m.sentence()}")]
    articles.append(Paragraph("Điều 3. Quyết định này có hiệu lực kể từ ngày ký. Chánh Văn phòng, Thủ trưởng các cơ "
                              "quan, đơn vị liên quan chịu trách nhiệm thi hành./."))  # fmt: skip
    return replace(paper, authority=authority, body=(*bases, Paragraph(word, "centre"), *articles))


def _law(paper: Paper, m: Matter) -> Paper:
    bases = [Paragraph(f"Căn cứ {m.cite()};", "basis") for _ in range(m.rng.randint(2, 4))]
    chapters: list[Paragraph] = []
    for number in range(1, m.rng.randint(2, 4)):
        chapters += [Paragraph(f"Chương {'I' * number}", "centre"), Paragraph("QUY ĐỊNH CHUNG", "centre")]
        chapters += [Paragraph(f"Điều {number}. Phạm vi điều chỉnh", "heading"), *m.sentences(2, 4)]
    return replace(paper, body=(*bases, *chapters))


def _plan(paper: Paper, m: Matter) -> Paper:
    body = [Paragraph(f"Thực hiện {m.cite()}, {m.by} ban hành nội dung cụ thể như sau:")]
    heads = ("I. MỤC ĐÍCH, YÊU CẦU", "II. NỘI DUNG", "III. TỔ CHỨC THỰC HIỆN")
    for number, head in enumerate(heads[: m.rng.randint(2, 3)], start=1):
        body += [Paragraph(head, "heading"), *m.sentences(1, 3)]
        body += [Paragraph(f"{letter}) {m.sentence()}", "item") for letter in "abc"[: m.rng.randint(0, number)]]
    return replace(paper, body=(*body, Paragraph("Trên đây là nội dung, yêu cầu các đơn vị nghiêm túc thực hiện./.")))


def _request(paper: Paper, m: Matter) -> Paper:
    return replace(paper, body=(Paragraph(f"Căn cứ {m.cite()};", "basis"), *m.sentences(2, 6), Paragraph(
        f"{m.by} kính trình cấp có thẩm quyền xem xét, quyết định./.")))  # fmt: skip


def _telegram(paper: Paper, m: Matter) -> Paper:
    sent = Paragraph(f"{m.office.head} {m.office.name.upper()} điện:", "heading")
    items = [Paragraph(f"- {who};", "item") for who in m.rng.sample(m.words.addressees, 2)]
    return replace(paper, body=(sent, *items, *m.sentences(2, 4)), addressed=())


def _invitation(paper: Paper, m: Matter) -> Paper:
    event = m.day + timedelta(days=m.rng.randint(1, 20))
    hour, minute = m.rng.choice((7, 8, 13, 14, 15)), m.rng.choice((0, 30))
    clock = m.rng.choice(("{0} giờ {1:02d}", "{0}h{1:02d}", "{0:02d} giờ {1:02d} phút")).format(hour, minute)
    when = m.rng.choice((", ngày {0.day:02d} tháng {0.month} năm {0.year}", ", ngày {0.day:02d}/{0.month}/{0.year} "
                         "(thứ Tư)", " ngày {0.day:02d}/{0.month}/{0.year}")).format(event)  # fmt: skip
    room = m.rng.choice(m.words.rooms)
    guests = "; ".join(m.rng.sample(m.words.addressees, m.rng.randint(1, 3)))
    truth = paper.truth | {"event_at": f"{event.isoformat()}T{hour:02d}:{minute:02d}", "event_place": room}
    body = (
        Paragraph(f"{m.by} trân trọng kính mời: {guests}."),
        Paragraph(f"Tới dự: {m.subject[:1].upper()}{m.subject[1:]}."),
        Paragraph(f"Thời gian: {clock}{when}."),
        Paragraph(f"Địa điểm: {room}."),
        Paragraph(m.sentence()),
        Paragraph(f"{m.by} kính mời các đại biểu đến dự đúng thành phần và thời gian./."),
    )
    return replace(paper, body=body, addressed=(), truth=truth)


def _form(paper: Paper, m: Matter) -> Paper:
    people = " ".join((m.rng.choice(m.words.surnames), m.rng.choice(m.words.given)))
    until = m.day + timedelta(days=m.rng.randint(5, 30))
    body = (
        Paragraph(f"{m.by} trân trọng chuyển đến (giới thiệu, ủy quyền cho) ông (bà): {people}."),
        Paragraph(f"Chức vụ: Chuyên viên. Về việc: {m.topic}."),
        Paragraph(f"Theo {m.cite()}."),
        Paragraph(f"Giấy này có giá trị đến hết ngày {until.day:02d}/{until.month}/{until.year}./."),
    )
    return replace(paper, body=body, addressed=())


def _greeting(paper: Paper, m: Matter) -> Paper:
    body = (Paragraph(f"Nhân dịp tổng kết phong trào {m.topic}, tôi gửi tới các đồng chí lời chúc mừng tốt đẹp nhất."),
            *m.sentences(1, 3), Paragraph("Chúc các đồng chí mạnh khỏe, hạnh phúc và thành công."))  # fmt: skip
    return replace(paper, body=body)


def _minutes(paper: Paper, m: Matter) -> Paper:
    body = (
        Paragraph(f"Thời gian bắt đầu: {m.rng.randint(7, 14)} giờ 00, {m.day.day:02d}/{m.day.month}/{m.day.year}."),
        Paragraph(f"Địa điểm: {m.rng.choice(m.words.rooms)}."),
        Paragraph("Thành phần tham dự:", "heading"),
        *m.sentences(2, 5),
        Paragraph("Cuộc họp kết thúc lúc 17 giờ 00 cùng ngày, biên bản đã được thông qua./."),
    )
    return replace(paper, body=body, addressed=())


def _contract(paper: Paper, m: Matter) -> Paper:
    other = m.rng.choice(m.words.addressees)
    body = (
        Paragraph(f"Căn cứ {m.cite()};", "basis"),
        Paragraph(f"Bên A: {m.office.name}. Địa chỉ: {m.rng.choice(m.words.streets)}.", "heading"),
        Paragraph(f"Bên B: {other}. Địa chỉ: {m.rng.choice(m.words.streets)}.", "heading"),
        *(Paragraph(f"Điều {number}. {m.sentence()}") for number in range(1, m.rng.randint(4, 9))),
    )
    return replace(paper, body=body, addressed=())


_SHAPES: dict[str, Callable[[Paper, Matter], Paper]] = {
    "letter": _letter, "decision": _decision, "law": _law, "plan": _plan, "request": _request, "telegram": _telegram,
    "invitation": _invitation, "form": _form, "greeting": _greeting, "minutes": _minutes, "contract": _contract,
}  # fmt: skip
