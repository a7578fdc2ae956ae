"""The web page at `/`, the API's own page at `/docs`, and their files.

All of it is read once, when the app is made, and served from memory: there is no path to walk
out of, and nothing comes from another host.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
SWAGGER_FILES = ("swagger-ui-bundle.js", "swagger-ui.css")
router = APIRouter(include_in_schema=False)


class Asset:
    """A file in memory."""

    def __init__(self, source: Traversable) -> None:
        self.body = source.read_bytes()
        self.media_type = MEDIA_TYPES["." + source.name.rpartition(".")[2]]
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    def response(self, request: Request) -> Response:
        """The file, or 304 for a browser that has it. It asks each time, so that a new version
        of Quoth never runs with half of an old page."""
        headers = {"ETag": self.etag, "Cache-Control": "no-cache"}
        known = request.headers.get("if-none-match", "")
        if self.etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type=self.media_type, headers=headers)


def install_pages(app: FastAPI) -> None:
    """Read the files and add the routes."""
    web = resources.files("api") / "web"
    swagger = resources.files("fastapi_swagger") / "resources"
    files = [file for file in web.iterdir() if "." + file.name.rpartition(".")[2] in MEDIA_TYPES]
    files += [swagger / name for name in SWAGGER_FILES]
    app.state.assets = {file.name: Asset(file) for file in files}
    app.include_router(router)


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request) -> Response:
    """The web page."""
    return _asset(request, "index.html")


@router.api_route("/docs", methods=["GET", "HEAD"])
async def docs(request: Request) -> Response:
    """The API, to read and to try."""
    return _asset(request, "docs.html")


@router.api_route("/assets/{name}", methods=["GET", "HEAD"])
async def asset(name: str, request: Request) -> Response:
    """A file of these pages."""
    return _asset(request, name)


def _asset(request: Request, name: str) -> Response:
    assets: dict[str, Asset] = request.app.state.assets
    if name not in assets:
        raise HTTPException(404)
    return assets[name].response(request)
