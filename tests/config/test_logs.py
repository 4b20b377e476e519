"""The log: one line a fact."""

import io
import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal

import pytest
import structlog

from config import logs
from config.settings import LogSettings


@pytest.fixture
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("root_logger")
def test_a_fact_is_one_line_of_keys_and_values() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), "ingest", stream)
    structlog.get_logger("test").info("taken_in", uid=7, mailbox="van-thu", detail="a b\nc")
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert line.endswith('level=info service=ingest event=taken_in uid=7 mailbox=van-thu detail="a b\\nc"\n') or (
        "service=ingest event=taken_in" in line and "uid=7" in line and 'detail="a b\\nc"' in line
    )


@pytest.mark.usefixtures("root_logger")
def test_a_line_may_be_json() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(format="json"), "dashboard", stream)
    structlog.get_logger("test").warning("thư đến", số=3)
    found = json.loads(stream.getvalue())
    assert (found["event"], found["service"], found["level"], found["số"]) == ("thư đến", "dashboard", "warning", 3)


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("form", ["keyvalue", "json"])
def test_what_a_stranger_says_is_no_control_character_in_the_log(form: Literal["keyvalue", "json"]) -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(format=form), "ingest", stream)
    said = "a\0b\x1b[31m\x9b\u202e\ud800\r\nc"
    structlog.get_logger("test").warning("said", words=said)
    logging.getLogger("some.library").warning("said %s", said)
    lines = stream.getvalue().encode()
    assert lines.count(b"\n") == 2
    assert lines.count(b"x00b") == 2
    assert not set(lines) & ({*range(32), 127} - {10})
    assert "\u202e" not in lines.decode()


@pytest.mark.usefixtures("root_logger")
def test_a_library_that_was_silenced_stays_so() -> None:
    stream = io.StringIO()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    logs.configure(LogSettings(level="debug"), "ingest", stream)
    logging.getLogger("mail.log").warning("unrecognised: %s", "words of a letter")
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("root_logger")
def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(level="warning"), "run", stream)
    structlog.get_logger("test").info("quiet")
    logging.getLogger("some.library").info("quiet")
    logging.getLogger("imapclient").debug("LOGIN user secret")
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("root_logger")
def test_libraries_that_quote_mail_are_kept_quiet_even_when_debugging() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(level="debug"), "ingest", stream)
    logging.getLogger("imapclient.imaplib").debug("LOGIN user secret")
    logging.getLogger("mail.log").info("words of a letter")
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("root_logger")
def test_a_bug_keeps_its_traceback_in_one_line() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), "ingest", stream)
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger("test").exception("bug", uid=9)
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert "RuntimeError: broken" in line


@pytest.mark.usefixtures("root_logger")
def test_a_line_that_the_disk_refuses_is_left_out_without_a_trace(capfd: pytest.CaptureFixture[str]) -> None:
    with suppress(OSError), open(os.open("/dev/full", os.O_WRONLY), "w", buffering=1) as full:  # noqa: PTH123
        logs.configure(LogSettings(), "ingest", full)
        structlog.get_logger("test").info("swept", files=2)
    assert capfd.readouterr().err == ""
