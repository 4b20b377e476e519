"""Text that comes piece by piece, with marks for paragraphs, cells and rows, gathered into blocks."""

from ingest.reading.layout import Block, Paragraph, Row

LONGEST_BOX = 60  # letters; longer texts in drawn boxes are no stamps
_MOST_PIECES = 50_000  # of one paragraph or row; beyond that nothing is taken in


class Blocks:
    """Blocks as they become complete: `take` hands them over and forgets them."""

    def __init__(self) -> None:
        self._done: list[Block] = []
        self._text: list[str] = []
        self._boxes: list[str] = []
        self._cell: list[Paragraph] = []
        self._cells: list[tuple[Paragraph, ...]] = []
        self._pieces = 0

    def take(self) -> list[Block]:
        """The blocks that are complete."""
        done, self._done = self._done, []
        return done

    @property
    def is_begun(self) -> bool:
        """Whether the current paragraph has words."""
        return any(not text.isspace() for text in self._text)

    def write(self, text: str) -> None:
        """Go on with the current paragraph."""
        if self._pieces < _MOST_PIECES:
            self._text.append(text)
            self._pieces += 1

    def box(self, text: str) -> None:
        """A text drawn beside the current paragraph; a stamp is short."""
        if 0 < len(text.strip()) <= LONGEST_BOX:
            self._boxes.append(text.strip())

    def end_paragraph(self, how: str, *, in_table: bool) -> None:
        """The current paragraph ends; it is a part of the current cell if `in_table`."""
        paragraph = Paragraph("".join(self._text), how, tuple(self._boxes))
        self._text, self._boxes = [], []
        if in_table:
            if self._pieces < _MOST_PIECES:
                self._cell.append(paragraph)
                self._pieces += 1
            return
        self.end_row()
        self._done.append(paragraph)
        self._pieces = 0

    def end_cell(self) -> None:
        """The current cell ends."""
        if self._pieces < _MOST_PIECES:
            self._cells.append(tuple(self._cell))
            self._pieces += 1
        self._cell = []

    def end_row(self) -> None:
        """The current row ends, with what its cells hold; harmless outside a table."""
        if self._cell:
            self.end_cell()
        if self._cells:
            self._done.append(Row(tuple(self._cells)))
        self._cells, self._pieces = [], 0

    def end(self, how: str) -> None:
        """The text ends, in whatever it stands."""
        if self._text:
            self.end_paragraph(how, in_table=bool(self._cell or self._cells))
        self.end_row()
