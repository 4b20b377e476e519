"""What is wrong with a setting, in words."""

from typing import Any


def sentence(fault: dict[str, Any]) -> str:
    """One fault as pydantic tells it, in Vietnamese: the key, the value, and what is allowed."""
    key = ".".join(str(part) for part in fault["loc"]) or "(toàn tệp)"
    if fault["type"] == "extra_forbidden":
        return f"Khóa «{key}» không có trong cấu hình. Xem các khóa được dùng trong config/example.toml."
    if fault["type"] == "missing":
        return f"Thiếu khóa «{key}»."
    return f"Khóa «{key}» có giá trị {fault.get('input')!r} không dùng được: {_allowed(fault)}."


def _allowed(fault: dict[str, Any]) -> str:
    limits = fault.get("ctx", {})
    bounds = {
        "ge": "nhỏ nhất {}", "le": "lớn nhất {}", "expected": "chỉ nhận {}", "pattern": "theo mẫu {}",
        "min_length": "ít nhất {} phần tử hay ký tự",
    }  # fmt: skip
    for name, words in bounds.items():
        if name in limits:
            return words.format(str(limits[name]).replace(" or ", " hoặc "))
    if fault["type"].startswith(("int_", "float_")):
        return "cần một số nguyên"
    if fault["type"].startswith("bool_"):
        return "chỉ nhận true hoặc false"
    if fault["type"].startswith("date_"):
        return "cần một ngày theo dạng 2026-01-31"
    if "error" in limits:
        return str(limits["error"])
    return "sai kiểu giá trị"
