from datetime import UTC, date, datetime

import pytest

from core.edxml import Author, Kind, Reference, Status, read_package, write_status

AT = datetime(2026, 6, 4, 17, 2, 10, tzinfo=UTC)  # past midnight in the office
ABOUT = Reference("000.00.99.H16,2026/06/04,63/SMA-VP", "63/SMA-VP", date(2026, 6, 4), "000.00.99.H16")
AUTHOR = Author("000.00.98.H16", "UBND tỉnh Mẫu", "Sở Mẫu B", "vanthu@so-b.example", "Văn phòng", "Văn thư B")


@pytest.mark.parametrize("status", list(Status))
def test_our_own_reader_reads_a_status_that_we_wrote(status: Status) -> None:
    read = read_package(write_status(status, ABOUT, AUTHOR, "Đã vào sổ văn bản đến số 512", at=AT))
    assert (read.kind, read.status_code, read.said) == (Kind.STATUS, status.value, "Đã vào sổ văn bản đến số 512")
    assert read.said_at == "2026/06/05 00:02:10"
    assert (read.organ_id, read.organ_name, read.parent_organ_name) == ("000.00.98.H16", "Sở Mẫu B", "UBND tỉnh Mẫu")
    assert read.answers == (ABOUT,)
    assert read.is_whole


def test_a_reason_breaks_no_status_message() -> None:
    reason = 'Sai nơi nhận: "A & B" <c> </edXML:Description>\0\x1b\ud800'
    read = read_package(write_status(Status.RETURNED, Reference(code="1/A&B"), AUTHOR, reason, at=AT))
    assert read.said == 'Sai nơi nhận: "A & B" <c> </edXML:Description>'
    assert read.answers[0].code == "1/A&B"
    assert read.is_whole
