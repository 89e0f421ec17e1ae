"""Let nobody in but this machine's own browser, on the pages' own address, and send every answer with strict headers.

A page of the web can make a browser ask this address. It is told by the Host where its own name leads here (DNS
rebinding), by Origin and by the browser's word on where a request comes from (Fetch Metadata). What changes something
needs the token of the forms besides, which no other page can read.
"""

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY = 32_768  # bytes of a form: a note has at most 2,000 characters, of which a form makes up to 12 bytes each
QUERY = 4_096  # bytes of an address's query
PATH = 256
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; connect-src 'none'; img-src 'none'; font-src 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With no-referrer a browser gives `null` as the origin of the pages' own forms; this tells other sites as little.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuse what is not the pages' own, and add the headers; the rest goes on to the app.

    Bodies come to the app whole, and only those of POST. `posts` are the paths that take POST.
    """

    def __init__(self, app: "ASGIApp", port: int, posts: frozenset[str]) -> None:
        self._app, self._posts = app, posts
        names = ("127.0.0.1", "localhost")
        self._hosts = {f"{name}:{port}" for name in names} | ({*names} if port == 80 else set())

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return None

        async def guarded(message: "Message") -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", ()), *own]}
            await send(message)

        if refused := self._refusal(scope):
            return await _refuse(guarded, *refused)
        body = b""
        if scope["method"] == "POST":
            taken = await _body(receive)
            if taken is None:
                return await _refuse(guarded, 413, f"a form has at most {BODY:,} bytes")
            body = taken
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def given() -> "Message":
            return waiting.pop() if waiting else await receive()

        return await self._app(scope, given, guarded)

    def _refusal(self, scope: "Scope") -> tuple[int, str] | None:
        """Say with which status and why a request is refused; None where it is not."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        hosts, origins = headers.get("host", []), headers.get("origin", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 400, "this server answers to 127.0.0.1 and localhost only"
        if any(origin.lower() not in {f"http://{host}" for host in self._hosts} for origin in origins):
            return 403, "another site asked for this"
        if any(site.lower() not in ("same-origin", "none") for site in headers.get("sec-fetch-site", [])):
            return 403, "another site asked for this; type the address to come here"
        if len(scope["query_string"]) > QUERY or len(scope["raw_path"]) > PATH:
            return 414, "the address is too long"
        if scope["method"] not in ("GET", "HEAD") and (scope["method"] != "POST" or scope["path"] not in self._posts):
            return 405, "this can only be looked at"
        return None


async def _body(receive: "Receive") -> bytes | None:
    """Give the body of a request; None where it is too large."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += bytes(message.get("body", b""))
        if len(body) > BODY:
            return None
        if not message.get("more_body"):
            return body


async def _refuse(send: "Send", status: int, reason: str) -> None:
    text = f"chinwag: {reason}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    if status == 413:
        headers.append((b"connection", b"close"))  # the rest of the body is not read
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


class Token:
    """Hold the secret of the forms, of this process alone."""

    def __init__(self) -> None:
        self.text = secrets.token_urlsafe(32)

    def fits(self, given: str) -> bool:
        """Tell whether this is it, in a time that tells nothing."""
        return secrets.compare_digest(given.encode(), self.text.encode())
