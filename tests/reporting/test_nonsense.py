"""Nothing that a reader sends gives a 5xx: seeded nonsense in paths, parameters and headers."""

import random
from urllib.parse import quote

import httpx

from services.reporting import indicators

PIECES = [
    "",
    "%",
    "%00",
    "%ff",
    "%F0%9F%98%80",
    "..",
    "/",
    "//",
    "'",
    '"',
    "\\",
    "a" * 300,
    "null",
    "-1",
    "2025",
    "2025-13",
    "9999",
    "0000",
]
PIECES += ["all", "ID-JB", "month", "year", "province", "platform", "opening", "destination", "[]", "{}", "fiscal_year"]
PIECES += ["WyJhIiwxXQ", "WyJhIiwtOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"]  # cursors with a number too large, of another database
PATHS = ["/v1/progress", "/v1/changes", "/v1/contested", "/v1/indicators", "/assets/{}", "/{}"]
PATHS += ["/v1/publishers/{}/receipts", "/v1/publishers/{}/rejected"]
TAGS, ENCODINGS = ["", "%", "W/", ",,,", "*"], ["gzip;q=", ";;", "*"]
NAMES = ["by", "period", "cursor", "month", "year", "province", "destination", "x", "", "by[]", "%00"]


async def test_nonsense_is_answered_with_a_4xx(history: httpx.AsyncClient) -> None:
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)
    known = list(indicators.load())
    for _ in range(600):
        path = chance.choice([*PATHS, "/v1/progress/{}", f"/v1/progress/{chance.choice(known)}"]).format(chance.choice(PIECES))
        parameters = [f"{chance.choice(NAMES)}={chance.choice(PIECES)}" for _ in range(chance.randint(0, 3))]
        headers = {"If-None-Match": chance.choice(TAGS), "Accept-Encoding": chance.choice(ENCODINGS)}
        url = quote(f"{path}?{'&'.join(parameters)}", safe="/?&=%[]{}'\"\\")
        reply = await history.get(url, headers=headers)
        assert reply.status_code < 500, f"seed {seed}: {url}: {reply.text}"


async def test_every_combination_that_is_listed_is_answered(history: httpx.AsyncClient) -> None:
    listed = (await history.get("/v1/indicators")).json()["indicators"]
    for indicator in listed:
        for group in indicator["groups"]:
            for by in group["dimensions"]:
                answer = await history.get(f"/v1/progress/{indicator['id']}", params={"by": by})
                assert answer.status_code == 200, answer.text
                assert {"rows", "additive", "value", "notes"} <= set(answer.json())
