"""Values that travel through the browser come back unread and unchanged, for a while."""

from pathlib import Path
from typing import Any

from dashboard.sealing import KEPT_SECONDS, Seal


def test_a_value_comes_back_until_it_is_too_old(tmp_path: Path, clock: Any) -> None:
    sealed = Seal(tmp_path).close({"reason": "Gửi nhầm"}, at=clock())
    assert Seal(tmp_path).open(sealed, at=clock()) == {"reason": "Gửi nhầm"}, "another process has the same key"
    clock.pass_(seconds=KEPT_SECONDS + 1)
    assert Seal(tmp_path).open(sealed, at=clock()) is None


def test_what_was_changed_or_is_not_ours_is_nothing(tmp_path: Path, clock: Any) -> None:
    seal = Seal(tmp_path)
    sealed = seal.close([1], at=clock())
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    for text in (changed, "", "rác", "é" * 40):
        assert seal.open(text, at=clock()) is None
    (tmp_path / "khac").mkdir()
    assert Seal(tmp_path / "khac").open(sealed, at=clock()) is None


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    Seal(tmp_path)
    assert (tmp_path / "dashboard.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["dashboard.key"]
