"""Bringing a database to the program's schema."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
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


def test_old_entries_are_found_by_their_codes_and_answers_after_an_upgrade(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    _at_revision(url, "0007")
    said = {"in_reply_to": {"value": "45 /SNV- VP", "confidence": 0.8, "source": "text"}}
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO books (code, name, direction) VALUES ('den', 'Sổ', 'incoming')"))
        blank = dict.fromkeys(
            ("code_number", "code_notation", "issuer", "parent_issuer", "kind", "subject", "signer_name",
             "signer_title", "due_at", "event_at", "event_place", "invited", "remark", "closed_reason"), ""
        )  # fmt: skip
        row = blank | {
            "state": "draft", "version": 1, "origin": "mail", "book_id": 1, "received_at": "2026-06-04 00:00:00",
            "sort_uid": 0, "code": "05/QĐ-UBND", "code_key": "05/qd-ubnd", "urgency": "thuong", "secrecy": "khong",
            "is_dossier_direct": 0, "proposed": json.dumps(said), "notes": "[]", "text_version": 0,
            "indexed_version": 0,
        }  # fmt: skip
        names = ", ".join(row)
        connection.execute(sa.text(f"INSERT INTO incoming ({names}) VALUES (:{names.replace(', ', ', :')})"), row)
    database.close()
    _upgraded(url)
    database = Database(url)
    with database.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT code_key, in_reply_to, reply_key, told_apart FROM incoming")).one()
    database.close()
    assert tuple(found) == ("5/qdubnd", "45 /SNV- VP", "45/snvvp", "[]")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_signed_before_waits_to_be_judged_again(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    _at_revision(url, "0014")
    signature = json.dumps([{"signer": "Nguyễn Văn Mẫu"}])
    at = "2026-06-04 00:00:00"
    database = Database(url)
    with database.engine.begin() as connection:
        for name, signed in (("a", signature), ("b", "[]"), ("c", "[]")):
            row = {"sha256": name * 64, "size": 1, "media_type": "application/pdf", "at": at, "signatures": signed}
            connection.execute(sa.text(
                "INSERT INTO files (sha256, size, media_type, stored_at, signatures) "
                "VALUES (:sha256, :size, :media_type, :at, :signatures)"), row)  # fmt: skip
        for number, signed in ((1, signature), (2, "[]"), (3, "[]")):
            row = {"id": number, "identity": str(number), "raw": "b" * 64, "at": at, "signatures": signed}
            connection.execute(sa.text(
                "INSERT INTO messages (id, identity, raw_sha256, raw_size, mail_class, outcome, subject, sender_name, "
                "sender_address, recipients, received_at, sort_uid, taken_at, body_text, reasons, reports, warnings, "
                "brings_password, signatures) VALUES (:id, :identity, :raw, 1, 'official', 'draft', '', '', '', '[]', "
                ":at, 0, :at, '', '[]', '[]', '[]', false, :signatures)"), row)  # fmt: skip
        for number, signed in ((2, signature), (3, "[]")):
            row = {"id": number, "sha256": "c" * 64, "signatures": signed}
            connection.execute(sa.text(
                "INSERT INTO message_files (message_id, position, name, sha256, media_type, size, inside, is_inline, "
                "warnings, signatures) VALUES (:id, 1, 'a.pdf', :sha256, 'application/pdf', 1, '', false, '[]', "
                ":signatures)"), row)  # fmt: skip
    database.close()
    _upgraded(url)
    database = Database(url)
    with database.engine.connect() as connection:
        asked = sa.text("SELECT sha256, message_id FROM signature_checks WHERE try_at IS NOT NULL ORDER BY id")
        found = [tuple(row) for row in connection.execute(asked)]
    database.close()
    assert found == [("a" * 64, None), (None, 1), (None, 2)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_reading_that_was_revoked_before_is_told_apart_from_one_refused(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    _at_revision(url, "0021")
    at = "2026-06-04 00:00:00"
    decided = (("reading_decided", 1), ("reading_revoked", 1), ("reading_decided", 2),
               ("reading_revoked", 3), ("reading_decided", 3))  # fmt: skip
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if kind == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))  # no foreign keys, as on SQLite here
        connection.execute(sa.text(
            "INSERT INTO events (chain, at, source, act, subject_kind, subject_id, payload, digest, hash) "
            "VALUES ('acts', :at, '', :act, 'incoming', 7, :payload, '', :hash)"),
            [{"at": at, "act": act, "payload": json.dumps({"to": to}), "hash": str(n)}
             for n, (act, to) in enumerate(decided)],
        )  # fmt: skip
        connection.execute(sa.text(
            "INSERT INTO reading_grants (incoming_id, user_id, reason, asked_at, is_granted, answer, decided_at) "
            "VALUES (7, :user, 'đọc', :at, false, 'xong', :at)"),
            [{"user": user, "at": at} for user in (1, 2, 3)],
        )  # fmt: skip
    _upgraded(url)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT user_id, is_revoked FROM reading_grants ORDER BY user_id")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [(1, True), (2, False), (3, False)]


def _at_revision(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    database = Database(url)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    database.close()
