"""The words by which parts of a document are known. Applied to lines in `core.text.normal` or folded form."""

import re

# Folded anchors of the right head (ô 1), state and Party.
STATE_MOTTO = "cong hoa xa hoi chu nghia"  # "VIỆT NAM" falls to the next line in narrow columns
PARTY_MOTTO = "dang cong san viet nam"
MOTTO_BELOW = "doc lap"

SECRECY = {"MẬT": "mat", "TỐI MẬT": "toi_mat", "TUYỆT MẬT": "tuyet_mat"}
URGENCY = {"KHẨN": "khan", "THƯỢNG KHẨN": "thuong_khan", "HỎA TỐC": "hoa_toc", "HỎA TỐC HẸN GIỜ": "hoa_toc"}
# A stamp is a line of its own in capitals, frame characters around it allowed: never "MẬT ONG", "khẩn trương".
STAMP = re.compile(
    r"^[\W_]*(?P<word>TUYỆT\s*MẬT|TỐI\s*MẬT|MẬT|HỎA\s*TỐC\s*HẸN\s*GIỜ|HỎA\s*TỐC|THƯỢNG\s*KHẨN|KHẨN)"
    r"(?P<hour>\s+(?:TRƯỚC\s+)?\d{1,2}\s*(?:GIỜ|giờ|h|:).*)?[\W_]*$"
)

# The appearance text of digital signatures and the marks of programs: no part of the document.
SIGNATURE_MARK = re.compile(
    r"ký bởi|người ký|ký số|thời gian ký|ngày ký|digitally signed|signature valid|^email|^cơ quan\s*:|"
    r"\S@[^\s@]{1,255}\.\S|\d{1,2}:\d{2}:\d{2}|^[+-]\d\d:\d\d$",
    re.IGNORECASE,
)

# What stands under an office and is no name: a blank number; where enterprises are and how to reach them.
CONTACT = re.compile(
    r"^\W{0,20}(?:số\s*(?:nhà\s*)?[:.…_\d]|\d+[A-Za-z]?(?:/\d+)*,?\s+[^\W\d]|(?:địa chỉ|đ/c|trụ sở|điện thoại|đt|tel|"
    r"fax|mst|mã số thuế|e-?mail|website|web|hotline|tổng đài)\b\W|.*\b0\d{2,3}[. ]\d{3,4}[. ]\d{3,4}\b)",
    re.IGNORECASE,
)

LABEL = re.compile(r"(?:^|\s)(?:luật\s+)?s[ốôoó]\s*[:.;]?(?=[\s\d….:/_]|$)", re.IGNORECASE)
# Words between the figures; figures alone ("Hà Nội, ngày 26/04/2020") only behind a place, with nothing after them.
PLACE_AND_DATE = re.compile(
    r"ngày\W*\d{0,2}\W*tháng\W*\d{0,2}\W*năm|"
    r"^\W*[^\W\d][^\d]{1,60},\s*ngày\s*\d{1,2}\s*(?P<sep>[/.-])\s*\d{1,2}\s*(?P=sep)\s*(?:19|20)\d\d\W*$",
    re.IGNORECASE,
)

# What a date that the column was too narrow for goes on with in the next line.
DATE_GOES_ON = re.compile(r"^(?:\d{1,2}\s+)?(?:tháng\s+\d{1,2}\s+)?(?:năm\s+)?(?:19|20)\d\d\W*$", re.IGNORECASE)

LETTER_SUBJECT = re.compile(r"^\W*(?:v\s*/\s*v|về\s+việc|về\s+v/v)(?=\W|$)\s*[:.]?\s*", re.IGNORECASE)
ABOUT = re.compile(r"^(?:v\s*/\s*v|về\s+việc)(?=\W|$)\s*[:.]?\s*", re.IGNORECASE)

# What ends a trích yếu (folded): addressees, rules, numbered parts, and, where the line begins with a
# capital, the body's usual first words. In small letters the same words go on with the sentence.
AFTER_SUBJECT = re.compile(
    r"^(?:\W*kinh (?:gui|moi)\b|i\.|1\.|[-_*.]{3,}|noi nhan|du thao(?: lan(?: thu)? \w+)?\W*$|.{4,120}\bdien\s*:)"
)
BODY_BEGINS = re.compile(
    r"^(?:can cu|thuc hien|theo|xet|thi hanh|ngay \d|trong|sau khi|phuc dap|tra loi|tren co so|qua|hom nay|"
    r"dieu \d|chuong [ivx\d]|phan [ivx\d]|vua qua|hien nay|tran trong|"
    r"(?:so|bo|uy ban nhan dan|ubnd|ban|hoi dong|cuc|chi cuc|van phong)\b.*"
    r"\b(?:nhan duoc|kinh moi|thong bao|bao cao|de nghi|ban hanh|tran trong|to chuc))\b"
)

# The same with their marks: without them "Đề án …" and "Nhâm Dần" would end a trích yếu.
BODY_BEGINS_SO = re.compile(r"^(?:để|nhằm)\b", re.IGNORECASE)

# Some fonts' joined letters come out of the text layer twice ("Nơi ơ nhận").
RECIPIENTS = re.compile(r"^\W*nơi\s+(?:ơ\b|nhận\b)", re.IGNORECASE)
ADDRESSED_TO = re.compile(r"^\W*kính\s+gửi\s*[:;]?\s*", re.IGNORECASE)
AUTHORITY = re.compile(r"^(?:T\s*[./]?\s*M|K\s*[./]?\s*T|T\s*[./]?\s*L|T\s*[./]?\s*U\s*[./]?\s*Q|Q)\s*[./]\s*\S")
# Who signs minutes, and contracts (folded).
PRESIDES, TAKES_MINUTES = re.compile(r"\bchu (?:toa|tri)\b"), re.compile(r"\bthu ky\b")
PARTY = re.compile(r"\bben (?:[ab]|thu (?:nhat|hai)|giao|nhan|mua|ban|thue|cho thue)\b")
# Parts of leaders' titles (folded) by which a line of the signature block is known not to be a name.
TITLE_WORDS = re.compile(
    r"\b(?:giam doc|chu tich|chanh|pho|truong|bo truong|thu truong|cuc|vu|bi thu|thuong truc|hieu truong|"
    r"vien truong|tong|thu tuong|nguoi|ban|hoi dong|uy ban|so|to truong|chi huy|tu lenh|ke toan|thu ky|"
    r"dai dien|chu toa|quyen|phu trach|uy vien|thay mat|doan|chanh an|dang uy)\b"
)
DEGREE = re.compile(
    r"^(?:(?:GS|PGS|TSKH|TS|ThS|BS|BSCKI{1,2}|CKI{1,2}|KS|CN|LS|"
    r"Bác sĩ|Kỹ sư|Luật sư|Tiến sĩ|Thạc sĩ|Đại tá|Thượng tá|Trung tá|"
    r"Thiếu tá|Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại úy|Ông|Bà)\s*[.:]?\s*)+(?=\S)"
)
