"""The scorer of edXML packages says which field is wrong, and fails when one is."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from exchange_packages import Made, Part, package, status

from scripts import package_score

LABELS: dict[str, Any] = {
    "CodeNumber": "63", "CodeNotation": "SMA-VP", "PromulgationDate": "2026/06/04", "Type": "1", "TypeName": "Công văn",
    "Subject": "V/v góp ý dự thảo quy chế mẫu", "FullName": "Nguyễn Văn Mẫu", "Priority": "1", "StatusCode": None,
    "DocumentId": "000.00.99.H36,2026/06/04,63/SMA-VP", "attachments": ["63.doc"], "ResponseFor": False,
}  # fmt: skip
ABOUT = {"PromulgationDate": "2026/06/04", "DocumentId": LABELS["DocumentId"], "StatusCode": "03", "ResponseFor": True}


def score(folder: Path, monkeypatch: pytest.MonkeyPatch, rows: dict[str, Any]) -> int:
    lines = [json.dumps({"file": name, "expect": expect}) for name, expect in rows.items()]
    (folder / "edxml.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["package_score", str(folder)])
    return package_score.main()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = Made(parts=[Part("63.doc", packed=True), Part("x.pdf", encoded="${x}")])
    (tmp_path / "new.edxml").write_text(package(made))
    (tmp_path / "status.edxml").write_text(status("03"))
    (tmp_path / "a.json").write_text("{}")
    return tmp_path


def test_what_is_read_right_scores_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rest = dict.fromkeys(LABELS, None) | {"attachments": []}
    rows = {"new.edxml": LABELS, "status.edxml": rest | ABOUT, "a.json": None}
    assert score(folder, monkeypatch, rows) == 0
    assert "đúng 25 trên 25 trường (100.0%)" in capsys.readouterr().out


@pytest.mark.parametrize("name", LABELS)
def test_each_wrong_field_is_named_and_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert score(folder, monkeypatch, {"new.edxml": LABELS | {name: ["khác"]}}) == 1
    said = capsys.readouterr().out
    assert (said.count("nhãn ghi"), f"new.edxml {name}: " in said) == (1, True)


def test_a_package_taken_for_none_or_the_other_way_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert score(folder, monkeypatch, {"new.edxml": None}) == 1
    assert score(folder, monkeypatch, {"a.json": LABELS}) == 1
