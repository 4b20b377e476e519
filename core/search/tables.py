"""The tables of search: what each stored file says, and the words of each document.

The full-text index itself stands beside them, made by the migration and named `fts_…`: on SQLite an FTS5 table that
triggers keep equal to `search_rows`, on PostgreSQL two tsvector columns of `search_rows` with GIN indexes.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

PAGE_BREAK = "\f"


class TextState(StrEnum):
    """How far the reading of a file's full text has come."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"  # given up, until another version of the program tries


class FileText(Base):
    """The full text of one stored content; a waiting row is the request to read it.

    `newest` is the id of the newest document that named it when it was asked for: newest first. `text` has the
    pages parted by form feeds, "" where there are none to read. `how` is text, ocr or mixed; `unread_pages` counts
    pages that are pictures nobody has read. `problem` is why the last try failed; `try_at` when the next may begin.
    `program` is the version that read it or gave up.
    """

    __tablename__ = "file_texts"
    __table_args__ = (sa.Index("ix_file_texts_waiting", "state", "newest"),)

    sha256: Mapped[str] = mapped_column(sa.ForeignKey("files.sha256"), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(8), default=TextState.WAITING)
    newest: Mapped[int] = mapped_column(sa.BigInteger)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    pages: Mapped[int] = mapped_column(default=0)
    unread_pages: Mapped[int] = mapped_column(default=0)
    how: Mapped[str] = mapped_column(sa.String(8), default="")
    problem: Mapped[str] = mapped_column(sa.String(24), default="")
    tries: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    program: Mapped[str] = mapped_column(sa.String(24), default="")


class SearchRow(Base):
    """The words of one document and its files, as `core.search.words` makes them: with marks, and folded."""

    __tablename__ = "search_rows"

    incoming_id: Mapped[int] = mapped_column(sa.ForeignKey("incoming.id"), primary_key=True, autoincrement=False)
    exact: Mapped[str] = mapped_column(sa.Text)
    folded: Mapped[str] = mapped_column(sa.Text)
