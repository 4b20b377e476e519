"""A mail room whose senders are answered."""

from pathlib import Path
from typing import Any

import pytest
from answer_desk import AnswerDesk

from core.files import FolderStore


@pytest.fixture
def desk(office: Any, tmp_path: Path) -> AnswerDesk:
    return AnswerDesk(office, FolderStore(tmp_path / "files"))
