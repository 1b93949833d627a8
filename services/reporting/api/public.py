"""What all of it has in common, as public data on the web has: anybody's page may read it, HEAD works wherever GET does."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING = b"GET, HEAD, OPTIONS"
FOR_ANYBODY = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag"),
    (b"x-content-type-options", b"nosniff"),
]
PREFLIGHT = [
    (b"access-control-allow-methods", READING),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
    (b"allow", READING),
    (b"content-length", b"0"),
]


class PublicData:
    """Wraps the application; other kinds of connections than HTTP pass through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_for_anybody(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *FOR_ANYBODY]}
            await send(message)

        if scope["method"] == "OPTIONS":
            await send_for_anybody({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
        else:
            # The server leaves the body of a HEAD out; the stream, which has no end, must know of it.
            is_head = scope["method"] == "HEAD"
            asked = {**scope, "method": "GET", "head": True} if is_head else scope
            await self.app(asked, receive, send_for_anybody)
