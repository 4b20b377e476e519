"""Files that are not to be opened: warned of, never shown, handed out only on purpose."""

from typing import Any

import pytest
from desk_papers import Paper, add_file, lay, open_book
from starlette.testclient import TestClient

from dashboard.web import Office

VIRUS = "virus:Win.Test.Eicar"


@pytest.fixture
def lan(signed_in: Any, office: Office) -> TestClient:
    open_book(office)
    browser: TestClient = signed_in("lan")
    return browser


def test_of_a_letter_with_a_virus_nothing_is_shown_and_the_virus_is_named(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1, notes=(VIRUS,)), received_at=office.clock())
    page = lan.get(f"/den/{draft}").text
    for words in ("Thư có vi-rút «Win.Test.Eicar»", "có vi-rút</span>", "Thư này có vi-rút: Win.Test.Eicar"):
        assert words in page
    assert f'"/tep/{draft}/1"' not in page and "về để xem" not in page and "<img" not in page
    assert lan.get(f"/trang/{draft}/1/1.png").status_code == 404
    assert lan.get(f"/trang/{draft}/1/1.json").status_code == 404
    refused = lan.get(f"/tep/{draft}/1")
    assert refused.status_code == 409 and "có vi-rút" in refused.text
    assert lan.get(f"/tep/{draft}/1?van-tai=1").content.startswith(b"%PDF")


def test_a_program_is_warned_of_in_one_voice_and_its_neighbours_are_shown(lan: Any, office: Office) -> None:
    draft = lay(office, Paper(1, notes=("program:1235.exe",)), received_at=office.clock())
    add_file(office, draft, "1235.exe", b"MZ\x90\x00", "application/x-msdownload")
    page = lan.get(f"/den/{draft}?tep=2").text
    assert page.count("Không mở, báo quản trị kỹ thuật") == 2 and "về để xem" not in page
    assert f'"/tep/{draft}/2"' not in page and f'"/tep/{draft}/1"' in page
    assert "<img" in lan.get(f"/den/{draft}").text
    assert lan.get(f"/tep/{draft}/2?van-tai=1").content == b"MZ\x90\x00"
