"""Traps of what is put upon a page: stamps, digital appearances, copies; and of how its letters are stored."""

from dataclasses import replace
from datetime import timedelta

from tests.generator.offices import Level, Office
from tests.generator.paper import Arrival, Copy, Paper, Signature, Stamp
from tests.generator.signers import name_of
from tests.generator.trap import ALL, PRINTED, SCANNED, Setting, Trap, known

_URGENT = (("KHẨN", "khan"), ("THƯỢNG KHẨN", "thuong_khan"), ("HỎA TỐC", "hoa_toc"), ("HOẢ TỐC", "hoa_toc"))


def _urgent(paper: Paper, s: Setting) -> Paper:
    text, value = s.rng.choice(_URGENT)
    if value == "hoa_toc" and s.rng.random() < 0.25:
        text = f"{text} HẸN GIỜ"
    stamp = Stamp(
        text, s.rng.choice(("framed", "framed", "double", "bare", "plain")), s.rng.choice(("left", "right", "head"))
    )
    return replace(paper, stamps=(*paper.stamps, stamp), truth=known(paper, urgency=value))


def _urgent_in_a_box(paper: Paper, s: Setting) -> Paper:
    text, value = s.rng.choice(_URGENT)
    stamp = Stamp(text, "framed", "left", drawn=True)
    return replace(paper, stamps=(*paper.stamps, stamp), truth=known(paper, urgency=value))


def _inner_mark(paper: Paper, s: Setting) -> Paper:
    text = s.rng.choice(("LƯU HÀNH NỘI BỘ", "XEM XONG TRẢ LẠI", "TÀI LIỆU PHỤC VỤ HỘI NGHỊ"))
    return replace(paper, stamps=(*paper.stamps, Stamp(text, "framed", "left")))


def _arrival(paper: Paper, s: Setting) -> Paper:
    day = s.day + timedelta(days=s.rng.randint(0, 6))
    by_hand = s.file in SCANNED and s.rng.random() < 0.7
    form = s.rng.choice(("{0.day:02d}/{0.month}", "{0.day:02d}/{0.month}/{0.year}"))
    office = s.rng.choice(("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "VĂN PHÒNG UBND", "CÔNG VĂN"))
    across, down = s.rng.choice((0.02, 0.3, 0.4)), s.rng.choice((0.0, 0.1, 0.16))
    stamp = Arrival(office, str(s.rng.randrange(20, 9000)), form.format(day), by_hand, across, down)
    return replace(paper, arrival=stamp)


def _appearance(s: Setting) -> str:
    when = s.day + timedelta(days=s.rng.randint(0, 2))
    hour = f"{s.rng.randrange(7, 18):02d}:{s.rng.randrange(60):02d}:{s.rng.randrange(60):02d}"
    return s.rng.choice((
        f"Ký bởi: {s.office.name}\nEmail: vanthu@co-quan.example\nCơ quan: {s.office.parent_name or s.office.place}\n"
        f"Thời gian ký: {when:%d.%m.%Y} {hour} +07:00",
        f"Người ký: {name_of(s.rng, s.words)}\nEmail: kyso@co-quan.example\nCơ quan: Tỉnh Mẫu\nChức vụ: Chuyên viên\n"
        f"Thời gian ký: {when:%d/%m/%Y} {hour}",
        f"Digitally signed by {s.office.name.upper()}\nDate: {when:%Y.%m.%d} {hour} +07:00"))  # fmt: skip


def _mark(paper: Paper, s: Setting) -> Paper:
    return replace(paper, mark=_appearance(s))


def _signed_block(paper: Paper, s: Setting) -> Paper:
    """An appearance block between title and name."""
    return replace(paper, signatures=tuple(replace(one, block=_appearance(s)) for one in paper.signatures))


def _signed_note(paper: Paper, s: Setting) -> Paper:
    note = s.rng.choice(("(Đã ký)", "Đã ký", "(Ký, ghi rõ họ tên)"))
    return replace(paper, signatures=tuple(replace(one, note=note) for one in paper.signatures))


def _other_title(paper: Paper, s: Setting) -> Paper:
    """Ô 7b: the post that the signer has besides, between signature and name."""
    post = s.rng.choice(("PHÓ CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH", "THỨ TRƯỞNG", "GIÁM ĐỐC SỞ XÂY DỰNG"))
    return replace(paper, signatures=tuple(replace(one, below=post) for one in paper.signatures))


def _name(paper: Paper, change: str) -> Paper:
    old = paper.truth["signer_name"]
    new = change.format(old) if "{" in change else (old or "").upper()
    signed = tuple(replace(one, name=new) if one.name == old and old else one for one in paper.signatures)
    return replace(paper, signatures=signed, truth=known(paper, signer_name=new if old else None))


def _capital_name(paper: Paper, s: Setting) -> Paper:
    return _name(paper, "")


def _ranked_name(paper: Paper, s: Setting) -> Paper:
    """A rank or degree before the name is kept as printed."""
    return _name(paper, s.rng.choice(("ThS. {}", "TS. {}", "PGS.TS. {}", "Đại tá {}", "BSCKII. {}")))


def _sao_y(paper: Paper, s: Setting) -> Paper:
    day, copier = s.day + timedelta(days=s.rng.randint(1, 9)), name_of(s.rng, s.words)
    if s.office.level is Level.PARTY:  # the Party copies in a form of its own
        return paper
    form, sign = s.rng.choice((("SAO Y", "SY"), ("SAO LỤC", "SL"), ("TRÍCH SAO", "TrS")))
    signed = Signature(("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"), copier)
    by = _commune(s)
    date_line = f"{by.place}, ngày {day.day:02d} tháng {day.month} năm {day.year}"
    code = f"Số: {s.rng.randrange(10, 300)}/{sign}-UBND"
    return replace(paper, copy=Copy(form, by.issuer, by.parent, code, date_line, signed))


def _electronic_copy(paper: Paper, s: Setting) -> Paper:
    """Ô 14: an electronic copy names itself, the copying office and the time, top right."""
    day, by = s.day + timedelta(days=s.rng.randint(1, 9)), _commune(s)
    signed_at = f"{day.isoformat()}T{s.rng.randrange(8, 17):02d}:12:44+07:00"
    return replace(paper, mark=f"SAO Y; {by.name};\n{signed_at}")


def _commune(s: Setting) -> Office:
    return s.rng.choice([office for office in s.words.offices if office.level is Level.COMMUNE])


def _foot(paper: Paper, s: Setting) -> Paper:
    phone = f"ĐT: 0258.3822.{s.rng.randrange(100, 999)}"
    foot = f"Địa chỉ: {s.rng.choice(s.words.streets)}. {phone}. Email: vt@co-quan.example"
    return replace(paper, foot=foot, typist=f"{s.rng.choice(('PL', 'NVA', 'TH'))}.({s.rng.randrange(5, 300)})")


def _landscape(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, landscape=True))


def _torn(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, torn=s.rng.choice((0.16, 0.2))))


def _spread(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, tracking=s.rng.choice((0.1, 0.2, 0.3))))


def _sans(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, serif=False, size=s.rng.choice((12.0, 14.0))))


def _sealed(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, seal=True))


def _hung_seal(paper: Paper, s: Setting) -> Paper:
    """A seal over the issuer's name and number (dấu treo)."""
    return replace(paper, layout=replace(paper.layout, hung=True))


def _misread_layer(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, misread=True))


def _encoded(encoding: str) -> Trap:
    files = ALL - SCANNED if encoding in ("nfd", "look-alikes") else frozenset({"pdf", "docx", "rtf"})
    return Trap(lambda paper, s: replace(paper, layout=replace(paper.layout, encoding=encoding)), files)


def _word_head(head: str) -> Trap:
    return Trap(lambda paper, s: replace(paper, layout=replace(paper.layout, word_head=head)),
                frozenset({"docx", "rtf", "odt"}), weight=4)  # fmt: skip


def _word_caps(paper: Paper, s: Setting) -> Paper:
    return replace(paper, layout=replace(paper.layout, word_caps=True))


MARK_TRAPS = {
    "urgent": Trap(_urgent, weight=6),
    "urgent in a box": Trap(_urgent_in_a_box, frozenset({"docx"}), weight=4),
    "inner mark": Trap(_inner_mark, weight=1),
    "arrival stamp": Trap(_arrival, PRINTED, weight=4),
    "digital mark": Trap(_mark, frozenset({"pdf"}), weight=5),
    "signed block": Trap(_signed_block, frozenset({"pdf", "docx"})),
    "signed note": Trap(_signed_note),
    "other title": Trap(_other_title, kinds=lambda kind: kind.shape not in ("contract", "minutes"), weight=1),
    "capital name": Trap(_capital_name, weight=1),
    "ranked name": Trap(_ranked_name, weight=1),
    "sao y": Trap(_sao_y, weight=3),
    "electronic copy": Trap(_electronic_copy, frozenset({"pdf"})),
    "foot": Trap(_foot),
    "landscape": Trap(_landscape, PRINTED, weight=1),
    "torn": Trap(_torn, frozenset({"pdf"}), weight=3),
    "spread": Trap(_spread, frozenset({"pdf"}), weight=1),
    "sans": Trap(_sans, PRINTED),
    "sealed": Trap(_sealed, SCANNED, weight=14),
    "misread layer": Trap(_misread_layer, frozenset({"scan"}), weight=3),
    "hung seal": Trap(_hung_seal, SCANNED, weight=3),
    "tcvn3": _encoded("tcvn3"),
    "vni": _encoded("vni"),
    "nfd": _encoded("nfd"),
    "look-alikes": _encoded("look-alikes"),
    "head in rows": _word_head("rows"),
    "head by tabs": _word_head("tabs"),
    "capitals by style": Trap(_word_caps, frozenset({"docx"})),
}
