"""The right zone: the page picture with the places where values were read."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from core.incoming.tables import FileRole, State
from dashboard.incoming.form import Field
from dashboard.incoming.view import Draft, FileLine
from dashboard.pictures import Outline, outline_of
from dashboard.readings import StoredFile

LISTED_FILES = 100  # more at once are slow to lay out, and nobody reads them


@dataclass(frozen=True, slots=True)
class Place:
    """The box of one field's evidence on the page shown, in fractions of the page."""

    field: str
    label: str
    level: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Pane:
    """What the right zone shows of one file: page `page` of `pages`, or its text, or neither, or that it is lost.

    Of a file that is not to be opened nothing is shown."""

    file: FileLine
    page: int
    pages: int
    paragraphs: tuple[str, ...]
    places: tuple[Place, ...]
    strip: "Strip"
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """The files listed above the page: those around the one shown. `first` and `last` count from 1.

    `before` and `after` are the positions that list the files before and after these, None at the ends.
    """

    files: tuple[FileLine, ...]
    first: int
    last: int
    count: int
    before: int | None
    after: int | None


async def pane_of(request: Request, draft: Draft) -> Pane | None:
    """The pane for the file and page that the address asks for (`tep`, `trang`), else the main file's first.

    None for a draft without files.
    """
    file = chosen_file(draft.files, _number(request.query_params.get("tep")))
    if file is None:
        return None
    outline = Outline(0, ()) if file.danger else await outline_of(request, stored(file))
    page = min(_number(request.query_params.get("trang")) or 1, max(1, outline.pages))
    return Pane(
        file, page, outline.pages, outline.paragraphs, _places(draft, file, page, outline), strip_around(draft, file),
        outline.is_lost,
    )  # fmt: skip


def chosen_file(files: Sequence[FileLine], position: int | None) -> FileLine | None:
    """The file at `position`, else the main one, else the first."""
    ranked = sorted(files, key=lambda file: (file.position != position, file.role != FileRole.MAIN))
    return ranked[0] if ranked else None


def strip_around(draft: Draft, file: FileLine) -> Strip:
    """The part of the draft's files in which `file` stands."""
    start = draft.files.index(file) // LISTED_FILES * LISTED_FILES
    files, count = draft.files[start : start + LISTED_FILES], len(draft.files)
    end = start + len(files)
    before = draft.files[start - 1].position if start else None
    after = draft.files[end].position if end < count else None
    return Strip(files, start + 1, end, count, before, after)


def stored(file: FileLine) -> StoredFile:
    """The file as the page pictures know it."""
    return StoredFile(file.sha256, file.media_type, file.name, file.danger)


def _places(draft: Draft, file: FileLine, page: int, outline: Outline) -> tuple[Place, ...]:
    if not outline.pages or draft.state != State.DRAFT:
        return ()
    read = [field for field in (*draft.form.fields.values(), draft.form.silence) if field and field.mark]
    return tuple(_place(field) for field in read if _stands_on(field, file, page))


def _stands_on(field: Field, file: FileLine, page: int) -> bool:
    mark = field.mark
    return mark is not None and mark.box is not None and (mark.position, mark.page or 1) == (file.position, page)


def _place(field: Field) -> Place:
    assert field.mark and field.mark.box
    x0, y0, x1, y1 = field.mark.box
    room = 0.004  # of the page: the frame stands around the words, not on them
    return Place(
        field.name, field.label, field.mark.level, max(0.0, x0 - room), max(0.0, y0 - room),
        x1 - x0 + 2 * room, y1 - y0 + 2 * room,
    )  # fmt: skip


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 6 else None
