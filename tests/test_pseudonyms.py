import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.curate import run
from chinwag.errors import WorkspaceError
from chinwag.pseudonyms import VARIABLE, given_key, key_of, make_key, pseudonym
from chinwag.recipe import Recipe
from chinwag.workspace import Workspace
from tests.workspaces import curated, status

ids = st.integers(-(2**63), 2**63 - 1)
PAIR = [status(1), status(2, to=1, author=2)]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@given(ids, ids, st.text(), st.text())
def test_a_pseudonym_hangs_on_the_number_and_on_the_key(one: int, other: int, secret: str, secret_too: str) -> None:
    key, key_too = (make_key(text.encode(errors="replace").decode()) for text in (secret, secret_too))
    name = pseudonym("u", one, key)
    assert re.fullmatch(r"u_[0-9a-f]{16}", name)
    assert (name == pseudonym("u", other, key)) == (one == other)
    assert (name == pseudonym("u", one, key_too)) == (key == key_too)


def test_the_pseudonyms_of_a_key_never_change() -> None:
    assert pseudonym("u", 12, make_key("secret")) == "u_90aae1ace0e939fc"


@pytest.mark.parametrize(("secret", "there"), [(None, False), ("", False), ("s", True), ("\udcff", True)])
def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, secret: str | None, there: bool) -> None:
    if secret is not None:
        monkeypatch.setenv(VARIABLE, secret)
    assert (given_key() is not None) == there


def test_the_key_that_follows_from_the_tweets_is_kept(tmp_path: Path) -> None:
    target = Workspace(curated(tmp_path, PAIR))
    assert key_of(target).hex() == target.state.options["curate"]["key"]["hex"]


def test_a_given_key_has_to_be_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "secret")
    target = Workspace(curated(tmp_path, PAIR))
    assert key_of(target) == make_key("secret")
    monkeypatch.setenv(VARIABLE, "another")
    with pytest.raises(WorkspaceError, match="not made with this"):
        key_of(target)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(WorkspaceError, match=r"were made with \$CHINWAG_KEY; set it"):
        key_of(target)
    run(target.path, Recipe(), quiet=True)
    target.refresh()
    assert key_of(target) != make_key("secret")


def test_a_key_that_is_given_later_does_not_go_unheeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Workspace(curated(tmp_path, PAIR))
    monkeypatch.setenv(VARIABLE, "secret")
    with pytest.raises(WorkspaceError, match="curate again"):
        key_of(target)
