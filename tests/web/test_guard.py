import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from chinwag import marks
from tests.web.serving import served, token_of
from tests.workspaces import curated, status


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curated(tmp_path_factory.mktemp("guard"), [status(1), status(2, to=1, author=2)])


@pytest.fixture(scope="module")
def client(workspace: Path) -> Iterator[httpx.Client]:
    with served(workspace) as made:
        yield made


def sent(client: httpx.Client, request: str) -> str:
    """Send a request as it stands, which no client would, and give the whole answer; PORT stands for the port."""
    port = client.base_url.port
    assert port is not None
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall(request.replace("PORT", str(port)).replace("\n", "\r\n").encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def got(client: httpx.Client, path: str, headers: str = "", method: str = "GET") -> str:
    return sent(client, f"{method} {path} HTTP/1.1\nHost: 127.0.0.1:PORT\nConnection: close\n{headers}\n")


FOREIGN = [
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:1",
    "localhost:1",
    "localhost.evil.example:PORT",
    "[::1]:PORT",
    "0.0.0.0:PORT",
]
FOREIGN += ["127.0.0.1:PORT.evil.example", "127.0.0.1:PORT@evil.example", "user@127.0.0.1:PORT", "", "2130706433:PORT"]


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/static/site.js", "/nowhere"])
def test_a_foreign_host_is_refused(client: httpx.Client, host: str, path: str) -> None:
    answer = sent(client, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n")
    assert answer.startswith("HTTP/1.1 400 ")
    assert "answers to 127.0.0.1 and localhost only" in answer


@pytest.mark.parametrize(
    "headers", ["", "Host: 127.0.0.1:PORT\nHost: evil.example\n", "Host: evil.example\nHost: 127.0.0.1:PORT\n"]
)
def test_no_host_and_two_are_refused(client: httpx.Client, headers: str) -> None:
    assert sent(client, f"GET / HTTP/1.1\n{headers}Connection: close\n\n").startswith("HTTP/1.1 400 ")


def test_its_own_names_are_known(client: httpx.Client) -> None:
    for host in ("127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT"):
        assert sent(client, f"GET / HTTP/1.1\nHost: {host}\nConnection: close\n\n").startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: https://127.0.0.1:PORT",
        "Origin: http://127.0.0.1:1",
        "Origin: http://127.0.0.1:PORT.evil.example",
        "Origin: http://127.0.0.1:PORT\nOrigin: http://evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: whatever",
    ],
)
def test_what_another_site_asks_is_refused(client: httpx.Client, header: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/static/style.css"), ("POST", "/mark"), ("HEAD", "/conversation/1")):
        assert got(client, path, f"{header}\n", method).startswith("HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "header", ["Origin: http://127.0.0.1:PORT", "Origin: http://localhost:PORT", "Sec-Fetch-Site: none"]
)
def test_what_the_pages_themselves_ask_is_not(client: httpx.Client, header: str) -> None:
    assert got(client, "/", f"{header}\n").startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_nothing_else_can_be_done(client: httpx.Client, method: str) -> None:
    for path in ("/", "/mark"):
        assert got(client, path, method=method).startswith("HTTP/1.1 405 ")


def test_only_marks_are_posted(client: httpx.Client) -> None:
    for path in ("/", "/conversation/1", "/rules", "/static/site.js", "/mark/", "/nowhere"):
        assert client.post(path, data={"token": token_of(client)}).status_code == 405


@pytest.mark.parametrize("token", [None, "", "x", "é", "a" * 43])
def test_without_the_token_nothing_is_marked(client: httpx.Client, workspace: Path, token: str | None) -> None:
    fields = {"id": "1", "mark": "keep", "back": "/"} | ({} if token is None else {"token": token})
    assert client.post("/mark", data=fields).status_code == 403
    assert marks.read(workspace) == {}


def test_a_token_in_the_address_is_none(client: httpx.Client, workspace: Path) -> None:
    answer = client.post("/mark", params={"token": token_of(client)}, data={"id": "1", "mark": "keep"})
    assert answer.status_code == 403
    assert marks.read(workspace) == {}


def test_each_process_has_its_own_token(client: httpx.Client, workspace: Path) -> None:
    with served(workspace) as other:
        assert token_of(client) != token_of(other)
        assert client.post("/mark", data={"id": "1", "mark": "keep", "token": token_of(other)}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../site.html",
        "/static/%2e%2e/site.html",
        "/static/..%2fsite.html",
        "/static/%2e%2e%2f%2e%2e%2fworkspace.py",
        "/static/....//site.html",
        "/static//etc/passwd",
        "/static/%00",
        "/static/style.css%00.js",
        "/static/style.css/../../site.html",
        "/../../../../etc/passwd",
        "//evil.example/",
        "/conversation/1/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static\\..\\site.html",
    ],
)
def test_no_path_leads_out(client: httpx.Client, path: str) -> None:
    answer = got(client, path)
    assert answer.startswith(("HTTP/1.1 404 ", "HTTP/1.1 400 "))
    assert "root:" not in answer
    assert "block content" not in answer


def test_a_large_body_is_refused(client: httpx.Client, workspace: Path) -> None:
    token = token_of(client)
    large = {"token": token, "id": "1", "mark": "keep", "note": "x" * 40_000}
    assert client.post("/mark", data=large).status_code == 413
    chunks = (chunk for chunk in [f"token={token}&id=1&mark=keep&note=".encode(), *[b"x" * 1000] * 40])
    assert client.post("/mark", content=chunks).status_code == 413
    assert marks.read(workspace) == {}


def test_the_longest_note_is_not(client: httpx.Client, workspace: Path) -> None:
    for sign in ("日", "😀"):
        fields = {"token": token_of(client), "id": "1", "mark": "", "note": sign * 2000, "back": "/"}
        assert client.post("/mark", data=fields).status_code == 303
        assert marks.read(workspace)[1].note == sign * 2000
    assert client.post("/mark", data={**fields, "note": ""}).status_code == 303
    assert marks.read(workspace) == {}


def test_a_long_address_is_refused(client: httpx.Client) -> None:
    assert client.get("/?text=" + "x" * 5000).status_code == 414
    assert client.get("/" + "x" * 300).status_code == 414


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/conversation/1", 200),
        ("GET", "/conversation/2", 303),
        ("GET", "/nowhere", 404),
        ("GET", "/?depth=x", 400),
        ("PUT", "/", 405),
        ("POST", "/mark", 403),
        ("GET", "/static/site.js", 200),
    ],
)
def test_every_answer_has_the_headers(client: httpx.Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    headers = answer.headers
    policy = dict(one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("style-src", "script-src", "form-action")} == {"'self'"}
    assert {policy[name] for name in ("base-uri", "frame-ancestors", "connect-src", "img-src", "object-src")} == {
        "'none'"
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert not {"server", "date", "set-cookie", "access-control-allow-origin"} & set(headers)


def test_a_refusal_has_them_too(client: httpx.Client) -> None:
    answer = sent(client, "GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n")
    assert "content-security-policy: default-src 'none'" in answer
    assert "cache-control: no-store" in answer
