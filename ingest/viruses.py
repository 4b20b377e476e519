"""Asks clamd whether a letter carries a virus, by INSTREAM (clamd(8)): the bytes go from the spool, none to a disk."""

import re
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import structlog

from config.settings import ClamdSettings
from core.arrivals import Where
from ingest.letter import Letter, Outcome, Reading

_WINDOW = 256 * 1024
_ANSWER = re.compile(rb"stream: (?:(OK)|(.{1,200}) FOUND)\0?$", re.DOTALL)
_LONGEST_ANSWER = 4096

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scan:
    """What the scanner said of a letter: a virus's name or "", and whether it could not be asked."""

    virus: str = ""
    is_missed: bool = False


class Away(Exception):
    """clamd can't be reached, does not answer, or refuses the file for its size."""


def scan(settings: ClamdSettings, where: Where, raw: Path, answer: object) -> Scan:
    """Scan a letter's bytes as received, and each of its files, which the scanner may not find by itself.

    Nothing is asked where no scanner is set, and for what is left out anyway.
    """
    is_left_out = isinstance(answer, Reading) and answer.outcome is Outcome.EXCLUDE
    if not settings.address or is_left_out:
        return Scan()
    letter = answer.letter if isinstance(answer, Reading) else None
    try:
        virus = next((found for path in (raw, *_files(letter)) if (found := ask(settings, path))), "")
    except Away as away:
        log.warning("not_scanned", mailbox=where.mailbox, uid=where.uid, error=str(away))
        return Scan(is_missed=True)
    if virus:
        log.warning("virus_found", mailbox=where.mailbox, uid=where.uid, virus=virus)
    return Scan(virus)


def ping(settings: ClamdSettings) -> None:
    """Ask clamd whether it is there. Raises Away."""
    try:
        with _connect(settings) as clamd:
            clamd.sendall(b"zPING\0")
            said = _answer(clamd)
    except (OSError, ValueError) as error:  # ValueError: of a host's name that can't be one
        raise Away(f"{settings.address}: {error}") from error
    if said.strip(b"\0\n") != b"PONG":
        raise Away(said.decode("utf-8", "replace").strip("\0\n") or "no answer")


def ask(settings: ClamdSettings, path: Path) -> str:
    """The name of the virus in a file, "" when clamd finds none. Raises Away."""
    try:
        with _connect(settings) as clamd, path.open("rb") as file:
            clamd.sendall(b"zINSTREAM\0")
            try:
                while window := file.read(_WINDOW):
                    clamd.sendall(struct.pack("!L", len(window)) + window)
                clamd.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has said already why it listens no more
            said = _answer(clamd)
    except (OSError, ValueError) as error:  # ValueError: of a host's name that can't be one
        raise Away(f"{settings.address}: {error}") from error
    found = _ANSWER.match(said)
    if found is None:
        raise Away(said.decode("utf-8", "replace").strip("\0\n") or "no answer")
    return "" if found[1] else found[2].decode("utf-8", "replace")


def _files(letter: Letter | None) -> Iterable[Path]:
    return (file.path for file in letter.attachments if file.path is not None) if letter else ()


def _connect(settings: ClamdSettings) -> socket.socket:
    host, _, port = settings.address.rpartition(":")
    if host and port.isdigit():
        return socket.create_connection((host.strip("[]"), int(port)), timeout=settings.timeout_seconds)
    clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    clamd.settimeout(settings.timeout_seconds)
    try:
        clamd.connect(settings.address)
    except OSError:
        clamd.close()
        raise
    return clamd


def _answer(clamd: socket.socket) -> bytes:
    said = b""
    while len(said) < _LONGEST_ANSWER and b"\0" not in said and (more := clamd.recv(_LONGEST_ANSWER)):
        said += more
    return said
