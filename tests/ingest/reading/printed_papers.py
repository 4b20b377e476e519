"""Documents in the form of NĐ 30 made from known values: printed to PDF with typst, or written as DOCX."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import docx
import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK

from config.vocabulary import vocabulary
from core.notation import format_date

_TEMPLATE = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True)
class Paper:
    """What is printed, line by line, and what a reader must find: `expected` by field, None for "not there"."""

    code: str
    place_date: str
    issuer: tuple[str, ...]
    parent: tuple[str, ...] = ()
    title: str = ""
    about: str = ""
    under_code: str = ""
    addressed: str = ""
    body: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ("Như trên;", "Lãnh đạo Sở;", "Lưu: VT, VP.")
    signer_title: tuple[str, ...] = ("GIÁM ĐỐC",)
    signer: str = "Nguyễn Văn Mẫu"
    signed_note: str = ""
    stamps: tuple[str, ...] = ()
    annexes: tuple[tuple[str, ...], ...] = ()
    mark: str = ""
    party: bool = False
    motto: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto_below: str = "Độc lập - Tự do - Hạnh phúc"
    left: float = 0.42
    gutter: float = 4.0
    expected: dict[str, str | None] = field(default_factory=dict)


def print_pdf(paper: Paper, path: Path) -> Path:
    """`paper` as a PDF with a text layer."""
    data = asdict(paper)
    data.pop("expected")
    typst.compile(str(_TEMPLATE), output=str(path), sys_inputs={"paper": json.dumps(data)}, ignore_system_fonts=True)
    return path


def write_docx(paper: Paper, path: Path) -> Path:
    """`paper` as Word would have it: two-column tables for the head and the signature."""
    document = docx.Document()
    head = document.add_table(rows=1, cols=2)
    motto = ("ĐẢNG CỘNG SẢN VIỆT NAM",) if paper.party else (paper.motto, paper.motto_below, "----------")
    star = ("*",) if paper.party else ("-------",)
    left = (*paper.parent, *paper.issuer, *star, paper.code, *([paper.under_code] if paper.under_code else []))
    for cell, lines in zip(head.rows[0].cells, (left, (*motto, "", paper.place_date)), strict=True):
        for line in lines:
            cell.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for stamp in paper.stamps:
        document.add_paragraph(stamp)
    for line in (paper.title, paper.about, f"Kính gửi: {paper.addressed}" if paper.addressed else ""):
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in paper.body:
        document.add_paragraph(line)
    if paper.recipients:
        foot = document.add_table(rows=1, cols=2)
        texts = ("Nơi nhận:", *(f"- {r}" for r in paper.recipients)), (*paper.signer_title, "", "", "", paper.signer)
        for cell, lines in zip(foot.rows[0].cells, texts, strict=True):
            for line in lines:
                cell.add_paragraph(line)
    for annex in paper.annexes:
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for line in annex:
            document.add_paragraph(line)
    document.save(str(path))
    return path


OFFICES = (
    ((), ("ỦY BAN NHÂN DÂN", "TỈNH LÂM ĐỒNG"), "UBND", "Ủy ban nhân dân tỉnh Lâm Đồng", None),
    (("UBND TỈNH LÂM ĐỒNG",), ("SỞ KHOA HỌC VÀ CÔNG NGHỆ",), "SKHCN", "Sở Khoa học và Công nghệ", "UBND tỉnh Lâm Đồng"),
    (("ỦY BAN NHÂN DÂN", "TỈNH LÂM ĐỒNG"), ("SỞ NÔNG NGHIỆP VÀ", "MÔI TRƯỜNG"), "SNNMT",
     "Sở Nông nghiệp và Môi trường", "Ủy ban nhân dân tỉnh Lâm Đồng"),
    ((), ("BỘ KHOA HỌC VÀ CÔNG NGHỆ",), "BKHCN", "Bộ Khoa học và Công nghệ", None),
    (("SỞ KHOA HỌC VÀ CÔNG NGHỆ",), ("CHI CỤC TIÊU CHUẨN", "ĐO LƯỜNG CHẤT LƯỢNG"), "CCTĐC",
     "Chi cục Tiêu chuẩn Đo lường Chất lượng", "Sở Khoa học và Công nghệ"),
    (("UBND TỈNH LÂM ĐỒNG",), ("BAN CHỈ ĐẠO 138",), "BCĐ138", "Ban Chỉ đạo 138", "UBND tỉnh Lâm Đồng"),
    ((), ("VĂN PHÒNG CHÍNH PHỦ",), "VPCP", "Văn phòng Chính phủ", None),
    (("BỘ Y TẾ",), ("BỆNH VIỆN ĐA KHOA", "TRUNG ƯƠNG"), "BVTW", "Bệnh viện Đa khoa Trung ương", "Bộ Y tế"),
    (("HUYỆN ĐẮK SONG",), ("ỦY BAN NHÂN DÂN XÃ NÂM N'JANG",), "UBND", "Ủy ban nhân dân xã Nâm N'jang", None),
)  # fmt: skip
SUBJECTS = (
    "góp ý dự thảo Quy chế",
    "triển khai Chương trình phát triển khoa học và công nghệ năm 2026",
    "báo cáo tình hình thực hiện Nghị quyết số 57-NQ/TW ngày 22/12/2024 về đột phá phát triển khoa học, "
    "công nghệ, đổi mới sáng tạo và chuyển đổi số quốc gia trên địa bàn tỉnh",
    "phê duyệt danh mục nhiệm vụ khoa học và công nghệ cấp tỉnh thực hiện theo Quyết định số "
    "12/2024/QĐ-UBND của Ủy ban nhân dân tỉnh",
    "tăng cường kiểm tra, kiểm soát thủ tục hành chính; khẩn trương khắc phục hậu quả mưa lũ",
    "quản lý mật ong, sản phẩm OCOP và công tác bảo vệ bí mật nhà nước trong lĩnh vực nông nghiệp",
)
SIGNERS = (
    (("GIÁM ĐỐC",), "Nguyễn Văn Mẫu"),
    (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Trần Thị Bích Ngọc"),
    (("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Lê Trọng Yên"),
    (("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"), "Điểu K'Ré"),
    (("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"), "Y Thanh Hà Niê Kđăm"),
    (("CHỦ TỊCH",), "ThS. Võ Ngọc Hiệp"),
)
_BODY = (
    "Thực hiện Công văn số 2003/UBDT-VPCTMTQG ngày 01/11/2024 của Ủy ban Dân tộc về việc tham dự Hội nghị đánh giá "
    "Chương trình mục tiêu quốc gia, Sở Khoa học và Công nghệ thông báo đến các cơ quan, đơn vị như sau:",
    "Căn cứ Quyết định số 63/QĐ-SKHCN ngày 04 tháng 6 năm 2015, các đơn vị khẩn trương rà soát, tổng hợp số liệu, "
    "mật độ sử dụng và báo cáo đúng thời gian quy định. Số 01, đường Trần Phú là địa điểm nhận hồ sơ.",
    "Đề nghị các cơ quan, đơn vị quan tâm, phối hợp thực hiện./.",
)  # fmt: skip
MARK = "Ký bởi: Sở Mẫu\nEmail: vanthu@so-mau.example\nCơ quan: Tỉnh Mẫu\nThời gian ký: 22.05.2023 16:12:47 +07:00"


def papers(seed: int = 30) -> Iterator[Paper]:
    """All 29 kinds twice, Party papers, the traps of DOMAIN §7 and invitations, deterministic."""
    rng = random.Random(seed)
    kinds = [k for k in vocabulary("document_kinds")["kind"] if k["family"] == "nd30"]
    for turn in range(2):
        for number, kind in enumerate(kinds):
            paper = _paper(rng, kind["name"], kind["abbreviation"], 29 * turn + number)
            yield paper
    yield from _traps(rng)
    yield from _invitations(rng)


def _paper(rng: random.Random, kind: str, abbreviation: str, number: int) -> Paper:
    parent, issuer, initials, name, parent_name = OFFICES[number % len(OFFICES)]
    subject, (titles, signer) = rng.choice(SUBJECTS), rng.choice(SIGNERS)
    day = date(2024, 1, 5) + timedelta(days=rng.randrange(900))
    is_letter = not abbreviation and kind == "Công văn"
    notation = f"{abbreviation}-{initials}" if abbreviation else f"{initials}-VP"
    code = f"{rng.randrange(1, 4000):02d}/{notation}"
    if number % 9 == 8:
        parent, parent_name = (), None
    printed = "" if is_letter else {"Thư công": "THƯ CHÚC MỪNG"}.get(kind, kind.upper())
    expected = {
        "code": code, "issued_on": day.isoformat(), "issuer": name, "parent_issuer": parent_name, "kind": kind,
        "subject": subject, "signer_name": signer, "urgency": None, "secrecy": None,
    }  # fmt: skip
    prefix = rng.choice(("", "Về việc ", "V/v "))
    return Paper(
        code=rng.choice(("Số: {}", "Số:  {}", "Số {}")).format(code.replace("/", rng.choice(("/", " /")))),
        place_date=f"Lâm Đồng, {format_date(day)}", issuer=issuer, parent=parent, title=printed,
        about="" if is_letter else prefix + subject, under_code=f"V/v {subject}" if is_letter else "",
        addressed="Sở Khoa học và Công nghệ" if is_letter or rng.random() < 0.3 else "",
        body=_BODY * rng.choice((1, 1, 3, 6)), signer_title=titles, signer=signer,
        mark=MARK if rng.random() < 0.4 else "", expected=expected,
    )  # fmt: skip


def _traps(rng: random.Random) -> Iterator[Paper]:
    plain = _paper(rng, "Công văn", "", 1)
    named = _paper(rng, "Báo cáo", "BC", 3)
    yield replace(plain, code="Số:        /SKHCN-VP", expected=plain.expected | {"code": None})
    yield replace(plain, code="Số: ……/SKHCN-VP", expected=plain.expected | {"code": None})
    yield replace(
        plain, place_date="Lâm Đồng, ngày     tháng     năm 2026", expected=plain.expected | {"issued_on": None}
    )
    yield replace(plain, place_date="Lâm Đồng, ngày … tháng 11 năm 2026", expected=plain.expected | {"issued_on": None})
    for stamp, value in (("HOẢ TỐC", "hoa_toc"), ("THƯỢNG KHẨN", "thuong_khan"), ("KHẨN", "khan")):
        yield replace(plain, stamps=(stamp,), expected=plain.expected | {"urgency": value})
        yield replace(named, stamps=(stamp,), expected=named.expected | {"urgency": value})
    for stamp, value in (("MẬT", "mat"), ("TỐI MẬT", "toi_mat"), ("TUYỆT MẬT", "tuyet_mat")):
        yield replace(
            plain, stamps=(stamp, "HỎA TỐC"), expected=plain.expected | {"secrecy": value, "urgency": "hoa_toc"}
        )
    annex = ("DỰ THẢO", "Nơi nhận:", "- Như trên;", "TM. HỘI ĐỒNG NHÂN DÂN", "CHỦ TỊCH", "Bùi Thị Quỳnh Vân")
    yield replace(named, annexes=(annex, ("Phụ lục", "Số: 12/PL-ABC", "ngày 01 tháng 01 năm 2020")))
    yield replace(named, motto="CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", gutter=0.0)
    yield replace(
        plain,
        signed_note="(Đã ký)",
        signer="NGUYỄN THỊ HỒNG",
        expected=plain.expected | {"signer_name": "NGUYỄN THỊ HỒNG"},
    )
    for code, kind, titles in (
        ("15-HD/BTGTU", "Hướng dẫn", ("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ")),
        ("234-BC/TU", "Báo cáo", ("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN")),
    ):
        yield replace(
            named, party=True, parent=("TỈNH ỦY LÂM ĐỒNG",), issuer=("BAN TUYÊN GIÁO VÀ DÂN VẬN",), code=f"Số {code}",
            title=kind.upper(), signer_title=titles,
            expected=named.expected | {"code": code, "kind": kind, "issuer": "Ban Tuyên giáo và Dân vận",
                                       "parent_issuer": "Tỉnh ủy Lâm Đồng"},
        )  # fmt: skip
    yield replace(named, code="Số: 30/2020/NĐ-CP", title="NGHỊ ĐỊNH", issuer=("CHÍNH PHỦ",), parent=(),
                  expected=named.expected | {"code": "30/2020/NĐ-CP", "kind": "Nghị định", "issuer": "Chính phủ",
                                             "parent_issuer": None})  # fmt: skip


def _invitations(rng: random.Random) -> Iterator[Paper]:
    """Invitations and letters that invite, deadlines with an hour, what silence means; and what only looks like it."""
    card, letter = _paper(rng, "Giấy mời", "GM", 1), _paper(rng, "Công văn", "", 4)
    for paper, ahead in ((card, 3), (replace(letter, under_code="V/v mời họp góp ý dự thảo"), 9)):
        issued = date.fromisoformat(paper.expected["issued_on"] or "")
        day = issued + timedelta(days=ahead)
        room = (
            "Phòng họp số 2, tầng 3, trụ sở Sở Khoa học và Công nghệ, số 36 đường Trần Phú, phường Xuân Hương - Đà Lạt"
        )
        met = paper.expected | {"event_at": f"{day.isoformat()}T08:30", "event_place": room}
        if paper is not card:
            met["subject"] = "mời họp góp ý dự thảo"
        named = met | {"invited": "Lãnh đạo Sở Tài chính; Ủy ban nhân dân xã Nâm N'Jang"}
        guests = "Sở trân trọng kính mời: Lãnh đạo Sở Tài chính; Ủy ban nhân dân xã Nâm N'Jang."
        when = f"Thời gian: 08 giờ 30 phút, ngày {day:%d/%m/%Y} ({('thứ Hai', 'thứ Ba')[ahead % 2]})."
        yield replace(paper, body=(guests, "Tới dự: Hội nghị tổng kết.", when, f"Địa điểm: {room}."), expected=named)
        listed = ("1. Thành phần:", "- Chủ trì: Đồng chí Trần Quốc Khải, Phó Giám đốc Sở;",
                  "- Lãnh đạo Sở Tài chính;", "- Ủy ban nhân dân xã Nâm N'Jang.")  # fmt: skip
        when = f"2. Thời gian: Bắt đầu từ 08h30, {format_date(day)}."
        yield replace(paper, body=(*listed, when, f"3. Địa điểm: {room}."), expected=named)
        at = f"Cuộc họp tổ chức vào lúc 08 giờ 30 ngày {day:%d/%m/%Y}, tại {room}. Đề nghị dự đúng giờ./."
        yield replace(paper, body=("Sở kính mời các đồng chí tham dự cuộc họp.", at), expected=met | {"invited": None})
        later = ("Sở kính mời quý cơ quan dự họp.", "Thời gian, địa điểm: thông báo sau.")
        yield replace(paper, body=later,
                      expected=met | dict.fromkeys(("event_at", "event_place", "invited")))  # fmt: skip
    issued = date.fromisoformat(letter.expected["issued_on"] or "")
    due = issued + timedelta(days=10)
    asks = f"Ý kiến góp ý gửi về Sở trước 16 giờ 00 ngày {due:%d/%m/%Y}. "
    nothing = dict.fromkeys(("event_at", "event_place", "invited"))
    for said, silence in (
        ("Quá thời hạn trên, nếu không có ý kiến coi như thống nhất với dự thảo./.",
         "Quá thời hạn trên, nếu không có ý kiến coi như thống nhất với dự thảo"),
        ("Quá thời hạn trên, Sở sẽ báo cáo Ủy ban nhân dân tỉnh./.", None),
    ):  # fmt: skip
        truth = letter.expected | nothing | {"due_at": f"{due.isoformat()}T16:00", "silence": silence}
        yield replace(letter, body=(*_BODY[:2], asks + said), expected=truth)
    # What is no invitation has no meeting, whatever it speaks of.
    about = f"Biên bản cuộc họp (Thời gian: 08 giờ 00 ngày {due:%d/%m/%Y}; Địa điểm: Hội trường) gửi kèm theo."
    yield replace(letter, body=(about, "Thời gian: 08 giờ 00 ngày " + f"{due:%d/%m/%Y}.", "Địa điểm: Hội trường."),
                  expected=letter.expected | nothing)  # fmt: skip
