"""Stand in for an object store on this machine, over sockets: what S3 answers to one who lists and reads objects."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from chinwag import stores

PAGE = 2  # objects listed in one answer, so that a handful takes several
RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class Objects(ThreadingHTTPServer):
    """Serve the folders of a folder as buckets.

    `cut` says for keys at which byte of the object the connection breaks, and `breaks` how many more times it does;
    `lost` which byte is never given; `forbidden` are keys that none may read. `asked` counts requests by method and
    key, `given` the bytes of each object.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.cut: dict[str, int] = {}
        self.breaks: Counter[str] = Counter()
        self.lost: dict[str, int] = {}
        self.forbidden: set[str] = set()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.given: Counter[str] = Counter()
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


@contextmanager
def served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    """Serve while the context lasts, and have this process and its children ask here for all that begins with `s3://`."""
    with Objects(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{server.address}",
            "AWS_ACCESS_KEY_ID": "key-of-a-stand-in",
            "AWS_SECRET_ACCESS_KEY": "secret-of-a-stand-in",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        stores._connected.cache_clear()
        try:
            yield server
        finally:
            stores._connected.cache_clear()
            server.shutdown()
            thread.join()


def _milliseconds(path: Path) -> str:
    time = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Objects

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        bucket, _, key = unquote(target.path).strip("/").partition("/")
        with self.server.lock:
            self.server.asked[self.command, key] += 1
        if not bucket or not (self.server.folder / bucket).is_dir():
            self._refuse(404, "NoSuchBucket")
        elif not key:
            self._list(bucket, {name: values[0] for name, values in parse_qs(target.query).items()})
        elif key in self.server.forbidden:
            self._refuse(403, "AccessDenied")
        elif not (path := self.server.folder / bucket / key).is_file():
            self._refuse(404, "NoSuchKey")
        else:
            self._give(key, path)

    do_HEAD = do_GET

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        root = self.server.folder / bucket
        keys = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        after, count = query.get("continuation-token", ""), min(int(query.get("max-keys", PAGE)), PAGE)
        keys = [key for key in keys if key.startswith(query.get("prefix", "")) and key > after]
        body = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{(root / key).stat().st_size}</Size>"
            f"<LastModified>{_milliseconds(root / key)}</LastModified></Contents>"
            for key in keys[:count]
        )
        more = f"<NextContinuationToken>{escape(keys[count - 1])}</NextContinuationToken>" if keys[count:] else ""
        body += f"<KeyCount>{len(keys[:count])}</KeyCount><IsTruncated>{str(bool(more)).lower()}</IsTruncated>{more}"
        self._answer(200, f"<ListBucketResult>{body}</ListBucketResult>".encode())

    def _give(self, key: str, path: Path) -> None:
        data, status, headers = path.read_bytes(), 200, {"Last-Modified": formatdate(path.stat().st_mtime, usegmt=True)}
        start, found = 0, RANGE.match(self.headers.get("Range", ""))
        if found:
            start, whole, status = int(found[1]), len(data), 206
            data = data[start : int(found[2]) + 1]
            headers["Content-Range"] = f"bytes {start}-{start + len(data) - 1}/{whole}"
        if self.command == "GET" and start <= self.server.lost.get(key, -1) < start + len(data):
            self._refuse(403, "AccessDenied")
            return
        cut = None
        with self.server.lock:
            self.server.given[key] += len(data) if self.command == "GET" else 0
            at = self.server.cut.get(key, -1)
            if self.command == "GET" and start <= at < start + len(data) and self.server.breaks[key] > 0:
                self.server.breaks[key] -= 1
                cut = at - start
        self._answer(status, data, headers, cut)

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code} it is</Message></Error>".encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut])
        self.wfile.flush()
        self.close_connection = self.close_connection or cut is not None

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
