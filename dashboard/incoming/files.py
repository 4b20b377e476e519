"""GET /tep/{id}/{position}: one file of a document, byte for byte as it came, never shown in place."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from core.errors import WrongState
from core.incoming.dangers import PROGRAM, VIRUS
from core.text import fold
from dashboard.readings import readable_file, record_download
from dashboard.web import in_writing, now, office_of, origin_of, user_of

_DANGERS = {
    VIRUS: "Thư mang tệp này có vi-rút nên tệp không tải về theo lối thường. Mở văn bản để xem cảnh báo và chỗ tải.",
    PROGRAM: "Tệp này là chương trình nên không tải về theo lối thường. Mở văn bản để xem cảnh báo và chỗ tải.",
}


async def download(request: Request) -> Response:
    """The file as a download. Who took it stands in the journal before the first byte leaves.

    What is dangerous only comes with ?van-tai=1, which stands behind the warning. Raises WrongState.
    """
    file = await readable_file(request)
    if file.danger and request.query_params.get("van-tai") != "1":
        raise WrongState(_DANGERS[file.danger])
    store, person = office_of(request).store, user_of(request)
    store.open(file.sha256).close()  # says in words what to do where the store has lost it
    await in_writing(
        request, record_download, person.id, request.path_params["id"], file.name, at=now(request),
        source=origin_of(request).source,
    )  # fmt: skip
    headers = {
        "Content-Disposition": disposition(file.name), "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return FileResponse(store.path_of(file.sha256), media_type="application/octet-stream", headers=headers)


def disposition(name: str) -> str:
    """An attachment header (RFC 6266) with the name in UTF-8 and a plain form for old programs."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in fold(name))
    return f"attachment; filename=\"{plain or 'tep'}\"; filename*=UTF-8''{quote(name, safe='')}"


routes = [Route("/tep/{id:int}/{position:int}", download, name="incoming:download")]
