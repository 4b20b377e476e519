"""Why a letter is held or left out, by the rule's short name, in sentences for people."""

from functools import cache

from config.vocabulary import vocabulary

HELD = {
    "unreadable_error": "Thư hỏng hoặc sai cấu trúc, máy không đọc được",
    "unreadable_time": "Đọc thư quá lâu, máy đã dừng",
    "unreadable_memory": "Đọc thư tốn quá nhiều bộ nhớ, máy đã dừng",
    "unreadable_disk": "Không đủ chỗ trên đĩa để đọc thư",
    "unreadable_crash": "Chương trình đọc thư gặp lỗi giữa chừng",
    "hold": "Máy chưa xếp được thư này",
    "too_large": "Thư lớn hơn giới hạn cho phép, còn nguyên ở hộp thư",
    "not_given": "Máy chủ thư không trả nội dung thư này, thư còn nguyên ở hộp thư",
    "locked_archive": "Tệp nén có mật khẩu",
    "locked_file": "Tệp có mật khẩu",
    "archive_limits": "Tệp nén hay gói quá nhiều tệp, quá sâu hoặc quá lớn khi bung",
    "two_in_one": "Tệp vừa là PDF hay ảnh vừa là tệp nén: mỗi phần mềm mở ra một nội dung khác",
    "too_many_files": "Thư có quá nhiều tệp",
    "link_only": "Thư chỉ có đường liên kết tải tệp, chưa có tệp",
    "hoi_don_thu": "Có thể là đơn thư khiếu nại, tố cáo, kiến nghị",
    "phieu_chuyen_don": "Phiếu chuyển đơn của cơ quan khác",
    "hoi_mot_cua": "Có thể là hồ sơ thủ tục hành chính của bộ phận một cửa",
    "hoi_quang_cao": "Có thể là thư quảng cáo",
    "body_only": "Thư không có tệp văn bản",
    "body_only_state": "Thư của cơ quan nhà nước nhưng không có tệp văn bản",
    "secret_stamp": "Có thể có dấu độ mật",
    "secret_found_later": "Đọc toàn văn thấy dấu hiệu tài liệu mật; văn bản đã gỡ, đây là bản gốc niêm phong",
    "virus": "Có vi-rút",
    "virus_unscanned": "Chưa quét được vi-rút: chương trình quét không trả lời",
}
LEFT_OUT = {
    "secret_stamp": "Có dấu độ mật trên văn bản",
    "content_removed": "Nội dung thư này đã gỡ khỏi hệ thống trước đó",
    "secret_package": "Gói edXML ghi độ mật",
    "secret_line": "Dòng ghi độ mật trong thư",
    "secret_field": "Ghi «Độ mật:» trong thư",
    "secret_subject": "Tiêu đề thư ghi độ mật",
    "secret_file_name": "Tên tệp ghi độ mật",
    "secret_code": "Số, ký hiệu của văn bản mật",
    "don_thu": "Đơn thư của công dân",
    "mot_cua": "Hồ sơ thủ tục hành chính, nộp tại bộ phận một cửa",
    "quang_cao": "Quảng cáo, thư gửi hàng loạt",
}
_NOTICES = {
    "report": "Báo gửi được hay không, báo đã đọc", "receipt_in_prose": "Trả lời đã nhận văn bản",
    "edxml_status": "Trạng thái xử lý văn bản, gói edXML", "edxml_recall": "Nơi gửi thu hồi văn bản, gói edXML",
    "auto_reply": "Trả lời tự động", "quang_cao": "Quảng cáo, thư gửi hàng loạt",
    "ignore": "Không phải văn bản",
}  # fmt: skip
CATEGORIES = {
    "bi_mat": "Nghi bí mật nhà nước", "don_thu": "Đơn thư", "mot_cua": "Hồ sơ một cửa",
    "khong_chinh_thuc": "Không chính thức",
}  # fmt: skip


def held(rule: str) -> str:
    """Why a letter is held. What this table does not know is a sign of a secret, or says its own name."""
    if rule in HELD:
        return HELD[rule]
    if rule.startswith("secret") or rule in _signs_of_a_secret():
        return "Có dấu hiệu của tài liệu mật, cần người xem"
    return f"Máy chưa xếp được thư này (quy tắc {rule})"


def notice(outcome: str, rule: str) -> str:
    """What kind of letter without a document it is."""
    return _NOTICES.get(rule) or _NOTICES.get(outcome, outcome)


@cache
def _signs_of_a_secret() -> frozenset[str]:
    rules = vocabulary("screening")["rule"]
    return frozenset(rule["name"] for rule in rules if rule["category"] == "secret")


def left_out(category: str, rule: str) -> str:
    """Why a letter was left out."""
    if rule in LEFT_OUT:
        return LEFT_OUT[rule]
    return "Có dấu hiệu bí mật nhà nước" if category == "bi_mat" else f"Quy tắc {rule}"
