"""What intake noticed, as the clerk reads it."""

from typing import Any

import pytest
from desk_papers import Paper, lay, open_book

from dashboard.incoming import notes
from dashboard.web import Office
from ingest.noting import OF_FILES, OF_LETTERS

OF_SENDERS = ("name_pretends", "domain_lookalike", "reply_elsewhere", "sender_private")
OTHERS = ("signs_nothing_here", "mail_signature_broken", *(f"{code}:ten tep.docm" for code in OF_SENDERS))


@pytest.mark.parametrize("code", [*(f"{code}:ten tep.docm" for code in OF_FILES), *OF_LETTERS, *OTHERS])
def test_every_code_of_intake_has_words(code: str) -> None:
    assert notes.in_words(code) != code
    assert notes.in_short(code) != code
    assert ":" not in code or "«ten tep.docm»" in notes.in_words(code)


def test_macros_and_doubts_stand_on_the_draft(signed_in: Any, office: Office) -> None:
    open_book(office, 1)
    name = 'macro:"><script>alert(1)</script>.docm'
    draft = lay(office, Paper(1, notes=(name, "subject_twice", "too_large_inside")), received_at=office.clock())
    page = signed_in("lan").get(f"/den/{draft}").text
    assert "<script>alert" not in page
    for words in ("Không bật macro", "có hai tiêu đề khác nhau", "bung ra quá lớn", "hai tiêu đề</span>", "có macro"):
        assert words in page
