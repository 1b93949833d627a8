"""The description of the interface for programs: an application comes in, its OpenAPI document goes out."""

import warnings
from typing import Any

from fastapi import FastAPI


def of(app: FastAPI) -> dict[str, Any]:
    """Worked out once; the application keeps it."""
    with warnings.catch_warnings():
        # The probes answer HEAD by themselves: one operation under two methods.
        warnings.simplefilter("ignore", UserWarning)
        return app.openapi()
