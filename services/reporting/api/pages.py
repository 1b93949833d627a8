"""Pages for people, and the descriptions of the interface for programs; all from files of ours, none asks another host."""

import importlib.util
from functools import cache
from pathlib import Path

import orjson
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from services.reporting.api import replies
from services.reporting.api.replies import Body
from shared.runtime import description
from shared.runtime.problems import Problem

PAGES = Path(__file__).with_name("page")
ASYNCAPI = Path(__file__).parents[3] / "docs" / "contracts" / "asyncapi.json"
ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon-32x32.png": "image/png"}
POLICY = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"
}


def routes(app: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def show_table(request: Request) -> Response:
        return page(request, "table.html")

    @router.get("/docs")
    async def show_openapi(request: Request) -> Response:
        return page(request, "docs.html")

    @router.get("/asyncapi")
    async def show_asyncapi(request: Request) -> Response:
        return page(request, "asyncapi.html")

    @router.get("/openapi.json")
    async def get_openapi(request: Request) -> Response:
        return replies.send(request, openapi(app))

    @router.get("/asyncapi.json")
    async def get_asyncapi(request: Request) -> Response:
        if not ASYNCAPI.exists():
            raise Problem(404, "no-such-path", "This installation does not carry the description of its topics.")
        return replies.send(request, file(ASYNCAPI, "application/json"))

    @router.get("/assets/{name}")
    async def get_asset(request: Request, name: str) -> Response:
        if name not in ASSETS:
            raise Problem(404, "no-such-path", f"There is no asset {name[:60]!r}.", ASSETS)
        return replies.send(request, file(swagger() / name, ASSETS[name]))

    return router


def page(request: Request, name: str) -> Response:
    reply = replies.send(request, file(PAGES / name, "text/html; charset=utf-8"))
    reply.headers.update(POLICY)
    return reply


@cache
def file(path: Path, media_type: str) -> Body:
    """Files do not change while a process runs."""
    return Body(path.read_bytes(), media_type)


@cache
def openapi(app: FastAPI) -> Body:
    return Body(orjson.dumps(description.of(app)))


def swagger() -> Path:
    """Where the installed pages of the API's documentation are."""
    found = importlib.util.find_spec("swagger_ui_bundle")
    assert found is not None
    assert found.origin is not None
    return next((Path(found.origin).parent / "vendor").glob("swagger-ui-*"))
