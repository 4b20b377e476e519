"""Where devices can be remembered, and the words where they can't."""

import pytest

from config.public_address import device_fault, host_of


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://vanthu.skhcn.lamdong.gov.vn", ""),
        ("https://vanthu.skhcn.lamdong.gov.vn:8443", ""),
        ("https://vanthu", ""),
        ("http://localhost:8360", ""),
        ("http://vanthu.skhcn.lamdong.gov.vn", "không dùng HTTPS"),
        ("http://localhost.evil.example", "không dùng HTTPS"),
        ("https://10.0.0.5", "địa chỉ số (10.0.0.5)"),
        ("https://[::1]:8360", "địa chỉ số (::1)"),
        ("http://127.0.0.1:8360", "địa chỉ số (127.0.0.1)"),
        ("vanthu.skhcn.lamdong.gov.vn", "địa chỉ số"),
        ("https://[", "địa chỉ số"),
        ("", "địa chỉ số"),
    ],
)
def test_devices_are_remembered_at_names_with_https(origin: str, words: str) -> None:
    fault = device_fault(origin)
    assert words in fault if words else fault == ""


def test_the_host_is_the_name_alone() -> None:
    assert host_of("https://Vanthu.skhcn.lamdong.gov.vn:8443") == "vanthu.skhcn.lamdong.gov.vn"
