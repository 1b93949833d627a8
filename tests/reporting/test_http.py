"""As public data on the web is: ETag and 304, HEAD, gzip, CORS, 405 with Allow, pages that ask no other host."""

import re

import httpx
import pytest

from shared.postgres.connection import Pool

FIGURES = ["/v1/indicators", "/v1/progress", "/v1/progress/onboarded", "/v1/progress/onboarded?by=province", "/v1/changes"]
PUBLISHERS = ["/v1/contested", "/v1/publishers/statistics/receipts", "/v1/publishers/statistics/rejected"]
PATHS = [*FIGURES, *PUBLISHERS, "/", "/openapi.json", "/docs", "/asyncapi"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_a_tag_and_304(path: str, history: httpx.AsyncClient) -> None:
    first = await history.get(path)
    assert first.status_code == 200
    assert first.headers["vary"] == "Accept-Encoding"
    tag = first.headers["etag"]
    for stated in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await history.get(path, headers={"If-None-Match": stated})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await history.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize("path", [*PATHS, "/v1/stream"])
async def test_head_is_get_without_a_body(path: str, history: httpx.AsyncClient) -> None:
    head = await history.head(path, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    if path != "/v1/stream":
        whole = await history.get(path, headers={"Accept-Encoding": "identity"})
        assert int(head.headers["content-length"]) == len(whole.content)


async def test_answers_are_compressed_for_who_takes_it(history: httpx.AsyncClient) -> None:
    for accepted, encoding in (("gzip", "gzip"), ("br, *;q=0.1", "gzip"), ("gzip;q=0", None), ("identity", None), ("gzip;q=x", None)):
        reply = await history.get("/v1/progress", headers={"Accept-Encoding": accepted})
        assert reply.headers.get("content-encoding") == encoding
        assert reply.json()["cursor"]


async def test_any_page_may_read(history: httpx.AsyncClient) -> None:
    for path in ("/v1/progress", "/v1/nothing", "/v1/progress/onboarded?x=1"):
        assert (await history.get(path, headers={"Origin": "https://example.org"})).headers["access-control-allow-origin"] == "*"
    preflight = await history.options("/v1/progress", headers={"Access-Control-Request-Method": "GET"})
    assert (preflight.status_code, preflight.headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")


async def test_any_page_may_read_that_the_database_is_away(pool: Pool, api: httpx.AsyncClient) -> None:
    pool.terminate()
    for path in ("/v1/progress", "/v1/changes?cursor=x", "/v1/contested"):
        away = await api.get(path)
        assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
        assert away.headers["access-control-allow-origin"] == "*"
        assert away.headers["retry-after"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/v1/progress", "/v1/progress/onboarded", "/v1/stream"])
async def test_this_is_for_reading(method: str, path: str, history: httpx.AsyncClient) -> None:
    reply = await history.request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/docs", "/asyncapi", "/assets/swagger-ui.css"])
async def test_pages_ask_no_other_host(path: str, history: httpx.AsyncClient) -> None:
    text = (await history.get(path)).text
    asked = re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//[^"']*|url\(\s*["']?(?:https?:)?//[^)]*|@import""", text)
    assert asked == []


async def test_the_description_covers_the_interface(history: httpx.AsyncClient) -> None:
    described = (await history.get("/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert {"/v1/progress", "/v1/progress/{indicator}", "/v1/stream", "/v1/changes", "/v1/contested"} <= set(described["paths"])
    assert (await history.get("/assets/swagger-ui-bundle.js")).status_code == 200
    assert (await history.get("/assets/nothing")).status_code == 404
    assert (await history.get("/asyncapi.json")).json()["asyncapi"].startswith("3.")
