"""What an operator asks of a process over HTTP: /healthz, /readyz, /metrics."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.runtime.pulse import Pulse


def add_probes(app: FastAPI, pulse: Pulse) -> None:
    """Liveness says whether to restart, readiness whether the process can do its work now; both say why not.

    `paused` are the topics that wait because of what their publisher sent, with the seconds that are left: no fault of the process.
    """
    router = APIRouter(tags=["operations"])

    @router.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> JSONResponse:
        return verdict(pulse.dead())

    @router.api_route("/readyz", methods=["GET", "HEAD"])
    async def readyz() -> JSONResponse:
        return verdict(pulse.unready(), paused=pulse.waiting())

    @router.api_route("/metrics", methods=["GET", "HEAD"])
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.include_router(router)


def verdict(reasons: Sequence[str], **more: object) -> JSONResponse:
    status = "error" if reasons else "ok"
    return JSONResponse({"status": status, "reasons": list(reasons), **more}, status_code=503 if reasons else 200)
