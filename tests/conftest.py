"""Settings of all tests, and what tests of fetching share."""

import signal

import pytest
from hypothesis import settings

from chinwag.providers import x_api
from tests.stand_in.server import TOKEN, Clock

# A busy machine is slow now and then; that is no failure.
settings.register_profile("chinwag", deadline=None)
settings.load_profile("chinwag")

# What a shell starts in the background, and all that starts in turn, ignores Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold the token of the stand-in of the X API."""
    monkeypatch.setenv(x_api.TOKEN, TOKEN)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let the provider x-api wait on a time that only waiting moves on."""
    made = Clock()

    def open(*, base_url: str = "") -> x_api.XApi:
        return x_api.XApi(base_url, TOKEN, made)

    monkeypatch.setattr(x_api, "open", open)
    return made
