"""The reasons of the operating system, asked for by real refusals: none is left in its own language."""

import os
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.system_words import reason_of


def _nobody_listens(_: Path) -> None:
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))
        socket.create_connection(bound.getsockname())


def _silent(_: Path) -> None:
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=0.01) as client:
            client.recv(1)


def _taken(_: Path) -> None:
    with closing(socket.socket()) as first, closing(socket.socket()) as second:
        first.bind(("127.0.0.1", 0))
        second.bind(first.getsockname())


def _full(_: Path) -> None:
    with Path("/dev/full").open("wb", buffering=0) as disk:
        disk.write(b"x")


def _no_certificate(folder: Path) -> None:
    (folder / "chung-thu.pem").write_text("không phải chứng thư")
    ssl.create_default_context(cafile=str(folder / "chung-thu.pem"))


def _no_key(folder: Path) -> None:
    (folder / "khoa.pem").write_text("không phải khóa")
    ssl.create_default_context().load_cert_chain(folder / "khoa.pem")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (_nobody_listens, "không có ai nghe ở địa chỉ và cổng ấy"),
        (_silent, "im lặng quá lâu"),
        (_taken, "chỗ ấy đang có chương trình khác nghe"),
        (_full, "đĩa đã đầy"),
        (_no_certificate, "tệp chứng thư hay khóa không đọc được"),
        (_no_key, "tệp chứng thư hay khóa không đọc được"),
        (lambda folder: (folder / "x").read_bytes(), "không có tệp hay thư mục ấy"),
        (lambda folder: folder.read_bytes(), "đó là thư mục, không phải tệp"),
        (lambda folder: (folder / ("x" * 300)).touch(), "tên dài quá mức hệ thống cho phép"),
        (lambda _: socket.getaddrinfo("khong-co", 25, flags=socket.AI_NUMERICHOST), "không tìm thấy máy có tên ấy"),
        (lambda folder: os.execv(folder / "x", ["x"]), "không có tệp hay thư mục ấy"),
    ],
)
def test_a_refusal_is_said_in_vietnamese(act: Callable[[Path], object], said: str, tmp_path: Path) -> None:
    with pytest.raises(OSError) as refused:
        act(tmp_path)
    assert reason_of(refused.value).startswith(said)


def test_what_is_rare_keeps_the_words_of_the_system() -> None:
    assert re.fullmatch(r"[ -~]+", reason_of(OSError(71, os.strerror(71))))
    assert reason_of(OSError("no number")) == "no number"
    assert reason_of(OSError()) == "OSError"


def test_a_name_server_that_is_away_is_no_missing_host() -> None:
    assert "DNS" in reason_of(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"))
