"""What is wrong with a request, as every service says it: a problem comes in, `application/problem+json` goes out."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from shared.runtime import description

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """`kind` is a stable code, `detail` a sentence; `possible` lists what would have been answered."""

    def __init__(self, status: int, kind: str, detail: str, possible: Iterable[str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.possible = None if possible is None else list(possible)


def reply(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    content: dict[str, Any] = {
        "type": f"urn:denyut:problem:{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.possible is not None:
        content["possible"] = problem.possible
    return Response(orjson.dumps(content), problem.status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def no_such_path(request: Request, paths: Iterable[str]) -> Problem:
    return Problem(404, "no-such-path", f"There is nothing at {request.url.path[:200]!r}.", paths)


def add_problems(app: FastAPI) -> None:
    """For who has an operator only: paths and methods that do not exist."""

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.NOT_FOUND:
            return reply(no_such_path(request, description.of(app)["paths"]))
        kind = "method-not-allowed" if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else "http"
        return reply(Problem(error.status_code, kind, str(error.detail)), error.headers)

    app.add_exception_handler(HTTPException, on_http)
