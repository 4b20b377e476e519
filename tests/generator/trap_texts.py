"""Traps of the text: long and tempting subjects, deadlines, answers, other people's codes, annexes, covers."""

from dataclasses import replace
from datetime import date, timedelta

from tests.generator.paper import Annex, Paper, Paragraph, Signature
from tests.generator.signers import name_of
from tests.generator.trap import Setting, Trap, known, with_sentence, with_subject


def _resubject(paper: Paper, subject: str) -> Paper:
    """The same paper about something else."""
    old = paper.truth["subject"] or ""
    capital = subject[:1].upper() + subject[1:]
    about = paper.about.replace(old, subject).replace(old[:1].upper() + old[1:], capital) if paper.about else ""
    capital_old = old[:1].upper() + old[1:]
    body = tuple(replace(one, text=one.text.replace(capital_old, capital).replace(old, subject)) for one in paper.body)
    return replace(paper, about=about, under_code=paper.under_code.replace(old, subject), body=body,
                   truth=known(paper, subject=subject))  # fmt: skip


def _false_friend(paper: Paper, s: Setting) -> Paper:
    friend = s.rng.choice(s.words.false_friends)
    return with_sentence(_resubject(paper, friend), f"Nội dung {friend} được thực hiện theo quy định hiện hành.")


def _friend_in_body(paper: Paper, s: Setting) -> Paper:
    first, second = s.rng.sample(s.words.false_friends, 2)
    return with_sentence(with_sentence(paper, f"Về {first}: giao Văn phòng theo dõi."), f"Về {second}: không có.")


def _long_subject(paper: Paper, s: Setting) -> Paper:
    tails = ("; phân công trách nhiệm, bố trí nguồn lực và tổ chức kiểm tra, giám sát việc thực hiện trên địa bàn",
             " theo {cite} của cơ quan có thẩm quyền", " giai đoạn 2026 - 2030, định hướng đến năm 2035")  # fmt: skip
    day = s.day - timedelta(days=s.rng.randrange(30, 700))
    code = s.rng.choice(s.words.cited).format(n=s.rng.randrange(3, 900), y=day.year)
    cite = f"{code} ngày {day.day:02d}/{day.month}/{day.year}"
    added = "".join(s.rng.sample(tails, 2)).format(cite=cite)
    return _resubject(paper, (paper.truth["subject"] or "") + added)


def _near(day: date, s: Setting) -> date:
    return day + timedelta(days=s.rng.randint(5, 60))


def _deadline(paper: Paper, s: Setting) -> Paper:
    due = _near(s.day, s)
    form = s.rng.choice(("trước ngày {0.day:02d}/{0.month}/{0.year}", "chậm nhất ngày {0.day:02d} tháng {0.month} năm "
                         "{0.year}", "trước ngày {0.day:02d}/{0.month:02d}/{0.year}"))  # fmt: skip
    made = with_sentence(paper, f"Báo cáo kết quả gửi về {s.by} {form.format(due)} để tổng hợp.")
    return replace(made, truth=known(made, due_at=due.isoformat()))


def _deadline_with_hour(paper: Paper, s: Setting) -> Paper:
    due, hour = _near(s.day, s), s.rng.choice((10, 11, 14, 16, 17))
    form = s.rng.choice((
        "chậm nhất {1} giờ 00 ngày {0.day:02d}/{0.month}/{0.year}", "trước {1}h00 ngày {0.day:02d}/{0.month}/{0.year}",
        "trước {1} giờ 00 phút, ngày {0.day:02d} tháng {0.month} năm {0.year}"))  # fmt: skip
    made = with_sentence(paper, f"Đề nghị gửi danh sách về {s.by} {form.format(due, hour)}.")
    return replace(made, truth=known(made, due_at=f"{due.isoformat()}T{hour:02d}:00"))


def _deadline_without_year(paper: Paper, s: Setting) -> Paper:
    due = _near(s.day, s)
    made = with_sentence(paper, f"Các đơn vị gửi báo cáo về {s.by} trước ngày {due.day:02d}/{due.month}.")
    return replace(made, truth=known(made, due_at=due.isoformat()))


def _relative_deadline(paper: Paper, s: Setting) -> Paper:
    """Counted from the receipt or repeated: no date stands there."""
    return with_sentence(paper, s.rng.choice((
        "Trả lời bằng văn bản trong thời hạn 05 ngày làm việc kể từ ngày nhận được văn bản này.",
        "Báo cáo định kỳ trước ngày 20 hằng tháng gửi bộ phận tổng hợp.",
        "Thời gian hoàn thành: trong vòng 15 ngày kể từ ngày ký.")))  # fmt: skip


def _answer(paper: Paper, s: Setting) -> Paper:
    asked = s.day - timedelta(days=s.rng.randint(3, 40))
    code = f"{s.rng.randrange(10, 3000)}/{s.rng.choice(('SKHCN-QLCN', 'SKHCN-VP', 'SKHCN-TTra'))}"
    word = s.rng.choice(("Trả lời", "Phúc đáp"))
    said = f"{word} Công văn số {code} ngày {asked.day:02d}/{asked.month}/{asked.year} của Sở Khoa học và Công nghệ"
    text = f"{said} về {s.topic}, {s.by} có ý kiến như sau:"
    return replace(paper, body=(Paragraph(text), *paper.body[1:]), truth=known(paper, in_reply_to=code))


def _annex(paper: Paper, s: Setting) -> Paper:
    """Annexes in the same file, with blanks, a table's text and names of their own."""
    heading = s.rng.choice((
        ("Phụ lục", "DANH MỤC NHIỆM VỤ", "(Kèm theo Văn bản số      /      ngày     tháng     năm      )"),
        ("Phụ lục I", f"BIỂU TỔNG HỢP {s.topic.upper()}", f"(Ban hành kèm theo {plain_code(paper)})"),
        ("QUY CHẾ", s.topic.capitalize(), "(Kèm theo Quyết định số 12/QĐ-ABC ngày 01 tháng 01 năm 2020)")))  # fmt: skip
    other = Signature(("NGƯỜI LẬP BIỂU",), name_of(s.rng, s.words))
    lines = tuple(Paragraph(s.rng.choice(s.words.sentences).format(s.topic, cite="Công văn số 45/ABC-XYZ"))
                  for _ in range(s.rng.randint(2, 12)))  # fmt: skip
    return replace(paper, annexes=(Annex(heading, lines, other if s.rng.random() < 0.5 else None),))


def plain_code(paper: Paper) -> str:
    """The cited form of a paper's own code, blank where it has none."""
    return f"văn bản số {paper.truth['code'] or '      '}"


def _cover(paper: Paper, s: Setting) -> Paper:
    """A phiếu trình lies on top: neither head nor number is the document's."""
    return replace(paper, cover=(
        "PHIẾU TRÌNH XỬ LÝ VĂN BẢN", f"Người trình: {name_of(s.rng, s.words)}", "Nội dung trình: như văn bản kèm theo",
        "Ý kiến của lãnh đạo: ........................", "Ngày trình: ..../..../......"))  # fmt: skip


def _table(paper: Paper, s: Setting) -> Paper:
    head = ("TT", "Nội dung", "Số", "Ngày", "Đơn vị thực hiện")
    code, month = f"KH-{s.office.sign}", f"{s.day.month}/{s.day.year}"
    rows = [(str(n), s.topic.capitalize(), f"{s.rng.randrange(9, 99)}/{code}", f"0{n}/{month}", "Văn phòng")
            for n in range(1, s.rng.randint(3, 7))]  # fmt: skip
    return replace(paper, table=(head, *rows))


TEXT_TRAPS = {
    "false friend": Trap(_false_friend, kinds=with_subject, weight=3),
    "friend in body": Trap(_friend_in_body),
    "long subject": Trap(_long_subject, kinds=with_subject, weight=5),
    "deadline": Trap(_deadline),
    "deadline with hour": Trap(_deadline_with_hour),
    "deadline without year": Trap(_deadline_without_year, weight=1),
    "relative deadline": Trap(_relative_deadline, weight=1),
    "answer": Trap(_answer, kinds=lambda kind: kind.name == "Công văn", weight=6),
    "annex": Trap(_annex, weight=4),
    "cover": Trap(_cover, frozenset({"pdf", "scan"}), weight=1),
    "table": Trap(_table),
}
