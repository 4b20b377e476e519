"""Leaving nothing in the index of what was removed (promise 4).

FTS5 writes a deletion as a new entry; the words go only when the parts of the index are merged. That is done after the
removal has committed, in small steps, and begun again after a kill: a fact of the office says it is due. PostgreSQL
keeps dead rows until VACUUM (docs/install.md).
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.db import Database
from core.office import OfficeFact

_FACT = "index_to_be_merged"
_STEP_PAGES = 500  # of 4 kB, merged in one transaction: some 10 ms


def ask(session: Session) -> None:
    """Note, in the removal's own transaction, that the index still has the words."""
    if session.get_bind().dialect.name != "sqlite":
        return
    fact = session.get(OfficeFact, _FACT)
    if fact is None:
        session.add(OfficeFact(name=_FACT, value={"asked": 1}))
    else:
        fact.value = {"asked": fact.value["asked"] + 1}
    session.flush()


def merge(database: Database) -> bool:
    """Merge the index until nothing removed is left in it, others writing in between; False when it was not due."""
    due = _asked(database)
    while (asked := _asked(database)) is not None:
        step = -_STEP_PAGES  # negative: begin with all parts of the index, as «optimize» does in one go
        while _merge_some(database, step):
            step = _STEP_PAGES
        with database.writing(background=True) as session:
            fact = session.get(OfficeFact, _FACT)
            if fact is not None and fact.value["asked"] == asked:  # else something was removed meanwhile
                session.delete(fact)
    return due is not None


def _asked(database: Database) -> int | None:
    with database.reading() as session:
        fact = session.get(OfficeFact, _FACT)
        return fact.value["asked"] if fact is not None else None


def _merge_some(database: Database, pages: int) -> bool:
    """One step; False when it found nothing more to do (sqlite.org/fts5.html, "The 'merge' command")."""
    with database.writing(background=True) as session:
        connection = session.connection()
        before = _changes(connection)
        connection.execute(sa.text("INSERT INTO fts_rows(fts_rows, rank) VALUES ('merge', :pages)"), {"pages": pages})
        return _changes(connection) - before >= 2


def _changes(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())
