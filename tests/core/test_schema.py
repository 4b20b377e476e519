"""Bringing a database to the program's schema."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core import schema
from core.db import Database
from core.errors import Temporary
from core.tables import METADATA


def _upgraded(url: str) -> schema.Upgrade:
    database = Database(url)
    try:
        return schema.upgrade(database)
    finally:
        database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_upgrades_at_once_do_the_work_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    sqlite = f"sqlite:///{tmp_path / 'office.sqlite3'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(_upgraded, [url] * 3))
    assert sorted(bool(one.steps) for one in done) == [False, False, True]
    schema.open_current(url).close()


def _is_ours(*names: Any) -> bool:
    found = names[0] if isinstance(names[0], str | None) else names[1]
    return not (found or "").startswith(("fts_", "ix_fts_"))


def test_the_migrations_make_exactly_the_tables_of_the_program(database: Database) -> None:
    with database.engine.connect() as connection:
        # The full-text index is the database's own; tests/core/search shows that it follows its table.
        opts = {"compare_type": True, "include_name": _is_ours, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, METADATA) == []


def test_a_database_that_is_not_there_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(schema.NotCurrent, match="congvan upgrade"):
        schema.open_current(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert not (tmp_path / "none.sqlite3").exists()


def test_an_older_database_says_what_to_run(database: Database) -> None:
    with database.writing() as session:
        session.execute(sa.text("DELETE FROM alembic_version"))
    with pytest.raises(schema.NotCurrent, match="congvan upgrade"):
        schema.open_current(database.url.render_as_string(hide_password=False))


def test_a_database_server_that_is_away_is_temporary() -> None:
    with pytest.raises(Temporary, match=r"postgresql\+psycopg://office:\*\*\*@127\.0\.0\.1:9/office"):
        schema.open_current("postgresql+psycopg://office:secret@127.0.0.1:9/office")
