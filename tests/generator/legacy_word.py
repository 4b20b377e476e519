"""Papers as Word 97-2003 files, which LibreOffice makes from their DOCX: the one format not written here."""

import shutil
import subprocess
import tempfile
from pathlib import Path


def docs_of(documents: dict[str, bytes]) -> dict[str, bytes]:
    """The DOCX files of `documents`, by name, as DOC; one start of LibreOffice for all, some ten seconds.

    Raises RuntimeError where LibreOffice is missing or leaves one out.
    """
    office = shutil.which("soffice")
    if office is None:
        raise RuntimeError("DOC files need LibreOffice (soffice)")
    with tempfile.TemporaryDirectory(prefix="generator-doc-") as name:
        folder = Path(name)
        for stem, data in documents.items():
            (folder / f"{stem}.docx").write_bytes(data)
        words = [office, f"-env:UserInstallation=file://{name}/profile", "--headless", "--convert-to", "doc"]
        subprocess.run(
            [*words, "--outdir", name, *map(str, sorted(folder.glob("*.docx")))], check=True, capture_output=True
        )
        made = {stem: folder / f"{stem}.doc" for stem in documents}
        if missing := [stem for stem, path in made.items() if not path.is_file()]:
            raise RuntimeError(f"LibreOffice left out {', '.join(missing)}")
        return {stem: path.read_bytes() for stem, path in made.items()}
