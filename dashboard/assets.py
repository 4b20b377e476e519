"""Static files under addresses that name their content, so that browsers keep them and never show an old one."""

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"


def hashes() -> dict[str, str]:
    """Name relative to the static folder -> the first 12 hex digits of its SHA-256; read once at start."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {str(path.relative_to(FOLDER)): _short_hash(path) for path in files}


async def show(request: Request) -> Response:
    """GET /static/{hash}/{name}: one file; an address with another hash is not found."""
    name = request.path_params["name"]
    if request.app.state.assets.get(name) != request.path_params["hash"]:
        raise HTTPException(404)
    return FileResponse(FOLDER / name, headers={"Cache-Control": _FOREVER})


def _short_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


routes = [Route("/static/{hash}/{name:path}", show, name="static")]
