"""Style, scripts and coastlines, as they lie in the package: nothing is loaded from anywhere else."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_TYPES = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
#: An address names the hash of what it brings, so it never brings anything else.
_FOR_EVER = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def _served() -> dict[str, bytes]:
    here = files("nightdesk.web") / "static"
    found = {}
    for folder in (here, here / "vendor"):
        for file in folder.iterdir():
            if any(file.name.endswith(ending) for ending in _TYPES):
                found[file.name] = file.read_bytes()
    return found


@lru_cache(maxsize=64)
def address(name: str) -> str:
    """Where a page finds a file. Raises KeyError where there is none."""
    return f"/static/{name}?v={hashlib.sha256(_served()[name]).hexdigest()[:12]}"


async def _show(request: Request) -> Response:
    name = request.path_params["name"]
    body = _served().get(name)
    if body is None:
        return PlainTextResponse("Not here.\n", 404)
    kind = _TYPES[name[name.rindex(".") :]]
    held = _FOR_EVER if request.query_params.get("v") else "max-age=300"
    return Response(body, media_type=kind, headers={"Cache-Control": held})


ROUTE = Route("/static/{name:str}", _show, methods=["GET"])
