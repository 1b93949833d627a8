"""What is wrong with a question: a `Problem` is raised, `application/problem+json` that names what is possible goes out."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.postgres import errors
from shared.runtime import description
from shared.runtime.problems import Problem, no_such_path, reply

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 2


def add_problems(app: FastAPI) -> None:
    """Every error of the application becomes a problem."""
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_http)


async def on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return reply(error)


async def on_http(request: Request, error: Exception) -> Response:
    """Paths and methods that do not exist; a 405 says which do."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    if status == 404:
        return reply(no_such_path(request, description.of(request.app)["paths"]))
    if status == 405:
        return reply(Problem(405, "method-not-allowed", "This interface is for reading."), {"Allow": "GET, HEAD, OPTIONS"})
    return reply(Problem(status, "http", str(getattr(error, "detail", "The request cannot be read."))))


class Surprises:
    """Wraps the application: an error of the framework's own making would go past what answers have in common."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await on_surprise(scope["path"], error)(scope, receive, send)


def on_surprise(path: str, error: Exception) -> Response:
    """The database is away, or our own code is wrong: said in the log, not to the reader."""
    if errors.is_passing(error):
        log.warning("answer_failed", path=path[:200], error=repr(error)[:300])
        away = Problem(503, "away", "The database does not answer at the moment.")
        return reply(away, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    log.error("answer_failed", path=path[:200], error=repr(error)[:300], exc_info=error)
    return reply(Problem(500, "surprise", "Something that should not happen happened here."))
