"""The database's door: what it says when something is wrong."""

import resource
import time
from typing import Any

import pytest
import sqlalchemy as sa

from core.errors import Temporary
from core.incoming.tables import Incoming


def test_an_error_of_the_database_does_not_quote_what_was_to_be_written(office: Any) -> None:
    # A traceback goes to the log, and the log must not say what a letter says.
    with pytest.raises(sa.exc.IntegrityError) as told, office.database.writing() as session:
        session.execute(sa.insert(Incoming).values(id=1, secrecy="mat", subject="KHOA-BI-MAT", origin="mail"))
    assert "KHOA-BI-MAT" not in str(told.value)
    assert "incoming" in str(told.value), "but it names the statement"


def test_emptying_the_log_does_not_make_writers_wait_for_a_long_reader(office: Any) -> None:
    if not office.database.is_sqlite:
        return
    with office.database.reading() as session:
        session.execute(sa.select(Incoming.id)).all()
        office.draft()
        began = time.monotonic()
        assert not office.database.forget()
        assert time.monotonic() - began < 8
    assert office.database.forget()


def test_a_disk_that_fails_while_the_log_is_emptied_is_said_in_words(office: Any) -> None:
    if not office.database.is_sqlite:
        return
    office.draft()
    longest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, longest[1]))  # what is written beyond fails as on a bad disk
    try:
        with pytest.raises(Temporary):
            office.database.forget()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, longest)
    assert office.database.forget()
