"""What is issued: the 29 kinds of NĐ 30, Điều 7, and those that arrive beyond them."""

from dataclasses import dataclass

from tests.generator.offices import Level, Office

_ANY = frozenset(Level) - {Level.ASSEMBLY, Level.GOVERNMENT}
_STATE = _ANY - {Level.PARTY}
_RULING = frozenset({Level.PROVINCE, Level.DISTRICT, Level.COMMUNE, Level.GOVERNMENT})
_PREMIER = frozenset({Level.GOVERNMENT})
# The Government and its head issue only these.
_SPARING = {"CP": ("Nghị quyết",), "TTg": ("Quyết định", "Chỉ thị", "Công điện")}


@dataclass(frozen=True)
class Kind:
    """A kind of document: its tên loại, abbreviation in the ký hiệu, who may issue it, how its page is built.

    `shape` names the builder of its body. `about` says whether a trích yếu stands below the title (never so on the
    forms of NĐ 30, Phụ lục III). `signs` narrows the offices to these.
    """

    name: str
    abbreviation: str
    shape: str
    levels: frozenset[Level] = _ANY
    about: bool = True
    title: str = ""
    signs: tuple[str, ...] = ()
    with_year: bool = False

    @property
    def printed(self) -> str:
        """The title line in capitals."""
        return self.title or self.name.upper()

    def may_come_from(self, office: Office) -> bool:
        """Whether `office` issues this kind."""
        if self.signs:
            return office.sign in self.signs
        return office.level in self.levels and self.name in _SPARING.get(office.sign, (self.name,))


KINDS = (
    Kind("Nghị quyết", "NQ", "decision", frozenset({Level.COUNCIL, Level.PARTY, Level.GOVERNMENT})),
    Kind("Quyết định", "QĐ", "decision", _ANY | _PREMIER),
    Kind("Chỉ thị", "CT", "plan", _RULING | {Level.PARTY, Level.MINISTRY}),
    Kind("Quy chế", "QC", "law", _STATE),
    Kind("Quy định", "QyĐ", "law"),
    Kind("Thông cáo", "TC", "plan", _STATE),
    Kind("Thông báo", "TB", "plan"),
    Kind("Hướng dẫn", "HD", "plan"),
    Kind("Chương trình", "CTr", "plan"),
    Kind("Kế hoạch", "KH", "plan"),
    Kind("Phương án", "PA", "plan", _STATE),
    Kind("Đề án", "ĐA", "plan"),
    Kind("Dự án", "DA", "plan", _STATE),
    Kind("Báo cáo", "BC", "plan"),
    Kind("Biên bản", "BB", "minutes", _STATE),
    Kind("Tờ trình", "TTr", "request"),
    Kind("Hợp đồng", "HĐ", "contract", _STATE - {Level.COUNCIL}),
    Kind("Công văn", "", "letter"),
    Kind("Công điện", "CĐ", "telegram", _RULING | {Level.MINISTRY}),
    Kind("Bản ghi nhớ", "BGN", "contract", _STATE - {Level.COUNCIL}),
    Kind("Bản thỏa thuận", "BTT", "contract", _STATE - {Level.COUNCIL}),
    Kind("Giấy ủy quyền", "GUQ", "form", _STATE - {Level.COUNCIL}, about=False),
    Kind("Giấy mời", "GM", "invitation"),
    Kind("Giấy giới thiệu", "GGT", "form", about=False),
    Kind("Giấy nghỉ phép", "GNP", "form", _STATE - {Level.COUNCIL}, about=False),
    Kind("Phiếu gửi", "PG", "form", _STATE, about=False),
    Kind("Phiếu chuyển", "PC", "form", _STATE, about=False),
    Kind("Phiếu báo", "PB", "form", _STATE, about=False),
    Kind("Thư công", "", "greeting", _STATE - {Level.COUNCIL}, about=False, title="THƯ CHÚC MỪNG"),
)
BEYOND = (
    Kind("Nghị định", "NĐ", "law", signs=("CP",), with_year=True),
    Kind("Luật", "", "law", signs=("QH15",), with_year=True),
    Kind("Pháp lệnh", "", "law", signs=("UBTVQH16",), with_year=True),
    Kind("Nghị quyết", "NQ", "decision", signs=("UBTVQH16",)),
    Kind("Thông tư", "TT", "law", frozenset({Level.MINISTRY}), with_year=True),
    Kind("Văn bản hợp nhất", "VBHN", "law", frozenset({Level.MINISTRY}), title="THÔNG TƯ"),
    Kind("Quyết định", "QĐ", "law", frozenset({Level.PROVINCE}), with_year=True),
    Kind("Nghị quyết", "NQ", "decision", frozenset({Level.COUNCIL}), with_year=True),
    Kind("Kết luận", "KL", "plan", frozenset({Level.PARTY, Level.PROVINCE})),
    Kind("Kết luận thanh tra", "KLTT", "plan", frozenset({Level.DEPARTMENT, Level.MINISTRY})),
    Kind("Thông tri", "TT", "plan", frozenset({Level.PARTY})),
)
EVERY = KINDS + BEYOND
