"""Which files of a document are not to be opened: all of a letter with a virus, and programs. By the draft's notes."""

from collections.abc import Iterable

VIRUS = "virus"  # "virus:Win.Test.Eicar": what the scanner found in the letter that a person let in all the same
PROGRAM = "program"  # "program:1235.exe"
UNSCANNED = "virus_unscanned"
OF_LETTER = (VIRUS, UNSCANNED)  # notes that hold for every file of the letter, wherever it goes


def virus_in(notes: Iterable[object]) -> str:
    """The name of the virus that a document's notes speak of, "" when there is none."""
    return next((name for code, _, name in (str(note).partition(":") for note in notes) if code == VIRUS), "")


def danger_of(notes: Iterable[object], file_name: str) -> str:
    """Why a file is not shown and only deliberately handed out: VIRUS, PROGRAM or ""."""
    said = [str(note) for note in notes]
    if virus_in(said):
        return VIRUS
    return PROGRAM if f"{PROGRAM}:{file_name}" in said else ""


def of_letter(notes: Iterable[object]) -> list[str]:
    """Those notes that go with every file of the letter."""
    return [str(note) for note in notes if str(note).partition(":")[0] in OF_LETTER]
