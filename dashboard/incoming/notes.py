"""What intake noticed about a draft, by its short codes, in words that say what to do."""

_NOTES = {
    "stamp_unread": "Bản quét, máy chưa đọc được chữ và dấu. Nhập theo trang văn bản, xem có dấu mật, dấu khẩn không",
    "number_blank": "Máy không thấy số của văn bản, chỉ thấy ký hiệu. Xem số trên trang",
    "locked": "Tệp có mật khẩu, máy không mở được. Xin mật khẩu nơi gửi rồi mở ngoài",
    "damaged": "Tệp hỏng, máy không mở được. Đề nghị nơi gửi lại",
}
_SHORT = {
    "stamp_unread": "chưa đọc được dấu", "number_blank": "chưa thấy số", "locked": "tệp có mật khẩu",
    "damaged": "tệp hỏng",
}  # fmt: skip


def in_words(note: str) -> str:
    """A note as the form says it; one that is words already stays as it is."""
    return _NOTES.get(note, note)


def in_short(note: str) -> str:
    """A note as a row of the queue says it."""
    return _SHORT.get(note, note)
