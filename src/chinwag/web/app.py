"""Answer requests with pages: the list, a conversation, the rules; and take marks."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from chinwag import pages
from chinwag.errors import ChinwagError, UsageError, WorkspaceBusy
from chinwag.marks import LONGEST
from chinwag.web import conversation, listing, marking
from chinwag.web.guard import Guard, Token
from chinwag.web.index import Index
from chinwag.web.marking import Change, Changes

if TYPE_CHECKING:
    from starlette.types import ASGIApp

ASSETS = {"style.css": "text/css", "site.css": "text/css", "site.js": "text/javascript"}
TITLES = {400: "That cannot be", 403: "Not from here", 404: "Not here", 405: "Not so", 409: "Not now"}


class Site:
    """Hold what all requests share: the index, the token of the forms, the changes that can be undone."""

    def __init__(self, index: Index) -> None:
        self.index, self.token, self.changes = index, Token(), Changes()

    def list(self, request: Request) -> Response:
        """Give a page of the list."""
        choice = listing.chosen(request.query_params, self.index)
        after = self._root(request.query_params, "after")
        page = listing.find(self.index, choice, after)
        marked = self.index.marked()
        return self._page(
            request,
            "list.html",
            choice=choice,
            page=page,
            after=after,
            count=None if choice.text else listing.count(self.index, choice),
            words=listing.options(self.index),
            totals=(self.index.conversations, self.index.tweets),
            marks={row["root_id"]: marked[row["root_id"]][1] for row in page.rows if row["root_id"] in marked},
        )

    def conversation(self, request: Request) -> Response:
        """Give a part of a conversation; that of another tweet than a root leads to its root."""
        index, query = self.index, request.query_params
        tweet_id = listing.number(request.path_params["tweet_id"], "id")
        choice = listing.chosen(query, index)
        root_id = index.root_of(tweet_id)
        if root_id is None:
            raise HTTPException(404, f"No conversation here holds the tweet {tweet_id}.")
        start = listing.number(query.get("from") or "0", "from")
        part = conversation.part_of(index, root_id, start, None if tweet_id == root_id else tweet_id)
        if part is None:
            raise HTTPException(404, f"The conversation {root_id} has no tweets from {start} on.")
        if tweet_id != root_id:
            told = choice.query(**{"from": part.start or None})
            return RedirectResponse(f"/conversation/{root_id}{told}#t-{tweet_id}", 303)
        before, following = listing.beside(index, choice, root_id)
        _, mark = index.marked().get(root_id, (root_id, marking.UNMARKED))
        return self._page(
            request, "conversation.html", choice=choice, part=part, size=conversation.PART, before=before,
            following=following, mark=mark, notes=LONGEST,
        )  # fmt: skip

    def rules(self, request: Request) -> Response:
        """Give the page on what other thresholds would change."""
        from chinwag.web import trials

        return HTMLResponse(trials.page(self.index, request.query_params))

    async def mark(self, request: Request) -> Response:
        """Take a mark, and go back to the page it came from."""
        return await run_in_threadpool(self._mark, await request.body())

    def _mark(self, body: bytes) -> Response:
        form = marking.read_form(body)
        if not self.token.fits(form.get("token", "")):
            raise HTTPException(403, "The form is of another run of chinwag browse: load the page again.")
        done = marking.mark(self.index, self.changes, form)
        if done is None:
            raise HTTPException(404, f"No conversation here holds the tweet {form['id']}.")
        change, back = done
        return RedirectResponse(marking.told(back, change), 303)

    def asset(self, request: Request) -> Response:
        """Give a style sheet or the script."""
        name = request.path_params["name"]
        if name not in ASSETS:
            raise HTTPException(404, "There is no such file.")
        return Response(pages.asset(name), media_type=ASSETS[name])

    def failure(self, request: Request, error: Exception) -> Response:
        """Say what went wrong, in a page."""
        status, said = 500, str(error)
        if isinstance(error, HTTPException):
            status, said = error.status_code, error.detail
        elif isinstance(error, UsageError):
            status = 400
        elif isinstance(error, WorkspaceBusy):
            status = 409
        title = TITLES.get(status, "Something went wrong")
        return self._page(request, "fault.html", status=status, title=title, said=said)

    def _root(self, query: Mapping[str, str], name: str) -> int | None:
        """Read the root of a conversation that is listed."""
        if not query.get(name):
            return None
        root_id = listing.number(query[name], name)
        if self.index.root_of(root_id) != root_id:
            raise UsageError(f"{name}: no conversation here begins with {root_id}")
        return root_id

    def _done(self, query: Mapping[str, str]) -> Change | None:
        given = query.get("done", "")
        return self.changes.get(int(given)) if given.isascii() and given.isdecimal() and len(given) < 10 else None

    def _page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        """Make a page: with what all pages say, and what the forms need to come back to this one."""
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "done"]
        back = f"{request.url.path}?{urlencode(query)}" if query else request.url.path
        frame = {"site": self.index.frame(), "token": self.token.text, "back": back}
        done = self._done(request.query_params)
        return HTMLResponse(pages.page(template, status=status, done=done, **frame, **values), status)


def make(index: Index, port: int) -> "ASGIApp":
    """Make the app that answers on a port of this machine."""
    site = Site(index)
    routes = [
        Route("/", site.list),
        Route("/conversation/{tweet_id}", site.conversation),
        Route("/rules", site.rules),
        Route("/mark", site.mark, methods=["POST"]),
        Route("/static/{name}", site.asset),
        Route("/favicon.ico", lambda _: Response(status_code=204)),  # browsers ask for it
    ]
    handlers: Mapping[Any, Callable[[Request, Exception], Response]] = {
        HTTPException: site.failure,
        ChinwagError: site.failure,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, port, frozenset({"/mark"}))
