"""Every reason for holding a letter that intake knows is said in words and has somebody who decides."""

import re
from pathlib import Path

import pytest

from core.people import Role
from core.rights import may_open_held
from core.sandbox import Failure
from dashboard import reasons

_INTAKE = Path(__file__).parents[2] / "ingest"
_SCREENING = re.compile(r'Outcome\.HOLD, \(Reason\("(\w+)"')


def _of_screening() -> set[str]:
    return set(_SCREENING.findall((_INTAKE / "screening.py").read_text()))


@pytest.mark.parametrize("failure", Failure)
def test_a_letter_that_could_not_be_read_is_the_clerk_s_to_decide(failure: Failure) -> None:
    assert f"unreadable_{failure}" in reasons.HELD
    assert may_open_held({Role.CLERK}, f"unreadable_{failure}")


@pytest.mark.parametrize("reason", ["too_large", "not_given"])
def test_a_letter_left_in_its_mailbox_is_the_clerk_s_to_decide(reason: str) -> None:
    assert f'"{reason}"' in (_INTAKE / "watcher.py").read_text()
    assert "còn nguyên ở hộp thư" in reasons.held(reason)
    assert may_open_held({Role.CLERK}, reason)


def test_every_reason_of_screening_is_said_in_words() -> None:
    assert {"too_many_files", "archive_limits"} <= _of_screening()
    assert _of_screening() <= reasons.HELD.keys()
    assert "quy tắc" in reasons.held("chưa_ai_biết")
