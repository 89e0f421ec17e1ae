import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from chinwag import web
from chinwag.errors import ChinwagError, UsageError
from tests.web.serving import roots_in
from tests.workspaces import chinwag_run, curated, status


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return curated(tmp_path_factory.mktemp("serving"), [status(1), status(2, to=1, author=2)])


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(workspace: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "chinwag", "browse", "-w", str(workspace), "--port", "0", "--no-open"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", server.stderr.readline())
        assert address is not None
        with httpx.Client() as client:  # whose connection is kept open over the end
            assert roots_in(client.get(address[0]).text) == [1]
            server.send_signal(ending)
            out, said = server.communicate(timeout=30)
    assert (server.returncode, out, said) == (0, "", "")


def test_a_port_that_is_taken_is_one_line(workspace: Path) -> None:
    with web.bound(0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        ran = chinwag_run("browse", "-w", workspace, "--port", port, "--no-open")
    assert ran.returncode == 1
    assert re.fullmatch(rf"chinwag: port {port}: .*--port 0 is any that is free\n", ran.stderr)


def test_it_listens_to_this_machine_alone() -> None:
    with web.bound(0) as listener:
        assert listener.family == socket.AF_INET
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_missing_packages_are_named(workspace: Path, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(UsageError, match=r"pip install 'chinwag\[web\]'"):
        web.run(workspace, port=0, opened=False)


def test_what_is_no_workspace_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ChinwagError, match="no workspace here"):
        web.run(tmp_path, port=0, opened=False)
