"""The literal reader against a scripted server: answers as servers may give them, and as broken ones do."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ingest.literals import ProtocolError, Stream, fetch_bodies

Script = bytes


@contextmanager
def server(script: Script, *, piece: int = 1 << 20) -> Iterator[tuple[socket.socket, list[bytes]]]:
    """A connection whose other end sends `script` in pieces and closes; what we sent is collected."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    sent: list[bytes] = []

    def play() -> None:
        # The reader hangs up on nonsense before it has come to its end.
        with theirs, suppress(BrokenPipeError):
            for start in range(0, len(script), piece):
                theirs.sendall(script[start : start + piece])

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield ours, sent
    finally:
        ours.close()
        thread.join()


def fetch(script: Script, uids: list[int], folder: Path, *, piece: int = 1 << 20) -> dict[int, bytes | None]:
    """Fetch `uids` from a server that answers with `script`; the bodies as they lie in their files."""
    coming = iter(uids)

    def open_target(uid: int, _size: int) -> int:
        return os.open(folder / str(uid), os.O_CREAT | os.O_WRONLY)

    with server(script, piece=piece) as (ours, sent):
        bodies = fetch_bodies(Stream(ours), sent.append, lambda: next(coming, None), open_target, 8, lambda: None)
        found = {body.uid: (folder / str(body.uid)).read_bytes() if body.size is not None else None for body in bodies}
    assert all(b"BODY.PEEK[]" in command for command in sent)
    return found


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_bodies_come_whole_however_the_bytes_are_cut(tmp_path: Path, piece: int) -> None:
    script = (
        b"* 1 FETCH (UID 1 BODY[] {5}\r\nab\r\nc)\r\nF1 OK\r\n"
        b"* 9 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen) UID 2 BODY[] {4}\r\n)\r\nx FLAGS ())\r\nF2 OK done\r\n"
    )
    assert fetch(script, [1, 2], tmp_path, piece=piece) == {1: b"ab\r\nc", 2: b")\r\nx"}


def test_answers_to_commands_in_flight_may_come_in_any_order(tmp_path: Path) -> None:
    script = (
        b"* 1 FETCH (UID 1 BODY[] {1}\r\na)\r\nF1 OK\r\n"
        b"* 3 FETCH (UID 3 BODY[] {1}\r\nc)\r\n* 2 FETCH (UID 2 BODY[] {1}\r\nb)\r\nF3 OK\r\nF2 OK\r\n"
    )
    assert fetch(script, [1, 2, 3], tmp_path) == {1: b"a", 2: b"b", 3: b"c"}


def test_a_server_that_names_the_uid_behind_the_body_is_asked_one_at_a_time(tmp_path: Path) -> None:
    script = b"* 1 FETCH (BODY[] {1}\r\na UID 1)\r\nF1 OK\r\n* 2 FETCH (BODY[] {1}\r\nb UID 2)\r\nF2 OK\r\n"
    assert fetch(script, [1, 2], tmp_path) == {1: b"a", 2: b"b"}


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b'* 1 FETCH (UID 1 BODY[] "short \\"quoted\\"")\r\nF1 OK\r\n', b'short "quoted"'),
        (b'* 1 FETCH (UID 1 BODY[] "")\r\nF1 OK\r\n', b""),
        (b"* 1 FETCH (UID 1 BODY[] {0}\r\n)\r\nF1 OK\r\n", b""),
        (b"* 1 FETCH (UID 1 BODY[] NIL)\r\nF1 OK\r\n", None),
        (b"F1 OK nothing there\r\n", None),
        (b"F1 NO [EXPUNGEISSUED] gone\r\n", None),
        (b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 2 FETCH (UID 7 BODY[] {2}\r\nno)\r\nF1 OK\r\n", None),
    ],
)
def test_what_a_server_may_answer(tmp_path: Path, answer: bytes, body: bytes | None) -> None:
    assert fetch(answer, [1], tmp_path) == {1: body}


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (b"* 1 FETCH (UID 1 BODY[] {500}\r\nonly this", ConnectionError),
        (b"* 1 FETCH (UID 1 BO", ConnectionError),
        (b"", ConnectionError),
        (b"* BYE shutting down\r\n", ConnectionError),
        (b"HTTP/1.1 400 Bad Request\r\n", ProtocolError),
        (b"F1 BAD what\r\n", ProtocolError),
        (b"* " + b"x" * 1_200_000, ProtocolError),
    ],
)
def test_a_cut_or_senseless_answer_is_an_error_never_a_letter(
    tmp_path: Path, script: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        fetch(script, [1], tmp_path)


def test_silence_ends_in_a_time_out(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.1)
        theirs.sendall(b"* 1 FETCH (UID 1 BODY[] {500}\r\nhalf")
        with pytest.raises(TimeoutError):
            list(fetch_bodies(Stream(ours), lambda _: None, iter([1]).__next__, lambda *_: None, 1, lambda: None))


def test_a_wait_that_times_out_loses_no_bytes() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.1)
        stream = Stream(ours)
        theirs.sendall(b"* OK\r\n* 1 EXI")
        assert stream.readline() == b"* OK\r\n"
        with pytest.raises(TimeoutError):
            stream.readline()
        theirs.sendall(b"STS\r\n")
        assert stream.readline() == b"* 1 EXISTS\r\n"
