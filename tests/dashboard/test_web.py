"""What addresses and hidden fields carry, read in one way by all pages."""

import pytest

from dashboard.web import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("0042", 42), ("999999999", 999_999_999), ("9999999999", None), ("", None), ("-1", None), ("1.5", None),
     (" 1", None), ("٣", None), ("²", None), ("1e3", None), ("1\0", None)],
)  # fmt: skip
def test_a_rows_id_is_a_number_that_every_database_takes(text: str, number: int | None) -> None:
    assert whole_number(text) == number
