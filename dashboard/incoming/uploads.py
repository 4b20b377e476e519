"""Files of a form, streamed into the RAM spool as they come: nothing of them is read here or touches a disk."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from config.settings import MEGABYTE
from core.errors import NotAllowed, Permanent
from core.requests import NAME_SUFFIX
from dashboard.web import CSRF_FIELD, office_of

MOST_FILES = 200
_FIELD_BYTES = 4096
_FORGED = "Biểu mẫu này không còn hiệu lực. Tải lại trang rồi thả tệp lại."
_BROKEN = "Tệp chưa gửi lên trọn vẹn. Thả lại; chưa có gì được ghi."


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it lies in the spool: the name of its place, its size in bytes; its shown name lies beside it."""

    spool_name: str
    size: int

    def forget(self, folder: Path) -> None:
        """Remove the file and its name; harmless when they are gone."""
        (folder / self.spool_name).unlink(missing_ok=True)
        (folder / (self.spool_name + NAME_SUFFIX)).unlink(missing_ok=True)


async def spool_files(request: Request, folder: Path) -> list[Upload]:
    """Write every file of a multipart form to `folder` (0600) and return them; empty inputs are left out.

    The form's token must stand before its first file. Raises NotAllowed for a forged form, Permanent for
    one that is broken or larger than the settings allow; then nothing is left in the folder.
    """
    megabytes = office_of(request).settings.dashboard.upload_megabytes
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise Permanent(_BROKEN)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    reading = _Reading(folder, request.state.csrf_token)
    parser = MultipartParser(options[b"boundary"], reading.callbacks())  # type: ignore[arg-type]
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > megabytes * MEGABYTE:
                raise Permanent(f"Gửi lên nhiều hơn {megabytes} MB một lần. Chia nhỏ rồi thả lại; chưa có gì được ghi.")
            parser.write(chunk)
        parser.finalize()
        return reading.finished()
    except BaseException as error:
        reading.forget()
        if isinstance(error, FormParserError):
            raise Permanent(_BROKEN) from error
        if isinstance(error, OSError):
            raise Permanent("Bộ nhớ tạm đã đầy. Chờ máy đọc xong các tệp trước rồi thả lại.") from error
        raise


class _Reading:
    """The parser's callbacks: headers, then either the token's few bytes or a file written as it comes."""

    def __init__(self, folder: Path, csrf_token: str) -> None:
        self._folder, self._token = folder, csrf_token
        self._is_ours = False
        self._header, self._value = b"", b""
        self._disposition = b""
        self._field, self._text = "", b""
        self._name, self._place, self._handle, self._size = "", "", -1, 0
        self._uploads: list[Upload] = []
        self._is_whole = False

    def callbacks(self) -> dict[str, object]:
        names = (
            "part_begin", "header_field", "header_value", "header_end", "headers_finished", "part_data", "part_end",
            "end",
        )  # fmt: skip
        return {f"on_{name}": getattr(self, f"on_{name}") for name in names}

    def on_part_begin(self) -> None:
        self._disposition, self._field, self._text = b"", "", b""
        self._name, self._size, self._handle = "", 0, -1

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._field = options.get(b"name", b"").decode(errors="replace")
        if b"filename" not in options:
            return
        if not self._is_ours:
            raise NotAllowed(_FORGED)
        if len(self._uploads) >= MOST_FILES:
            raise Permanent(f"Mỗi lần thả tối đa {MOST_FILES} tệp.")
        self._name = _shown_name(options[b"filename"].decode(errors="replace"))
        self._place = secrets.token_hex(16)
        self._handle = os.open(self._folder / self._place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        (self._folder / (self._place + NAME_SUFFIX)).write_text(self._name, encoding="utf-8")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._handle >= 0:
            with memoryview(data) as whole, whole[start:end] as window:
                written = 0
                while written < len(window):
                    written += os.write(self._handle, window[written:])
            self._size += end - start
        elif len(self._text) + end - start <= _FIELD_BYTES:
            self._text += data[start:end]

    def on_part_end(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            self._uploads.append(Upload(self._place, self._size))
        elif self._field == CSRF_FIELD:
            self._is_ours = secrets.compare_digest(self._text, self._token.encode())

    def on_end(self) -> None:
        self._is_whole = True

    def finished(self) -> list[Upload]:
        """The files that hold something. Raises Permanent when the form broke off, NotAllowed when forged."""
        if not self._is_whole:
            raise Permanent(_BROKEN)
        if not self._is_ours:
            raise NotAllowed(_FORGED)
        for empty in (upload for upload in self._uploads if not upload.size):
            empty.forget(self._folder)
        return [upload for upload in self._uploads if upload.size]

    def forget(self) -> None:
        """Remove whatever was written."""
        if self._handle >= 0:
            os.close(self._handle)
            self._uploads.append(Upload(self._place, 0))
        for upload in self._uploads:
            upload.forget(self._folder)


def keep_password(folder: Path, typed: str) -> str | None:
    """Lay a password into the RAM spool for one reading and return its place; None where nothing was typed."""
    if not typed:
        return None
    folder.mkdir(mode=0o700, exist_ok=True)
    name = secrets.token_hex(16)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(typed[:_FIELD_BYTES])
    return name


def _shown_name(name: str) -> str:
    """The last element of what the browser said, without NUL and the marks that turn "exe.pdf" around on screen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:200]
