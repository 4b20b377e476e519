"""Reading mails from their bytes."""

from pathlib import Path

import pytest
from mail_parts import Reader

from ingest.letter import Letter
from ingest.mime import read_letter


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads a mail from its bytes; its parts lie in a fresh folder."""

    def reader(data: bytes) -> Letter:
        folder = tmp_path / f"parts-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        mail = tmp_path / f"{folder.name}.eml"
        mail.write_bytes(data)
        return read_letter(mail, folder)

    return reader
