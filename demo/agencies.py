"""Who writes to the embedded office: agencies of the province and the centre, with invented signers."""

from dataclasses import dataclass
from enum import StrEnum

OFFICE = "Sở Khoa học và Công nghệ tỉnh Lâm Đồng"
OFFICE_ADDRESS = "vanthu@skhcn.lamdong.example.gov.vn"
SCANNER_ADDRESS = "mayquet@skhcn.lamdong.example.gov.vn"


class Form(StrEnum):
    """Which head a document carries: the State's (NĐ 30), or the Party's (no Quốc hiệu)."""

    STATE = "state"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the lines of authority and title as printed above the signature, and an invented name."""

    titles: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as its letterhead shows it.

    `name` and `parent` are in sentence case (the letterhead prints capitals), `abbreviation` stands in the
    ký hiệu, `place` before the date, `address` is its mailbox, `code` its agency code for edXML.
    """

    name: str
    parent: str
    abbreviation: str
    place: str
    address: str
    signer: Signer
    unit: str = "VT"
    form: Form = Form.STATE
    code: str = "000.00.99.H36"
    contact: str = ""

    @property
    def signer_title(self) -> str:
        """The signer's own title: the last line above the signature, in sentence case."""
        return self.signer.titles[-1].capitalize()


def _deputy(head: str, deputy: str, name: str) -> Signer:
    return Signer((f"KT. {head}", deputy), name)


PROVINCE = Agency(
    "Ủy ban nhân dân tỉnh Lâm Đồng", "", "UBND", "Lâm Đồng", "vanthu@ubnd.lamdong.example.gov.vn",
    Signer(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Trần Quốc Khải"), "VX", code="000.00.00.H36",
)  # fmt: skip
PROVINCE_OFFICE = Agency(
    "Văn phòng", "Ủy ban nhân dân tỉnh Lâm Đồng", "VP", "Lâm Đồng", "vanphong@ubnd.lamdong.example.gov.vn",
    _deputy("CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG", "Lê Hồng Nhật"), "TH", code="000.00.01.H36",
)  # fmt: skip
MINISTRY = Agency(
    "Bộ Khoa học và Công nghệ", "", "BKHCN", "Hà Nội", "vanthu@mst.example.gov.vn",
    _deputy("BỘ TRƯỞNG", "THỨ TRƯỞNG", "Phạm Đình Lương"), "KHTC", code="000.00.00.G06",
)  # fmt: skip
HOME_MINISTRY = Agency(
    "Bộ Nội vụ", "", "BNV", "Hà Nội", "vanthu@moha.example.gov.vn",
    Signer(("TL. BỘ TRƯỞNG", "CHÁNH VĂN PHÒNG"), "Nguyễn Thị Lan Hương"), "VP", code="000.00.00.G09",
)  # fmt: skip
STANDARDS = Agency(
    "Ủy ban Tiêu chuẩn Đo lường Chất lượng Quốc gia", "Bộ Khoa học và Công nghệ", "TĐC", "Hà Nội",
    "vanthu@stameq.example.gov.vn", _deputy("CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Đỗ Mạnh Tường"), "HCHQ", code="000.00.12.G06",
)  # fmt: skip
RADIATION = Agency(
    "Cục An toàn bức xạ và hạt nhân", "Bộ Khoa học và Công nghệ", "ATBXHN", "Hà Nội",
    "vanthu@varans.example.gov.vn", _deputy("CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "Vũ Khánh Toàn"), "CP",
    code="000.00.15.G06",
)  # fmt: skip
PROPERTY = Agency(
    "Cục Sở hữu trí tuệ", "Bộ Khoa học và Công nghệ", "SHTT", "Hà Nội", "vanthu@ipvietnam.example.gov.vn",
    _deputy("CỤC TRƯỞNG", "PHÓ CỤC TRƯỞNG", "Hoàng Thị Minh Châu"), "HTĐK", code="000.00.14.G06",
)  # fmt: skip
FINANCE = Agency(
    "Sở Tài chính", "Ủy ban nhân dân tỉnh Lâm Đồng", "STC", "Lâm Đồng", "vanthu@stc.lamdong.example.gov.vn",
    _deputy("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Bá Thành"), "QLNS", code="000.00.05.H36",
)  # fmt: skip
HOME_AFFAIRS = Agency(
    "Sở Nội vụ", "Ủy ban nhân dân tỉnh Lâm Đồng", "SNV", "Lâm Đồng", "vanthu@snv.lamdong.example.gov.vn",
    Signer(("GIÁM ĐỐC",), "Đinh Thị Thu Hà"), "CCVC", code="000.00.03.H36",
)  # fmt: skip
AGRICULTURE = Agency(
    "Sở Nông nghiệp và Môi trường", "Ủy ban nhân dân tỉnh Lâm Đồng", "SNNMT", "Lâm Đồng",
    "vanthu@snnmt.lamdong.example.gov.vn", _deputy("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Bùi Văn Sơn"), "TTBVTV",
    code="000.00.08.H36",
)  # fmt: skip
HEALTH = Agency(
    "Sở Y tế", "Ủy ban nhân dân tỉnh Lâm Đồng", "SYT", "Lâm Đồng", "vanthu@syt.lamdong.example.gov.vn",
    _deputy("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trịnh Thị Ngọc Bích"), "NVY", code="000.00.10.H36",
)  # fmt: skip
EDUCATION = Agency(
    "Sở Giáo dục và Đào tạo", "Ủy ban nhân dân tỉnh Lâm Đồng", "SGDĐT", "Lâm Đồng",
    "vanthu@sgddt.lamdong.example.gov.vn", Signer(("GIÁM ĐỐC",), "Phan Thanh Tùng"), "GDTrH", code="000.00.09.H36",
)  # fmt: skip
INDUSTRY = Agency(
    "Sở Công Thương", "Ủy ban nhân dân tỉnh Lâm Đồng", "SCT", "Lâm Đồng", "vanthu@sct.lamdong.example.gov.vn",
    _deputy("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Cao Xuân Hiệp"), "QLTM", code="000.00.07.H36",
)  # fmt: skip
INSPECTORATE = Agency(
    "Thanh tra tỉnh", "Ủy ban nhân dân tỉnh Lâm Đồng", "TTT", "Lâm Đồng", "vanthu@thanhtra.lamdong.example.gov.vn",
    _deputy("CHÁNH THANH TRA", "PHÓ CHÁNH THANH TRA", "Võ Minh Hoàng"), "NV1", code="000.00.02.H36",
)  # fmt: skip
POLICE = Agency(
    "Công an tỉnh Lâm Đồng", "Bộ Công an", "CAT", "Lâm Đồng", "vanthu@congan.lamdong.example.gov.vn",
    _deputy("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Đại tá Hà Văn Quyết"), "PA03", code="000.00.20.H36",
)  # fmt: skip
PARTY = Agency(
    "Ban Tuyên giáo và Dân vận", "Tỉnh ủy Lâm Đồng", "BTGDVTU", "Lâm Đồng", "vanthu@btgdv.lamdong.example.vn",
    Signer(("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"), "Nguyễn Hữu Phước"), "VP", form=Form.PARTY,
)  # fmt: skip
UNIVERSITY = Agency(
    "Trường Đại học Cao nguyên Lang Biang", "Bộ Giáo dục và Đào tạo", "ĐHCNLB", "Lâm Đồng",
    "phongkhcn@dhlangbiang.example.edu.vn", _deputy("HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG", "Lâm Gia Bảo"), "QLKH",
)  # fmt: skip
NUCLEAR = Agency(
    "Trung tâm Ứng dụng Kỹ thuật hạt nhân", "Viện Nghiên cứu Năng lượng Cao nguyên", "TTUDHN", "Lâm Đồng",
    "vanphong@ungdunghatnhan.example.vn", Signer(("GIÁM ĐỐC",), "Tạ Quang Vinh"), "HC",
)  # fmt: skip
COMMUNE_QUANG_TRUC = Agency(
    "Ủy ban nhân dân xã Quảng Trực", "", "UBND", "Quảng Trực", "vanthu@quangtruc.lamdong.example.gov.vn",
    Signer(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "Điểu Minh Sơn"), "VP", code="000.00.61.H36",
)  # fmt: skip
COMMUNE_TUY_DUC = Agency(
    "Ủy ban nhân dân xã Tuy Đức", "", "UBND", "Tuy Đức", "vanthu@tuyduc.lamdong.example.gov.vn",
    Signer(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Thị Mai Linh"), "VHXH", code="000.00.62.H36",
)  # fmt: skip
WARD_BAC_GIA_NGHIA = Agency(
    "Ủy ban nhân dân phường Bắc Gia Nghĩa", "", "UBND", "Bắc Gia Nghĩa",
    "vanthu@bacgianghia.lamdong.example.gov.vn",
    Signer(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Ngô Thị Thanh Thảo"), "KTHT", code="000.00.63.H36",
)  # fmt: skip
ISLAND_PHU_QUY = Agency(
    "Ủy ban nhân dân đặc khu Phú Quý", "", "UBND", "Phú Quý", "vanthu@phuquy.lamdong.example.gov.vn",
    Signer(("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Huỳnh Tấn Lực"), "KT", code="000.00.64.H36",
)  # fmt: skip
HONEY_COMPANY = Agency(
    "Công ty TNHH Ong và Dược liệu Tuy Đức", "", "CTY", "Tuy Đức", "kinhdoanh@ongtuyduc.example.vn",
    Signer(("GIÁM ĐỐC",), "Lưu Thị Hạnh"), "KT",
)  # fmt: skip
