"""The whole of the public interface: a reader and a hub come in, an application goes out. Nothing connects here."""

from fastapi import FastAPI

from services.reporting.api import changes, pages, problems, progress, publishers, stream
from services.reporting.api.hub import Hub
from services.reporting.api.kept import KeptAnswers
from services.reporting.api.public import PublicData
from services.reporting.api.reader import Reader

DESCRIPTION = """Live national progress of Indonesia's MSME (UMKM) programme. For reading only, by anybody: no key, ETag and 304 on
everything, errors as application/problem+json that name what is possible. Definitions of the figures: /v1/indicators."""


def make(reader: Reader, hub: Hub) -> FastAPI:
    """The application."""
    app = FastAPI(title="Denyut", version="1", description=DESCRIPTION, openapi_url=None, docs_url=None, redoc_url=None)
    problems.add_problems(app)
    figures = (progress.routes(reader), changes.routes(reader), stream.routes(reader, hub))
    for router in (*figures, publishers.routes(reader), pages.routes(app)):
        app.include_router(router)
    app.add_middleware(KeptAnswers, reader=reader)
    app.add_middleware(problems.Surprises)
    app.add_middleware(PublicData)
    return app
