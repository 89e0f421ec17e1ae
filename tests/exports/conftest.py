"""What tests of the exports into databases share: a PostgreSQL."""

import itertools
from collections.abc import Iterator

import pytest

from tests.databases import Place
from tests.postgres import running


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running() as address:
        yield address


DATABASES = itertools.count()


@pytest.fixture
def postgres(server: str) -> Place:
    name = f"test{next(DATABASES)}"
    Place("postgres", server.format("postgres")).change(f"create database {name}")
    return Place("postgres", server.format(name))
