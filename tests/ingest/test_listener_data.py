"""Where a mail ends, whatever pieces it comes in (RFC 5321 4.1.1.4, 4.5.2)."""

import asyncio
import random

import pytest

from ingest.listener.data import content


async def read(wire: bytes, pieces: list[int], limit: int = 8) -> tuple[bytes, bytes]:
    """The content, and what is left in the connection after it."""
    reader = asyncio.StreamReader(limit=limit)

    async def feed() -> None:
        at = 0
        for size in pieces:
            reader.feed_data(wire[at : at + size])
            at += size
            await asyncio.sleep(0)
        reader.feed_data(wire[at:])
        reader.feed_eof()

    feeding = asyncio.create_task(feed())
    found = [piece async for piece in content(reader)]
    await feeding
    return b"".join(found), await reader.read()


def expected(wire: bytes) -> tuple[bytes, bytes]:
    """The same by cutting at CR LF, as the RFC words it."""
    lines: list[bytes] = []
    rest = wire
    while True:
        line, _, rest = rest.partition(b"\r\n")
        if line == b".":
            return b"".join(line + b"\r\n" for line in lines), rest
        lines.append(line.removeprefix(b"."))


@pytest.mark.parametrize(
    "not_an_end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\r\n.\rx", b"\n\n.\n\n"]
)
def test_only_cr_lf_dot_cr_lf_ends_a_mail(not_an_end: bytes) -> None:
    smuggled = b"Subject: a\r\n\r\nhello" + not_an_end + b"MAIL FROM:<evil@example>\r\n.\r\nQUIT\r\n"
    assert asyncio.run(read(smuggled, [])) == expected(smuggled)
    found, left = asyncio.run(read(smuggled, [1] * len(smuggled)))
    assert b"MAIL FROM" in found
    assert left == b"QUIT\r\n"


def test_an_empty_mail_and_a_dot_that_stands_for_itself() -> None:
    assert asyncio.run(read(b".\r\n", [])) == (b"", b"")
    assert asyncio.run(read(b"..\r\n...\r\n.a\r\n.\r\n", [])) == (b".\r\n..\r\na\r\n", b"")


def test_any_bytes_in_any_pieces_are_read_as_the_rule_says() -> None:
    rng = random.Random(20260604)
    for _ in range(400):
        wire = b"".join(rng.choice([b"\r\n", b"\r", b"\n", b".", b"x", b"12345678901"]) for _ in range(40))
        wire += b"\r\n.\r\nRSET\r\n"
        pieces = [rng.randint(1, 9) for _ in range(rng.randint(0, 60))]
        assert asyncio.run(read(wire, pieces)) == expected(wire), (wire, pieces)
