"""What is wrong with a question: a `Problem` is raised, `application/problem+json` that names what is possible goes out."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.reporting.api import description
from shared.postgres import errors

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2


class Problem(Exception):
    """`kind` is a stable code, `detail` a sentence; `possible` lists what would have been answered."""

    def __init__(self, status: int, kind: str, detail: str, possible: Iterable[str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.possible = None if possible is None else list(possible)


def add_problems(app: FastAPI) -> None:
    """Every error of the application becomes a problem."""
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_http)
    app.add_exception_handler(Exception, on_surprise)


def reply(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    content: dict[str, Any] = {
        "type": f"urn:denyut:problem:{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.possible is not None:
        content["possible"] = problem.possible
    return Response(orjson.dumps(content), problem.status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


async def on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return reply(error)


async def on_http(request: Request, error: Exception) -> Response:
    """Paths and methods that do not exist; a 405 says which do."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    if status == 404:
        paths = description.of(request.app)["paths"]
        return reply(Problem(404, "no-such-path", f"There is nothing at {request.url.path[:200]!r}.", paths))
    if status == 405:
        return reply(Problem(405, "method-not-allowed", "This interface is for reading."), {"Allow": "GET, HEAD, OPTIONS"})
    return reply(Problem(status, "http", str(getattr(error, "detail", "The request cannot be read."))))


async def on_surprise(request: Request, error: Exception) -> Response:
    """The database is away, or our own code is wrong: said in the log, not to the reader."""
    if errors.is_passing(error):
        log.warning("answer_failed", path=request.url.path, error=repr(error)[:300])
        away = Problem(503, "away", "The database does not answer at the moment.")
        return reply(away, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    log.error("answer_failed", path=request.url.path, error=repr(error)[:300], exc_info=error)
    return reply(Problem(500, "surprise", "Something that should not happen happened here."))
