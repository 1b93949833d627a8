"""What an operator is answered by a service that has nobody else to answer."""

import httpx
import pytest
from fastapi import FastAPI

from shared.runtime import problems
from shared.runtime.probes import add_probes
from shared.runtime.pulse import Pulse

TOPIC = "umkm.onboarding.shop-a"


@pytest.fixture
def pulse() -> Pulse:
    pulse = Pulse()
    pulse.assigned(3)
    return pulse


@pytest.fixture
def client(pulse: Pulse) -> httpx.AsyncClient:
    app = FastAPI()
    problems.add_problems(app)
    add_probes(app, pulse)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")


async def test_a_topic_that_waits_is_said_and_leaves_the_process_ready(client: httpx.AsyncClient, pulse: Pulse) -> None:
    pulse.pause(TOPIC, 30)
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert 0 < ready.json()["paused"][TOPIC] <= 30
    assert f'denyut_topic_paused{{topic="{TOPIC}"}} 1.0' in (await client.get("/metrics")).text
    pulse.resume(TOPIC)
    assert (await client.get("/readyz")).json() == {"status": "ok", "reasons": [], "paused": {}}
    assert TOPIC not in (await client.get("/metrics")).text


async def test_what_is_not_there_is_a_problem_that_names_what_is(client: httpx.AsyncClient) -> None:
    nothing = await client.get("/v1/nothing")
    assert (nothing.status_code, nothing.headers["content-type"]) == (404, problems.MEDIA_TYPE)
    assert {"/healthz", "/readyz", "/metrics"} <= set(nothing.json()["possible"])
    wrong = await client.post("/readyz")
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, problems.MEDIA_TYPE)
    assert "GET" in wrong.headers["allow"]
